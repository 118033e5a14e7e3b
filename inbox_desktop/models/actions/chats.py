"""Taking web chats in: visitors' messages, what others answered, what is known of a conversation.

All of it happens in the caller's one transaction, and what is listed again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import func, select

from inbox_desktop.models.actions.base import (
    NOT_JOURNALED,
    Action,
    Actor,
    Effect,
    Outcome,
    Refusal,
    RefusedError,
    channel,
    perform,
    perform_all,
    ticket_event,
)
from inbox_desktop.models.actions.inbound import InboundFile, InboundMessage
from inbox_desktop.models.actions.profiles import AddIdentity, MergeCustomers
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.actions.tickets import Close
from inbox_desktop.models.kinds import DeliveryState, IdentityKind, MessageKind, TicketStatus
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import (
    Channel,
    ChatConversation,
    Customer,
    Delivery,
    Identity,
    Message,
    Recipient,
    ThreadKey,
    Ticket,
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the relay says of a conversation. `email` proves nothing unless it is `verified`."""

    id: str
    visitor_id: str
    started_at: datetime
    name: str = ""
    email: str = ""
    verified: bool = False
    page_url: str = ""
    locale: str = ""
    closed_at: datetime | None = None
    visitor_seen_id: str | None = None


_OF_RELAY: Final = ("name", "email", "verified", "page_url", "locale", "closed_at", "visitor_seen_id")
"""What may change of a conversation."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message of a conversation: a visitor's, or one of the brand that is not ours.

    `kind` is MESSAGE for a visitor's, REPLY for one that an agent wrote at another desktop, AUTO_REPLY for
    what the relay answers by itself. `author_name` is the agent's. `history`: it was there before this
    desktop was connected; `seen`: and somebody has dealt with it.
    """

    id: str
    conversation: Conversation
    kind: MessageKind
    text: str
    sent_at: datetime
    author_name: str = ""
    files: tuple[InboundFile, ...] = ()
    warnings: tuple[str, ...] = ()
    history: bool = False
    seen: bool = False


def receive_chat(
    session: WriteSession, chat: Channel, messages: Sequence[ChatMessage], at: datetime
) -> list[Outcome | Refusal]:
    """Take in messages of one chat, in order, with what follows from them.

    A visitor whose identity the shop's server signed is the customer who has that e-mail address.
    """
    actor = channel(chat.id)
    for visitor in {message.conversation.visitor_id: message.conversation for message in messages}.values():
        _recognise(session, actor, visitor, at)
    receptions = [Receive(actor=actor, at=at, message=_inbound(chat, message)) for message in messages]
    results = perform_all(session, receptions)
    for conversation in {message.conversation.id: message.conversation for message in messages}.values():
        note_conversation(session, chat, conversation, at, is_message=True)
    return results


def note_conversation(
    session: WriteSession,
    chat: Channel,
    conversation: Conversation,
    at: datetime,
    *,
    is_message: bool = False,
) -> None:
    """Keep what the relay says of a conversation, if that is new.

    `is_message`: it came with a message. That it was closed is then left for its own entry of the feed, which
    stands behind all messages that the one who closed it had seen.
    """
    actor = channel(chat.id)
    known = session.get(ChatConversation, conversation.id)
    closed_at = (known.closed_at if known is not None else None) if is_message else conversation.closed_at
    action = NoteConversation(
        actor=actor, at=at, channel_id=chat.id, conversation=conversation, closed_at=closed_at
    )
    if known is None or action.differs(session, known):
        perform(session, action)
    _recognise(session, actor, conversation, at)


@dataclass(frozen=True, kw_only=True)
class NoteConversation(Action):
    """Keep what the relay says of a conversation: its visitor, what they have seen, whether it was closed.

    One that was closed at another desktop is closed here, too: whoever closed it had seen its last message.
    """

    name: ClassVar[str] = "chat.conversation"
    channel_id: str
    conversation: Conversation = field(metadata=NOT_JOURNALED)
    closed_at: datetime | None

    def differs(self, session: WriteSession, known: ChatConversation) -> bool:
        """Whether the row would change."""
        return known.ticket_id != self._ticket_id(session) or any(
            getattr(known, name) != value for name, value in self._values().items()
        )

    def apply(self, session: WriteSession) -> Effect:
        """Never refused."""
        known = session.get(ChatConversation, self.conversation.id)
        is_closed_now = self.closed_at is not None and (known is None or known.closed_at is None)
        if known is None:
            known = ChatConversation(
                id=self.conversation.id,
                channel_id=self.channel_id,
                visitor_id=self.conversation.visitor_id,
                started_at=self.conversation.started_at,
            )
            session.add(known)
        for name, value in self._values().items():
            setattr(known, name, value)
        known.ticket_id = self._ticket_id(session)
        ticket = session.get(Ticket, known.ticket_id) if known.ticket_id else None
        if ticket is None:
            return Effect()
        self._name_customer(session, ticket)
        if is_closed_now and ticket.status != TicketStatus.CLOSED:
            closing = Close(
                actor=self.actor, at=self.at, ticket_id=ticket.id, seen_inbound_id=ticket.last_inbound_id
            )
            closing.apply(session)
            ticket.unread = False
        return Effect(ticket.id, found={"conversation_id": self.conversation.id})

    def _values(self) -> dict[str, object]:
        values = {name: getattr(self.conversation, name) for name in _OF_RELAY}
        return {**values, "email": self.conversation.email.lower(), "closed_at": self.closed_at}

    def _ticket_id(self, session: WriteSession) -> str | None:
        """The newest ticket of the conversation."""
        found: str | None = session.scalar(
            select(func.max(ThreadKey.ticket_id)).where(
                ThreadKey.channel_id == self.channel_id, ThreadKey.external_id == self.conversation.id
            )
        )
        return found

    def _name_customer(self, session: WriteSession, ticket: Ticket) -> None:
        customer = session.get_one(Customer, ticket.customer_id)
        if not customer.name and self.conversation.name:
            customer.name = self.conversation.name


