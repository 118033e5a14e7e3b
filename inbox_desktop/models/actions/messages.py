"""Actions by which agents write: reply to the customer, leave a private note."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox_desktop.models import fulltext
from inbox_desktop.models.actions.base import (
    NOT_JOURNALED,
    Effect,
    RefusedError,
    the_ticket,
    ticket_event,
)
from inbox_desktop.models.actions.tickets import TicketAction, set_status
from inbox_desktop.models.filetypes import is_active
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import (
    ActorKind,
    ChannelKind,
    DeliveryState,
    Direction,
    MessageKind,
    TicketStatus,
)
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.models.rules.channels import Recipient as RuleRecipient
from inbox_desktop.models.rules.channels import reply_refusal
from inbox_desktop.models.rules.order import order_after
from inbox_desktop.models.rules.replying import (
    answer_addresses,
    references,
    removed_channel_refusal,
    reply_from,
    reply_subject,
)
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import (
    Agent,
    Attachment,
    Channel,
    Customer,
    Delivery,
    DraftRow,
    Message,
    Participant,
    Recipient,
    Ticket,
)
from inbox_desktop.models.texts import snippet_of

LONGEST_TEXT = 1_000_000
LONGEST_SMS = 1_600
"""Characters: what every provider takes in one request (Twilio's limit, the lowest)."""


@dataclass(frozen=True, kw_only=True)
class Write(TicketAction):
    """What a reply and a note share. `files` lie in the attachment store already."""

    message_id: str = field(default_factory=new_id)
    text: str = field(metadata=NOT_JOURNALED)
    html: str | None = field(default=None, metadata=NOT_JOURNALED)
    files: tuple[DraftFile, ...] = ()

    def _check(self, session: WriteSession) -> Ticket:
        ticket = the_ticket(session, self.ticket_id)
        if not self.text.strip() and not self.files:
            raise RefusedError("There is nothing to send yet. Write a text or attach a file.")
        if len(self.text) > LONGEST_TEXT:
            raise RefusedError("The text is too long to send. Attach it as a file; it is kept as a draft.")
        return ticket

    def _store(self, session: WriteSession, ticket: Ticket, message: Message) -> None:
        session.add(message)
        session.flush()
        session.add_all(
            Attachment(
                id=new_id(),
                message_id=message.id,
                position=position,
                filename=file.filename,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
                active=is_active(file.filename, file.content_type),
            )
            for position, file in enumerate(self.files)
        )
        ticket.last_message_at = message.order_at
        ticket.last_message_id = message.id
        ticket.message_count += 1
        ticket.has_attachments = ticket.has_attachments or bool(self.files)
        document = fulltext.Document(message.id, ticket.id, message.subject, message.author_name, self.text)
        fulltext.index(session.connection(), [document])
        draft = session.get(DraftRow, (ticket.id, message.kind is MessageKind.NOTE))
        if draft is not None:
            session.delete(draft)
            session.note("draft", ticket.id)

    def _author(self, session: WriteSession) -> Agent:
        author = session.get(Agent, self.actor.id) if self.actor.kind is ActorKind.AGENT else None
        if author is None:
            raise RefusedError("Only a person of the team can write here. Nothing was sent.")
        return author


@dataclass(frozen=True, kw_only=True)
class Reply(Write):
    """Answer the customer. Queues the message; the outbox sends it.

    `seen_message_id` is the newest message that the author had seen: a colleague's answer or a new mail
    behind it stops the reply; None asks for no such check. `not_before` (UTC) ends the undo window.
    Empty `to` means whoever wrote last.
    """

    name: ClassVar[str] = "ticket.reply"
    seen_message_id: str | None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    not_before: datetime | None = None
    close: bool = False

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the customer may not be answered, or the thread has moved on."""
        ticket = self._check(session)
        author = self._author(session)
        channel = session.get_one(Channel, ticket.channel_id)
        self._check_rules(session, ticket, channel)
        last = last_inbound(session, ticket)
        message = Message(
            id=self.message_id,
            ticket_id=ticket.id,
            channel_id=channel.id,
            customer_id=ticket.customer_id,
            direction=Direction.OUTBOUND,
            kind=MessageKind.REPLY,
            agent_id=author.id,
            author_name=author.name,
            author_address=own_address(channel, last),
            channel_address=own_address(channel, last),
            sent_at=self.at,
            order_at=order_after(ticket.last_message_at, self.at),
            stored_at=self.at,
            text=self.text,
            visible_text=self.text,
            in_reply_to=last.external_id if last else None,
            **self._envelope(ticket, channel, last),
        )
        self._store(session, ticket, message)
        self._queue(session, channel, message)
        undo = self._update_ticket(session, ticket)
        return Effect(ticket.id, undo)

    def _envelope(self, ticket: Ticket, channel: Channel, last: Message | None) -> dict[str, Any]:
        """To whom it goes, and what only mail has; a text goes to the phone that the ticket is with."""
        if channel.kind != ChannelKind.EMAIL:
            return {"to": [ticket.customer_address]}
        to = self.to or answer_addresses(
            last.reply_to if last else (),
            last.author_address if last else "",
            ticket.customer_address,
            (channel.address, *channel.settings.get("aliases", ())),
        )
        return {
            "subject": reply_subject(ticket.subject),
            "to": list(to),
            "cc": list(self.cc),
            "bcc": list(self.bcc),
            "html": self.html,
            "references": references(last.references, last.in_reply_to, last.external_id) if last else [],
        }

    def _check_rules(self, session: WriteSession, ticket: Ticket, channel: Channel) -> None:
        if channel.removed_at is not None:
            raise RefusedError(removed_channel_refusal(channel.address))
        customer = session.get_one(Customer, ticket.customer_id)
        refusal = reply_refusal(
            ChannelKind(channel.kind),
            RuleRecipient(customer.blocked, consents_of(session.connection(), ticket.customer_address)),
            has_inbound=ticket.last_inbound_id is not None,
        )
        if refusal is None and channel.kind == ChannelKind.SMS and len(self.text) > LONGEST_SMS:
            refusal = (
                f"A text has at most {LONGEST_SMS:,} characters, this one {len(self.text):,}. It is kept as "
                "a draft: shorten it, or send it in several texts."
            )
        if refusal:
            raise RefusedError(refusal)
        if self.seen_message_id is None:
            return
        newer = newer_public_message(session, ticket.id, self.seen_message_id)
        if newer is not None:
            author = newer.author_name or newer.author_address
            who = "The customer" if newer.direction == Direction.INBOUND else author
            words = f"{who} has written since you began. Read it first; your text is kept as a draft."
            raise RefusedError(words)

    def _queue(self, session: WriteSession, channel: Channel, message: Message) -> None:
        delivery = Delivery(
            id=new_id(),
            message_id=message.id,
            channel_id=channel.id,
            not_before=self.not_before,
            queued_at=self.at,
        )
        session.add(delivery)
        session.flush()
        addresses = dict.fromkeys(address.lower() for address in (*message.to, *message.cc, *message.bcc))
        session.add_all(Recipient(delivery_id=delivery.id, address=address) for address in addresses)
        for address in addresses:
            session.merge(Participant(ticket_id=message.ticket_id, address=address))

    def _update_ticket(self, session: WriteSession, ticket: Ticket) -> TicketAction | None:
        from inbox_desktop.models.actions.deliveries import CancelDelivery  # noqa: PLC0415 - mutual inverses

        ticket.waiting_since = None
        ticket.unread = False
        ticket.snippet = snippet_of(self.text)
        session.add(ticket_event(self, ticket.id, "replied", message=self.message_id))
        if self.close and ticket.status != TicketStatus.CLOSED:
            session.add(ticket_event(self, ticket.id, "closed"))
            set_status(ticket, TicketStatus.CLOSED)
            ticket.closed_at = self.at
            ticket.closed_seen_id = ticket.last_inbound_id
        elif ticket.status == TicketStatus.CLOSED and not self.close:
            session.add(ticket_event(self, ticket.id, "reopened"))
            set_status(ticket, TicketStatus.OPEN)
        return CancelDelivery(actor=self.actor, ticket_id=ticket.id, message_id=self.message_id)


@dataclass(frozen=True, kw_only=True)
class AddNote(Write):
    """Leave a private note, which the customer never sees."""

    name: ClassVar[str] = "ticket.note"

    def apply(self, session: WriteSession) -> Effect:
        """Refused when it is empty."""
        ticket = self._check(session)
        author = self._author(session)
        message = Message(
            id=self.message_id,
            ticket_id=ticket.id,
            channel_id=ticket.channel_id,
            customer_id=ticket.customer_id,
            direction=Direction.OUTBOUND,
            kind=MessageKind.NOTE,
            agent_id=author.id,
            author_name=author.name,
            author_address=author.email,
            sent_at=self.at,
            order_at=order_after(ticket.last_message_at, self.at),
            stored_at=self.at,
            text=self.text,
            visible_text=self.text,
            html=self.html,
        )
        self._store(session, ticket, message)
        session.add(ticket_event(self, ticket.id, "noted", message=message.id))
        return Effect(ticket.id)


def newer_public_message(session: Session, ticket_id: str, seen_message_id: str) -> Message | None:
    """The newest message that stands behind the seen one and that whoever answers must read, if any.

    No note, nothing that was taken back, and nothing that the brand sends by itself is such a message.
    Whoever names a message that is not of this ticket has seen nothing of it.
    """
    cancelled = select(Delivery.message_id).where(Delivery.state == DeliveryState.CANCELLED)
    query = (
        select(Message)
        .where(
            Message.ticket_id == ticket_id,
            Message.kind.not_in((MessageKind.NOTE, MessageKind.CAMPAIGN)),
            ~((Message.kind == MessageKind.AUTO_REPLY) & (Message.direction == Direction.OUTBOUND)),
            Message.id.not_in(cancelled),
        )
        .order_by(Message.order_at.desc(), Message.id.desc())
        .limit(1)
    )
    newest, seen = session.scalar(query), session.get(Message, seen_message_id)
    if newest is None or seen is None or seen.ticket_id != ticket_id:
        return newest
    return newest if (newest.order_at, newest.id) > (seen.order_at, seen.id) else None


def last_inbound(session: Session, ticket: Ticket) -> Message | None:
    """The message that a reply answers."""
    return session.get(Message, ticket.last_inbound_id) if ticket.last_inbound_id else None


def own_address(channel: Channel, last: Message | None) -> str:
    """Which of the channel's addresses answers."""
    return reply_from(
        channel.address, channel.settings.get("aliases", ()), last.channel_address if last else ""
    )
