"""What was texted before the demo begins: every step of the conversations, each at its own time."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from inbox_desktop.demo.deeds import do, handling, held, reading, sorting, stored
from inbox_desktop.demo.team import Team
from inbox_desktop.demo.texts import TextDeed, TextStep, TextStory
from inbox_desktop.models.actions import SYSTEM, Action, Outcome, agent, channel
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.consequences import OLD
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.inbound import InboundFile, InboundMessage
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.actions.profiles import AddIdentity
from inbox_desktop.models.actions.texts import RecordCampaign, ReportDelivery, receive_texts
from inbox_desktop.models.kinds import (
    ConsentKind,
    ConsentSource,
    ConsentState,
    DeliveryState,
    Direction,
    IdentityKind,
    MessageKind,
)
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.models.tables import Delivery, Message, Ticket
from inbox_desktop.sync.sms.channel import TextChannel
from inbox_desktop.sync.sms.cursor import move_cursor
from inbox_desktop.sync.sms.twilio_errors import in_words

_CONNECTED = timedelta(days=7)
"""So long ago the number was connected. What is older was taken in then, and nobody was answered."""

_SORTED_AFTER = timedelta(minutes=1)
_ON_ITS_WAY = timedelta(seconds=2)
_ARRIVED = timedelta(seconds=4)


@dataclass(slots=True)
class _Conversation:
    """How far one story is: its steps to come, and its ticket, once there is one."""

    story: TextStory
    steps: deque[TextStep]
    ticket_id: str | None = None


class PastTexts:
    """Lets the conversations happen within one transaction, in rounds: people text, the shop acts.

    People's texts are received as those that the poller finds, the team's deeds are actions, and what was
    sent is recorded as outbox and poller would have. What the inbox sends by itself because of the newest
    texts is left to the outbox.
    """

    def __init__(
        self, store: Store, session: WriteSession, team: Team, line: TextChannel, present: datetime
    ) -> None:
        self._store = store
        self._session = session
        self._team = team
        self._line = line
        self._present = present

    def happen(self, stories: Sequence[TextStory]) -> None:
        """Let all of them happen up to the present moment."""
        rows = held(self._session)
        conversations = [_Conversation(story, deque(story.steps)) for story in stories]
        while any(conversation.steps for conversation in conversations):
            self._people_text([one for one in conversations if one.steps])
            for conversation in conversations:
                while conversation.steps and conversation.steps[0].deed is not TextDeed.TEXT:
                    self._shop_acts(conversation, conversation.steps.popleft())
        self._send_automatic()
        for direction in Direction:
            move_cursor(self._session, self._line.id, direction, self._present)
        del rows

    # The people's part

    def _people_text(self, conversations: Sequence[_Conversation]) -> None:
        """One text of each whose turn it is, received when it was sent, or when the number was connected."""
        turns = [one for one in conversations if one.steps[0].deed is TextDeed.TEXT]
        before = [one for one in turns if one.steps[0].ago > _CONNECTED]
        if before:
            self._receive(before, self._present - _CONNECTED)
        for one in turns:
            if one not in before:
                self._receive([one], self._present - one.steps[0].ago + _ON_ITS_WAY)

    def _receive(self, conversations: Sequence[_Conversation], at: datetime) -> None:
        settings = self._line.settings
        if at < self._present - OLD:  # whoever was to be notified has been
            settings = replace(settings, notify=False)
        texts = [self._text(one.story.phone, one.steps.popleft()) for one in conversations]
        results = receive_texts(self._session, self._line.id, settings, texts, at)
        for conversation, text, result in zip(conversations, texts, results, strict=True):
            assert isinstance(result, Outcome), result
            if conversation.ticket_id is None and result.ticket_id is not None:
                conversation.ticket_id = result.ticket_id
                do(self._session, *self._sorting(conversation.story, result.ticket_id, text.sent_at))

    def _sorting(self, story: TextStory, ticket_id: str, texted_at: datetime) -> Iterator[Action]:
        """What the team does with a new conversation: it notes who this is, if somebody knows."""
        at = texted_at + _SORTED_AFTER
        yield from sorting(self._team, ticket_id, story.assignee, story.tags, at)
        if story.profile:
            customer_id = self._session.get_one(Ticket, ticket_id).customer_id
            yield AddIdentity(
                actor=agent(self._team[story.assignee or "julia"]),
                at=at,
                customer_id=customer_id,
                kind=IdentityKind.EMAIL,
                value=story.profile,
            )

    def _text(self, phone: str, step: TextStep) -> InboundMessage:
        number = self._line.settings.number
        return InboundMessage(
            channel_id=self._line.id,
            external_id=_new_id("MM" if step.pictures else "SM"),
            kind=MessageKind.MESSAGE,
            author_kind=IdentityKind.PHONE,
            author_address=phone,
            author_name="",
            sent_at=self._present - step.ago,
            text=step.words,
            visible_text=step.words,
            to=(number,),
            channel_address=number,
            files=tuple(self._pictures(step)),
            own_addresses=frozenset({number}),
        )

    def _pictures(self, step: TextStep) -> Iterator[InboundFile]:
        for place, name in enumerate(step.pictures, 1):
            picture = stored(self._store, name)
            suffix = name.rpartition(".")[2]
            yield InboundFile(f"picture-{place}.{suffix}", picture.content_type, picture.size, picture.sha256)

    # The shop's part

    def _shop_acts(self, conversation: _Conversation, step: TextStep) -> None:
        at = self._present - step.ago
        match step.deed:
            case TextDeed.CAMPAIGN:
                self._record_campaign(conversation.story, step, at)
            case TextDeed.CONSENT:
                self._import_consent(conversation.story, step, at)
            case _:
                self._team_acts(conversation, step, at)

    def _import_consent(self, story: TextStory, step: TextStep, at: datetime) -> None:
        change = ChangeConsent(
            actor=SYSTEM,
            at=at,
            phone=story.phone,
            kinds=(ConsentKind(step.words),),
            state=ConsentState.GRANTED,
            source=ConsentSource.IMPORT,
            detail=step.said,
        )
        do(self._session, change)

    def _record_campaign(self, story: TextStory, step: TextStep, at: datetime) -> None:
        sent = RecordCampaign(
            actor=channel(self._line.id),
            at=at,
            channel_id=self._line.id,
            external_id=_new_id("SM"),
            recipient=story.phone,
            sender=self._line.settings.number,
            text=step.words,
            sent_at=at,
        )
        do(self._session, sent)

    def _team_acts(self, conversation: _Conversation, step: TextStep, at: datetime) -> None:
        assert conversation.ticket_id is not None, f"nobody has texted yet: {step}"
        row = self._session.get_one(Ticket, conversation.ticket_id)
        actor = agent(self._team[step.by or conversation.story.assignee or "julia"])
        if step.deed is TextDeed.REPLY:
            reply = Reply(
                actor=actor,
                at=at,
                ticket_id=row.id,
                text=step.words,
                seen_message_id=None,
                close=step.close,
            )
            do(self._session, reply)
            self._record_sent(reply.message_id, at, conversation.story.unreachable)
            return
        do(self._session, *reading(row, actor, at))
        if step.deed is TextDeed.NOTE:
            do(self._session, AddNote(actor=actor, at=at, ticket_id=row.id, text=step.words))
        else:
            do(self._session, *handling(row, actor, step.words, at))

    def _record_sent(self, message_id: str, at: datetime, failure: str = "") -> None:
        """It was sent, and the provider has said what became of it; `failure` is its code."""
        delivery = self._session.scalars(select(Delivery).where(Delivery.message_id == message_id)).one()
        external_id = _new_id("SM")
        do(
            self._session,
            BeginAttempt(actor=SYSTEM, at=at, delivery_id=delivery.id, external_id=None),
            FinishAttempt(
                actor=SYSTEM,
                at=at + _ON_ITS_WAY,
                delivery_id=delivery.id,
                external_id=external_id,
                state=DeliveryState.SENT,
            ),
            ReportDelivery(
                actor=channel(self._line.id),
                at=at + _ARRIVED,
                channel_id=self._line.id,
                external_id=external_id,
                state=DeliveryState.FAILED if failure else DeliveryState.DELIVERED,
                detail=in_words(failure, "") if failure else "",
            ),
        )

    def _send_automatic(self) -> None:
        """What the inbox has answered by itself to texts that are old by now has arrived."""
        queued = (
            select(Message.id, Message.sent_at)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(
                Message.channel_id == self._line.id,
                Message.kind == MessageKind.AUTO_REPLY,
                Message.sent_at < self._present - OLD,
                Delivery.state == DeliveryState.QUEUED,
            )
        )
        for message_id, at in self._session.execute(queued).all():
            self._record_sent(message_id, at)


def _new_id(kind: str) -> str:
    """An id in Twilio's form."""
    return f"{kind}{uuid.uuid4().hex}"
