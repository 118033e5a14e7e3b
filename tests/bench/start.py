"""`start`: from starting the process until the window is painted with its content."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.profile import Profile
from tests.bench.big_inbox import TICKETS, big_inbox
from tests.bench.report import Report

TIMES = 11
ROOT = Path(__file__).resolve().parent.parent.parent
_BARE = """
import os, time
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.monotonic(), flush=True)
        os._exit(0)
application = QApplication([])
window = Window()
window.setCentralWidget(QLabel("content"))
window.resize(1440, 900)
window.show()
application.exec()
"""
# The command itself; only what follows its first full paint is cut off.
_PROGRAM = """
import os, sys, time
from PySide6.QtWidgets import QApplication
execute = QApplication.exec
def watch(application):
    (window,) = (one for one in application.topLevelWidgets() if hasattr(one, "content_shown"))
    def tell():
        window.repaint()
        print(time.monotonic(), flush=True)
        os._exit(0)
    window.content_shown.connect(tell)
    return execute()
QApplication.exec = watch
from inbox_desktop.cli import main
main(["--profile", sys.argv[1]])
"""


def run(report: Report) -> None:
    """Take turns between the bare window and the program, so that both meet the same noise."""
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        empty, full = Profile(Path(folder) / "empty"), big_inbox()
        open_inbox(empty).close()
        environment = _environment(Path(folder) / "bytecode")
        rounds = [
            (
                _seconds(environment, _BARE),
                _seconds(environment, _PROGRAM, empty),
                _seconds(environment, _PROGRAM, full),
                _python(),
            )
            for _ in range(TIMES + 1)
        ]
    bare, with_nothing, with_much, python = (list(times) for times in zip(*rounds[1:], strict=True))
    report.times("a bare PySide6 window", bare)
    report.times("Inbox Desktop, empty profile (the first start's page)", with_nothing, bare)
    report.times(f"Inbox Desktop, {TICKETS:,} tickets (list and thread)", with_much, bare)
    report.times("Python that does nothing, start to end", python)
    report.note("The first of each was left out: it compiles the byte code and warms the disk cache.")


def _environment(bytecode: Path) -> dict[str, str]:
    """As where the program is installed: its byte code is kept."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(bytecode), "QT_QPA_PLATFORM": "offscreen"}


def _seconds(environment: dict[str, str], program: str, profile: Profile | None = None) -> float:
    arguments = [str(profile.folder)] if profile else []
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    return float(ended.stdout) - began


def _python() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.monotonic() - began
