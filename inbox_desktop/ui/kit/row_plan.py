"""Where everything in a ticket's row stands: worked out once and then painted often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QLocale, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from inbox_desktop.models.fulltext import places_of
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit.painting import LEFT, RIGHT
from inbox_desktop.ui.kit.pill import PillSpec, pill_size, tag_pill
from inbox_desktop.ui.kit.plain import elided, first_line, one_line, stretches, text_width
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.ticket_text import customer_label, row_state
from inbox_desktop.ui.kit.times import short_time


class Density(StrEnum):
    """How tall rows are: 84, 64 or 44 px at 100 %."""

    COMFORTABLE = "comfortable"
    DEFAULT = "default"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class _Measure:
    """One density: pixels at 100 %, number of lines, and how much of the last line pills may take."""

    padding: int
    lines: int
    avatar: int
    pill_share: float


_MEASURES: Final = {
    Density.COMFORTABLE: _Measure(15, 3, 34, 0.58),
    Density.DEFAULT: _Measure(14, 2, 34, 0.42),
    Density.COMPACT: _Measure(4, 2, 26, 0.42),
}
_FOUND_PILL_SHARE: Final = 0.42  # what was found must be seen
_LINE: Final = 18
_DOT_X: Final = 13
_AVATAR_X: Final = 26
_GAP: Final = 10
_RIGHT: Final = 16
_ASSIGNEE: Final = 18


@dataclass(frozen=True, slots=True)
class Run:
    """One piece of text: where, what (already cut to fit), how and in which colour.

    `found` is where words that were searched for stand in it.
    """

    rect: QRectF
    text: str
    font: QFont
    ink: str
    align: Qt.AlignmentFlag = LEFT
    found: tuple[QRectF, ...] = ()


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Everything in a row, relative to its upper left corner."""

    dot: QRectF | None
    avatar: QRectF
    assignee: QRectF | None
    clip: QRectF | None
    runs: tuple[Run, ...]
    pills: tuple[tuple[QRectF, PillSpec], ...]


def line_height() -> int:
    """The height of one line of a row in pixels: 18 at 100 %, more when the font is taller."""
    return _line_height(theme().px(_LINE), theme().font("text", 400), theme().font("text", 600))


@lru_cache(maxsize=16)
def _line_height(least: int, *fonts: QFont) -> int:
    needed = max(QFontMetricsF(font).height() for font in fonts)
    return max(least, round(needed + 0.5))


def row_height(density: Density) -> int:
    """The height of every row at a density, its hairline included."""
    measure = _MEASURES[density]
    return 2 * theme().px(measure.padding) + measure.lines * line_height()


