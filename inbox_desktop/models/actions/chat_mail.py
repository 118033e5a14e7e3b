"""E-mails that a chat sends: what was answered after the visitor left, and transcripts."""

from dataclasses import dataclass, field
from typing import ClassVar

from inbox_desktop.models.actions.automatic import count_in, mail_channels, own_mail_addresses, queue
from inbox_desktop.models.actions.base import NOT_JOURNALED, Action, Effect, RefusedError, ticket_event
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import Direction, MailJobKind, MailJobState, MessageKind
from inbox_desktop.models.rules.order import order_after
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import (
    Channel,
    ChatConversation,
    Customer,
    MailJob,
    Message,
    Participant,
    Ticket,
)


@dataclass(frozen=True, kw_only=True)
class QueueChatMail(Action):
    """Send an e-mail of a chat, once for each `job_id` of the relay's, from the chat's support address.

    It stands in the chat's ticket, bears a Message-ID that is bound to it, and its answer joins that ticket.
    `sender_name` is what stands beside our address.
    """

    name: ClassVar[str] = "chat.mail"
    job_id: str
    kind: MailJobKind
    conversation_id: str
    support_address: str
    sender_name: str
    address: str
    subject: str = field(metadata=NOT_JOURNALED)
    text: str = field(metadata=NOT_JOURNALED)
    message_id: str = field(default_factory=new_id)

    def apply(self, session: WriteSession) -> Effect:
        """Refused without such a channel or ticket, for a blocked customer, and when it is queued already."""
        job = session.get(MailJob, self.job_id)
        if job is not None and job.message_id is not None:
            raise RefusedError("This e-mail is in the outbox already. Nothing was sent a second time.")
        ticket = self._ticket(session)
        mailbox = mail_channel(session, self.support_address)
        if mailbox is None:
            raise RefusedError(
                f"{self.support_address} is not connected here. Nothing was sent. Connect it as an e-mail "
                "channel, or choose another support address in the chat's settings."
            )
        message = Message(
            id=self.message_id,
            ticket_id=ticket.id,
            channel_id=mailbox.id,
            customer_id=ticket.customer_id,
            direction=Direction.OUTBOUND,
            kind=MessageKind.AUTO_REPLY,
            author_name=self.sender_name,
            author_address=self.support_address,
            channel_address=self.support_address,
            sent_at=self.at,
            order_at=order_after(ticket.last_message_at, self.at),
            stored_at=self.at,
            to=[self.address],
            subject=self.subject,
            text=self.text,
            visible_text=self.text,
        )
        session.add(message)
        session.flush()
        count_in(session, ticket, message)
        queue(session, message)
        session.merge(Participant(ticket_id=ticket.id, address=self.address.lower()))
        session.merge(
            MailJob(
                id=self.job_id,
                kind=self.kind,
                conversation_id=self.conversation_id,
                message_id=message.id,
                state=MailJobState.QUEUED,
            )
        )
        session.add(ticket_event(self, ticket.id, f"mailed_{self.kind.value}", to=self.address))
        return Effect(ticket.id)

    def _ticket(self, session: WriteSession) -> Ticket:
        conversation = session.get(ChatConversation, self.conversation_id)
        ticket = session.get(Ticket, conversation.ticket_id) if conversation is not None else None
        if ticket is None:
            raise RefusedError("There is no such conversation here. Nothing was sent.")
        if session.get_one(Customer, ticket.customer_id).blocked:
            raise RefusedError("This customer is blocked. Nothing was sent.")
        return ticket


def mail_channel(session: WriteSession, address: str) -> Channel | None:
    """The connected e-mail channel that receives at an address, None when there is none."""
    wanted = address.lower()
    return next((one for one in mail_channels(session) if wanted in own_mail_addresses([one])), None)
