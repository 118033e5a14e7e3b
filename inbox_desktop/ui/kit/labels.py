"""Lines of plain text, hairlines and the dot with a word that tells a state."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from inbox_desktop.ui.kit.painting import LEFT, RIGHT, KitWidget, draw_line_of_text, hairline
from inbox_desktop.ui.kit.pill import Tone
from inbox_desktop.ui.kit.plain import elided, one_line, text_width
from inbox_desktop.ui.kit.theme import theme

DOTS: Final = {
    Tone.NEUTRAL: "text_3",
    Tone.ACCENT: "accent",
    Tone.GOOD: "good",
    Tone.WARN: "warn",
    Tone.BAD: "red",
}
LINE_HEIGHT: Final = 18


def plain_tool_tip(text: str) -> str:
    """A tool tip that Qt will not take for HTML, however much `text` looks like it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<qt>{escaped}</qt>" if text else ""


class Label(QLabel):
    """Plain text in a role of the type scale and a colour of the table; wraps when asked to.

    Roles: "text", "secondary", "small", "title", "title_large", "page".
    """

    def __init__(
        self,
        text: str = "",
        role: str = "text",
        ink: str = "text_1",
        *,
        weight: int = 400,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role, self._ink, self._weight = role, ink, weight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.setText(text)

    def set_ink(self, ink: str) -> None:
        """Give the text another colour of the table."""
        self._ink = ink
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(theme().font(self._role, self._weight))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme().colour(self._ink))
        self.setPalette(palette)


class ElidedLabel(KitWidget):
    """One line of plain text; where it is cut it ends in an ellipsis and tells the rest as a tool tip."""

    def __init__(
        self,
        text: str = "",
        role: str = "text",
        ink: str = "text_1",
        *,
        weight: int = 400,
        align_right: bool = False,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role, self._ink, self._weight = role, ink, weight
        self._align = RIGHT if align_right else LEFT
        self._tabular = tabular
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.restyle()
        self.set_text(text)

    def restyle(self) -> None:
        """Take over the font."""
        self._font = theme().font(self._role, self._weight, tabular=self._tabular)

    def text(self) -> str:
        """The whole text, on one line."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text; line breaks become spaces."""
        self._text = one_line(text)
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def set_ink(self, ink: str) -> None:
        """Give the text another colour of the table."""
        self._ink = ink
        self.update()

    def shown_text(self) -> str:
        """What there is room for."""
        return elided(self._text, self._font, self.width() + 0.5)

    def is_cut(self) -> bool:
        """Whether a part of the text is not seen."""
        return self.shown_text() != self._text

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        height = max(self.fontMetrics().height(), theme().px(LINE_HEIGHT))
        return QSize(round(text_width(self._text, self._font) + 1), height)

    def minimumSizeHint(self) -> QSize:
        """Room for a few characters."""
        return QSize(min(self.sizeHint().width(), theme().px(24)), self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Show the whole text as a plain tool tip, but only when it is cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self.toolTip():
            QToolTip.showText(event.globalPos(), plain_tool_tip(self._text) if self.is_cut() else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text."""
        painter = QPainter(self)
        colour = theme().colour(self._ink if self.isEnabled() else "text_3")
        draw_line_of_text(painter, QRectF(self.rect()), self._text, self._font, colour, self._align)
        painter.end()


class Divider(KitWidget):
    """A hairline of one device pixel, lying or standing."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vertical = vertical
        fixed, wide = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(*((fixed, wide) if vertical else (wide, fixed)))

    def sizeHint(self) -> QSize:
        """One pixel thick."""
        return QSize(1, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        if self._vertical:
            painter.fillRect(
                QRectF(0, 0, 1 / self.devicePixelRatioF(), self.height()), theme().colour("line")
            )
        else:
            hairline(painter, 0, self.width(), 0, theme().colour("line"))
        painter.end()


class StatusDot(KitWidget):
    """A coloured dot with words, as in the status line. The words tell the state, never the colour alone."""

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.restyle()
        self.set_status(text, tone)

    def restyle(self) -> None:
        """Take over the font."""
        self._font = theme().font("secondary", tabular=True)

    @property
    def tone(self) -> Tone:
        """The state as a colour."""
        return self._tone

    def text(self) -> str:
        """The state in words."""
        return self._text

    def set_status(self, text: str, tone: Tone, detail: str = "") -> None:
        """Show another state; `detail` is the whole reason, shown as a tool tip."""
        self._text, self._tone = one_line(text), tone
        self.setToolTip(plain_tool_tip(detail))
        self.setAccessibleName(self._text)
        self.setAccessibleDescription(detail)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the dot and all words."""
        width = text_width(self._text, self._font) + theme().px(15)
        return QSize(round(width + 1), max(self.fontMetrics().height(), theme().px(LINE_HEIGHT)))

    def minimumSizeHint(self) -> QSize:
        """Room for the dot and the first words."""
        return QSize(min(self.sizeHint().width(), theme().px(60)), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint dot and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        side, middle = theme().px(8), self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour(DOTS[self._tone]))
        painter.drawEllipse(QRectF(0, middle - side / 2, side, side))
        rect = QRectF(self.rect()).adjusted(theme().px(14), 0, 0, 0)
        draw_line_of_text(painter, rect, self._text, self._font, theme().colour("text_2"))
        painter.end()
