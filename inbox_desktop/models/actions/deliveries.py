"""Actions on deliveries: the steps of the one state machine that says whether a message was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import takewhile
from typing import ClassVar

from sqlalchemy import delete, select

from inbox_desktop.models.actions.base import Action, Effect, RefusedError, ticket_event
from inbox_desktop.models.actions.tickets import TicketAction, set_status
from inbox_desktop.models.kinds import ChannelKind, CopyState, DeliveryState, MessageKind, TicketStatus
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.rules.channels import RULES
from inbox_desktop.models.rules.consent import text_refusal
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import (
    Attachment,
    Channel,
    Delivery,
    DraftRow,
    Message,
    Recipient,
    SetAside,
    SetAsideKey,
    ThreadKey,
    Ticket,
)
from inbox_desktop.models.texts import snippet_of

MANY = 200
"""How far back is looked for the message that waits for an answer."""

_UNSETTLED = (DeliveryState.QUEUED, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)
_UNKNOWN_OR_LATER = (
    DeliveryState.UNKNOWN,
    DeliveryState.QUEUED,
    DeliveryState.FAILED,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
)


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """What the server said about one recipient."""

    address: str
    state: DeliveryState
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryAction(Action):
    """An action on one delivery."""

    delivery_id: str


@dataclass(frozen=True, kw_only=True)
class BeginAttempt(DeliveryAction):
    """queued -> attempting. `external_id` is the Message-ID of the mail, the same on every attempt.

    None where the provider gives a message its id when it takes it (texts).
    """

    name: ClassVar[str] = "delivery.begin"
    external_id: str | None

    def apply(self, session: WriteSession) -> Effect:
        """Refused unless the delivery is queued and its time has come."""
        delivery = _delivery(session, self.delivery_id)
        _require(delivery, DeliveryState.QUEUED)
        if delivery.not_before is not None and delivery.not_before > self.at:
            raise RefusedError("It is not time to send this yet.")
        message = session.get_one(Message, delivery.message_id)
        if message.external_id is None:
            _name(session, message, self.external_id)
        delivery.state = DeliveryState.ATTEMPTING
        delivery.begun_at = self.at
        delivery.attempts += 1
        return Effect(message.ticket_id)


@dataclass(frozen=True, kw_only=True)
class HandOver(DeliveryAction):
    """The server is about to get the message for these recipients: committed before its first byte leaves.

    An attempt that ended before this point, however it ended, has certainly sent nothing. After it
    the recipients' own state is `attempting`, and only the server's answer can tell.
    """

    name: ClassVar[str] = "delivery.hand_over"
    addresses: tuple[str, ...]

    def apply(self, session: WriteSession) -> Effect:
        """Refused unless it is being attempted."""
        delivery = _delivery(session, self.delivery_id)
        _require(delivery, DeliveryState.ATTEMPTING)
        results = tuple(RecipientResult(address, DeliveryState.ATTEMPTING) for address in self.addresses)
        _record(session, delivery, results)
        return Effect()


@dataclass(frozen=True, kw_only=True)
class FinishAttempt(DeliveryAction):
    """attempting -> sent, failed or unknown, with a result for each recipient.

    Recipients without a result of their own share the delivery's state, unless theirs was settled by
    an earlier attempt. `external_id` is what the provider calls the message, if it has just said so.
    """

    name: ClassVar[str] = "delivery.finish"
    state: DeliveryState
    detail: str = ""
    external_id: str | None = None
    recipients: tuple[RecipientResult, ...] = ()

    def apply(self, session: WriteSession) -> Effect:
        """Refused unless it is being attempted, or was unknown and has been looked up."""
        delivery = _delivery(session, self.delivery_id)
        _require(delivery, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)
        delivery.state = self.state
        delivery.detail = self.detail
        delivery.finished_at = self.at
        message = session.get_one(Message, delivery.message_id)
        _name(session, message, self.external_id)
        if self.state is DeliveryState.SENT and _has_copy(session, message):
            delivery.copy = CopyState.WAITING
        _record(session, delivery, self.recipients, self.state, _UNSETTLED)
        return Effect(_tell_ticket(session, self, delivery, self.state.value, self.detail))


@dataclass(frozen=True, kw_only=True)
class RecogniseSent(DeliveryAction):
    """The provider lists the message under an id that was not known here: an earlier attempt did send it.

    What was of unknown end, waits to be sent once more or failed when that was tried, counts as sent: nobody
    gets it twice. What a person said was sent is known by the id from now on.
    """

    name: ClassVar[str] = "delivery.recognise"
    external_id: str
    detail: str = ""

    def apply(self, session: WriteSession) -> Effect:
        """Refused when sending never began, while it is being attempted, and for what was taken back."""
        delivery = _delivery(session, self.delivery_id)
        _require(delivery, *_UNKNOWN_OR_LATER)
        if delivery.begun_at is None:
            raise RefusedError("Sending this message has not begun. Nothing was changed.")
        message = session.get_one(Message, delivery.message_id)
        has_ended = delivery.state in {DeliveryState.SENT, DeliveryState.DELIVERED}
        if message.external_id is None or not has_ended:
            _name(session, message, self.external_id)
        else:  # it was sent twice, because a person said so: the later one is reported on
            _link(session, message, (self.external_id,))
        if has_ended:
            return Effect(_ticket_id(session, delivery))
        delivery.state, delivery.detail, delivery.finished_at = DeliveryState.SENT, self.detail, self.at
        delivery.not_before = None
        _record(session, delivery, (), DeliveryState.SENT, (*_UNSETTLED, DeliveryState.FAILED))
        return Effect(_tell_ticket(session, self, delivery, DeliveryState.SENT.value, self.detail))


@dataclass(frozen=True, kw_only=True)
class PostponeAttempt(DeliveryAction):
    """attempting -> queued: the server certainly did not take the message for some, and a later try may help.

    `recipients` are those that the attempt settled (sent to, or refused for good); only the others are
    tried again. A delivery that is queued and not tried, because its server is known to be out of reach,
    is put off in the same way.
    """

    name: ClassVar[str] = "delivery.postpone"
    until: datetime
    detail: str
    recipients: tuple[RecipientResult, ...] = ()

    def apply(self, session: WriteSession) -> Effect:
        """Refused unless it is being attempted or queued."""
        delivery = _delivery(session, self.delivery_id)
        _require(delivery, DeliveryState.ATTEMPTING, DeliveryState.QUEUED)
        delivery.state = DeliveryState.QUEUED
        delivery.not_before = self.until
        delivery.detail = self.detail
        _record(session, delivery, self.recipients, DeliveryState.QUEUED, (DeliveryState.ATTEMPTING,))
        return Effect(_ticket_id(session, delivery))


@dataclass(frozen=True, kw_only=True)
class RetryDelivery(DeliveryAction):
    """failed or unknown -> queued, because a person said so. The only way an unknown one is sent again."""

    name: ClassVar[str] = "delivery.retry"

    def apply(self, session: WriteSession) -> Effect:
        """Refused while it is queued, being attempted, or sent, and for a text to whoever opted out since."""
        delivery = _delivery(session, self.delivery_id)
        _require(delivery, DeliveryState.FAILED, DeliveryState.UNKNOWN)
        self._check_rules(session, delivery)
        delivery.state = DeliveryState.QUEUED
        delivery.not_before = None
        delivery.detail = ""
        delivery.finished_at = None
        delivery.attempts = 0
        _record(session, delivery, (), DeliveryState.QUEUED, (DeliveryState.FAILED, DeliveryState.UNKNOWN))
        return Effect(_tell_ticket(session, self, delivery, "retried", ""))

    def _check_rules(self, session: WriteSession, delivery: Delivery) -> None:
        message = session.get_one(Message, delivery.message_id)
        channel = session.get_one(Channel, delivery.channel_id)
        if message.kind != MessageKind.REPLY or not RULES[ChannelKind(channel.kind)].needs_consent:
            return
        refusal = text_refusal(consents_of(session.connection(), message.to[0]))
        if refusal:
            raise RefusedError(refusal)


@dataclass(frozen=True, kw_only=True)
class SendNow(DeliveryAction):
    """Let a queued delivery leave without waiting any longer."""

    name: ClassVar[str] = "delivery.send_now"

    def apply(self, session: WriteSession) -> Effect:
        """Refused unless it is queued."""
        delivery = _delivery(session, self.delivery_id)
        _require(delivery, DeliveryState.QUEUED)
        delivery.not_before = None
        return Effect(_ticket_id(session, delivery))


@dataclass(frozen=True, kw_only=True)
class CancelDelivery(TicketAction):
    """queued -> cancelled: undo send. The text comes back as a draft, above what was begun meanwhile."""

    name: ClassVar[str] = "delivery.cancel"
    message_id: str

    def apply(self, session: WriteSession) -> Effect:
        """Refused when sending has begun."""
        delivery = session.scalar(select(Delivery).where(Delivery.message_id == self.message_id))
        if delivery is None:
            raise RefusedError("There is nothing to cancel.")
        if delivery.state == DeliveryState.UNKNOWN:
            raise RefusedError(
                "It may have arrived, so it cannot be taken back. Say that it was sent, or send it again."
            )
        if delivery.state not in {DeliveryState.QUEUED, DeliveryState.FAILED}:
            raise RefusedError("It is too late to take this back: sending has begun.")
        if reached := _reached(session, delivery):
            raise RefusedError(f"It is too late to take this back: {reached} has it already.")
        delivery.state = DeliveryState.CANCELLED
        delivery.finished_at = self.at
        message = session.get_one(Message, self.message_id)
        if message.kind == MessageKind.REPLY:  # nobody wrote what is sent by itself
            _back_to_draft(session, message, self.at)
        if message.ticket_id is not None:
            session.add(ticket_event(self, message.ticket_id, "send_cancelled", message=message.id))
            _take_back(session, message)
        else:  # it never became a message: no ticket shall find it
            for aside in (SetAsideKey, SetAside):
                session.execute(delete(aside).where(aside.message_id == message.id))
        return Effect(self.ticket_id)


@dataclass(frozen=True, kw_only=True)
class RecordCopy(DeliveryAction):
    """The copy in the Sent folder is there, or could not be put there; `detail` says why, in words."""

    name: ClassVar[str] = "delivery.copy"
    copy: CopyState
    detail: str = ""

    def apply(self, session: WriteSession) -> Effect:
        """Never refused."""
        delivery = _delivery(session, self.delivery_id)
        delivery.copy = self.copy
        if self.copy is not CopyState.FAILED:
            return Effect()
        delivery.detail = self.detail
        return Effect(_ticket_id(session, delivery))


def _take_back(session: WriteSession, message: Message) -> None:
    """Put the ticket back to where it stood before this reply was queued."""
    ticket = session.get_one(Ticket, message.ticket_id)
    if ticket.status == TicketStatus.CLOSED and ticket.closed_at == message.sent_at:
        set_status(ticket, TicketStatus.OPEN)
    session.flush()
    cancelled = select(Delivery.message_id).where(Delivery.state == DeliveryState.CANCELLED)
    standing = (
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.id.not_in(cancelled))
        .order_by(Message.order_at.desc(), Message.id.desc())
    )
    messages = list(session.scalars(standing.limit(MANY)))
    ticket.message_count -= 1
    public = [m for m in messages if m.kind in {MessageKind.MESSAGE, MessageKind.REPLY}]
    waiting = list(takewhile(lambda m: m.kind == MessageKind.MESSAGE, public))
    ticket.waiting_since = waiting[-1].sent_at if waiting else None
    if messages:
        ticket.last_message_at, ticket.last_message_id = messages[0].order_at, messages[0].id
    if public:
        ticket.snippet = snippet_of(public[0].visible_text)


def _name(session: WriteSession, message: Message, external_id: str | None) -> None:
    """Let the message be known by the id, and its ticket be found by that and by what it refers to.

    A text that is sent once more gets another id from its provider, who reports on that one from then on; the
    earlier one stays a key of the ticket.
    """
    if external_id is None or message.external_id == external_id:
        return
    message.external_id = external_id
    _link(session, message, (external_id, *message.references))


def _link(session: WriteSession, message: Message, external_ids: Iterable[str]) -> None:
    """Let the message's ticket be found by these ids."""
    if message.ticket_id is not None:
        for key in dict.fromkeys(external_ids):
            session.merge(
                ThreadKey(channel_id=message.channel_id, external_id=key, ticket_id=message.ticket_id)
            )


