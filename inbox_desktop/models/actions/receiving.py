"""Receiving: an inbound message finds or opens its ticket. Built for thousands in one transaction."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from inbox_desktop.models import fulltext
from inbox_desktop.models.actions.arrivals import Arrivals, CustomerState, TicketState
from inbox_desktop.models.actions.base import (
    NOT_JOURNALED,
    Action,
    Effect,
    Outcome,
    Refusal,
    take_seq,
    take_ticket_numbers,
)
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.actions.placing import bind, fail_recipients, find_place, people_of
from inbox_desktop.models.filetypes import is_active
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import Direction, MessageKind, TicketStatus
from inbox_desktop.models.rules.channels import (
    RULES,
    Belonging,
    is_sent_by_itself,
    marks_unread,
    opens_ticket,
    status_after_inbound,
    takes_message,
)
from inbox_desktop.models.rules.order import order_after
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import (
    Attachment,
    JournalEntry,
    Message,
    SetAside,
    SetAsideKey,
    TicketEvent,
)
from inbox_desktop.models.texts import snippet_of

STORED = "stored"
DUPLICATE = "duplicate"
SET_ASIDE = "set_aside"


@dataclass(frozen=True, kw_only=True)
class Receive(Action):
    """Take in one inbound message. The outcome's `detail` is STORED, DUPLICATE or SET_ASIDE.

    SET_ASIDE is automatic mail (a bounce, an out-of-office), or mail of ours that was sent with another
    program, that belongs to no ticket: it is kept, and opens none.
    """

    name: ClassVar[str] = "message.receive"
    message: InboundMessage = field(metadata=NOT_JOURNALED)
    message_id: str = field(default_factory=new_id)

    def apply(self, session: WriteSession) -> Effect:
        """Take in this one message."""
        outcome = _receive_all(session, [self])[0]
        return Effect(outcome.ticket_id, detail=outcome.detail)

    @classmethod
    def apply_all(cls, session: WriteSession, actions: Sequence[Self]) -> list[Outcome | Refusal]:
        """Take in messages in order, with a handful of statements for all of them together."""
        return list(_receive_all(session, actions))


def _receive_all(session: WriteSession, actions: Sequence[Receive]) -> list[Outcome]:
    session.flush()
    arrivals = Arrivals(session.connection(), [action.message for action in actions])
    outcomes = [_Reception(session, arrivals, action).receive() for action in actions]
    for kind, ids in arrivals.write().items():
        for thing_id in ids:
            session.note(kind, thing_id)
    session.flush()
    session.expire_all()
    return outcomes


class _Reception:
    """One message on its way into the inbox."""

    def __init__(self, session: WriteSession, arrivals: Arrivals, action: Receive) -> None:
        self.session = session
        self.arrivals = arrivals
        self.action = action
        self.message = action.message
        self.rules = RULES[arrivals.channel_kind(action.message.channel_id)]
        named = arrivals.ticket(action.message.signed_ticket_id)
        self.named = named
        self.signed = named if named is not None and arrivals.may_join(action.message, named) else None
        # A message stands in its ticket's channel: one that came by two channels is stored once.
        self.channel_id = self.signed.channel_id if self.signed else action.message.channel_id

    def receive(self) -> Outcome:
        external_id = self._new_external_id()
        if external_id is None:
            return Outcome(self.action, self.session.seq, detail=DUPLICATE)
        self.seq = take_seq(self.session, 1)
        self.arrivals.remember(self.channel_id, external_id, self.message)
        threading = find_place(
            self.arrivals, self.message, self.channel_id, signed=self.signed, named=self.named
        )
        ticket = self.arrivals.ticket(threading.ticket_id)
        if ticket is None and not opens_ticket(self.message.kind):
            self._set_aside(external_id, self._customer_of_aside())
            return Outcome(self.action, self.seq, detail=SET_ASIDE)
        if ticket is not None and self.message.sent_elsewhere:
            self._add_sent(ticket, external_id)
            return Outcome(self.action, self.seq, ticket.id, detail=STORED)
        customer = self.arrivals.customer_for(self.message, self.seq)
        takes = ticket is not None and takes_message(ticket.channel_kind, ticket.status)
        # What a machine wrote (a bounce) opens nothing: it stands where it belongs, closed or not.
        if ticket is None or (not takes and opens_ticket(self.message.kind)):
            ticket = self._open_ticket(customer, threading.possibly)
        self._add_to(ticket, customer, external_id)
        return Outcome(self.action, self.seq, ticket.id, detail=STORED)

    def _new_external_id(self) -> str | None:
        """The id to store the message under, or None when it is there already.

        Broken mailers send different mails under one Message-ID: an author that differs makes it another
        message, and so do date and subject that both differ. It gets an id made of its content, the same
        one every time.
        """
        message = self.message
        known = self.arrivals.known(self.channel_id, message.external_id)
        if known is None:
            return message.external_id
        is_own_copy = message.author_address in message.own_addresses
        is_another = known.sent_at != message.sent_at and known.subject != message.subject
        if is_own_copy or (known.author_address == message.author_address and not is_another):
            return None
        content = f"{message.author_address}\0{message.subject}\0{message.text}"
        other = f"{message.external_id}#{hashlib.sha256(content.encode()).hexdigest()[:16]}"
        return None if self.arrivals.is_stored(self.channel_id, other) else other

    def _open_ticket(self, customer: CustomerState, possibly: str | None) -> TicketState:
        message = self.message
        ticket = TicketState(
            id=new_id(),
            number=take_ticket_numbers(self.session, 1),
            channel_id=self.channel_id,
            channel_kind=self.arrivals.channel_kind(self.channel_id),
            customer_id=customer.id,
            customer_address=message.author_address,
            subject=message.subject,
            created_at=message.moment,
            last_message_at=message.moment,
            possibly_ticket_id=possibly,
        )
        self.arrivals.open_ticket(ticket)
        self._event(ticket, "opened", **({"possibly": possibly} if possibly else {}))
        return ticket

    def _add_to(self, ticket: TicketState, customer: CustomerState, external_id: str) -> None:
        message = self.message
        self.arrivals.touch(ticket)
        # Older than what the customer wrote last, not than an answer: whoever answered may not have seen it.
        newest = ticket.last_inbound_at or ticket.last_message_at
        older = message.history and message.sent_at < newest
        answered_at = self.arrivals.answered_elsewhere(ticket)
        answered = message.history and answered_at is not None and message.sent_at < answered_at
        by_date = older or answered or ticket.message_count == 0
        order_at = message.moment if by_date else order_after(ticket.last_message_at, message.moment)
        self._change_status(ticket, is_older_history=older)
        self._store(ticket, customer.id, external_id, order_at=order_at)
        self._count_in(ticket, order_at)
        if not answered:
            self._let_wait(ticket, is_older_history=older)
        if not older:
            self._ask_for_attention(ticket, customer)
        self._bind(ticket, external_id)

    def _add_sent(self, ticket: TicketState, external_id: str) -> None:
        """Add what bears our own address. Anyone can write that: nothing an agent does follows from it."""
        message = self.message
        self.arrivals.touch(ticket)
        # Nobody has to read what was sent by itself: it stands at its date. The text that answers a campaign
        # message may be here before it.
        by_date = message.history or is_sent_by_itself(message.kind, Direction.OUTBOUND)
        older = by_date and message.sent_at < ticket.last_message_at
        order_at = message.moment if older else order_after(ticket.last_message_at, message.moment)
        self._store(ticket, ticket.customer_id, external_id, order_at=order_at)
        self._count_in(ticket, order_at)
        if message.kind is MessageKind.REPLY:
            self.arrivals.answer(ticket, message.moment)
        self._bind(ticket, external_id)

    def _bind(self, ticket: TicketState, external_id: str) -> None:
        """Tie the ticket to the message that joined it."""
        message = self.message
        bind(self.arrivals, ticket, message, external_id)
        if message.bounced is not None:
            participants = self.arrivals.participants_of[ticket.id]
            fail_recipients(self.session, self.channel_id, message.bounced, participants, self.seq)
        self._journal(ticket.id)

    def _customer_of_aside(self) -> str | None:
        """Who sent a message that gets no ticket: by texting a keyword people give and take consent."""
        if self.rules.belonging is not Belonging.PERSON or self.message.sent_elsewhere:
            return None
        return self.arrivals.customer_for(self.message, self.seq).id

    def _set_aside(self, external_id: str, customer_id: str | None) -> None:
        """Keep what belongs to no ticket, in a way in which its ticket can be found when that comes."""
        message = self.message
        self._store(None, customer_id, external_id)
        self.arrivals.add(
            SetAside,
            message_id=self.action.message_id,
            author_kind=message.author_kind,
            people=sorted(people_of(message)),
            bounced=None if message.bounced is None else asdict(message.bounced),
        )
        for key in dict.fromkeys(self._keys_of_aside(external_id)):
            self.arrivals.add(
                SetAsideKey,
                external_id=key,
                channel_id=self.channel_id,
                message_id=self.action.message_id,
            )
        self._journal(None)

    def _keys_of_aside(self, external_id: str) -> Iterable[str]:
        """By what its ticket is found: the messages that it belongs to, or the person."""
        if self.rules.belonging is Belonging.PERSON:
            return people_of(self.message)
        bounced = self.message.bounced
        return [bounced.external_id] if bounced else [external_id, *self.message.thread_ids]

    def _change_status(self, ticket: TicketState, *, is_older_history: bool) -> None:
        before = ticket.status
        ticket.status = status_after_inbound(before, self.message.kind, is_older_history=is_older_history)
        if ticket.status is not before:
            ticket.snoozed_until = ticket.closed_at = ticket.closed_seen_id = None
            by = "woke_by_message" if before is TicketStatus.SNOOZED else "reopened_by_message"
            self._event(ticket, by, message=self.action.message_id)

    def _count_in(self, ticket: TicketState, order_at: datetime) -> None:
        message = self.message
        is_newest = ticket.message_count == 0 or order_at > ticket.last_message_at
        ticket.message_count += 1
        ticket.seq = self.seq
        ticket.has_attachments = ticket.has_attachments or any(not file.inline for file in message.files)
        if message.moment < ticket.created_at and not message.sent_elsewhere:
            ticket.created_at = message.moment
            ticket.subject = message.subject or ticket.subject
        if is_newest:
            ticket.last_message_at, ticket.last_message_id = order_at, self.action.message_id
            if not is_sent_by_itself(message.kind, self._direction):
                ticket.snippet = snippet_of(message.visible_text or message.text)

    def _let_wait(self, ticket: TicketState, *, is_older_history: bool) -> None:
        if self.message.kind is not MessageKind.MESSAGE:
            return
        if ticket.waiting_since is not None:
            ticket.waiting_since = min(ticket.waiting_since, self.message.moment)
        elif not is_older_history:
            ticket.waiting_since = self.message.moment

    def _ask_for_attention(self, ticket: TicketState, customer: CustomerState) -> None:
        message = self.message
        ticket.unread = ticket.unread or (
            marks_unread(message.kind) and not message.seen and not customer.blocked
        )
        if message.kind is MessageKind.MESSAGE:
            ticket.last_inbound_at, ticket.last_inbound_id = message.moment, self.action.message_id
            if self.rules.belonging is Belonging.PERSON:  # who has several phones is answered on the latest
                ticket.customer_address = message.author_address

    @property
    def _direction(self) -> Direction:
        return Direction.OUTBOUND if self.message.sent_elsewhere else Direction.INBOUND

    def _store(
        self,
        ticket: TicketState | None,
        customer_id: str | None,
        external_id: str,
        order_at: datetime | None = None,
    ) -> None:
        message = self.message
        self.arrivals.add(
            Message,
            id=self.action.message_id,
            ticket_id=ticket.id if ticket else None,
            channel_id=self.channel_id,
            customer_id=customer_id,
            direction=self._direction,
            kind=message.kind,
            author_name=message.author_name,
            author_address=message.author_address,
            author_verified=message.author_verified,
            sent_at=message.sent_at,
            order_at=order_at or message.moment,
            stored_at=self.action.at,
            subject=message.subject,
            reply_to=list(message.reply_to),
            to=list(message.to),
            cc=list(message.cc),
            bcc=[],
            channel_address=message.channel_address,
            text=message.text,
            visible_text=message.visible_text,
            html=message.html,
            visible_html=message.visible_html,
            blocked=list(message.blocked),
            warnings=list(message.warnings),
            external_id=external_id,
            in_reply_to=message.in_reply_to,
            references=list(message.references),
            raw_id=message.raw_id,
            seq=self.seq,
        )
        self._store_files()
        if ticket is not None:
            people = f"{message.author_name} {message.author_address}"
            self.arrivals.add_document(
                fulltext.Document(
                    self.action.message_id,
                    ticket.id,
                    message.subject,
                    people,
                    message.visible_text or message.text,
                )
            )

    def _store_files(self) -> None:
        for position, file in enumerate(self.message.files):
            self.arrivals.add(
                Attachment,
                id=new_id(),
                message_id=self.action.message_id,
                position=position,
                filename=file.filename,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
                inline=file.inline,
                content_id=file.content_id,
                active=is_active(file.filename, file.content_type),
                seq=self.seq,
            )

    def _event(self, ticket: TicketState, name: str, **detail: Any) -> None:
        self.arrivals.add(
            TicketEvent,
            id=new_id(),
            ticket_id=ticket.id,
            at=self.action.at,
            name=name,
            actor_kind=self.action.actor.kind,
            actor_id=self.action.actor.id,
            detail=detail,
            seq=self.seq,
        )

    def _journal(self, ticket_id: str | None) -> None:
        self.arrivals.add(
            JournalEntry,
            seq=self.seq,
            id=self.action.id,
            name=self.action.name,
            actor_kind=self.action.actor.kind,
            actor_id=self.action.actor.id,
            at=self.action.at,
            arguments={
                "message_id": self.action.message_id,
                "ticket_id": ticket_id,
                "channel_id": self.message.channel_id,
                "external_id": self.message.external_id,
            },
        )