class _Planner:
    """Lays one row out, from the right edge inwards, so that what must be read is cut last."""

    def __init__(
        self, row: TicketRow, density: Density, width: int, *, show_assignee: bool, words: Sequence[str]
    ) -> None:
        self.row = row
        self.sought = words
        self.show_assignee = show_assignee
        self.measure = _MEASURES[density]
        self.density = density
        self.line = line_height()
        px = theme().px
        self.top = px(self.measure.padding)
        side = px(self.measure.avatar)
        height = row_height(density)
        top = self.top if density is Density.COMFORTABLE else (height - side) / 2
        self.avatar = QRectF(px(_AVATAR_X), round(top), side, side)
        self.left = self.avatar.right() + px(_GAP)
        self.right = width - px(_RIGHT)
        self.assignee: QRectF | None = None
        self.runs: list[Run] = []
        self.pills: list[tuple[QRectF, PillSpec]] = []

    def at(self, line: int, left: float, right: float) -> QRectF:
        """A stretch of a line."""
        return QRectF(left, self.top + line * self.line, max(0.0, right - left), self.line)

    def put(self, rect: QRectF, text: str, font: QFont, ink: str) -> None:
        """Add text, cut to its room."""
        shown = elided(text, font, rect.width() + 0.5)
        if shown:
            self.runs.append(Run(rect, shown, font, ink, LEFT, self.marks(rect, shown, font)))

    def marks(self, rect: QRectF, text: str, font: QFont) -> tuple[QRectF, ...]:
        """Where the words that were searched for stand in a text."""
        places = places_of(self.sought, text) if self.sought else []
        return tuple(
            QRectF(rect.left() + left - 1, rect.top() + 1, right - left + 2, rect.height() - 2)
            for left, right in stretches(text, font, places)
        )

    def head(self, when: str) -> QRectF | None:
        """The name and the time; returns where the paper clip goes."""
        time_font = theme().font("secondary", 400, tabular=True)
        edge = self.right - text_width(when, time_font)
        self.runs.append(Run(self.at(0, edge - 1, self.right), when, time_font, "text_2", RIGHT))
        clip = None
        if self.row.has_attachments:
            side = theme().px(13)
            edge -= side + theme().px(5)
            clip = QRectF(edge, self.top + (self.line - side) / 2, side, side)
        font = theme().font("text", 600 if self.row.unread else 500)
        self.put(self.at(0, self.left, edge - theme().px(8)), customer_label(self.row), font, "text_1")
        return clip

    def tail(self, line: int, labels: list[PillSpec]) -> float:
        """Assignee and pills at the right of a line; returns where they begin."""
        edge = float(self.right)
        middle = self.top + (line + 0.5) * self.line
        if self.row.assignee_name and self.show_assignee:
            side = min(theme().px(_ASSIGNEE), self.line)
            self.assignee = QRectF(edge - side, round(middle - side / 2), side, side)
            edge -= side + theme().px(6)
        share = _FOUND_PILL_SHARE if self.sought else self.measure.pill_share
        room = (edge - self.left) * share
        placed: list[tuple[float, PillSpec]] = []
        for index, label in enumerate(labels):
            more = len(labels) - index - 1
            reserve = pill_size(PillSpec(f"+{more}")).width() + 5 if more else 0
            width = pill_size(label).width()
            if placed and width + reserve > room:
                rest = PillSpec(f"+{more + 1}")
                placed.append((pill_size(rest).width(), rest))
                break
            width = min(width, max(room - reserve, theme().px(40)))
            placed.append((width, label))
            room -= width + theme().px(5)
        for width, label in reversed(placed):
            height = pill_size(label).height()
            self.pills.append((QRectF(edge - width, round(middle - height / 2), width, height), label))
            edge -= width + theme().px(5)
        return edge - theme().px(3) if placed else edge

    def words(self, labels: list[PillSpec]) -> None:
        """The subject and what the newest message says, on the lines that are left."""
        subject, snippet = one_line(self.row.subject), one_line(self.row.snippet)
        if not subject and not snippet:
            subject = "No subject"
        last = self.measure.lines - 1
        edge = self.tail(last, labels)
        strong = theme().font("text", 600 if self.row.unread else 400)
        plain = theme().font("text" if self.density is not Density.COMPACT else "secondary", 400)
        if self.measure.lines == 3:
            ink = "text_2"
            if not subject:
                # A text without a subject runs on: both lines are one sentence and look alike.
                subject, snippet = first_line(snippet, strong, self.right - self.left)
                plain, ink = strong, "text_1"
            self.put(self.at(1, self.left, self.right), subject, strong, "text_1")
            self.put(self.at(last, self.left, edge), snippet, plain, ink)
            return
        font = (
            strong
            if self.density is not Density.COMPACT
            else theme().font("secondary", 600 if self.row.unread else 400)
        )
        if not subject:
            subject, snippet = snippet, ""
        self.put(self.at(last, self.left, edge), subject, font, "text_1")
        begin = self.left + text_width(subject, font) + theme().px(8)
        if snippet and edge - begin > theme().px(48):
            self.put(self.at(last, begin, edge), snippet, plain, "text_2")


def plan_row(
    row: TicketRow,
    density: Density,
    width: int,
    now: datetime,
    locale: QLocale,
    *,
    state: PillSpec | None = None,
    show_assignee: bool = True,
    words: Sequence[str] = (),
) -> RowPlan:
    """Lay a row out for a width in pixels.

    `state` is a label besides those that the ticket has by itself; `words` are marked where they stand.
    """
    planner = _Planner(row, density, width, show_assignee=show_assignee, words=words)
    clip = planner.head(short_time(now, row.last_message_at, locale))
    own = row_state(row, now, locale)
    labels = [label for label in (state, own) if label is not None]
    labels.extend(tag_pill(tag) for tag in row.tags)
    planner.words(labels)
    side = theme().px(8)
    middle = (
        planner.avatar.center().y() if density is not Density.COMFORTABLE else planner.top + planner.line / 2
    )
    dot = QRectF(theme().px(_DOT_X) - side / 2, round(middle - side / 2), side, side) if row.unread else None
    return RowPlan(dot, planner.avatar, planner.assignee, clip, tuple(planner.runs), tuple(planner.pills))
