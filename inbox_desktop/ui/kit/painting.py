"""What all painted widgets share: their base class, rounded fills, hairlines and one line of text."""

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QWidget

from inbox_desktop.ui.kit.plain import elided
from inbox_desktop.ui.kit.theme import theme

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
CENTER = Qt.AlignmentFlag.AlignHCenter


class KitWidget(QWidget):
    """A widget that paints itself. Override `restyle` to take over new fonts on every theme change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme().changed.connect(self._theme_changed)

    def _theme_changed(self) -> None:
        self.restyle()
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Take over fonts and sizes from the theme."""


def rounded(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: QColor | None,
    border: QColor | None = None,
    width: float = 1.0,
) -> None:
    """Fill a rounded rectangle; a border lies wholly inside it, so that edges stay crisp."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    inset = width / 2 if border else 0.0
    inner = rect.adjusted(inset, inset, -inset, -inset)
    corner = min(max(0.0, radius - inset), inner.height() / 2, inner.width() / 2)
    painter.setPen(QPen(border, width) if border else Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(inner, corner, corner)


def hairline(painter: QPainter, left: float, right: float, y: float, colour: QColor) -> None:
    """A line of one device pixel from `left` to `right`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    pen = QPen(colour, 0)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawLine(QLineF(left, y, right, y))


def draw_line_of_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
) -> None:
    """One line of plain text, vertically in the middle of `rect`, cut with an ellipsis."""
    shown = elided(text, font, rect.width() + 0.5)
    painter.setFont(font)
    painter.setPen(colour)
    # Arabic and Hebrew run from the right, so their ellipsis stands at the left; `align` stays as it is.
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
    painter.drawText(
        rect, int(flags) | int(Qt.TextFlag.TextSingleLine) | int(Qt.TextFlag.TextDontClip), shown
    )


def focus_ring(painter: QPainter, rect: QRectF, radius: float) -> None:
    """The 2 px accent ring, wholly inside `rect`."""
    rounded(painter, rect, radius, None, theme().colour("accent"), 2.0)
