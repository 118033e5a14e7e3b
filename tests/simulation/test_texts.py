"""Random lives of a number: whatever is texted, listed and done in whatever order, the invariants hold.

Consents and attributions are compared with references that are computed from the messages alone.
"""

import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, Action, Outcome, Refusal, agent, channel
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.deliveries import BeginAttempt, CancelDelivery, FinishAttempt, RetryDelivery
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.profiles import MergeCustomers
from inbox_desktop.models.actions.texts import ReportDelivery
from inbox_desktop.models.actions.tickets import Close, Reopen, Snooze
from inbox_desktop.models.invariants import broken_invariants
from inbox_desktop.models.kinds import (
    ChannelKind,
    ConsentKind,
    ConsentSource,
    ConsentState,
    DeliveryState,
    Direction,
    IdentityKind,
    MessageKind,
)
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.tables import (
    Attribution,
    Consent,
    ConsentChange,
    Customer,
    Delivery,
    Identity,
    Message,
    Recipient,
    Ticket,
)
from tests.models import samples
from tests.models.texting import ANA, BO, Phones

EVE = "+14155550144"
people = st.sampled_from([ANA, BO, EVE])
rarely = st.sampled_from([True, False, False, False])
words = st.sampled_from(["Hi", "Where?", "And?", "HELP", "STOP", "YES", "START", "please stop"])
WINDOW = timedelta(hours=24)


