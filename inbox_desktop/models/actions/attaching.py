"""Attaching late: a message that was set aside joins its ticket, which came after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self, cast

from sqlalchemy import Connection, Table, bindparam, delete, exists, select, update

from inbox_desktop.models import fulltext
from inbox_desktop.models.actions.arrivals import Arrivals, TicketState
from inbox_desktop.models.actions.base import Action, Outcome, Refusal, take_seq
from inbox_desktop.models.actions.inbound import BouncedMessage, FailedRecipient, InboundMessage
from inbox_desktop.models.actions.placing import bind, fail_recipients, find_place
from inbox_desktop.models.kinds import Direction, IdentityKind, MessageKind
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Attachment, JournalEntry, Message, SetAside, SetAsideKey
from inbox_desktop.models.texts import snippet_of

_MESSAGES = cast("Table", Message.__table__)


@dataclass(frozen=True, kw_only=True)
class AttachSetAside(Action):
    """Let a message that was set aside join the ticket that it belongs to by now.

    It stands at its own date. It opens, wakes and reopens nothing, marks nothing unread and notifies nobody;
    an answer of ours that was sent with another program ends the waiting of whoever wrote before it.
    """

    name: ClassVar[str] = "message.attach"
    message_id: str

    @classmethod
    def apply_all(cls, session: WriteSession, actions: Sequence[Self]) -> list[Outcome | Refusal]:
        """Attach messages in order, the oldest first: one may lead the next to its ticket.

        Each is refused when it was not set aside, or still belongs to no ticket.
        """
        session.flush()
        found = _find(session.connection(), [action.message_id for action in actions])
        arrivals = Arrivals(session.connection(), [late.message for late in found.values()])
        attachments = _Attaching(session, arrivals)
        results = [attachments.attach(action, found.pop(action.message_id, None)) for action in actions]
        attachments.write()
        return results


@dataclass(frozen=True, slots=True)
class _Late:
    """A message that was set aside, as when it was received, and its place among others."""

    message: InboundMessage
    order_at: datetime
    has_files: bool


class _Attaching:
    """Several messages on their way into their tickets."""

    def __init__(self, session: WriteSession, arrivals: Arrivals) -> None:
        self._session = session
        self._arrivals = arrivals
        self._changes: list[dict[str, Any]] = []

    def attach(self, action: AttachSetAside, late: _Late | None) -> Outcome | Refusal:
        if late is None:
            return Refusal(action, "This message was not set aside. Nothing was changed.")
        message, arrivals = late.message, self._arrivals
        place = find_place(arrivals, message, message.channel_id)
        ticket = arrivals.ticket(place.ticket_id)
        if ticket is None:
            return Refusal(action, "This message still belongs to no ticket. Nothing was changed.")
        seq = take_seq(self._session, 1)
        arrivals.touch(ticket)
        ticket.seq = seq
        _count_in(ticket, action.message_id, late)
        if message.kind is MessageKind.REPLY:
            arrivals.answer(ticket, late.order_at)
        author = ticket.customer_id if message.sent_elsewhere else arrivals.customer_for(message, seq).id
        bind(arrivals, ticket, message, message.external_id)
        if message.bounced is not None:
            participants = arrivals.participants_of[ticket.id]
            fail_recipients(self._session, message.channel_id, message.bounced, participants, seq)
        self._changes.append(
            {"v_id": action.message_id, "v_ticket": ticket.id, "v_customer": author, "v_seq": seq}
        )
        self._record(action, ticket, message, seq)
        return Outcome(action, seq, ticket.id)

    def _record(self, action: AttachSetAside, ticket: TicketState, message: InboundMessage, seq: int) -> None:
        people = f"{message.author_name} {message.author_address}"
        text = message.visible_text or message.text
        document = fulltext.Document(action.message_id, ticket.id, message.subject, people, text)
        self._arrivals.add_document(document)
        self._arrivals.add(
            JournalEntry,
            seq=seq,
            id=action.id,
            name=action.name,
            actor_kind=action.actor.kind,
            actor_id=action.actor.id,
            at=action.at,
            arguments={"message_id": action.message_id, "ticket_id": ticket.id},
        )

    def write(self) -> None:
        """Write everything, and tell the change feed."""
        connection = self._session.connection()
        for kind, ids in self._arrivals.write().items():
            for thing_id in ids:
                self._session.note(kind, thing_id)
        if self._changes:
            ids = [change["v_id"] for change in self._changes]
            connection.execute(delete(SetAsideKey).where(SetAsideKey.message_id.in_(ids)))
            connection.execute(delete(SetAside).where(SetAside.message_id.in_(ids)))
            values: dict[str, Any] = {
                "ticket_id": bindparam("v_ticket"),
                "customer_id": bindparam("v_customer"),
                "seq": bindparam("v_seq"),
            }
            where = _MESSAGES.c.id == bindparam("v_id")
            connection.execute(update(_MESSAGES).where(where).values(values), self._changes)
        self._session.flush()
        self._session.expire_all()


def _count_in(ticket: TicketState, message_id: str, late: _Late) -> None:
    """Let the message stand in the ticket. What began with a customer's mail keeps its subject and age."""
    ticket.message_count += 1
    ticket.has_attachments = ticket.has_attachments or late.has_files
    if late.order_at > ticket.last_message_at:
        ticket.last_message_at, ticket.last_message_id = late.order_at, message_id
        if not late.message.sent_elsewhere or late.message.kind is MessageKind.REPLY:
            ticket.snippet = snippet_of(late.message.visible_text or late.message.text)


def _find(connection: Connection, ids: Sequence[str]) -> dict[str, _Late]:
    """Those of the messages that are set aside, by id."""
    has_files = exists().where(Attachment.message_id == Message.id, Attachment.inline.is_(False))
    query = (
        select(
            *(Message.channel_id, Message.external_id, Message.direction, Message.kind),
            *(Message.author_name, Message.author_address, Message.author_verified),
            *(Message.sent_at, Message.order_at, Message.subject, Message.text, Message.visible_text),
            *(Message.in_reply_to, Message.references),
            *(SetAside.message_id, SetAside.author_kind, SetAside.people, SetAside.bounced),
            has_files.label("has_files"),
        )
        .join(SetAside, SetAside.message_id == Message.id)
        .where(SetAside.message_id.in_(ids))
    )
    return {row.message_id: _late(row) for row in connection.execute(query)}


def _late(row: Any) -> _Late:
    sent_elsewhere = row.direction == Direction.OUTBOUND
    message = InboundMessage(
        channel_id=row.channel_id,
        external_id=row.external_id or "",
        kind=MessageKind(row.kind),
        author_kind=IdentityKind(row.author_kind),
        author_address=row.author_address,
        author_name=row.author_name,
        author_verified=row.author_verified,
        sent_at=row.sent_at,
        subject=row.subject,
        text=row.text,
        visible_text=row.visible_text,
        to=tuple(row.people) if sent_elsewhere else (),
        own_addresses=frozenset({row.author_address} if sent_elsewhere else ()),
        in_reply_to=row.in_reply_to,
        references=tuple(row.reference_ids),
        bounced=_bounced(row.bounced),
        history=True,
        sent_elsewhere=sent_elsewhere,
    )
    return _Late(message, row.order_at, row.has_files)


def _bounced(values: Mapping[str, Any] | None) -> BouncedMessage | None:
    if values is None:
        return None
    failed = tuple(FailedRecipient(**one) for one in values["failed"])
    return BouncedMessage(values["external_id"], values["recipient"], failed)
