"""What the inbox writes by itself: answers to texts, and e-mail notifications about them."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox_desktop.models import fulltext
from inbox_desktop.models.actions.base import NOT_JOURNALED, Action, Effect, RefusedError
from inbox_desktop.models.actions.channels import present_channel
from inbox_desktop.models.actions.conversation import let_wait
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, Direction, MessageKind
from inbox_desktop.models.rules.order import order_after
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Channel, Customer, Delivery, Message, Recipient, Ticket

PROGRAM = "Inbox Desktop"


@dataclass(frozen=True, kw_only=True)
class AutoReply(Action):
    """Answer a text without a person: what the auto-responder says, or what a keyword is answered with.

    Queues the message; the outbox sends it. It is no answer of the team's: whoever waits goes on waiting,
    and it stands in the thread without changing anything else about the ticket.
    """

    name: ClassVar[str] = "text.auto_reply"
    answered_id: str
    text: str = field(metadata=NOT_JOURNALED)
    message_id: str = field(default_factory=new_id)

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the text is gone, the channel was removed, or the person is blocked."""
        answered = session.get(Message, self.answered_id)
        if answered is None or answered.direction != Direction.INBOUND:
            raise RefusedError("There is no such text to answer. Nothing was sent.")
        customer = session.get(Customer, answered.customer_id) if answered.customer_id else None
        if customer is not None and customer.blocked:
            raise RefusedError("This customer is blocked. Nothing was sent.")
        channel = present_channel(session, answered.channel_id)
        ticket = session.get(Ticket, answered.ticket_id) if answered.ticket_id else None
        phone = answered.author_address
        message = _message(
            self,
            channel,
            kind=MessageKind.AUTO_REPLY,
            ticket_id=answered.ticket_id,
            customer_id=answered.customer_id,
            order_at=order_after(ticket.last_message_at, self.at) if ticket else self.at,
            to=[phone],
            text=self.text,
            visible_text=self.text,
            in_reply_to=answered.external_id,
        )
        session.add(message)
        session.flush()
        if ticket is None:
            let_wait(session, message, phone)
        else:
            count_in(session, ticket, message)
        queue(session, message)
        return Effect(answered.ticket_id)


@dataclass(frozen=True, kw_only=True)
class Notify(Action):
    """Tell somebody of the team by e-mail that a text came. Queues it in the first e-mail channel.

    `subject` and `text` are the whole mail; it belongs to no ticket.
    """

    name: ClassVar[str] = "text.notify"
    about_id: str
    address: str
    subject: str = field(metadata=NOT_JOURNALED)
    text: str = field(metadata=NOT_JOURNALED)
    message_id: str = field(default_factory=new_id)

    def apply(self, session: WriteSession) -> Effect:
        """Refused without an e-mail channel, and for an address that one of them receives at itself."""
        about = session.get(Message, self.about_id)
        if about is None:
            raise RefusedError("There is no such text. Nobody was notified.")
        mailboxes = mail_channels(session)
        if not mailboxes:
            raise RefusedError("No e-mail channel is connected that could send a notification.")
        if self.address.lower() in own_mail_addresses(mailboxes):
            raise RefusedError(
                f"{self.address} is connected here itself: a notification sent to it would become a ticket."
            )
        message = _message(
            self,
            mailboxes[0],
            kind=MessageKind.NOTIFICATION,
            ticket_id=None,
            customer_id=about.customer_id,
            order_at=self.at,
            to=[self.address],
            subject=self.subject,
            text=self.text,
            visible_text=self.text,
        )
        session.add(message)
        session.flush()
        queue(session, message)
        return Effect(about.ticket_id)


def mail_channels(session: Session) -> list[Channel]:
    """The e-mail channels that are connected, the oldest first."""
    query = select(Channel).where(Channel.kind == ChannelKind.EMAIL, Channel.removed_at.is_(None))
    return list(session.scalars(query.order_by(Channel.created_at, Channel.id)))


def own_mail_addresses(channels: list[Channel]) -> set[str]:
    """Every address at which one of these channels receives, in lower case."""
    return {
        address.lower()
        for channel in channels
        for address in (channel.address, *channel.settings.get("aliases", ()))
    }


def _message(action: AutoReply | Notify, channel: Channel, *, kind: MessageKind, **values: Any) -> Message:
    return Message(
        id=action.message_id,
        channel_id=channel.id,
        direction=Direction.OUTBOUND,
        kind=kind,
        author_name=PROGRAM if kind is MessageKind.NOTIFICATION else "",
        author_address=channel.address,
        channel_address=channel.address,
        sent_at=action.at,
        stored_at=action.at,
        **values,
    )


def count_in(session: WriteSession, ticket: Ticket, message: Message) -> None:
    """Let a message that was sent by itself stand in its ticket, of which it changes nothing else."""
    ticket.last_message_at, ticket.last_message_id = message.order_at, message.id
    ticket.message_count += 1
    document = fulltext.Document(message.id, ticket.id, "", "", message.text)
    fulltext.index(session.connection(), [document])


def queue(session: WriteSession, message: Message) -> None:
    """Let the outbox send a message."""
    delivery = Delivery(
        id=new_id(), message_id=message.id, channel_id=message.channel_id, queued_at=message.sent_at
    )
    session.add(delivery)
    session.flush()
    session.add_all(Recipient(delivery_id=delivery.id, address=address.lower()) for address in message.to)
