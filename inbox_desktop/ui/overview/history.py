"""The card with the customer's other tickets."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import Overview, TicketSummary
from inbox_desktop.ui.kit import Card, Label, one_line, paint_icon, plain_tool_tip, short_time, theme
from inbox_desktop.ui.kit.avatar import CHANNEL_ICONS, CHANNEL_WORDS
from inbox_desktop.ui.kit.painting import RIGHT, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.thread.words import plural

_HEIGHT: Final = 42
_STATUS: Final = {TicketStatus.OPEN: "open", TicketStatus.SNOOZED: "snoozed", TicketStatus.CLOSED: "closed"}


class SummaryRow(QAbstractButton):
    """Another ticket on two lines: subject, and number, status, assignee; pressing it opens that ticket."""

    def __init__(self, summary: TicketSummary, now: datetime, parent: QWidget) -> None:
        super().__init__(parent)
        self._summary = summary
        self._subject = one_line(summary.subject) or "No subject"
        said = [f"#{summary.number}", _STATUS[summary.status]]
        if summary.assignee_name:
            said.append(one_line(summary.assignee_name).split(" ")[0])
        self._facts = " · ".join(said)
        self._time = short_time(now, summary.last_message_at, QLocale())
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        channel = CHANNEL_WORDS[summary.channel_kind]
        self.setAccessibleName(f"{self._subject}, {self._facts}, {channel}, {self._time}. Open")
        self.setToolTip(plain_tool_tip(f"{self._subject} · {self._facts}"))

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(theme().px(160), theme().px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint channel mark, both lines and the time."""
        painter = QPainter(self)
        px = theme().px
        if self.underMouse() or self.isDown():
            rounded(painter, QRectF(self.rect()).adjusted(-6, 0, 6, 0), 6, theme().colour("hover"))
        side = px(13)
        kind = self._summary.channel_kind
        upper = QRectF(0, px(3), self.width(), px(18))
        lower = QRectF(0, px(21), self.width(), px(18))
        paint_icon(painter, QRectF(0, upper.top(), side, upper.height()), CHANNEL_ICONS[kind], kind.value)
        left, time_font = side + 7.0, theme().font("secondary", tabular=True)
        time = text_width(self._time, time_font) + 2
        weight = 500 if self._summary.status is TicketStatus.OPEN else 400
        subject = upper.adjusted(left, 0, -time - 8, 0)
        draw_line_of_text(
            painter, subject, self._subject, theme().font("text", weight), theme().colour("text_1")
        )
        draw_line_of_text(painter, upper, self._time, time_font, theme().colour("text_2"), RIGHT)
        facts = lower.adjusted(left, 0, 0, 0)
        draw_line_of_text(painter, facts, self._facts, theme().font("secondary"), theme().colour("text_2"))
        painter.end()


class HistoryCard(Card):
    """The newest other tickets of the customer.

    Signals:
        opened(str): a ticket was chosen; its id.
    """

    opened = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Other tickets", foldable=True, parent=parent)
        self._shown: tuple[object, ...] = ()

    def set_history(self, overview: Overview, now: datetime) -> None:
        """Show another customer's tickets."""
        shown = (overview.history, overview.history_total, now.astimezone().date())
        if shown == self._shown:
            return
        self._shown = shown
        self.clear()
        self.set_note(str(overview.history_total) if overview.history_total else "")
        for summary in overview.history:
            row = SummaryRow(summary, now, self)
            row.clicked.connect(lambda _checked=False, ticket_id=summary.id: self.opened.emit(ticket_id))
            self.add(row)
        if not overview.history:
            self.add(
                Label("This is the customer's first ticket.", "secondary", "text_2", wrap=True, parent=self)
            )
        elif (more := overview.history_total - len(overview.history)) > 0:
            words = f"and {plural(more, 'older one')}; search for the address to see all"
            self.add(Label(words, "secondary", "text_2", wrap=True, parent=self))
