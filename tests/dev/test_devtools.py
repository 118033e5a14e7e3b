"""What dev.py decides: when to set up, which packages are missing, which steps run, what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from devtools import checking, commands, environment, locking, system
from devtools.project import ROOT, SetupError

LISTING = (
    "ii |libegl1|\n"
    "ii |libglib2.0-0t64|libglib2.0-0 (= 2.80.0-6), other\n"
    "rc |xvfb|\n"  # removed, its configuration is left
    "ii |dovecot-imapd|dovecot-common:amd64 (= 1), imap-server\n"
)


def test_missing_packages_are_those_neither_installed_nor_provided() -> None:
    wanted = ["libegl1", "libglib2.0-0", "xvfb", "dovecot-common", "fonts-inter"]
    assert system.missing(wanted, LISTING) == ["xvfb", "fonts-inter"]


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Debian with LISTING's packages, and us as an ordinary user."""
    monkeypatch.delenv(system.SKIP_VARIABLE, raising=False)
    monkeypatch.setattr(system, "available", lambda: True)
    monkeypatch.setattr(system, "installed", lambda: LISTING)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)


@pytest.mark.usefixtures("debian")
def test_an_ordinary_user_is_told_the_exact_command() -> None:
    with pytest.raises(SetupError) as caught:
        system.require(["libegl1", "xvfb"], ["fonts-inter"])
    assert "missing: xvfb. Nothing was changed." in str(caught.value)
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends -y xvfb fonts-inter" in str(
        caught.value
    )


@pytest.mark.usefixtures("debian")
def test_missing_fonts_are_mentioned_but_stop_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    system.require(["libegl1"], ["fonts-inter"])
    assert "apt-get install --no-install-recommends -y fonts-inter" in capsys.readouterr().err


@pytest.mark.usefixtures("debian")
def test_the_check_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(system.SKIP_VARIABLE, "1")
    system.require(["xvfb"])


@pytest.mark.usefixtures("debian")
def test_root_installs_only_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Sequence[str]] = []
    listing = [LISTING, LISTING.replace("rc |xvfb", "ii |xvfb")]
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(system, "installed", lambda: listing.pop(0))

    def record(command: Sequence[str], **_options: object) -> subprocess.CompletedProcess[bytes]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", record)
    system.require(["libegl1", "xvfb"])
    assert ran[-1] == ["apt-get", "install", "-q", "-y", "--no-install-recommends", "xvfb"]


def test_the_environment_is_made_again_only_when_something_changed() -> None:
    first = environment.fingerprint(b"lock", b"project")
    assert first == environment.fingerprint(b"lock", b"project")
    assert first != environment.fingerprint(b"lock2", b"project")
    assert first != environment.fingerprint(b"lock", b"project2")
    assert first != environment.fingerprint(b"lock", b"project", Path("elsewhere"))


def test_an_interrupted_set_up_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv = tmp_path / "venv"
    python = environment.program("python", venv)
    tries: list[str] = []

    def create(_venv: Path) -> None:
        python.parent.mkdir(parents=True)
        python.touch()

    def install(_venv: Path) -> None:
        tries.append("install")
        if len(tries) == 1:
            raise SetupError("the line was cut")

    monkeypatch.setattr(environment, "_create", create)
    monkeypatch.setattr(environment, "_install", install)
    monkeypatch.setattr(environment, "_usable", lambda _venv: python.exists())
    with pytest.raises(SetupError):
        environment.ensure(venv)
    assert environment.ensure(venv) is True
    assert environment.ensure(venv) is False
    assert tries == ["install", "install"]


@pytest.mark.parametrize(
    ("arguments", "only", "rest"),
    [
        ([], None, []),
        (["--only", "lint"], "lint", []),
        (["-x", "--only=tests", "tests/dev"], "tests", ["-x", "tests/dev"]),
        (["-k", "reply"], None, ["-k", "reply"]),
    ],
)
def test_only_is_taken_out_of_pytest_s_arguments(arguments: list[str], only: str, rest: list[str]) -> None:
    assert commands._only(arguments) == (only, rest)


@pytest.mark.parametrize("arguments", [["--only"], ["--only", "everything"], ["--only=x"]])
def test_only_names_its_choices(arguments: list[str]) -> None:
    with pytest.raises(SetupError, match="lint, types, imports, tests"):
        commands._only(arguments)


def test_run_passes_its_arguments_on_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(commands, "_prepare", lambda *_packages: None)

    def become(command: list[str]) -> int:
        became.append(command)
        return 7

    monkeypatch.setattr(commands, "_become", become)
    assert commands.main(["run", "--demo", "--help", "--", "-x"]) == 7
    assert became[0][1:] == ["-m", "inbox_desktop", "--demo", "--help", "--", "-x"]


def test_every_step_runs_and_one_failure_is_the_end_s_failure(capfd: pytest.CaptureFixture[str]) -> None:
    def step(name: str, code: int, group: str = "lint") -> checking.Step:
        return checking.Step(
            name, group, (sys.executable, "-c", f"print('{name} ran'); raise SystemExit({code})")
        )

    assert checking.run([step("one", 1), step("two", 0)]) == 1
    output = capfd.readouterr()
    assert "one ran" in output.out
    assert "two ran" in output.out
    assert "one: FAILED" in output.err
    assert "failed: one" in output.err
    assert checking.run([step("two", 0)]) == 0


def test_pytest_is_the_last_step_and_gets_the_arguments() -> None:
    command = checking.steps(["-x"])[-1].command
    assert command[2] == "pytest"
    assert command[-1] == "-x"
    assert {step.group for step in checking.steps()} == set(checking.GROUPS)


def test_the_lock_is_made_without_index_addresses() -> None:
    assert {"--no-emit-index-url", "--no-emit-find-links", "--no-header", "--universal"} <= set(
        locking.UV_ARGUMENTS
    )


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), ([], 2), (["fly"], 2), (["lint", "x"], 3)])
def test_what_is_not_understood_is_said(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(arguments) == code
    captured = capsys.readouterr()
    assert captured.out + captured.err


def test_dev_py_speaks_to_an_old_python() -> None:
    """The sentence must come before anything that an old Python can't read."""
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    assert source.index("sys.version_info <") < source.index("from devtools")
    script = source.replace("sys.version_info < (3, 11)", "sys.version_info < (9, 0)")
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "needs 3.11 or newer" in ended.stderr
