"""The frozen program: PyInstaller's one-folder build, started once before anybody else starts it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from devtools.environment import program
from devtools.project import ROOT, SetupError, say

DIST = ROOT / "dist" / "inbox-desktop"
_PNG = b"\x89PNG\r\n\x1a\n"
_SMOKE_SECONDS = 120


def build() -> int:
    """Build into dist/inbox-desktop and smoke-test it. Returns an exit code."""
    say("freezing the program with PyInstaller; this takes a minute or two ...")
    command = [
        str(program("python")),
        *("-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
        *("--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build")),
        str(ROOT / "build_installer.spec"),
    ]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        say("PyInstaller failed (its words are above).")
        return 1
    smoke_test(DIST / ("inbox-desktop.exe" if os.name == "nt" else "inbox-desktop"))
    say(f"the program is in {DIST.relative_to(ROOT)}, and it starts.")
    return 0


def smoke_test(executable: Path) -> None:
    """Start the frozen program twice: for its version, and for a picture of its window.

    Away from the project and without its environment, so that only the frozen files can answer.
    Raises SetupError with the program's own words when it does not work.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _start([str(executable), "--version"], folder)
        picture = Path(folder, "window.png")
        _start([str(executable), "--profile", str(Path(folder, "p")), "--screenshot", str(picture)], folder)
        if not picture.is_file() or picture.read_bytes()[:8] != _PNG:
            raise SetupError(f"the frozen program ended well but saved no picture. The build is kept: {DIST}")


def _start(command: list[str], folder: str) -> None:
    say(f"smoke test: {' '.join(command)}")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env["QT_QPA_PLATFORM"] = "offscreen"
    try:
        ended = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, timeout=_SMOKE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SetupError(
            f"the frozen program did not end within {_SMOKE_SECONDS} s. The build is kept."
        ) from error
    if ended.returncode != 0:
        raise SetupError(f"the frozen program ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