def _has_copy(session: WriteSession, message: Message) -> bool:
    """Whether a copy belongs into the Sent folder: of the team's own mail."""
    channel = session.get_one(Channel, message.channel_id)
    return channel.kind == ChannelKind.EMAIL and message.kind == MessageKind.REPLY


def _delivery(session: WriteSession, delivery_id: str) -> Delivery:
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise RefusedError("This message is no longer in the outbox.")
    return delivery


def _require(delivery: Delivery, *states: DeliveryState) -> None:
    if delivery.state not in states:
        now = DeliveryState(delivery.state).value
        raise RefusedError(f"The message is {now} by now. Nothing was changed.")


def _record(
    session: WriteSession,
    delivery: Delivery,
    results: tuple[RecipientResult, ...],
    state: DeliveryState | None = None,
    only: tuple[DeliveryState, ...] = (),
) -> None:
    """Write each recipient's result; those without one that are in a state of `only` get `state`."""
    by_address = {result.address.lower(): result for result in results}
    for recipient in session.scalars(select(Recipient).where(Recipient.delivery_id == delivery.id)):
        result = by_address.get(recipient.address)
        if result is not None:
            recipient.state, recipient.detail = result.state, result.detail
        elif state is not None and recipient.state in only:
            recipient.state, recipient.detail = state, ""


