"""When a ticket opens and reopens, and who may be answered, by kind of channel (the product's section 2)."""

from dataclasses import dataclass, field
from enum import StrEnum

from inbox_desktop.models.kinds import ChannelKind, Direction, MessageKind, TicketStatus
from inbox_desktop.models.rules.consent import Consents, text_refusal


class Belonging(StrEnum):
    """How an inbound message finds its ticket."""

    THREAD = "thread"
    PERSON = "person"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """The rules of one kind of channel."""

    belonging: Belonging
    closed_reopens: bool
    needs_consent: bool
    undo_send: bool


RULES: dict[ChannelKind, ChannelRules] = {
    ChannelKind.EMAIL: ChannelRules(
        Belonging.THREAD, closed_reopens=True, needs_consent=False, undo_send=True
    ),
    ChannelKind.SMS: ChannelRules(Belonging.PERSON, closed_reopens=True, needs_consent=True, undo_send=False),
    ChannelKind.CHAT: ChannelRules(
        Belonging.CONVERSATION, closed_reopens=False, needs_consent=False, undo_send=False
    ),
}


def opens_ticket(message: MessageKind) -> bool:
    """Whether an inbound message that belongs to no ticket opens one. Automatic mail and keywords don't."""
    return message is MessageKind.MESSAGE


def takes_message(kind: ChannelKind, status: TicketStatus) -> bool:
    """Whether a ticket in this status takes a further inbound message; if not, a new ticket opens."""
    return status is not TicketStatus.CLOSED or RULES[kind].closed_reopens


def status_after_inbound(
    status: TicketStatus, message: MessageKind, *, is_older_history: bool = False
) -> TicketStatus:
    """The status of a ticket after an inbound message was added to it.

    A person's message opens a snoozed or closed ticket. Automatic mail and keywords change nothing. Neither
    does `is_older_history`: a mail that a first synchronisation brings in behind newer ones, which whoever
    closed or snoozed the ticket had before them.
    """
    if message is not MessageKind.MESSAGE or is_older_history:
        return status
    return TicketStatus.OPEN


def marks_unread(message: MessageKind) -> bool:
    """Whether an inbound message asks for attention. A bounce does: our answer did not arrive."""
    return message in {MessageKind.MESSAGE, MessageKind.BOUNCE, MessageKind.COMPLAINT}


def is_sent_by_itself(message: MessageKind, direction: Direction) -> bool:
    """Whether the brand sent it without a person: a campaign message, an automatic answer."""
    return direction is Direction.OUTBOUND and message in {MessageKind.CAMPAIGN, MessageKind.AUTO_REPLY}


@dataclass(frozen=True, slots=True)
class Recipient:
    """What must be known of a customer to say whether they may be answered.

    `consents` are those of the phone that the ticket is with; they matter for texts alone.
    """

    blocked: bool
    consents: Consents = field(default_factory=dict)


def reply_refusal(kind: ChannelKind, recipient: Recipient, *, has_inbound: bool) -> str | None:
    """Why the team may not reply, in words and with what to do instead, or None."""
    if recipient.blocked:
        return "This customer is blocked. Unblock the profile to reply."
    if not has_inbound:
        return "This customer has not written first. A conversation can only be answered, not started."
    return text_refusal(recipient.consents) if RULES[kind].needs_consent else None
