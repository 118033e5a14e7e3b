"""The small window that stands in for the inbox when it cannot be opened: what happened, and what to do."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inbox_desktop.ui.kit import ErrorState


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

    def sizeHint(self) -> QSize:
        """Room for a long reason."""
        return QSize(520, 380)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it is over."""
        super().closeEvent(event)
        self.closed.emit()
