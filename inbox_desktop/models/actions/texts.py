"""Taking texts in, with everything that follows from them: consent, answers, attribution, notifications.

All of it happens in the caller's one transaction, and only for what was really stored: whatever ends the
program, no consequence is lost, and no text has one twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar, Self

from sqlalchemy import select

from inbox_desktop.models.actions.attaching import AttachSetAside
from inbox_desktop.models.actions.attribution import attribute, attribution_window
from inbox_desktop.models.actions.base import (
    NOT_JOURNALED,
    Action,
    Actor,
    Effect,
    Outcome,
    Refusal,
    RefusedError,
    channel,
    perform_all,
)
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.consequences import OLD, Consequences
from inbox_desktop.models.actions.conversation import waiting_texts
from inbox_desktop.models.actions.inbound import InboundFile, InboundMessage
from inbox_desktop.models.actions.receiving import DUPLICATE, Receive
from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import (
    ConsentKind,
    ConsentSource,
    ConsentState,
    DeliveryState,
    IdentityKind,
    MessageKind,
)
from inbox_desktop.models.phones import region_of
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.rules.consent import may_text
from inbox_desktop.models.rules.keywords import Keyword, consent_change, read_keyword
from inbox_desktop.models.sms_settings import SmsSettings
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Channel, Delivery, Message, Recipient

QUARANTINED = "text.quarantine"
"""The name under which the journal has what could not be taken in."""

_AFTER = {
    DeliveryState.SENT: (DeliveryState.DELIVERED, DeliveryState.FAILED),
    DeliveryState.UNKNOWN: (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED),
}
"""What a report may make of a delivery in a state. What failed when it was tried was never taken."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text on its way in: the message as it will be received, and the keyword that it is."""

    message: InboundMessage
    keyword: Keyword | None


@dataclass(frozen=True, kw_only=True)
class RecordCampaign(Action):
    """Take in a text that another program sent from our number: a campaign or flow message.

    It stands in the thread of its recipient (E.164), or waits until they have a ticket. `label` is its name,
    if the provider tells one; `sender` differs from the channel's number when it is a sender's name.
    `is_answer`: it is none, but was sent by itself in answer to a text, and attracts no attribution.
    The outcome's `detail` is as `Receive`'s.
    """

    name: ClassVar[str] = "text.campaign"
    channel_id: str
    external_id: str
    recipient: str
    sender: str
    text: str = field(metadata=NOT_JOURNALED)
    sent_at: datetime
    label: str = ""
    files: tuple[InboundFile, ...] = ()
    warnings: tuple[str, ...] = ()
    history: bool = False
    is_answer: bool = False
    message_id: str = field(default_factory=new_id)

    @classmethod
    def apply_all(cls, session: WriteSession, actions: Sequence[Self]) -> list[Outcome | Refusal]:
        """Take in messages in order. Each is received as any other message is."""
        receptions = [action._reception() for action in actions]
        results = Receive.apply_all(session, receptions)
        told: list[Outcome | Refusal] = []
        for action, result in zip(actions, results, strict=True):
            told.append(replace(result, action=action))
            is_new = isinstance(result, Outcome) and result.detail != DUPLICATE
            if is_new and not action.is_answer:
                stored = session.get_one(Message, action.message_id)
                window = attribution_window(session.get_one(Channel, action.channel_id))
                attribute(session, action.actor, stored, window, action.at)
        return told

    def _reception(self) -> Receive:
        message = InboundMessage(
            channel_id=self.channel_id,
            external_id=self.external_id,
            kind=MessageKind.AUTO_REPLY if self.is_answer else MessageKind.CAMPAIGN,
            author_kind=IdentityKind.PHONE,
            author_address=self.sender,
            author_name="",
            sent_at=self.sent_at,
            text=self.text,
            visible_text=self.text,
            subject=self.label,
            to=(self.recipient,),
            channel_address=self.sender,
            own_addresses=frozenset({self.sender}),
            files=self.files,
            warnings=self.warnings,
            history=self.history,
            sent_elsewhere=True,
        )
        return Receive(actor=self.actor, id=self.id, at=self.at, message=message, message_id=self.message_id)


@dataclass(frozen=True, kw_only=True)
class ReportDelivery(Action):
    """What the provider says became of a text of ours: sent -> delivered | failed, and never backwards.

    A text whose sending ended ambiguously is settled by its report. `detail` is the provider's reason in
    words. `opted_out`: it failed because its recipient has opted out at the provider.
    """

    name: ClassVar[str] = "text.report"
    channel_id: str
    external_id: str
    state: DeliveryState
    detail: str = ""
    opted_out: bool = False

    def apply(self, session: WriteSession) -> Effect:
        """Refused for a text that is not ours, and when the report says nothing new."""
        found = session.execute(
            select(Delivery, Message)
            .join(Message, Message.id == Delivery.message_id)
            .where(Message.channel_id == self.channel_id, Message.external_id == self.external_id)
        ).first()
        if found is None:
            raise RefusedError("This text was not sent from here. Nothing was changed.")
        delivery, message = found
        if not is_news(DeliveryState(delivery.state), self.state):
            raise RefusedError(f"The text is {delivery.state} by now. Nothing was changed.")
        delivery.state, delivery.detail = self.state, self.detail
        delivery.finished_at = delivery.finished_at or self.at
        for recipient in session.scalars(select(Recipient).where(Recipient.delivery_id == delivery.id)):
            recipient.state, recipient.detail = self.state, self.detail
        if message.ticket_id is not None:
            session.note("ticket", message.ticket_id)
        if self.opted_out:
            self._opt_out(session, message.to[0])
        return Effect(message.ticket_id)

    def _opt_out(self, session: WriteSession, phone: str) -> None:
        if not may_text(consents_of(session.connection(), phone)):
            return
        ChangeConsent(
            actor=self.actor,
            at=self.at,
            phone=phone,
            kinds=tuple(ConsentKind),
            state=ConsentState.REVOKED,
            source=ConsentSource.PROVIDER,
            detail=self.detail,
        ).apply(session)


