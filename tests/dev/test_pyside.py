"""The traps of Qt's binding that the version bounds in pyproject.toml keep us out of."""

from __future__ import annotations

import subprocess
import sys

_EMIT = """
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    told = Signal(bool)

heard = []
sender = Sender()
sender.told.connect(heard.append)
for number in range(2000):
    sender.told.emit(number % 2 == 0)
assert heard == [True, False] * 1000
"""


def test_two_thousand_signals_leave_the_process_alive() -> None:
    """PySide6 6.12.0 on Python 3.11 loses references to True and False and aborts after about 1,000."""
    ended = subprocess.run([sys.executable, "-c", _EMIT], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
