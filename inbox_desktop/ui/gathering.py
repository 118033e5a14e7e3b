"""When to look again after news: soon after a lone change, a few times a second while they pour in."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

SOON_MS: Final = 40
"""What belongs together comes within this time: one transaction changes tickets, customers and deliveries."""
EVERY_MS: Final = 250


class Gathering(QObject):
    """Turns any number of pieces of news into few occasions.

    Signals:
        due: look again now. At most once in `every_ms`, and soon after news that come after a pause.
    """

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.every_ms = EVERY_MS
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)

    def add(self) -> None:
        """There is news."""
        if not self._timer.isActive():
            rest = self.every_ms - self._clock.elapsed() if self._clock.isValid() else 0
            self._timer.start(max(SOON_MS, rest))

    def forget(self) -> None:
        """Whoever would look has done so for another reason."""
        self._timer.stop()

    def _tell(self) -> None:
        self._clock.start()
        self.due.emit()
