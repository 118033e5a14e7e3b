"""Waits of the program that nobody need sit through: shorter ones in the processes that a test starts.

Run as a module with them in JSON and then the command line, it is `inbox-desktop` with these waits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module

STORAGE_AGAIN = "inbox_desktop.sync.standing.STORAGE_AGAIN_SECONDS"
"""After how long a desktop that could not store anything tries again."""
RELAY_ROUND = "inbox_desktop.relay.service.ROUND_SECONDS"
"""After how long a relay looks again who has left without an answer."""


def command(waits: Mapping[str, float]) -> list[str]:
    """What stands on the command line before the arguments of `inbox-desktop`, in the project's folder."""
    return [sys.executable, "-m", "tests.support.waits", json.dumps(dict(waits))]


def shorten(waits: Mapping[str, float]) -> None:
    """Put these seconds in place of constants, each named by its module and its name."""
    for name, seconds in waits.items():
        module, _, constant = name.rpartition(".")
        found = import_module(module)
        assert hasattr(found, constant), name  # else whoever renames it makes a test wait again
        setattr(found, constant, seconds)


if __name__ == "__main__":
    from inbox_desktop.cli import main

    shorten(json.loads(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
