"""All texts between one person and one of our numbers: in their ticket, or waiting for it to open."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, func, select, type_coerce

from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.kinds import ChannelKind, Direction, IdentityKind, MessageKind
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Identity, Message, SetAside, SetAsideKey, Ticket

_MOST_PARAMETERS = 500


def text_ticket(session: WriteSession, channel_id: str, phone: str) -> Ticket | None:
    """The ticket that the owner of a phone (E.164) has in a channel, or None."""
    query = (
        select(Ticket)
        .join(Identity, Identity.customer_id == Ticket.customer_id)
        .where(Identity.kind == IdentityKind.PHONE, Identity.value == phone, Ticket.channel_id == channel_id)
        .order_by(Ticket.last_message_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def texts_with(session: WriteSession, channel_id: str, phone: str) -> ColumnElement[bool]:
    """The condition under which a message is one of the texts between a phone's owner and a channel."""
    ticket = text_ticket(session, channel_id, phone)
    if ticket is not None:
        return Message.ticket_id == ticket.id
    return Message.id.in_(
        select(SetAsideKey.message_id).where(
            SetAsideKey.external_id == phone, SetAsideKey.channel_id == channel_id
        )
    )


def nearest_automatic_answer(session: WriteSession, customer_id: str, at: datetime) -> datetime | None:
    """When the auto-responder answered this person, on any of their numbers and ours; None for never.

    Of several answers the one nearest to `at`: a clock that was set back must not make the last one count.
    """
    answered = select(Message.channel_id, Message.external_id).where(Message.kind == MessageKind.MESSAGE)
    text = answered.subquery()
    query = (
        select(Message.sent_at)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .join(text, (text.c.channel_id == Message.channel_id) & (text.c.external_id == Message.in_reply_to))
        .where(
            Ticket.customer_id == customer_id,
            Ticket.channel_kind == ChannelKind.SMS,
            Message.kind == MessageKind.AUTO_REPLY,
            Message.direction == Direction.OUTBOUND,
        )
        .order_by(func.abs(type_coerce(Message.sent_at, BigInteger) - to_micros(at)))
        .limit(1)
    )
    return session.scalar(query)


def let_wait(session: WriteSession, message: Message, phone: str) -> None:
    """Keep a text of ours in a way in which the person's ticket finds it once that opens."""
    session.add(SetAside(message_id=message.id, author_kind=IdentityKind.PHONE, people=[phone], bounced=None))
    session.flush()
    session.add(SetAsideKey(external_id=phone, channel_id=message.channel_id, message_id=message.id))


def waiting_texts(session: WriteSession, channel_id: str, phones: set[str]) -> list[str]:
    """The messages between a channel and these phones that no ticket holds yet, the oldest first."""
    found: list[str] = []
    wanted = sorted(phones)
    for start in range(0, len(wanted), _MOST_PARAMETERS):
        query = (
            select(SetAsideKey.message_id)
            .join(Message, Message.id == SetAsideKey.message_id)
            .where(
                SetAsideKey.external_id.in_(wanted[start : start + _MOST_PARAMETERS]),
                SetAsideKey.channel_id == channel_id,
            )
            .order_by(Message.order_at, Message.id)
        )
        found.extend(session.scalars(query))
    return found
