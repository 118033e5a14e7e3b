"""The virtual environment: made once from the lock file, checked by a stamp in milliseconds after that."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

from devtools import system
from devtools.project import LOCK, PYPROJECT, ROOT, VENV, SetupError, say

_STAMP_FORMAT = "1"


def program(name: str, venv: Path = VENV) -> Path:
    """The path of a program inside the environment, such as `python` or `lint-imports`."""
    if os.name == "nt":
        return venv / "Scripts" / f"{name}.exe"
    return venv / "bin" / name


def fingerprint(lock: bytes, pyproject: bytes, root: Path = ROOT) -> str:
    """A digest of everything that the environment is made from; another value means: make it again.

    The project's folder belongs to it because the editable installation points there.
    """
    digest = hashlib.sha256()
    for part in (_STAMP_FORMAT, platform.python_version(), sysconfig.get_platform(), str(root)):
        digest.update(part.encode() + b"\0")
    digest.update(lock + b"\0" + pyproject)
    return digest.hexdigest()


def ensure(venv: Path = VENV) -> bool:
    """Make the environment fit the lock file.

    Returns whether anything had to be done. Raises SetupError when it can't be done; then the stamp is
    missing, so that the next start takes the work up again.
    """
    wanted = fingerprint(LOCK.read_bytes(), PYPROJECT.read_bytes())
    stamp = venv / "inbox-stamp"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and program("python", venv).exists():
        return False
    stamp.unlink(missing_ok=True)
    if not _usable(venv):
        _create(venv)
    _install(venv)
    stamp.write_text(wanted, encoding="utf-8")
    say("the environment is ready.")
    return True


def _usable(venv: Path) -> bool:
    """Whether there is an environment of this very Python version that can be updated in place."""
    python = program("python", venv)
    if not python.exists():
        return False
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == "{}.{}".format(*sys.version_info[:2])


def _create(venv: Path) -> None:
    say(f"making the virtual environment {venv.name} with Python {platform.python_version()} ...")
    command = [sys.executable, "-m", "venv", "--clear"]
    if not _has("ensurepip"):  # Debian's python3 without python3-venv
        if not _has("pip"):
            system.install_venv_support()
        else:
            command.append("--without-pip")
    if subprocess.run([*command, str(venv)], stdout=sys.stderr, check=False).returncode != 0:
        raise SetupError(
            f"the virtual environment could not be made (see above). Delete {venv.name} and try again; "
            "on Debian and Ubuntu the package python3-venv may be missing."
        )


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _pip(venv: Path) -> list[str]:
    """The environment's own pip; else this Python's pip, told to work on the environment (pip 22.3 on)."""
    python = str(program("python", venv))
    has_own = subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    return [python, "-m", "pip"] if has_own else [sys.executable, "-m", "pip", "--python", python]


def _install(venv: Path) -> None:
    pip = [*_pip(venv), "install", "--no-input", "--disable-pip-version-check"]
    if not sys.stderr.isatty():
        pip.append("--quiet")
    say(f"installing the packages of {LOCK.name}; the first time this fetches some 200 MB ...")
    _run_pip([*pip, "--only-binary", ":all:", "--require-hashes", "--requirement", str(LOCK)])
    say("installing Inbox Desktop itself, editable ...")
    _run_pip([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def _run_pip(command: list[str]) -> None:
    env = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.run(command, stdout=sys.stderr, env=env, check=False).returncode != 0:
        raise SetupError(
            "pip could not install everything (its words are above). What is installed was kept. "
            "Check the connection to your package index and start the same command again."
        )