@dataclass(frozen=True, kw_only=True)
class ConfirmTaken(Action):
    """The relay lists a message of ours: it was taken, whatever we know of its sending.

    One that was taken back while nobody knew that counts as sent again; its text stays a draft besides.
    """

    name: ClassVar[str] = "chat.taken"
    message_id: str
    external_id: str

    def apply(self, session: WriteSession) -> Effect:
        """Refused when it is no message of ours, and when its sending is known already."""
        delivery = session.scalar(select(Delivery).where(Delivery.message_id == self.message_id))
        if delivery is None:
            raise RefusedError("This is no message of ours. Nothing was changed.")
        if delivery.state in {DeliveryState.SENT, DeliveryState.DELIVERED}:
            raise RefusedError("The message is sent by now. Nothing was changed.")
        message = session.get_one(Message, self.message_id)
        if delivery.state == DeliveryState.CANCELLED and message.ticket_id is not None:
            _stand_again(session, message)
        message.external_id = self.external_id
        delivery.state, delivery.detail, delivery.finished_at = DeliveryState.SENT, "", self.at
        delivery.attempts = max(delivery.attempts, 1)
        for recipient in session.scalars(select(Recipient).where(Recipient.delivery_id == delivery.id)):
            recipient.state, recipient.detail = DeliveryState.SENT, ""
        if message.ticket_id is not None:
            key = ThreadKey(
                channel_id=message.channel_id, external_id=self.external_id, ticket_id=message.ticket_id
            )
            session.merge(key)
            session.add(ticket_event(self, message.ticket_id, "delivery_sent", message=message.id))
        return Effect(message.ticket_id)


def _stand_again(session: WriteSession, message: Message) -> None:
    ticket = session.get_one(Ticket, message.ticket_id)
    ticket.message_count += 1
    if message.order_at > ticket.last_message_at:
        ticket.last_message_at, ticket.last_message_id = message.order_at, message.id


def _inbound(chat: Channel, message: ChatMessage) -> InboundMessage:
    conversation = message.conversation
    is_ours = message.kind is not MessageKind.MESSAGE
    return InboundMessage(
        channel_id=chat.id,
        external_id=message.id,
        kind=message.kind,
        author_kind=IdentityKind.VISITOR,
        author_address=chat.address if is_ours else conversation.visitor_id,
        author_name=message.author_name if is_ours else conversation.name,
        sent_at=message.sent_at,
        text=message.text,
        visible_text=message.text,
        to=(conversation.visitor_id,) if is_ours else (),
        channel_address=chat.address,
        references=(conversation.id,),
        files=message.files,
        warnings=message.warnings,
        history=message.history,
        seen=message.seen,
        own_addresses=frozenset({chat.address}),
        sent_elsewhere=is_ours,
    )


def _recognise(session: WriteSession, actor: Actor, visitor: Conversation, at: datetime) -> None:
    """Let a visitor whose e-mail address is proven, and the customer who has it, be one person."""
    if not visitor.verified or not visitor.email:
        return
    session.flush()
    address = visitor.email.lower()
    chatting = _owner(session, IdentityKind.VISITOR, visitor.visitor_id)
    mailing = _owner(session, IdentityKind.EMAIL, address)
    action: Action | None = None
    if chatting is None and mailing is not None:
        action = AddIdentity(
            actor=actor, at=at, customer_id=mailing, kind=IdentityKind.VISITOR, value=visitor.visitor_id
        )
    elif chatting is not None and mailing is None:
        action = AddIdentity(actor=actor, at=at, customer_id=chatting, kind=IdentityKind.EMAIL, value=address)
    elif chatting is not None and mailing is not None and chatting != mailing:
        action = MergeCustomers(actor=actor, at=at, from_id=chatting, into_id=mailing)
    if action is not None:
        perform(session, action)  # a refusal leaves two profiles, which a person may still merge


def _owner(session: WriteSession, kind: IdentityKind, value: str) -> str | None:
    query = select(Identity.customer_id).where(Identity.kind == kind, Identity.value == value)
    found: str | None = session.scalar(query)
    return found
