"""What a ticket says in a list: its state as a label, and all of it as one sentence for screen readers."""

from datetime import datetime, tzinfo
from typing import Final

from PySide6.QtCore import QLocale

from inbox_desktop.models.kinds import ChannelKind, TicketStatus
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit.avatar import CHANNEL_WORDS
from inbox_desktop.ui.kit.pill import PillSpec, Tone
from inbox_desktop.ui.kit.plain import one_line
from inbox_desktop.ui.kit.times import day_and_time, short_time

NOT_SUBSCRIBED: Final = PillSpec("Not subscribed", Tone.WARN)
NOT_DELIVERED: Final = PillSpec("Not delivered", Tone.BAD)
SENDING_UNKNOWN: Final = PillSpec("Sent or not?", Tone.WARN)
BLOCKED: Final = PillSpec("Blocked", Tone.BAD)
CLOSED: Final = PillSpec("Closed", Tone.NEUTRAL)
_NAMELESS: Final = {
    ChannelKind.EMAIL: "Unknown sender",
    ChannelKind.SMS: "Unknown number",
    ChannelKind.CHAT: "Visitor",
}


def customer_label(row: TicketRow) -> str:
    """What the customer is called in lists: the name, else the address or phone, never nothing.

    A visitor's own id says nothing to people: its end tells two of them apart ("Visitor · 4F21").
    """
    address = row.customer_shown or row.customer_address
    if row.channel_kind is ChannelKind.CHAT and "@" not in address and not row.customer_name:
        return " · ".join(filter(None, (_NAMELESS[ChannelKind.CHAT], address[-4:].upper())))
    return one_line(row.customer_name) or one_line(address) or _NAMELESS[row.channel_kind]


def row_state(
    row: TicketRow, now: datetime, locale: QLocale, zone: tzinfo | None = None, *, exact: bool = False
) -> PillSpec | None:
    """The label of a ticket that is blocked, snoozed or closed; None for an ordinary open one.

    A label in a list is narrow: only an `exact` one tells the hour of another day.
    """
    if row.customer_blocked:
        return BLOCKED
    if row.status is TicketStatus.SNOOZED:
        if row.snoozed_until is None:
            return PillSpec("Snoozed", Tone.ACCENT)
        when = day_and_time if exact else short_time
        return PillSpec(f"Until {when(now, row.snoozed_until, locale, zone)}", Tone.ACCENT)
    return CLOSED if row.status is TicketStatus.CLOSED else None


def _ended(text: str) -> str:
    """`text` with one full stop at its end, unless it ends a sentence already."""
    return text if text.endswith((".", "!", "?", "…", "。")) else f"{text}."


def ticket_sentence(
    row: TicketRow,
    now: datetime,
    locale: QLocale,
    *,
    state: PillSpec | None = None,
    zone: tzinfo | None = None,
) -> str:
    """The row as it is read aloud: "Unread. Ana Souza, e-mail: Where is my order. 10:42. Tag Shipping."

    For `Qt.AccessibleTextRole`. `state` is a label besides those of `row_state`, such as a failed delivery.
    """
    subject = one_line(row.subject) or one_line(row.snippet) or "no subject"
    said = ["Unread."] if row.unread else []
    said.append(_ended(f"{customer_label(row)}, {CHANNEL_WORDS[row.channel_kind]}: {subject}"))
    said.append(_ended(short_time(now, row.last_message_at, locale, zone)))
    said.extend(_ended(pill.text) for pill in (state, row_state(row, now, locale, zone, exact=True)) if pill)
    if row.tags:
        word = "Tag" if len(row.tags) == 1 else "Tags"
        said.append(_ended(f"{word} {', '.join(one_line(tag) for tag in row.tags)}"))
    if row.has_attachments:
        said.append("With attachment.")
    if row.assignee_name:
        said.append(_ended(f"Assigned to {one_line(row.assignee_name)}"))
    return " ".join(said)
