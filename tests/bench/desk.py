"""The real window, offscreen, as the benchmarks drive it, and a clock that notices when it stands still."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from PySide6.QtCore import QElapsedTimer, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from inbox_desktop import garbage
from inbox_desktop.models.store import Store
from inbox_desktop.ui.backend import Backend
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.window import MainWindow, build_window

SWITCH_INTERVAL_S = 0.0005  # what app.py sets
BEAT_MS = 10
_PATIENCE_SECONDS = 60.0
_WAKING_MS = 5
_AND_SLEEP = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents


def application() -> QApplication:
    """The one application of this process."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(sys.argv[:1])


class Desk:
    """A window over a store. Leaving the block closes it, not the store."""

    def __init__(self, store: Store, backend: Backend) -> None:
        self.application = application()
        self.window: MainWindow = build_window(store, backend, theme())
        shown: list[bool] = []
        self.window.content_shown.connect(lambda: shown.append(True))
        self.window.show()
        self.wait(lambda: bool(shown))
        garbage.look_seldom()  # as app.py does when the window is there

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.window.close()
        self.window.shut_down()
        self.settle()

    def wait(self, happened: Callable[[], bool], seconds: float = _PATIENCE_SECONDS) -> None:
        """Let the window live until something has happened."""
        deadline = time.monotonic() + seconds
        with self._awake():
            while not happened():
                assert time.monotonic() < deadline, "what was waited for did not happen"
                self.application.processEvents(_AND_SLEEP)

    def settle(self, seconds: float = 0.1) -> None:
        """Let the window live for a while."""
        until = time.monotonic() + seconds
        with self._awake():
            while time.monotonic() < until:
                self.application.processEvents(_AND_SLEEP)

    @contextmanager
    def _awake(self) -> Iterator[None]:
        """Let the window sleep between its events, but not for ever.

        `processEvents` with a time limit never sleeps: it would take the GIL from what is measured.
        """
        timer = QTimer()
        timer.start(_WAKING_MS)
        yield
        timer.stop()


def painted(widget: QWidget) -> float:
    """Paint all of a widget now; returns how long that took, in seconds."""
    began = time.perf_counter()
    widget.repaint()
    return time.perf_counter() - began


class Heartbeat(QObject):
    """A timer of 10 ms on the GUI thread; how late it comes is how long nothing else could happen there."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to beat."""
        self._clock.start()
        self._timer.start()

    def stop(self) -> list[float]:
        """End; returns the lateness of each beat in seconds."""
        self._timer.stop()
        return self.late

    def _beat(self) -> None:
        self.late.append(max(0.0, self._clock.nsecsElapsed() / 1e9 - BEAT_MS / 1000))
        self._clock.restart()
