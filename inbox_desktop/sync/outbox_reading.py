"""What the outbox reads from the store: what is due, what was left open, and the messages themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import Session

from inbox_desktop.models.kinds import ChannelKind, CopyState, DeliveryState
from inbox_desktop.models.tables import Attachment, Channel, Delivery, Message, Recipient
from inbox_desktop.sync.sending import OutgoingFile, OutgoingMail, QuotedMessage


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A delivery that somebody has to look after, and its channel's id."""

    delivery_id: str
    channel_id: str


def due(connection: Connection, at: datetime) -> list[OpenDelivery]:
    """What may be sent now, the longest waiting first."""
    query = (
        select(Delivery.id, Delivery.channel_id)
        .where(
            Delivery.state == DeliveryState.QUEUED,
            or_(Delivery.not_before.is_(None), Delivery.not_before <= at),
        )
        .order_by(Delivery.queued_at, Delivery.id)
    )
    return [OpenDelivery(*row) for row in connection.execute(query)]


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """When the next of those becomes due that are not due at `after`."""
    return connection.scalar(
        select(func.min(Delivery.not_before)).where(
            Delivery.state == DeliveryState.QUEUED, Delivery.not_before > after
        )
    )


def waiting(connection: Connection) -> int:
    """How many messages are queued, due or not."""
    query = select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.QUEUED)
    return connection.scalar(query) or 0


def put_off(connection: Connection, channel_id: str | None) -> list[str]:
    """The deliveries of the channel (of all for None) that wait because an attempt did not work."""
    query = select(Delivery.id).where(Delivery.state == DeliveryState.QUEUED, Delivery.detail != "")
    if channel_id is not None:
        query = query.where(Delivery.channel_id == channel_id)
    return list(connection.scalars(query))


def held_by_the_clock(connection: Connection, at: datetime, longest: timedelta) -> dict[str, timedelta]:
    """What was queued in the future, since the clock was set back; with the time that it was to wait.

    Only what was to wait `longest` at most, which is an undo window, and no time of day.
    """
    query = select(Delivery.id, Delivery.queued_at, Delivery.not_before).where(
        Delivery.state == DeliveryState.QUEUED, Delivery.detail == "", Delivery.not_before > at
    )
    return {
        row.id: row.not_before - row.queued_at
        for row in connection.execute(query)
        if at < row.queued_at < row.not_before <= row.queued_at + longest
    }


def in_state(
    connection: Connection, state: DeliveryState, finished_after: datetime | None = None
) -> list[OpenDelivery]:
    """The deliveries in a state, of those that have ended only what ended after a moment."""
    query = select(Delivery.id, Delivery.channel_id).where(Delivery.state == state)
    if finished_after is not None:
        query = query.where(Delivery.finished_at > finished_after)
    return [OpenDelivery(*row) for row in connection.execute(query.order_by(Delivery.queued_at))]


def copies_to_file(connection: Connection) -> list[OpenDelivery]:
    """What was sent and has no copy among the sent messages yet."""
    query = (
        select(Delivery.id, Delivery.channel_id)
        .where(Delivery.copy == CopyState.WAITING)
        .order_by(Delivery.queued_at)
    )
    return [OpenDelivery(*row) for row in connection.execute(query)]


def delivery_state(connection: Connection, delivery_id: str) -> DeliveryState:
    """The state of a delivery."""
    return DeliveryState(connection.scalars(select(Delivery.state).where(Delivery.id == delivery_id)).one())


def recipient_states(connection: Connection, delivery_id: str) -> dict[str, DeliveryState]:
    """The state of each recipient of a delivery, by address."""
    query = select(Recipient.address, Recipient.state).where(Recipient.delivery_id == delivery_id)
    return {address: DeliveryState(state) for address, state in connection.execute(query)}


def channel_is_removed(connection: Connection, channel_id: str) -> bool:
    """Whether the channel was removed for good."""
    query = select(Channel.removed_at).where(Channel.id == channel_id)
    return connection.scalars(query).one_or_none() is not None


def outgoing_mail(connection: Connection, delivery_id: str) -> OutgoingMail:
    """The message of a delivery, for its next attempt. Its `external_id` is "" while it has none."""
    with Session(connection) as session:
        delivery = session.get_one(Delivery, delivery_id)
        message = session.get_one(Message, delivery.message_id)
        states = recipient_states(connection, delivery_id)
        return OutgoingMail(
            delivery_id=delivery.id,
            message_id=message.id,
            ticket_id=message.ticket_id or "",
            channel_id=delivery.channel_id,
            channel_kind=ChannelKind(session.get_one(Channel, delivery.channel_id).kind),
            attempts=delivery.attempts,
            queued_at=delivery.queued_at,
            begun_at=delivery.begun_at,
            external_id=message.external_id or "",
            author_name=message.author_name,
            from_address=message.author_address,
            to=tuple(message.to),
            cc=tuple(message.cc),
            recipients=tuple(a for a, state in states.items() if state is DeliveryState.QUEUED),
            subject=message.subject,
            text=message.text,
            html=message.html,
            sent_at=message.sent_at,
            in_reply_to=message.in_reply_to,
            references=tuple(message.references),
            files=_files(session, message.id),
            quoted=_quoted(session, message),
        )


def _files(session: Session, message_id: str) -> tuple[OutgoingFile, ...]:
    query = select(Attachment).where(Attachment.message_id == message_id).order_by(Attachment.position)
    return tuple(
        OutgoingFile(f.filename, f.content_type, f.size, f.sha256, f.inline, f.content_id)
        for f in session.scalars(query)
    )


def _quoted(session: Session, reply: Message) -> QuotedMessage | None:
    """What the customer wrote in the message that this one answers, without their own quotes."""
    if reply.in_reply_to is None:
        return None
    query = select(Message).where(
        Message.channel_id == reply.channel_id, Message.external_id == reply.in_reply_to
    )
    answered = session.scalars(query).one_or_none()
    text = (answered.visible_text or answered.text) if answered is not None else ""
    if answered is None or not text.strip():
        return None
    return QuotedMessage(answered.author_name or answered.author_address, answered.sent_at, text)
