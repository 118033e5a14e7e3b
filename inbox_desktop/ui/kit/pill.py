"""Small labels in a soft colour: tags and states."""

from enum import StrEnum
from typing import Final, NamedTuple

from PySide6.QtCore import QRectF, QSize, QSizeF
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inbox_desktop.ui.kit.painting import CENTER, KitWidget, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import one_line, text_width
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import RADIUS_PILL


class Tone(StrEnum):
    """What a label, dot or strip means; its colour follows from that."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


SOFT: Final = {
    Tone.NEUTRAL: "neutral_soft",
    Tone.ACCENT: "accent_soft",
    Tone.GOOD: "good_soft",
    Tone.WARN: "warn_soft",
    Tone.BAD: "red_soft",
}
ON_SOFT: Final = {
    Tone.NEUTRAL: "text_2",
    Tone.ACCENT: "accent_text",
    Tone.GOOD: "good_text",
    Tone.WARN: "warn_text",
    Tone.BAD: "red_text",
}
_TAG_TONES: Final = {"urgent": Tone.BAD, "vip": Tone.GOOD, "shipping": Tone.ACCENT}
PADDING: Final = 6
WIDEST: Final = 132


class PillSpec(NamedTuple):
    """A label before it is painted."""

    text: str
    tone: Tone = Tone.NEUTRAL


def tag_pill(tag: str) -> PillSpec:
    """How a tag looks. Most are neutral, so that the few that are not stand out."""
    return PillSpec(one_line(tag), _TAG_TONES.get(tag.strip().casefold(), Tone.NEUTRAL))


def pill_font() -> QFont:
    """The font of all pills."""
    return theme().font("small", 500)


def pill_size(spec: PillSpec) -> QSizeF:
    """How large a pill wants to be; long texts are cut at 132 px (at 100 %)."""
    width = text_width(spec.text, pill_font()) + 2 * PADDING
    return QSizeF(min(theme().px(WIDEST), round(width + 0.5)), theme().px(17))


def paint_pill(painter: QPainter, rect: QRectF, spec: PillSpec, *, fill: str = "") -> None:
    """Draw a pill. `fill` overrides the background token, for a pill on a selected row."""
    rounded(painter, rect, RADIUS_PILL, theme().colour(fill or SOFT[spec.tone]))
    text = rect.adjusted(PADDING - 1, 0, 1 - PADDING, 0)
    draw_line_of_text(painter, text, spec.text, pill_font(), theme().colour(ON_SOFT[spec.tone]), CENTER)


class Pill(KitWidget):
    """A tag or a state as a widget. The text is plain, whatever it holds."""

    def __init__(self, text: str, tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_pill(PillSpec(one_line(text), tone))

    @property
    def spec(self) -> PillSpec:
        """What is shown."""
        return self._spec

    def set_pill(self, spec: PillSpec) -> None:
        """Show something else."""
        self._spec = spec
        self.setAccessibleName(spec.text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the text, up to 132 px at 100 %."""
        return pill_size(self._spec).toSize()

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the beginning of the text."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), theme().px(36)), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill."""
        painter = QPainter(self)
        paint_pill(painter, QRectF(self.rect()), self._spec)
        painter.end()