@dataclass(frozen=True, kw_only=True)
class QuarantineText(Action):
    """Put on record that a listed text could not be taken in, through a fault of this program.

    `check` shows it until it is here after all. Its words are kept, and lie at the provider besides.
    """

    name: ClassVar[str] = QUARANTINED
    channel_id: str
    external_id: str
    phone: str
    sent_at: datetime
    text: str
    reason: str

    def apply(self, _session: WriteSession) -> Effect:
        """Never refused."""
        return Effect()


def is_news(state: DeliveryState | None, report: DeliveryState) -> bool:
    """Whether a report on a text in this state (None: of no delivery of ours) says something new."""
    return state is not None and report in _AFTER.get(state, ())


def receive_texts(
    session: WriteSession,
    channel_id: str,
    settings: SmsSettings,
    texts: Sequence[InboundMessage],
    at: datetime | None = None,
    *,
    clock_offset: timedelta = timedelta(0),
) -> list[Outcome | Refusal]:
    """Take in what people texted to one channel, in whatever order it is listed.

    Returns what `Receive` returned for each, in the order of `texts`. A keyword is found here: hand it in as
    a MESSAGE. `at` (UTC) is when they are received; it decides which of them are OLD. `clock_offset` is how
    far the provider's clock, which dates them, is ahead of ours.
    """
    at = at or now()
    actor = channel(channel_id)
    order = sorted(range(len(texts)), key=lambda place: texts[place].sent_at)
    read = _read_keywords(session, settings, [texts[place] for place in order])
    receptions = [Receive(actor=actor, at=at, message=text.message) for text in read]
    results = perform_all(session, receptions)
    window = timedelta(hours=settings.attribution_hours)
    _attach_waiting(session, actor, channel_id, at, window, results)
    for text, reception, result in zip(read, receptions, results, strict=True):
        if isinstance(result, Outcome) and result.detail != DUPLICATE:
            stored = session.get_one(Message, reception.message_id)
            attribute(session, actor, stored, window, at)
            age = at + clock_offset - stored.sent_at
            Consequences(session, actor, settings, stored, at, is_old=age > OLD).follow(text.keyword)
    by_place = dict(zip(order, results, strict=True))
    return [by_place[place] for place in range(len(texts))]


def _read_keywords(
    session: WriteSession, settings: SmsSettings, texts: Sequence[InboundMessage]
) -> list[_Text]:
    """Find the keywords. What one of them changes counts for the texts behind it."""
    consented: dict[str, bool] = {}
    read: list[_Text] = []
    for text in texts:
        # The provider's clock is right: however long a text lay there, its date is believed.
        message = replace(text, received_at=None)
        keyword = _keyword(session, settings, text, consented)
        if keyword is not None:
            message = replace(message, kind=MessageKind.KEYWORD)
            change = consent_change(keyword)
            if change is not None:
                consented[text.author_address] = change is ConsentState.GRANTED
        read.append(_Text(message, keyword))
    return read


def _keyword(
    session: WriteSession, settings: SmsSettings, text: InboundMessage, consented: dict[str, bool]
) -> Keyword | None:
    """The keyword that a text is. Who has consented is looked up in the few cases in which it matters."""
    phone, match = text.author_address, settings.keyword_match
    region = region_of(phone)
    keyword = read_keyword(text.text, match, region)
    if keyword is None:
        return None
    if phone not in consented:
        consented[phone] = may_text(consents_of(session.connection(), phone))
    return read_keyword(text.text, match, region, has_consent=consented[phone])


def _attach_waiting(
    session: WriteSession,
    actor: Actor,
    channel_id: str,
    at: datetime,
    window: timedelta,
    results: Sequence[Outcome | Refusal],
) -> None:
    """Let what was texted while there was no ticket appear in the one that is there now."""
    phones = {
        result.action.message.author_address
        for result in results
        if isinstance(result, Outcome) and result.ticket_id and isinstance(result.action, Receive)
    }
    waiting = waiting_texts(session, channel_id, phones)
    perform_all(session, [AttachSetAside(actor=actor, at=at, message_id=one) for one in waiting])
    for message in session.scalars(select(Message).where(Message.id.in_(waiting)).order_by(Message.sent_at)):
        if message.kind == MessageKind.CAMPAIGN:  # what another phone of theirs texted may have answered it
            attribute(session, actor, message, window, at)
