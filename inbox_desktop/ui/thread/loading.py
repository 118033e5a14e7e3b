"""The shapes of a thread that is still being read."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.kit.painting import KitWidget, rounded
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, RADIUS_CARD

_SHAPES = ((False, 0.62, 96), (True, 0.5, 64), (False, 0.44, 58))


class ThreadSkeleton(KitWidget):
    """Three bubbles without words, standing where messages will stand."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Loading the ticket")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bubbles from the bottom up, as the messages come."""
        painter = QPainter(self)
        px, shape = theme().px, theme().colour("neutral_soft")
        room = self.width() - 2 * px(EDGE_WIDE) - px(40)
        y = self.height() - px(24)
        for outbound, share, height in reversed(_SHAPES):
            width = room * share
            left = self.width() - px(EDGE_WIDE) - px(40) - width if outbound else px(EDGE_WIDE) + px(40)
            y -= px(height)
            rounded(painter, QRectF(left, y, width, px(height)), px(RADIUS_CARD), shape)
            disc = self.width() - px(EDGE_WIDE) - px(30) if outbound else px(EDGE_WIDE)
            rounded(painter, QRectF(disc, y - px(20), px(30), px(30)), px(15), shape)
            y -= px(38)
        painter.end()
