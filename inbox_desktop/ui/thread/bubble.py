"""One text as a bubble: small, in runs, without what only mail has; automatic ones stand back."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QLocale, QRect, QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import DeliveryState, Direction, MessageKind
from inbox_desktop.models.queries.rows import DeliveryRow, MessageRow
from inbox_desktop.ui.kit import day_and_time, paint_avatar, paint_icon, theme
from inbox_desktop.ui.kit.painting import RIGHT, draw_line_of_text, rounded
from inbox_desktop.ui.thread.card import AVATAR, MessageCard
from inbox_desktop.ui.thread.card_head import HEAD_HEIGHT, Part, paint_head
from inbox_desktop.ui.thread.strip import Strip
from inbox_desktop.ui.thread.strips import QueuedStrip
from inbox_desktop.ui.thread.text_strips import text_strip
from inbox_desktop.ui.thread.thumbnail import Thumbnail
from inbox_desktop.ui.thread.words import author_label, delivery_label, kind_label

_ASIDE: Final = 40  # avatar and the gap beside it, as beside notes
_SHARE: Final = 0.8
_WIDEST: Final = 440
_LEAST: Final = 36
_PAD_X: Final = 12
_PAD_Y: Final = 7
_GAP: Final = 4
_FOOT: Final = 18
_ROUND: Final = 14
_MARKS: Final = {MessageKind.CAMPAIGN: "megaphone", MessageKind.AUTO_REPLY: "bolt"}
_MOMENT_MS: Final = 2000
SENDING: Final = "Sending…"
_SIMPLE: Final = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})

_Placed = tuple[QWidget, tuple[int, int]]
"""A widget with the width and height that it takes."""


def is_quiet(message: MessageRow) -> bool:
    """Whether nobody wrote it to be answered: a keyword, an automatic answer, a campaign message."""
    return message.kind in {MessageKind.KEYWORD, MessageKind.AUTO_REPLY, MessageKind.CAMPAIGN}


def bubble_head(message: MessageRow, me_id: str, moment: datetime, locale: QLocale) -> list[Part]:
    """Who and when, in reading order. What was sent by itself is named by what it is."""
    time = day_and_time(moment, message.sent_at, locale)
    kind = kind_label(message)
    if message.kind in _MARKS:
        return [Part(time), Part(kind[:1].upper() + kind[1:], 500, "text_2")]
    name = Part(author_label(message, me_id), 600, "text_1")
    said = " · ".join(word for word in (kind, time) if word)
    return [Part(said), name] if message.direction is Direction.OUTBOUND else [name, Part(said)]


class TextBubble(MessageCard):
    """Shows one text. In a run only the first names its author, and the last says how delivery stands."""

    _chip = Thumbnail
    _brief = False
    _foot_top = 0

    def _delivery_strip(self, act: Callable[[str], None]) -> Strip | None:
        return text_strip(self.message, act, self)

    def _queued_strip(self, delivery: DeliveryRow, act: Callable[[str], None]) -> Strip | None:
        """Nothing in the first moments: what leaves at once is on its way before that could be read."""
        if self._is_fresh(delivery):
            QTimer.singleShot(_MOMENT_MS, self, self._say_that_it_waits)
            return None
        return QueuedStrip(delivery, act, self._context.offline, self, brief=self._brief)

    def _is_fresh(self, delivery: DeliveryRow) -> bool:
        moment = now()
        waits = delivery.not_before is not None and delivery.not_before > moment
        age = (moment - self.message.sent_at).total_seconds() * 1000
        return not waits and not delivery.detail and not self._context.offline() and age < _MOMENT_MS

    def _say_that_it_waits(self) -> None:
        delivery = self.message.delivery
        if self._delivery is None and delivery is not None and delivery.state is DeliveryState.QUEUED:
            self._set_delivery()
            self._changed()

    def _foot(self) -> str:
        """How delivery stands, where neither a strip nor the next one of the run says so."""
        delivery = self.message.delivery
        if delivery is None or self._delivery is not None or (self.joins_below and delivery.state in _SIMPLE):
            return ""
        return SENDING if delivery.state is DeliveryState.QUEUED else delivery_label(delivery)

    # Geometry

    def _place(self, width: int) -> int:
        px = theme().px
        aside = px(_ASIDE)
        widest = max(px(120), min(round((width - aside) * _SHARE), px(_WIDEST)))
        y = 0 if self.joins_above else px(HEAD_HEIGHT) + 2
        self._bubble = QRect()
        inside, outside = self._halves(widest - 2 * px(_PAD_X), widest)
        if inside:
            used = max(size[0] for _, size in inside)
            bubble = min(widest, max(used, px(_LEAST) - 2 * px(_PAD_X)) + 2 * px(_PAD_X))
            left = width - aside - bubble if self.is_outbound else aside
            top = y
            y += px(_PAD_Y)
            for index, (widget, size) in enumerate(inside):
                y += px(_GAP) if index else 0
                widget.setGeometry(left + px(_PAD_X), y, size[0], size[1])
                y += size[1]
            y += px(_PAD_Y)
            self._bubble = QRect(left, top, bubble, y - top)
        for index, (widget, size) in enumerate(outside):
            y += px(_GAP) if index or inside else 0
            left = width - aside - size[0] if self.is_outbound else aside
            widget.setGeometry(left, y, size[0], size[1])
            y += size[1]
        self._foot_top = y
        if self._is_current:
            self._set_stops()
        return y + (px(_FOOT) if self._foot() else 0)

    def _halves(self, inner: int, widest: int) -> tuple[list[_Placed], list[_Placed]]:
        """What stands inside the bubble, and what below it: pictures, and what is to be said or done."""
        below = (self._attachments, self._delivery, self._warning)
        rows, _used = self._rows(inner)
        inside = [row for row in rows if row[0] not in below]
        outside: list[_Placed] = [(widget, widget.fit(widest)) for widget in below if widget is not None]
        return inside, outside

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint mark, head, bubble and foot."""
        painter = QPainter(self)
        px = theme().px
        if not self.joins_above:
            self._paint_mark(painter)
            side = px(_ASIDE)
            head = QRectF(0, 0, self.width(), px(HEAD_HEIGHT) - 2)
            head = head.adjusted(0, 0, -side, 0) if self.is_outbound else head.adjusted(side, 0, 0, 0)
            parts = bubble_head(self.message, self._context.bridge.me.id, now(), QLocale())
            paint_head(painter, head, parts, to_right=self.is_outbound)
        if not self._bubble.isNull():
            self._paint_bubble(painter)
        if foot := self._foot():
            rect = QRectF(0, self._foot_top, self.width() - px(_ASIDE), px(_FOOT))
            draw_line_of_text(painter, rect, foot, theme().font("small"), theme().colour("text_2"), RIGHT)
        painter.end()

    def _paint_mark(self, painter: QPainter) -> None:
        side = theme().px(AVATAR)
        rect = QRectF(self.width() - side if self.is_outbound else 0, 2, side, side)
        mark = _MARKS.get(self.message.kind)
        if mark is None:
            name = self.message.author_name or self.message.author_address
            paint_avatar(painter, rect, name, colour_key=name)
            return
        rounded(painter, rect, side / 2, theme().colour("neutral_soft"))
        inset = side * 0.26
        paint_icon(painter, rect.adjusted(inset, inset, -inset, -inset), mark, "text_2")

    def _paint_bubble(self, painter: QPainter) -> None:
        ground = theme().colour("outbound" if self.is_outbound else "inbound")
        if is_quiet(self.message):
            rounded(painter, QRectF(self._bubble), _ROUND, theme().colour("surface"), theme().colour("line"))
        else:
            rounded(painter, QRectF(self._bubble), _ROUND, ground)
