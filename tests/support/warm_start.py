"""Programs without the seconds of starting: forked from a server that has imported what they need.

What runs is the real program in a process of its own, to be killed like any other. Only Python's start and
the imports are left out; tests of those start the command line itself, as `Program` does with a launcher.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.support.waits import shorten

DESKTOP = "inbox_desktop.cli"
RELAY = "inbox_desktop.relay.cli"
NAME = "warm start"
"""With what the names of these processes begin."""
IS_POSSIBLE = "forkserver" in multiprocessing.get_all_start_methods()

# What the programs import when they are asked for it.
_PRELOADED = (
    DESKTOP,
    "inbox_desktop.models.inbox",
    "inbox_desktop.models.migrate",
    "inbox_desktop.sync.crew",
    "inbox_desktop.sync.email.importing",
    "inbox_desktop.sync.engine",
    RELAY,
    "inbox_desktop.relay.serving",
)


class WarmProcess:
    """One command of a program, running. It has what these tests use of `subprocess.Popen`.

    `module` is DESKTOP or RELAY. What it prints is added to the files `out` and `err`. `waits` are shortened
    in it (see `tests.support.waits`).
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        out: Path,
        err: Path,
        waits: Mapping[str, float],
    ) -> None:
        self._process = _context().Process(
            target=_run,
            args=(module, tuple(arguments), str(folder), dict(environment), str(out), str(err), dict(waits)),
            name=f"{NAME} of {module} {' '.join(arguments[:4])}",
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """Its exit code (negative when a signal ended it), or None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        """Wait for its end."""
        self._process.join(seconds)
        if (code := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, seconds)
        return code

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    return context


def _run(
    module: str,
    arguments: tuple[str, ...],
    folder: str,
    environment: dict[str, str],
    out: str,
    err: str,
    waits: dict[str, float],
) -> None:
    """What the forked process does: become what the command line would have started."""
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = [module, *arguments]
    shorten(waits)
    sys.exit(import_module(module).main(list(arguments)))