def _reached(session: WriteSession, delivery: Delivery) -> str:
    """The recipients that have the message already, with commas."""
    query = select(Recipient.address).where(
        Recipient.delivery_id == delivery.id, Recipient.state == DeliveryState.SENT
    )
    return ", ".join(session.scalars(query))


def _ticket_id(session: WriteSession, delivery: Delivery) -> str | None:
    ticket_id = session.get_one(Message, delivery.message_id).ticket_id
    if ticket_id is not None:
        session.note("ticket", ticket_id)
    return ticket_id


def _tell_ticket(
    session: WriteSession, action: DeliveryAction, delivery: Delivery, what: str, detail: str
) -> str | None:
    ticket_id = _ticket_id(session, delivery)
    if ticket_id is not None:
        name = f"delivery_{what}"
        session.add(ticket_event(action, ticket_id, name, message=delivery.message_id, detail=detail))
    return ticket_id


def _back_to_draft(session: WriteSession, message: Message, at: datetime) -> None:
    """Make a message the ticket's draft; what has been begun since stands below it, and nothing is lost.

    It goes to whom the message would have gone to, unless others have been chosen since.
    """
    ticket_id = message.ticket_id
    begun = session.get(DraftRow, (ticket_id, False))
    text, html, files = message.text, message.html or "", _files(session, message.id)
    is_mail = session.get_one(Channel, message.channel_id).kind == ChannelKind.EMAIL
    recipients = {"to": message.to, "cc": message.cc, "bcc": message.bcc} if is_mail else None
    if begun is not None:
        if html or begun.html:
            html = f"{html or _as_html(message.text)}{begun.html or _as_html(begun.text)}"
        text = f"{text}\n{begun.text}"
        files += [file for file in begun.files if file not in files]
        recipients = begun.recipients or recipients
    session.merge(
        DraftRow(
            ticket_id=ticket_id,
            is_note=False,
            html=html,
            text=text,
            files=files,
            recipients=recipients,
            seen_message_id=begun.seen_message_id if begun is not None else message.id,
            saved_at=at,
        )
    )
    session.note("draft", ticket_id or "")


def _as_html(text: str) -> str:
    return "".join(f"<div>{escape(line, quote=False) or '<br>'}</div>" for line in text.split("\n"))


def _files(session: WriteSession, message_id: str) -> list[dict[str, object]]:
    rows = session.scalars(
        select(Attachment).where(Attachment.message_id == message_id).order_by(Attachment.position)
    )
    return [
        {"filename": a.filename, "content_type": a.content_type, "size": a.size, "sha256": a.sha256}
        for a in rows
    ]
