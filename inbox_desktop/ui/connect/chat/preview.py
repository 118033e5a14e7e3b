"""How the widget will look on the shop's page: painted from the settings as they are typed."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from inbox_desktop.models.chat_settings import Position
from inbox_desktop.ui.connect.chat.preview_words import Line, Preview
from inbox_desktop.ui.kit import initials, paint_icon, theme
from inbox_desktop.ui.kit.painting import CENTER, KitWidget, draw_line_of_text, hairline, rounded

_SIZE: Final = (296, 500)
_MARGIN: Final = 12
_ROUND: Final = 16
_HEAD: Final = 60
_FOOT: Final = 46
_LAUNCHER: Final = 48
_MARK: Final = 34
_PAD: Final = 14
_BETWEEN: Final = 8
_BUBBLE_X: Final = 11
_BUBBLE_Y: Final = 7
_SHARE: Final = 0.82
_CHIP: Final = 28
_INK: Final = QColor("#10131a")
_WHITE: Final = QColor("#ffffff")
_READABLE: Final = 4.5


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(ground: QColor) -> QColor:
    """What can be read on a colour: white, or the widget's dark ink."""
    return _WHITE if contrast(ground, _WHITE) >= _READABLE else _INK


def laid_out(text: str, font: QFont, width: float) -> tuple[QTextLayout, QSizeF]:
    """Plain text in lines no wider than `width`, words broken where they must be, and what it takes."""
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    height = widest = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
        widest = max(widest, line.naturalTextWidth())
    layout.endLayout()
    return layout, QSizeF(widest, height)


