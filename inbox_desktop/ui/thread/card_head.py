"""The line above a message: who, from where, when; and how far a message of ours is."""

from datetime import datetime
from typing import Final, NamedTuple

from PySide6.QtCore import QLocale, QRectF
from PySide6.QtGui import QFont, QPainter

from inbox_desktop.models.kinds import Direction, MessageKind
from inbox_desktop.models.queries.rows import MessageRow
from inbox_desktop.ui.kit import day_and_time, one_line, paint_icon, theme
from inbox_desktop.ui.kit.painting import draw_line_of_text
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.thread.words import author_label, delivery_label, kind_label

HEAD_HEIGHT: Final = 20
_GAP: Final = 6
_MARK: Final = 14
_LEAST: Final = 30.0
_TIME: Final = 80
"""Light pieces up to this width, in pixels, are times: they say nothing when they are cut."""


class Part(NamedTuple):
    """A piece of the line. Lighter `weight` gives way first when the line is too long."""

    text: str
    weight: int = 400
    ink: str = "text_2"
    mark: str = ""


def head_parts(message: MessageRow, me_id: str, moment: datetime, locale: QLocale) -> list[Part]:
    """The pieces of the line in reading order; messages of ours read towards the right edge."""
    name = Part(author_label(message, me_id), 600, "text_1")
    time = day_and_time(moment, message.sent_at, locale)
    kind = kind_label(message)
    if message.direction is Direction.OUTBOUND:
        state = delivery_label(message.delivery)
        said = " · ".join(word for word in (kind, state, time) if word)
        return [name, Part(said)] if message.kind is MessageKind.NOTE else [Part(said), name]
    parts = [name]
    address = one_line(message.author_address)
    if address and address.casefold() != name.text.casefold():
        parts.append(Part(address))
    if not message.author_verified:
        parts.append(Part("Sender not verified", 500, "warn_text", "warning"))
    said = " · ".join(word for word in (kind, time) if word)
    parts.append(Part(f"· {said}" if len(parts) > 1 else said))
    return parts


def copies_line(message: MessageRow) -> str:
    """Who else a mail went to; empty when it was for one alone."""
    if message.kind is MessageKind.NOTE:
        return ""
    said = []
    if len(message.to) > 1:
        said.append(f"To {', '.join(message.to)}")
    if message.cc:
        said.append(f"Cc {', '.join(message.cc)}")
    return one_line(" · ".join(said))


def paint_head(painter: QPainter, rect: QRectF, parts: list[Part], *, to_right: bool) -> None:
    """Draw the pieces into one line of `rect`, at its left or right; the longest light one is cut."""
    fonts = [theme().font("secondary", part.weight) for part in parts]
    widths = [
        text_width(part.text, font) + 1 + _mark_room(part) for part, font in zip(parts, fonts, strict=True)
    ]
    gaps = theme().px(_GAP) * (len(parts) - 1)
    _give_way(parts, widths, rect.width() - gaps)
    x = rect.right() - sum(widths) - gaps if to_right else rect.left()
    for part, font, width in zip(parts, fonts, widths, strict=True):
        _paint_part(painter, QRectF(x, rect.top(), width, rect.height()), part, font)
        x += width + theme().px(_GAP)


def _mark_room(part: Part) -> float:
    return theme().px(_MARK) + 4 if part.mark else 0


def _give_way(parts: list[Part], widths: list[float], room: float) -> None:
    """Make the pieces fit: first the longest light one, then the longest of all. A mere time stays whole."""
    light = [i for i, part in enumerate(parts) if part.weight == 400 and widths[i] > _TIME]
    for candidates in (light, list(range(len(parts)))):
        over = sum(widths) - room
        if over <= 0 or not candidates:
            continue
        longest = max(candidates, key=lambda index: widths[index])
        widths[longest] = max(min(_LEAST, widths[longest]), widths[longest] - over)


def _paint_part(painter: QPainter, rect: QRectF, part: Part, font: QFont) -> None:
    if part.mark:
        paint_icon(
            painter, QRectF(rect.left(), rect.top(), theme().px(_MARK), rect.height()), part.mark, part.ink
        )
        rect = rect.adjusted(_mark_room(part), 0, 0, 0)
    draw_line_of_text(painter, rect, part.text, font, theme().colour(part.ink))
