"""The line at the end of a chat while its visitor writes."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.kit.painting import KitWidget, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import elided, text_width

_HEIGHT: Final = 28
_ASIDE: Final = 40
_BUBBLE: Final = 44
_DOT: Final = 5
_BETWEEN: Final = 4
_TYPES: Final = " is typing…"


class TypingLine(KitWidget):
    """Three dots in a small bubble, and who writes in words."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self.words = f"{name}{_TYPES}"
        self.setAccessibleName(self.words)

    def place(self, width: int) -> int:
        """One line, whatever the width."""
        return theme().px(_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bubble, dots and words."""
        painter = QPainter(self)
        px = theme().px
        bubble = QRectF(px(_ASIDE), 0, px(_BUBBLE), self.height())
        rounded(painter, bubble, self.height() / 2, theme().colour("inbound"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("text_2"))
        side = px(_DOT)
        left = bubble.center().x() - (3 * side + 2 * px(_BETWEEN)) / 2
        for place in range(3):
            at = left + place * (side + px(_BETWEEN))
            painter.drawEllipse(QRectF(at, bubble.center().y() - side / 2, side, side))
        rect = QRectF(bubble.right() + px(10), 0, self.width() - bubble.right() - px(10), self.height())
        font = theme().font("secondary")
        draw_line_of_text(painter, rect, self.shown_words(rect.width()), font, theme().colour("text_2"))
        painter.end()

    def shown_words(self, room: float) -> str:
        """The words in so many pixels: what is cut is the name, not what its owner does."""
        font = theme().font("secondary")
        return f"{elided(self._name, font, room - text_width(_TYPES, font) - 1)}{_TYPES}"
