"""The small window that stands in for the inbox when it cannot be opened: what happened, and what to do."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inbox_desktop.ui.kit import ErrorState, theme

_SIZE: Final = (520, 380)


class FailureWindow(QWidget):
    """Says why the program cannot start.

    Signals:
        closed: it was closed; nothing is left to do but to end.
    """

    closed = Signal()

    def __init__(self, reason: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle("Inbox Desktop")
        state = ErrorState("The inbox cannot be opened", reason, "Close", parent=self)
        state.acted.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(state)
        # A desktop that is short of room would make the window smaller, and cut the reason off.
        self.setMinimumSize(theme().px(_SIZE[0]), theme().px(_SIZE[1]))
        self.move(self.screen().availableGeometry().center() - self.rect().center())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it is over."""
        super().closeEvent(event)
        self.closed.emit()
