"""The steps of `dev.py test` and `dev.py lint`: each is timed, all run even when one fails."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from devtools.environment import program
from devtools.project import ROOT, say

# Every test file brings its own servers and folders, and many tests wait; `-n 0` runs all in one process.
_WORKERS = ("-n", str(max(2, min(os.cpu_count() or 1, 4))), "--dist", "worksteal")

# The tests run on one system; what would not even exist on the others is found by its types.
_SHIPPED = ("inbox_desktop", "devtools", "dev.py")
_ELSEWHERE = {"Windows": "win32", "macOS": "darwin"}


@dataclass(frozen=True, slots=True)
class Step:
    """One check: its name, the group that `--only` chooses it by, and its command."""

    name: str
    group: str
    command: tuple[str, ...]


def steps(pytest_arguments: Sequence[str] = ()) -> tuple[Step, ...]:
    """All checks in their order. pytest is last, so that its closing line is the last one printed."""
    python = str(program("python"))
    ruff = str(program("ruff"))
    return (
        Step("ruff check", "lint", (ruff, "check", ".")),
        Step("ruff format", "lint", (ruff, "format", "--check", ".")),
        Step("own checks", "lint", (python, "scripts/checks.py")),
        Step("mypy", "types", (python, "-m", "mypy")),
        *(Step(f"mypy as on {name}", "types", _mypy_on(platform)) for name, platform in _ELSEWHERE.items()),
        Step("import contracts", "imports", (str(program("lint-imports")), "--no-logo")),
        Step("pytest", "tests", (python, "-m", "pytest", *_WORKERS, *pytest_arguments)),
    )


def _mypy_on(platform: str) -> tuple[str, ...]:
    """The command that checks the program and its tools with the types of another system."""
    cache = f".mypy_cache/{platform}"  # of its own, or each run would throw away the other's
    python = str(program("python"))
    return (python, "-m", "mypy", "--platform", platform, "--cache-dir", cache, *_SHIPPED)


GROUPS = ("lint", "types", "imports", "tests")


def run(chosen: Sequence[Step]) -> int:
    """Run the steps in the project's folder. Returns 0 when all held, else 1."""
    failed = []
    for step in chosen:
        say(f"{step.name} ...")
        began = time.monotonic()
        held = subprocess.run(step.command, cwd=ROOT, check=False).returncode == 0
        if not held:
            failed.append(step.name)
        if step.group != "tests":
            say(f"{step.name}: {'held' if held else 'FAILED'} after {time.monotonic() - began:.1f} s")
    if failed and failed != ["pytest"]:  # pytest's own closing line already says so
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0