class WidgetPreview(KitWidget):
    """A piece of the shop's page with the open widget in its corner; the newest lines are always in sight."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._preview: Preview | None = None
        self._trouble = ""
        self._colour = QColor("#1f6feb")
        self._is_left = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def shown(self) -> Preview | None:
        """What is shown; None while the settings cannot be used."""
        return self._preview

    @property
    def trouble(self) -> str:
        """Why nothing can be shown; empty when something is."""
        return self._trouble

    def set_look(self, colour: str, position: Position) -> None:
        """Take over another colour ("#rrggbb"; anything else is passed over) and corner."""
        found = QColor(colour) if colour.startswith("#") and len(colour) == 7 else QColor()
        if found.isValid():
            self._colour = found
        self._is_left = position is Position.LEFT
        self.update()

    def show_preview(self, preview: Preview) -> None:
        """Show other words."""
        self._preview, self._trouble = preview, ""
        said = [preview.name, preview.state, *preview.questions, *(line.text for line in preview.lines)]
        self.setAccessibleName(f"Preview: {'. '.join(filter(None, said))}")
        self.update()

    def show_trouble(self, words: str) -> None:
        """Say why there is nothing to show."""
        self._preview, self._trouble = None, words
        self.setAccessibleName(f"No preview: {words}")
        self.update()

    def sizeHint(self) -> QSize:
        """As large as the widget is on a page, and a little of the page."""
        return QSize(theme().px(_SIZE[0]), theme().px(_SIZE[1]))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint page, panel and launcher."""
        painter = QPainter(self)
        px = theme().px
        rect = QRectF(self.rect())
        rounded(painter, rect, px(12), theme().colour("neutral_soft"))
        inner = rect.adjusted(px(_MARGIN), px(_MARGIN), -px(_MARGIN), -px(_MARGIN))
        side = px(_LAUNCHER)
        left = inner.left() if self._is_left else inner.right() - side
        launcher = QRectF(left, inner.bottom() - side, side, side)
        rounded(painter, launcher, side / 2, self._colour)
        self._paint_mark(painter, launcher)
        panel = inner.adjusted(0, 0, 0, -side - px(10))
        self._paint_panel(painter, panel)
        painter.end()

    def _paint_mark(self, painter: QPainter, launcher: QRectF) -> None:
        """A chevron: the panel is open."""
        painter.setPen(self._pen(ink_on(self._colour), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle, reach = launcher.center(), theme().px(6)
        path = QPainterPath()
        path.moveTo(middle.x() - reach, middle.y() - reach / 2)
        path.lineTo(middle.x(), middle.y() + reach / 2)
        path.lineTo(middle.x() + reach, middle.y() - reach / 2)
        painter.drawPath(path)

    def _pen(self, colour: QColor, width: float) -> QPen:
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def _paint_panel(self, painter: QPainter, panel: QRectF) -> None:
        px = theme().px
        rounded(painter, panel, px(_ROUND), theme().colour("surface"), theme().colour("line"))
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(panel, px(_ROUND), px(_ROUND))
        painter.setClipPath(clip)
        head = QRectF(panel.left(), panel.top(), panel.width(), px(_HEAD))
        painter.fillRect(head, self._colour)
        foot = QRectF(panel.left(), panel.bottom() - px(_FOOT), panel.width(), px(_FOOT))
        middle = QRectF(panel.left(), head.bottom(), panel.width(), foot.top() - head.bottom())
        if self._preview is None:
            self._paint_trouble(painter, middle)
        else:
            self._paint_head(painter, head, self._preview)
            self._paint_foot(painter, foot, self._preview)
            painter.setClipRect(middle, Qt.ClipOperation.IntersectClip)
            self._paint_lines(painter, middle, self._preview)
        painter.restore()

    def _paint_head(self, painter: QPainter, head: QRectF, preview: Preview) -> None:
        px = theme().px
        ink = ink_on(self._colour)
        side = px(_MARK)
        mark = QRectF(head.left() + px(_PAD), head.center().y() - side / 2, side, side)
        rounded(painter, mark, side / 2, ink)
        letters = initials(preview.name)
        draw_line_of_text(painter, mark, letters, theme().font("text", 600), self._colour, CENTER)
        inner = head.adjusted(px(_PAD) + side + px(10), px(10), -px(_PAD), -px(10))
        line = inner.height() / 2
        name = QRectF(inner.left(), inner.top(), inner.width(), line)
        draw_line_of_text(painter, name, preview.name or "…", theme().font("title", 600), ink)
        dot = QRectF(inner.left(), inner.top() + line * 1.5 - px(8) / 2, px(8), px(8))
        rounded(painter, dot, px(4), None if preview.is_away else ink, ink, 2)
        state = QRectF(inner.left() + px(14), inner.top() + line, inner.width() - px(14), line)
        draw_line_of_text(painter, state, preview.state, theme().font("secondary"), ink)

    def _paint_foot(self, painter: QPainter, foot: QRectF, preview: Preview) -> None:
        px = theme().px
        hairline(painter, foot.left(), foot.right(), foot.top(), theme().colour("line"))
        side = px(16)
        mark = QRectF(foot.right() - px(_PAD) - side, foot.center().y() - side / 2, side, side)
        paint_icon(painter, mark, "send", "text_2")
        words = foot.adjusted(px(_PAD), 0, -px(_PAD) - side - px(8), 0)
        draw_line_of_text(painter, words, preview.write, theme().font("text"), theme().colour("text_2"))

    def _paint_trouble(self, painter: QPainter, rect: QRectF) -> None:
        pad = theme().px(_PAD)
        painter.setPen(theme().colour("red_text"))
        layout, _size = laid_out(self._trouble, theme().font("secondary"), rect.width() - 2 * pad)
        layout.draw(painter, QPointF(rect.left() + pad, rect.top() + pad))

    def _paint_lines(self, painter: QPainter, rect: QRectF, preview: Preview) -> None:
        """From the newest line upwards, as a chat is read."""
        px = theme().px
        inner = rect.adjusted(px(_PAD), px(_PAD), -px(_PAD), -px(_PAD))
        heights = [self._height(line, inner.width()) for line in preview.lines]
        chips = list(preview.questions)
        total = sum(heights) + px(_BETWEEN) * (len(heights) - 1) + len(chips) * (px(_CHIP) + px(6))
        y = inner.top() if total <= inner.height() else inner.bottom() - total
        first_visitor = next(index for index, line in enumerate(preview.lines) if line.is_visitor)
        for index, (line, height) in enumerate(zip(preview.lines, heights, strict=True)):
            if index == first_visitor:
                y = self._paint_chips(painter, inner, y, chips)
            self._paint_line(painter, line, QRectF(inner.left(), y, inner.width(), height))
            y += height + px(_BETWEEN)

    def _paint_chips(self, painter: QPainter, inner: QRectF, y: float, chips: list[str]) -> float:
        px = theme().px
        font = theme().font("secondary", 500)
        for words in chips:
            wide = min(QFontMetricsF(font).horizontalAdvance(words) + 2 * px(11) + 2, inner.width())
            chip = QRectF(inner.left(), y, wide, px(_CHIP))
            rounded(painter, chip, px(_CHIP) / 2, theme().colour("surface"), theme().colour("line_strong"))
            within = chip.adjusted(px(11), 0, -px(11), 0)
            draw_line_of_text(painter, within, words, font, theme().colour("text_1"), CENTER)
            y += px(_CHIP) + px(6)
        return y

    def _laid_out(self, line: Line, width: float) -> tuple[QTextLayout, QSizeF]:
        return laid_out(line.text, theme().font("text"), width * _SHARE - 2 * theme().px(_BUBBLE_X))

    def _height(self, line: Line, width: float) -> float:
        return self._laid_out(line, width)[1].height() + 2 * theme().px(_BUBBLE_Y)

    def _paint_line(self, painter: QPainter, line: Line, rect: QRectF) -> None:
        px = theme().px
        layout, size = self._laid_out(line, rect.width())
        wide = size.width() + 2 * px(_BUBBLE_X)
        left = rect.right() - wide if line.is_visitor else rect.left()
        ground = self._colour if line.is_visitor else theme().colour("inbound")
        rounded(painter, QRectF(left, rect.top(), wide, rect.height()), px(14), ground)
        painter.setPen(ink_on(ground) if line.is_visitor else theme().colour("text_1"))
        layout.draw(painter, QPointF(left + px(_BUBBLE_X), rect.top() + px(_BUBBLE_Y)))
