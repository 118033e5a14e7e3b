"""A small panel that floats at a widget and goes away when one clicks elsewhere."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from inbox_desktop.ui.kit import theme

_GAP = 6


class Popover(QFrame):
    """A framed pop-up. Put content into `body`; show it with `open_at`.

    Signals:
        closed: it went away, whatever the reason.
    """

    closed = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName(name)
        self.setWindowTitle(name)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 12, 12, 12)
        self.body.setSpacing(8)
        theme().changed.connect(self.update)

    def open_at(self, anchor: QWidget | QPoint, *, above: bool = False) -> None:
        """Show it below (or above) a widget, or with its corner at a global point; always on the screen."""
        self.adjustSize()
        if isinstance(anchor, QPoint):
            corner = anchor
            screen = QGuiApplication.screenAt(anchor)
        else:
            at = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
            corner = (
                at.topLeft() - QPoint(0, self.height() + _GAP) if above else at.bottomLeft() + QPoint(0, _GAP)
            )
            screen = anchor.screen()
        self.move(corner)
        room = (screen or QGuiApplication.primaryScreen()).availableGeometry()
        self.move(self._within(QRect(corner, self.size()), room))
        self.show()

    @staticmethod
    def _within(wanted: QRect, room: QRect) -> QPoint:
        left = max(room.left() + 4, min(wanted.left(), room.right() - wanted.width() - 4))
        top = max(room.top() + 4, min(wanted.top(), room.bottom() - wanted.height() - 4))
        return QPoint(left, top)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("raised"))
        painter.setPen(theme().colour("line_strong"))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()
