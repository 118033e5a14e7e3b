"""The sub-commands of dev.py, and the table that its help is printed from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from devtools import building, checking, environment, locking, system
from devtools.project import ROOT, SetupError, say

Arguments = Sequence[str]


def run(arguments: Arguments) -> int:
    """Start Inbox Desktop; ARGS go to it unchanged (`run --demo`, `run channel list`)."""
    _prepare(system.QT_PACKAGES, system.FONT_PACKAGES)
    return _become([str(environment.program("python")), "-m", "inbox_desktop", *arguments])


def test(arguments: Arguments) -> int:
    """Run every check, then pytest with ARGS; `--only lint|types|imports|tests` chooses."""
    only, pytest_arguments = _only(arguments)
    if only in {None, "tests"}:
        _prepare((*system.QT_PACKAGES, *system.TEST_PACKAGES), system.FONT_PACKAGES)
    else:
        _prepare()
    return checking.run([step for step in checking.steps(pytest_arguments) if only in {None, step.group}])


def lint(arguments: Arguments) -> int:
    """Run every check but pytest: ruff, own checks, mypy, import contracts."""
    _no_arguments("lint", arguments)
    _prepare()
    return checking.run([step for step in checking.steps() if step.group != "tests"])


def bench(arguments: Arguments) -> int:
    """Run the benchmarks, or only those NAMEd."""
    _prepare((*system.QT_PACKAGES, *system.TEST_PACKAGES), system.FONT_PACKAGES)
    command = [str(environment.program("python")), "-m", "tests.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def build(arguments: Arguments) -> int:
    """Freeze the program into dist/inbox-desktop and start it once."""
    _no_arguments("build", arguments)
    _prepare((*system.QT_PACKAGES, *system.BUILD_PACKAGES), system.FONT_PACKAGES)
    return building.build()


def lock(arguments: Arguments) -> int:
    """Make requirements.lock anew from pyproject.toml; ARGS go to uv (`lock --upgrade`)."""
    return locking.lock(arguments)


COMMANDS: dict[str, Callable[[Arguments], int]] = {
    command.__name__: command for command in (run, test, lint, bench, build, lock)
}


def main(arguments: Arguments) -> int:
    """Do what the command line says; returns the exit code (2: not understood, 3: set-up impossible)."""
    name = arguments[0] if arguments else "--help"
    if name in {"-h", "--help", "help"}:
        print(usage())
        return 0 if arguments else 2
    if name not in COMMANDS:
        say(f"there is no command `{name}`.\n{usage()}")
        return 2
    try:
        return COMMANDS[name](arguments[1:])
    except SetupError as error:
        say(str(error))
        return 3
    except KeyboardInterrupt:
        say("interrupted.")
        return 130


def usage() -> str:
    """The help text: one line a command, from its docstring."""
    lines = [f"  {name:6} {(command.__doc__ or '').strip()}" for name, command in COMMANDS.items()]
    return "usage: python3 dev.py COMMAND [ARGS ...]\n\n" + "\n".join(lines)


def _prepare(packages: Sequence[str] = (), optional: Sequence[str] = ()) -> None:
    system.require(packages, optional)
    environment.ensure()


def _become(command: list[str]) -> int:
    """Hand the process over to the program, so that signals and the exit code are its own.

    Windows can't replace a process: there dev.py waits, and leaves Ctrl+C to the program.
    """
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606 - no shell is what we want
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def _only(arguments: Arguments) -> tuple[str | None, list[str]]:
    """Take `--only GROUP` or `--only=GROUP` out of the arguments; what remains is pytest's."""
    rest = [argument for argument in arguments if not argument.startswith("--only=")]
    groups = [argument.removeprefix("--only=") for argument in arguments if argument.startswith("--only=")]
    if "--only" in rest:
        at = rest.index("--only")
        groups += rest[at + 1 : at + 2] or [""]
        del rest[at : at + 2]
    if not groups:
        return None, rest
    if groups[-1] not in checking.GROUPS:
        raise SetupError(f"--only takes one of {', '.join(checking.GROUPS)}. Nothing was run.")
    return groups[-1], rest


def _no_arguments(name: str, arguments: Arguments) -> None:
    if arguments:
        raise SetupError(f"`{name}` takes no arguments, but got: {' '.join(arguments)}. Nothing was run.")
