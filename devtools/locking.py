"""The lock file: versions and hashes for Linux, Windows and macOS, made by uv in its own environment."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from devtools.environment import program
from devtools.project import LOCK, PYPROJECT, ROOT, SetupError, say

# No index addresses and no header (which would hold the command line): the lock is the same everywhere.
UV_ARGUMENTS = (
    *("pip", "compile", PYPROJECT.name, "--extra", "dev", "--extra", "relay"),
    *("--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"),
    *("--output-file", LOCK.name),
)


def lock(arguments: Sequence[str]) -> int:
    """Write requirements.lock anew; versions that still fit stay unless `--upgrade` is among `arguments`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        say("installing uv into a temporary environment ...")
        tools = Path(folder)
        venv.create(tools, with_pip=True)
        _run([str(program("python", tools)), "-m", "pip", "install", "--quiet", "uv"])
        say(f"resolving for all systems into {LOCK.name} ...")
        _run([str(program("uv", tools)), *UV_ARGUMENTS, *arguments])
    say("done. The next `dev.py run` or `dev.py test` installs what changed.")
    return 0


def _run(command: list[str]) -> None:
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode != 0:
        raise SetupError(f"`{command[0]}` failed (see above). {LOCK.name} was kept as it was.")
