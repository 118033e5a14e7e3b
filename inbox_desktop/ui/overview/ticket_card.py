"""The card with the ticket's facts and tags."""

from datetime import datetime

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QWidget

from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import AttributionRow, TicketRow
from inbox_desktop.ui.channel_words import KIND_WORDS
from inbox_desktop.ui.kit import Card, day_and_time, full_time, one_line, plain_tool_tip
from inbox_desktop.ui.overview.tags import TagsRow


def status_words(row: TicketRow, now: datetime, locale: QLocale) -> str:
    """Where the ticket stands: "Open", "Closed", "Snoozed · Fri 09:00"."""
    if row.status is TicketStatus.SNOOZED and row.snoozed_until is not None:
        return f"Snoozed · {day_and_time(now, row.snoozed_until, locale)}"
    return row.status.value.capitalize()


class TicketCard(Card):
    """Number, status, assignee, age, channel and tags of a ticket.

    Signals:
        tag_added(str), tag_removed(str): the person wants a tag put on or taken off.
    """

    tag_added = Signal(str)
    tag_removed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Ticket", foldable=True, parent=parent)
        self._number = self.add_row("Number", "")
        self._status = self.add_row("Status", "")
        self._assignee = self.add_row("Assignee", "")
        self._created = self.add_row("Created", "")
        self._channel = self.add_row("Channel", "")
        self._campaign = self.add_row("Answers campaign", "")
        self._campaign_sent = self.add_row("Campaign sent", "")
        self._tags = TagsRow(self)
        self._tags.added.connect(self.tag_added)
        self._tags.removed.connect(self.tag_removed)
        self.add(self._tags)

    def set_ticket(self, row: TicketRow, now: datetime, attribution: AttributionRow | None = None) -> None:
        """Show another ticket, and the campaign or flow message that it answers."""
        locale = QLocale()
        self._number.set_value(f"#{row.number}")
        self._status.set_value(status_words(row, now, locale))
        self._assignee.set_value(row.assignee_name or "Nobody")
        self._created.set_value(day_and_time(now, row.created_at, locale))
        self._created.setToolTip(plain_tool_tip(full_time(row.created_at, locale)))
        self._channel.set_value(KIND_WORDS[row.channel_kind])
        self._channel.setToolTip(plain_tool_tip(row.channel_name))
        self._tags.set_tags(row.tags)
        for line in (self._campaign, self._campaign_sent):
            line.setVisible(attribution is not None)
        if attribution is not None:
            label = one_line(attribution.label)
            self._campaign.set_value(label)
            answered = f"Answered {full_time(attribution.answered_at, locale)}"
            self._campaign.setToolTip(plain_tool_tip(f"{label} · {answered}"))
            self._campaign_sent.set_value(day_and_time(now, attribution.sent_at, locale))
            self._campaign_sent.setToolTip(plain_tool_tip(full_time(attribution.sent_at, locale)))

    def begin_tag(self) -> None:
        """Let a tag be typed."""
        self.set_folded(folded=False)
        self._tags.begin()