class Texting(RuleBasedStateMachine):
    """People text, campaigns go out, both are listed late and twice, agents work, deliveries end."""

    @initialize(mode=st.sampled_from(AutoResponder))
    def open(self, mode: AutoResponder) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = samples.open_store(Path(self.folder.name))
        self.julia = samples.add_agent(self.store)
        self.mail = samples.Mailroom(self.store, samples.add_channel(self.store, self.julia))
        self.phones = Phones(self.store, self.julia, auto_responder=mode, notify_address="julia@home.example")
        self.listed: list[InboundMessage] = []
        self.on_their_way: list[InboundMessage] = []
        self.unlisted: list[tuple[str, datetime]] = []
        self.undos: list[Action] = []
        for who in (ANA, BO):
            self.phones.receive(self.phones.message("START", who), self.phones.message("Hi", who))

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def act(self, action: Action) -> Outcome | Refusal:
        result = samples.do(self.store, action)
        if isinstance(result, Outcome) and result.undo is not None:
            self.undos.append(result.undo)
        return result

    @rule(hours=st.sampled_from([1, 6, 23, 25]))
    def time_passes(self, hours: int) -> None:
        self.phones.at += timedelta(hours=hours)

    @rule(
        texts=st.lists(st.tuples(people, words), min_size=1, max_size=6),
        late=st.sampled_from([0, 0, 0, 1, 30]),
    )
    def text(self, texts: list[tuple[str, str]], late: int) -> None:
        found = [self.phones.message(text, who) for who, text in texts]
        self.phones.receive(*reversed(found), at=self.phones.at + timedelta(hours=late))
        self.listed += found

    @precondition(lambda self: self.listed)
    @rule(data=st.data())
    def list_again(self, data: st.DataObject) -> None:
        again = data.draw(st.lists(st.sampled_from(self.listed), max_size=4))
        with self.store.write() as session:
            before = len(session.scalars(select(Message.id)).all())
        self.phones.receive(*again)
        with self.store.write() as session:
            assert len(session.scalars(select(Message.id)).all()) == before

    @rule(who=people, text=words)
    def text_that_is_listed_later(self, who: str, text: str) -> None:
        self.on_their_way.append(self.phones.message(text, who))

    @precondition(lambda self: self.on_their_way)
    @rule(data=st.data())
    def list_later(self, data: st.DataObject) -> None:
        found = self.on_their_way.pop(data.draw(st.integers(0, len(self.on_their_way) - 1)))
        self.phones.receive(found)
        self.listed.append(found)

    @rule(who=people, is_late=st.booleans())
    def campaign(self, who: str, is_late: bool) -> None:
        self.phones.at += timedelta(minutes=1)
        if is_late:
            self.unlisted.append((who, self.phones.at))
        else:
            self.phones.campaign(who)

    @precondition(lambda self: self.unlisted)
    @rule(data=st.data())
    def list_campaign(self, data: st.DataObject) -> None:
        who, sent_at = self.unlisted.pop(data.draw(st.integers(0, len(self.unlisted) - 1)))
        self.phones.campaign(who, sent_at=sent_at)

    @rule(data=st.data(), what=st.sampled_from([0, 1, 2, 3, 3, 3, 4]))
    def work(self, data: st.DataObject, what: int) -> None:
        with self.store.write() as session:
            tickets = list(
                session.scalars(
                    select(Ticket).where(Ticket.channel_kind == ChannelKind.SMS).order_by(Ticket.number)
                )
            )
        if not tickets:
            return
        ticket = data.draw(st.sampled_from(tickets))
        me, at = agent(self.julia), self.phones.at
        inbound, until = ticket.last_inbound_id, at + timedelta(hours=3)
        actions: list[Action] = [
            Close(actor=me, at=at, ticket_id=ticket.id, seen_inbound_id=inbound),
            Snooze(actor=me, at=at, ticket_id=ticket.id, until=until),
            Reopen(actor=me, at=at, ticket_id=ticket.id),
            Reply(actor=me, at=at, ticket_id=ticket.id, text="An answer.", seen_message_id=None),
            SetBlocked(actor=me, at=at, customer_id=ticket.customer_id, blocked=data.draw(rarely)),
        ]
        self.act(actions[what])

    @rule(who=people, state=st.sampled_from(ConsentState))
    def note_consent(self, who: str, state: ConsentState) -> None:
        self.phones.at += timedelta(minutes=1)
        kinds = (ConsentKind.MARKETING,)
        note = ChangeConsent(
            actor=agent(self.julia),
            at=self.phones.at,
            phone=who,
            kinds=kinds,
            state=state,
            source=ConsentSource.AGENT,
        )
        self.act(note)

    @rule(data=st.data(), with_mail=st.booleans())
    def merge(self, data: st.DataObject, with_mail: bool) -> None:
        if with_mail:
            self.mail(author_address=data.draw(st.sampled_from(["ana@example.com", "bo@example.com"])))
        with self.store.write() as session:
            ids = list(session.scalars(select(Customer.id).order_by(Customer.id)))
        if len(ids) > 1:
            gone, kept = data.draw(st.permutations(ids))[:2]
            self.act(MergeCustomers(actor=agent(self.julia), from_id=gone, into_id=kept))

    @precondition(lambda self: self.undos)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        self.act(self.undos.pop(data.draw(st.integers(0, len(self.undos) - 1))))

    @rule(data=st.data(), end=st.sampled_from(["sent", "failed", "unknown", "retry", "cancel", "report"]))
    def deliver(self, data: st.DataObject, end: str) -> None:
        with self.store.write() as session:
            found = list(
                session.execute(
                    select(Delivery.id, Message.id, Message.ticket_id)
                    .join(Message, Message.id == Delivery.message_id)
                    .where(Delivery.channel_id == self.phones.channel_id)
                    .order_by(Delivery.id)
                )
            )
        if not found:
            return
        delivery_id, message_id, ticket_id = data.draw(st.sampled_from(found))
        sid = f"SM-own-{delivery_id}"
        match end:
            case "retry":
                self.act(RetryDelivery(actor=agent(self.julia), delivery_id=delivery_id))
            case "cancel":
                self.act(
                    CancelDelivery(actor=agent(self.julia), ticket_id=ticket_id or "", message_id=message_id)
                )
            case "report":
                report = ReportDelivery(
                    actor=channel(self.phones.channel_id),
                    channel_id=self.phones.channel_id,
                    external_id=sid,
                    state=data.draw(st.sampled_from([DeliveryState.DELIVERED, DeliveryState.FAILED])),
                    opted_out=data.draw(st.booleans()),
                )
                self.act(report)
            case _:
                self.act(BeginAttempt(actor=SYSTEM, delivery_id=delivery_id, external_id=None))
                name = None if end == "failed" else sid
                finish = FinishAttempt(
                    actor=SYSTEM, delivery_id=delivery_id, state=DeliveryState(end), external_id=name
                )
                self.act(finish)

    @invariant()
    def what_the_database_can_show_holds(self) -> None:
        with self.store.read() as reader:
            assert list(broken_invariants(reader)) == []

    @invariant()
    def consents_follow_from_what_was_said(self) -> None:
        """The newest keyword by its own date, unless an agent or the provider said something after it."""
        with self.store.write() as session:
            said = session.scalars(select(ConsentChange).order_by(ConsentChange.at, ConsentChange.id))
            expected = {(change.identity_id, change.kind): change.state for change in said}
            standing = {(one.identity_id, one.kind): one.state for one in session.scalars(select(Consent))}
            assert standing == expected
            keywords = session.scalars(select(Message).where(Message.kind == MessageKind.KEYWORD)).all()
            told = set(session.scalars(select(ConsentChange.message_id)))
            assert {m.id for m in keywords if m.text != "HELP"} == told - {None}

    @invariant()
    def nobody_is_texted_against_their_will(self) -> None:
        """No reply waits for a phone whose owner opted out."""
        with self.store.write() as session:
            waiting = select(Recipient.address).join(Delivery, Delivery.id == Recipient.delivery_id)
            replies = waiting.join(Message, Message.id == Delivery.message_id).where(
                Delivery.state == DeliveryState.QUEUED, Message.kind == MessageKind.REPLY
            )
            phones = {one for one in session.scalars(replies) if "@" not in one}
            granted = (
                select(Identity.value)
                .join(Consent, Consent.identity_id == Identity.id)
                .where(Identity.kind == IdentityKind.PHONE, Consent.state == ConsentState.GRANTED)
            )
            assert phones <= set(session.scalars(granted))

    @invariant()
    def attributions_are_what_the_rule_says(self) -> None:
        with self.store.write() as session:
            texts: dict[str, list[Message]] = defaultdict(list)
            query = select(Message).join(Ticket, Ticket.id == Message.ticket_id)
            for message in session.scalars(query.where(Ticket.channel_kind == ChannelKind.SMS)):
                texts[message.ticket_id or ""].append(message)
            expected = dict(pair for one in texts.values() for pair in credited(one))
            found = {one.campaign_message_id: one.message_id for one in session.scalars(select(Attribution))}
            with_ticket = {m.id for one in texts.values() for m in one}
            assert {k: v for k, v in found.items() if k in with_ticket} == expected


def credited(texts: list[Message]) -> list[tuple[str, str]]:
    """The reference: campaign message and the text that answers it, by walking along the conversation."""
    rank = {MessageKind.CAMPAIGN: 0}
    last: Message | None = None
    pairs = []
    for message in sorted(texts, key=lambda m: (m.sent_at, rank.get(MessageKind(m.kind), 1), m.id)):
        if message.kind == MessageKind.CAMPAIGN:
            last = message
        elif message.direction == Direction.INBOUND:
            if last is not None and message.sent_at - last.sent_at <= WINDOW:
                pairs.append((last.id, message.id))
            last = None
    return pairs


TestTexting = Texting.TestCase
TestTexting.settings = settings(
    max_examples=12, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
