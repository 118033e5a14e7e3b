"""The red number of unread tickets, "99+" above 99."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inbox_desktop.ui.kit.painting import CENTER, KitWidget, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.kit.theme import theme

MOST = 99


def badge_text(count: int) -> str:
    """What the badge says: empty for none, the number, "99+" above 99."""
    if count <= 0:
        return ""
    return f"{MOST}+" if count > MOST else str(count)


def badge_size(count: int) -> QSize:
    """How large the badge of a count is, its frame included; empty for none."""
    text = badge_text(count)
    if not text:
        return QSize(0, 0)
    height = theme().px(17)
    width = text_width(text, theme().font("small", 600, tabular=True)) + theme().px(10)
    return QSize(max(height, round(width)) + 4, height + 4)


def paint_badge(painter: QPainter, rect: QRectF, count: int, behind: str = "") -> None:
    """Draw the badge into a rectangle of `badge_size`. `behind` is the token that frames it, if any."""
    text = badge_text(count)
    if not text:
        return
    if behind:
        rounded(painter, rect, rect.height() / 2, theme().colour(behind))
    inner = rect.adjusted(2, 2, -2, -2)
    rounded(painter, inner, inner.height() / 2, theme().colour("badge"))
    font = theme().font("small", 600, tabular=True)
    draw_line_of_text(painter, inner.adjusted(-4, 0, 4, 0), text, font, theme().colour("on_badge"), CENTER)


class CountBadge(KitWidget):
    """The badge as a widget, hidden at zero. `noun` says to screen readers what is counted."""

    def __init__(
        self, count: int = 0, *, noun: str = "unread", behind: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._noun = noun
        self._behind = behind
        self._count = -1
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_count(count)

    @property
    def count(self) -> int:
        """The number as it is, also above 99."""
        return self._count

    @property
    def text(self) -> str:
        """What is shown."""
        return badge_text(self._count)

    def set_count(self, count: int) -> None:
        """Show another number; none hides the badge."""
        if count == self._count:
            return
        self._count = max(0, count)
        self.setAccessibleName(f"{self._count} {self._noun}")
        self.setVisible(self._count > 0)
        self.updateGeometry()
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the number needs."""
        return badge_size(self._count)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the badge."""
        painter = QPainter(self)
        paint_badge(painter, QRectF(self.rect()), self._count, self._behind)
        painter.end()
