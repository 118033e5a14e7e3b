"""What queries return: frozen values that may cross threads, never ORM objects."""

from dataclasses import dataclass
from datetime import datetime

from inbox_desktop.models.kinds import (
    ChannelKind,
    ConsentKind,
    ConsentSource,
    ConsentState,
    DeliveryState,
    Direction,
    MessageKind,
    TicketStatus,
)


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page of a list ended: the sort value and the id of its last row."""

    value: str | None
    id: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket as lists show it. Times are UTC. `page_key` continues the list behind this row.

    `last_message_id` and `last_inbound_id` are what the reader of the list has seen: the preconditions
    of closing and of marking as read. `delivery_problem`: our newest reply did not reach everybody, or
    it is not known whether it did. `customer_shown` is the address as people read it: a phone as it is
    dialled where our own number is. `may_text`: whether the person agreed to texts; None for other channels.
    """

    id: str
    number: int
    subject: str
    snippet: str
    status: TicketStatus
    unread: bool
    channel_id: str
    channel_kind: ChannelKind
    channel_name: str
    customer_id: str
    customer_name: str
    customer_address: str
    customer_blocked: bool
    assignee_id: str | None
    assignee_name: str | None
    tags: tuple[str, ...]
    created_at: datetime
    last_message_at: datetime
    last_inbound_at: datetime | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    message_count: int
    has_attachments: bool
    page_key: PageKey
    last_message_id: str | None = None
    last_inbound_id: str | None = None
    delivery_problem: bool = False
    customer_shown: str = ""
    may_text: bool | None = None


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One file of a message. `path` is where its content lies here; `active` files never open in place."""

    id: str
    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str | None
    path: str
    active: bool


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One recipient of a delivery and what the server said about it."""

    address: str
    state: DeliveryState
    detail: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """How far an outgoing message is. `not_before` (UTC) ends the undo window or a pause before a retry.

    `uncopied` says why there is no copy in the Sent folder, once that was given up.
    """

    id: str
    state: DeliveryState
    detail: str
    not_before: datetime | None
    attempts: int
    recipients: tuple[RecipientRow, ...]
    uncopied: str = ""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of a thread.

    `text` is everything, `visible_text` leaves out quotes and signature; `html` and `visible_html`
    are the same for HTML mail, sanitised, or None. `blocked` names what was taken out.
    """

    id: str
    ticket_id: str
    direction: Direction
    kind: MessageKind
    author_id: str | None
    author_name: str
    author_address: str
    author_verified: bool
    sent_at: datetime
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    visible_text: str
    html: str | None
    visible_html: str | None
    blocked: tuple[str, ...]
    warnings: tuple[str, ...]
    external_id: str | None
    has_raw: bool
    attachments: tuple[AttachmentRow, ...]
    delivery: DeliveryRow | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened to a ticket between its messages, as one sentence ("Reopened by a reply").

    It stands above the message `before_message_id`, or below all of them when that is None. `actor_name`
    is empty when no person did it.
    """

    id: str
    ticket_id: str
    at: datetime
    actor_name: str
    text: str
    before_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket with its newest messages in order. `older` counts the messages before the first one here.

    `newest_message_id` and `newest_inbound_id` are what whoever looks at the thread has seen: the
    preconditions of replying, marking as read and closing. An answer goes to `reply_to` from `reply_from`.
    """

    ticket: TicketRow
    messages: tuple[MessageRow, ...]
    events: tuple[EventRow, ...]
    older: int
    newest_message_id: str | None
    newest_inbound_id: str | None
    reply_refusal: str | None
    reply_from: str
    reply_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One person of the team."""

    id: str
    name: str
    email: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One configured channel. `shown` is its address as people read it: a phone as it is dialled at home."""

    id: str
    kind: ChannelKind
    name: str
    address: str
    enabled: bool
    shown: str = ""


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """The numbers beside the views. `unread` is the badge: unread tickets that are open."""

    mine: int
    unassigned: int
    all: int
    snoozed: int
    unread: int
    by_channel: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TicketSummary:
    """Another ticket of the same customer, for the history in the overview."""

    id: str
    number: int
    subject: str
    status: TicketStatus
    channel_kind: ChannelKind
    assignee_name: str | None
    last_message_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentChangeRow:
    """One change of a consent: when the person said so (UTC), how it became known, and who entered it."""

    kind: ConsentKind
    state: ConsentState
    at: datetime
    source: ConsentSource
    detail: str
    agent_name: str | None


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """A phone of a customer and what its owner agreed to be texted about.

    `number` is E.164, `shown` is how people write it where our own number is. `consents` lack a kind that
    was never asked about; `history` is every change, the newest first. `may_text`: the team may answer.
    """

    number: str
    shown: str
    consents: tuple[tuple[ConsentKind, ConsentState], ...]
    history: tuple[ConsentChangeRow, ...]
    may_text: bool


@dataclass(frozen=True, slots=True)
class AttributionRow:
    """The campaign or flow message that a text answered. `label` is its name, or how it begins."""

    campaign_message_id: str
    label: str
    sent_at: datetime
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """Another profile that may be the same person, and why, as a sentence."""

    customer_id: str
    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What the overview pane shows of a ticket and its customer.

    `attribution` is the newest of the ticket's. `phones` are shown as in `PhoneRow`.
    """

    ticket: TicketRow
    customer_since: datetime
    addresses: tuple[str, ...]
    phones: tuple[str, ...]
    possibly_belongs_to: TicketSummary | None
    history: tuple[TicketSummary, ...]
    history_total: int
    attribution: AttributionRow | None = None
    phone_rows: tuple[PhoneRow, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message that has not left yet, or whose end is not known.

    `channel_kind` is by what it leaves: a notification about a text leaves by e-mail.
    """

    delivery_id: str
    message_id: str
    ticket_id: str
    ticket_number: int
    subject: str
    customer_name: str
    recipients: tuple[str, ...]
    state: DeliveryState
    detail: str
    not_before: datetime | None
    queued_at: datetime
    channel_kind: ChannelKind = ChannelKind.EMAIL
    kind: MessageKind = MessageKind.REPLY
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that hangs on a draft: its label, its type and its content's hash in the attachment store."""

    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a reply goes to: addresses. Empty `to` leaves it to the ticket's last mail."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent has begun to write in a ticket, kept through restarts.

    `html` is the editor's content; `seen_message_id` is the newest message of the ticket when the
    draft began, so that sending can notice what came since. `recipients` were chosen by the agent; None
    while the reply goes where the ticket's last mail says.
    """

    ticket_id: str
    is_note: bool
    html: str
    text: str
    files: tuple[DraftFile, ...]
    seen_message_id: str | None
    saved_at: datetime
    recipients: Recipients | None = None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it that anybody would miss."""
        return not self.text.strip() and not self.files and self.recipients is None


@dataclass(frozen=True, slots=True)
class ChatRow:
    """The conversation behind a chat's ticket. `conversation_id` is the relay's. Times are UTC.

    `email` was typed by the visitor and proves nothing unless it is `verified`: signed by the shop's server.
    `is_newest`: no later ticket goes on with the conversation. The visitor has seen what the thread shows up
    to `visitor_seen_until`; `visitor_seen_id` is that message, None while they have seen nothing of ours.
    """

    conversation_id: str
    visitor_name: str
    email: str
    verified: bool
    page_url: str
    locale: str
    started_at: datetime
    closed_at: datetime | None
    is_newest: bool
    visitor_seen_id: str | None
    visitor_seen_until: datetime | None
