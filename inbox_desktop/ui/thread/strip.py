"""A strip inside a message, made for threads with dozens of them: it paints its words itself."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from inbox_desktop.ui.kit import Tone, one_line, paint_icon, theme
from inbox_desktop.ui.kit.painting import draw_line_of_text, rounded
from inbox_desktop.ui.kit.pill import ON_SOFT, SOFT
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.kit.tokens import GAP, GAP_WIDE, ICON, RADIUS

_ICONS: Final = {Tone.GOOD: "check", Tone.WARN: "warning", Tone.BAD: "warning"}
_PAD_X: Final = 10
_PAD_Y: Final = 5
_LEAST: Final = 28
_WRAP: Final = (
    int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.AlignmentFlag.AlignLeft)
)
_NARROWEST: Final = 120
_MOST_LINES: Final = 2
"""Words that would take more lines than this beside the links stand above them."""


class StripLink(QAbstractButton):
    """Something to do about what the strip says."""

    def __init__(self, text: str, ink: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words, self._ink = one_line(text), ink
        self.setText(self._words.replace("&", "&&"))
        self.setAccessibleName(self._words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def text(self) -> str:
        """The words."""
        return self._words

    def _font(self) -> QFont:
        font = theme().font("text", 600)
        font.setUnderline(True)
        return font

    def sizeHint(self) -> QSize:
        """Room for the words."""
        return QSize(round(text_width(self._words, self._font()) + 1), theme().px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words."""
        painter = QPainter(self)
        ink = self._ink if self.isEnabled() else "text_3"
        draw_line_of_text(painter, QRectF(self.rect()), self._words, self._font(), theme().colour(ink))
        painter.end()


class Strip(QWidget):
    """An icon, words that wrap, and links beside or below them. Its owner asks `fit(width)` for the size."""

    def __init__(self, text: str, tone: Tone, parent: QWidget, *, icon_name: str = "") -> None:
        super().__init__(parent)
        self._tone = tone
        self._icon_name = icon_name or _ICONS.get(tone, "info")
        self.links: list[StripLink] = []
        self._links_below = False
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._text = one_line(text)
        self.setAccessibleName(self._text)
        self.update()

    def add_link(self, text: str, on_click: Callable[[], None]) -> StripLink:
        """Add a link at the right. `on_click` runs when it is chosen."""
        link = StripLink(text, ON_SOFT[self._tone], self)
        link.clicked.connect(lambda _checked=False: on_click())
        self.links.append(link)
        return link

    def _links_width(self) -> int:
        return sum(link.sizeHint().width() + theme().px(GAP_WIDE) for link in self.links)

    def _text_left(self) -> int:
        return theme().px(_PAD_X + ICON + GAP)

    def fit(self, width: int) -> tuple[int, int]:
        """The width that the strip uses, of at most `width` pixels, and its height."""
        px, font = theme().px, theme().font("secondary")
        natural = round(text_width(self._text, font) + 3)  # wrapping may count a line a little wider
        alone = self._text_left() + px(_PAD_X)
        beside = alone + self._links_width()
        self._links_below = False
        if natural <= width - beside:
            return min(width, beside + natural), px(_LEAST)
        height = self._words_height(width - beside)
        is_squeezed = width - beside < px(_NARROWEST)  # less than what their height was measured in
        if self.links and (is_squeezed or height > _MOST_LINES * QFontMetrics(font).lineSpacing()):
            self._links_below = True
            used = min(width, alone + max(natural, self._links_width()))
            height = self._words_height(used - alone) + self._links_height() + px(_PAD_Y)
            return used, height + 2 * px(_PAD_Y)
        return width, max(px(_LEAST), height + 2 * px(_PAD_Y))

    def _words_height(self, room: int) -> int:
        box = QRect(0, 0, max(theme().px(_NARROWEST), room), 10_000)
        return QFontMetrics(theme().font("secondary")).boundingRect(box, _WRAP, self._text).height()

    def _links_height(self) -> int:
        return max((link.sizeHint().height() for link in self.links), default=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the links at the right edge, or below the words."""
        px = theme().px
        if self._links_below:
            x = self._text_left()
            for link in self.links:
                size = link.sizeHint()
                y = self.height() - px(_PAD_Y) - size.height()
                link.setGeometry(x, y, size.width(), size.height())
                x += size.width() + px(GAP_WIDE)
            return
        x = self.width() - px(_PAD_X)
        for link in reversed(self.links):
            size = link.sizeHint()
            x -= size.width()
            link.setGeometry(x, (self.height() - size.height()) // 2, size.width(), size.height())
            x -= px(GAP_WIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, icon and words."""
        painter = QPainter(self)
        px = theme().px
        rounded(painter, QRectF(self.rect()), RADIUS - 1, theme().colour(SOFT[self._tone]))
        words = QRect(self._text_left(), 0, self.width() - px(_PAD_X) - self._text_left(), self.height())
        if self._links_below:
            words.setBottom(words.bottom() - self._links_height() - px(_PAD_Y))
        else:
            words.setRight(words.right() - self._links_width())
        icon = QRectF(px(_PAD_X), words.center().y() + 0.5 - px(ICON) / 2, px(ICON), px(ICON))
        paint_icon(painter, icon, self._icon_name, ON_SOFT[self._tone])
        painter.setFont(theme().font("secondary"))
        painter.setPen(theme().colour(ON_SOFT[self._tone]))
        painter.drawText(words, _WRAP, self._text)
        painter.end()
