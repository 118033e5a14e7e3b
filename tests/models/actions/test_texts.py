"""Texts: one ticket a person, keywords, consent, answers by themselves, attribution, notifications."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inbox_desktop.models.actions import Outcome, Refusal, agent, channel
from inbox_desktop.models.actions.consequences import MOST_KEYWORD_ANSWERS
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.people import SaveAgent, SetBlocked
from inbox_desktop.models.actions.receiving import DUPLICATE, SET_ASIDE, STORED
from inbox_desktop.models.actions.texts import ReportDelivery
from inbox_desktop.models.actions.tickets import Close, MarkRead, Snooze
from inbox_desktop.models.check import check
from inbox_desktop.models.kinds import (
    ConsentKind,
    ConsentSource,
    ConsentState,
    DeliveryState,
    MessageKind,
    Role,
    TicketStatus,
)
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import (
    Attribution,
    ConsentChange,
    Customer,
    Delivery,
    Identity,
    Message,
    Recipient,
    Ticket,
)
from tests.models.samples import START, add_channel, do, done
from tests.models.texting import ANA, BO, NUMBER, Phones

GRANTED, REVOKED = ConsentState.GRANTED, ConsentState.REVOKED
BOTH_REVOKED = {ConsentKind.MARKETING: REVOKED, ConsentKind.TRANSACTIONAL: REVOKED}


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


def ticket(store: Store, ticket_id: str | None) -> Ticket:
    with store.write() as session:
        return session.get_one(Ticket, ticket_id)


def messages(store: Store, *kinds: MessageKind) -> list[Message]:
    with store.write() as session:
        query = select(Message).where(Message.kind.in_(kinds or tuple(MessageKind)))
        return list(session.scalars(query.order_by(Message.order_at, Message.id)))


def total(store: Store, table: Any) -> int:
    with store.read() as reader:
        return reader.execute(select(func.count()).select_from(table)).scalar_one()


def consents(store: Store, phone: str = ANA) -> dict[ConsentKind, ConsentState]:
    with store.read() as reader:
        return dict(consents_of(reader, phone))


def attributions(store: Store) -> dict[str, str]:
    """The texts of the messages: what was answered with what."""
    with store.write() as session:
        found = session.scalars(select(Attribution))
        return {
            session.get_one(Message, one.campaign_message_id).text: session.get_one(
                Message, one.message_id
            ).text
            for one in found
        }


def well(store: Store) -> None:
    assert check(store).problems == ()


# Tickets


def test_a_first_text_opens_a_ticket_and_later_ones_join_it(store: Store, phones: Phones) -> None:
    first, second = phones.text("Hi"), phones.text("Are you there?")
    assert (first.detail, second.detail, second.ticket_id) == (STORED, STORED, first.ticket_id)
    opened = ticket(store, first.ticket_id)
    assert (opened.number, opened.customer_address, opened.message_count) == (1, ANA, 2)
    assert (opened.status, opened.unread, opened.snippet) == (TicketStatus.OPEN, True, "Are you there?")
    assert opened.waiting_since == START + timedelta(minutes=1)
    well(store)


def test_everybody_has_a_ticket_of_their_own_in_each_channel(
    store: Store, julia: str, phones: Phones
) -> None:
    other = Phones(store, julia, "+14155550199", auto_responder=AutoResponder.OFF)
    ids = {phones.text().ticket_id, phones.text(sender=BO).ticket_id, other.text().ticket_id}
    assert (len(ids), total(store, Customer)) == (3, 2)
    well(store)


def test_a_later_text_reopens_the_closed_ticket(store: Store, julia: str, phones: Phones) -> None:
    first = phones.text()
    seen = ticket(store, first.ticket_id).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=first.ticket_id or "", seen_inbound_id=seen))
    phones.at += timedelta(days=400)
    assert phones.text().ticket_id == first.ticket_id
    assert ticket(store, first.ticket_id).status == TicketStatus.OPEN
    well(store)


def test_a_text_wakes_a_snoozed_ticket(store: Store, julia: str, phones: Phones) -> None:
    first = phones.text()
    until = START + timedelta(days=3)
    done(store, Snooze(actor=agent(julia), at=START, ticket_id=first.ticket_id or "", until=until))
    phones.text()
    woken = ticket(store, first.ticket_id)
    assert (woken.status, woken.snoozed_until) == (TicketStatus.OPEN, None)


@pytest.mark.parametrize("word", ["STOP", "help", "Yes", "START", "Please stop this"])
def test_a_keyword_opens_no_ticket(store: Store, phones: Phones, word: str) -> None:
    assert phones.text(word).detail == SET_ASIDE
    assert total(store, Ticket) == 0
    assert [m.kind for m in messages(store)] == [MessageKind.KEYWORD, MessageKind.AUTO_REPLY]
    well(store)


@pytest.mark.parametrize("status", [TicketStatus.CLOSED, TicketStatus.SNOOZED])
def test_a_keyword_reopens_and_wakes_nothing_and_is_never_unread(
    store: Store, julia: str, phones: Phones, status: TicketStatus
) -> None:
    first = phones.text()
    me, ticket_id = agent(julia), first.ticket_id or ""
    before = ticket(store, ticket_id)
    done(store, MarkRead(actor=me, ticket_id=ticket_id, seen_message_id=before.last_message_id))
    if status is TicketStatus.CLOSED:
        done(store, Close(actor=me, ticket_id=ticket_id, seen_inbound_id=before.last_inbound_id))
    else:
        done(store, Snooze(actor=me, at=START, ticket_id=ticket_id, until=START + timedelta(days=1)))
    assert phones.text("STOP").ticket_id == ticket_id
    after = ticket(store, ticket_id)
    assert (after.status, after.unread, after.last_inbound_id) == (status, False, before.last_inbound_id)
    assert after.message_count == 3
    well(store)


def test_what_came_before_the_ticket_appears_in_it_once_it_opens(store: Store, phones: Phones) -> None:
    phones.campaign()
    phones.text("HELP")
    phones.campaign(BO)
    opened = phones.text("Where is my order?")
    kinds = [m.kind for m in messages(store) if m.ticket_id == opened.ticket_id]
    assert kinds == [
        MessageKind.CAMPAIGN,
        MessageKind.KEYWORD,
        MessageKind.AUTO_REPLY,
        MessageKind.MESSAGE,
    ]
    found = ticket(store, opened.ticket_id)
    assert (found.message_count, found.snippet) == (4, "Where is my order?")
    assert [m.to for m in messages(store, MessageKind.CAMPAIGN) if m.ticket_id is None] == [[BO]]
    well(store)


def test_a_campaign_makes_no_customer_of_its_recipient(store: Store, phones: Phones) -> None:
    phones.campaign()
    assert (total(store, Customer), total(store, Ticket)) == (0, 0)


def test_a_campaign_changes_nothing_about_a_ticket(store: Store, julia: str, phones: Phones) -> None:
    opened = phones.text("Hi")
    before = ticket(store, opened.ticket_id)
    done(store, Close(actor=agent(julia), ticket_id=before.id, seen_inbound_id=before.last_inbound_id))
    assert phones.campaign().ticket_id == opened.ticket_id
    after = ticket(store, opened.ticket_id)
    assert (after.status, after.snippet, after.message_count) == (TicketStatus.CLOSED, "Hi", 2)
    assert after.waiting_since == before.waiting_since
    well(store)


def test_a_campaign_that_is_listed_late_stands_before_the_text_that_answers_it(
    store: Store, phones: Phones
) -> None:
    sent = phones.at
    phones.text("Yes please, two")
    phones.campaign(sent_at=sent)
    assert [m.kind for m in messages(store)] == [MessageKind.CAMPAIGN, MessageKind.MESSAGE]
    well(store)


def test_texts_listed_in_any_order_are_taken_in_by_their_dates(store: Store, phones: Phones) -> None:
    texts = [phones.message(f"Text {n}") for n in range(4)]
    outcomes = phones.receive(*reversed(texts))
    assert [m.text for m in messages(store)] == ["Text 0", "Text 1", "Text 2", "Text 3"]
    assert [o.action.message.text for o in outcomes] == ["Text 3", "Text 2", "Text 1", "Text 0"]  # type: ignore[attr-defined]


def test_receiving_twice_has_no_second_consequence(store: Store, julia: str, phones: Phones) -> None:
    done(store, SaveAgent(actor=agent(julia), agent_id=julia, agent_name="Julia", email="julia@home.example"))
    add_channel(store, julia)
    phones.set(auto_responder=AutoResponder.ALL)
    texts = [phones.message("Hi"), phones.message("STOP", BO)]
    phones.campaign()
    assert [one.detail for one in phones.receive(*texts) if isinstance(one, Outcome)] == [STORED, SET_ASIDE]
    before = (len(messages(store)), total(store, ConsentChange), total(store, Delivery))
    assert before == (6, 2, 3)
    again = phones.receive(*texts)
    assert [one.detail for one in again if isinstance(one, Outcome)] == [DUPLICATE, DUPLICATE]
    assert (len(messages(store)), total(store, ConsentChange), total(store, Delivery)) == before
    well(store)


def test_the_same_text_twice_in_one_listing_is_one(store: Store, phones: Phones) -> None:
    text = phones.message()
    details = [one.detail for one in phones.receive(text, text) if isinstance(one, Outcome)]
    assert sorted(details) == [DUPLICATE, STORED]
    assert len(messages(store)) == 1


# Consent


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Hi"], {}),
        (["HELP"], {}),
        (["STOP"], BOTH_REVOKED),
        (["YES"], {ConsentKind.MARKETING: GRANTED}),
        (["START"], {ConsentKind.MARKETING: GRANTED}),
        (["YES", "STOP"], BOTH_REVOKED),
        (["STOP", "START"], {ConsentKind.MARKETING: GRANTED, ConsentKind.TRANSACTIONAL: GRANTED}),
        (["STOP", "please stop texting me"], BOTH_REVOKED),
    ],
)
def test_keywords_change_consent(
    store: Store, phones: Phones, texts: list[str], expected: dict[ConsentKind, ConsentState]
) -> None:
    for text in texts:
        phones.text(text)
    assert consents(store) == expected
    well(store)


def test_each_change_is_kept_with_the_text_that_said_it(store: Store, phones: Phones) -> None:
    phones.text("start")
    with store.write() as session:
        (change,) = session.scalars(select(ConsentChange))
        text = session.scalars(select(Message).where(Message.kind == MessageKind.KEYWORD)).one()
    assert (change.source, change.detail, change.at) == (ConsentSource.KEYWORD, "start", text.sent_at)
    assert change.message_id == text.id


def test_a_keyword_that_arrives_late_does_not_overrule_what_was_said_after_it(
    store: Store, phones: Phones
) -> None:
    stop = phones.message("STOP")
    phones.text("START")
    phones.receive(stop)
    assert consents(store)[ConsentKind.MARKETING] is GRANTED
    assert total(store, ConsentChange) == 3
    well(store)


def test_a_subscribers_yes_is_an_answer_and_no_keyword(store: Store, phones: Phones) -> None:
    phones.text("YES")
    assert phones.text("Yes").detail == STORED
    assert phones.receive(phones.message("STOP"), phones.message("yes"))
    assert consents(store)[ConsentKind.MARKETING] is GRANTED, "behind a STOP of the same listing it is one"


def test_texts_are_answered_only_with_consent(store: Store, julia: str, phones: Phones) -> None:
    ticket_id = phones.text().ticket_id or ""
    reply: dict[str, Any] = {
        "actor": agent(julia),
        "ticket_id": ticket_id,
        "text": "On its way.",
        "seen_message_id": None,
    }
    refused = do(store, Reply(**reply))
    assert isinstance(refused, Refusal)
    assert "not subscribed" in refused.reason
    phones.text("START")
    done(store, Reply(**reply, to=("+14155550777",), html="<b>On its way.</b>"))
    (sent,) = messages(store, MessageKind.REPLY)
    assert (sent.to, sent.subject, sent.html, sent.author_address) == ([ANA], "", None, NUMBER)
    phones.text("STOP")
    refused = do(store, Reply(**reply))
    assert isinstance(refused, Refusal)
    assert "opted out" in refused.reason
    well(store)


def test_a_text_is_not_longer_than_a_provider_takes(store: Store, julia: str, phones: Phones) -> None:
    phones.text("START")
    reply = Reply(
        actor=agent(julia), ticket_id=phones.text().ticket_id or "", text="a" * 1601, seen_message_id=None
    )
    refused = do(store, reply)
    assert isinstance(refused, Refusal)
    assert "1,600" in refused.reason


def test_what_the_brand_sends_by_itself_does_not_stop_a_reply(
    store: Store, julia: str, phones: Phones
) -> None:
    phones.set(auto_responder=AutoResponder.ALL)
    phones.text("START")
    opened = phones.text()
    seen = ticket(store, opened.ticket_id).last_inbound_id
    phones.campaign()
    reply: dict[str, Any] = {
        "actor": agent(julia),
        "ticket_id": opened.ticket_id or "",
        "text": "On its way.",
    }
    done(store, Reply(**reply, seen_message_id=seen))
    phones.text("Wait")
    assert isinstance(do(store, Reply(**reply, seen_message_id=seen)), Refusal)


def test_a_reply_that_waits_is_not_sent_to_whoever_opts_out(store: Store, julia: str, phones: Phones) -> None:
    phones.text("START")
    ticket_id = phones.text().ticket_id or ""
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Soon.", seen_message_id=None))
    phones.text("STOP")
    (reply,) = messages(store, MessageKind.REPLY)
    with store.write() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.message_id == reply.id)).one()
    assert delivery.state == DeliveryState.FAILED
    assert "opted out" in delivery.detail
    well(store)


# Answers by themselves


@pytest.mark.parametrize(
    ("mode", "before", "blocked", "answered"),
    [
        (AutoResponder.OFF, None, False, False),
        (AutoResponder.ALL, None, False, True),
        (AutoResponder.ALL, "START", False, True),
        (AutoResponder.NON_CONSENTED, None, False, True),
        (AutoResponder.NON_CONSENTED, "START", False, False),
        (AutoResponder.NON_CONSENTED, "STOP", False, True),
        (AutoResponder.ALL, None, True, False),
    ],
)
def test_who_gets_an_automatic_answer(
    store: Store,
    julia: str,
    phones: Phones,
    mode: AutoResponder,
    before: str | None,
    blocked: bool,
    answered: bool,
) -> None:
    if before:
        phones.text(before)
    if blocked:
        customer_id = ticket(store, phones.text().ticket_id).customer_id
        done(store, SetBlocked(actor=agent(julia), customer_id=customer_id, blocked=True))
    phones.set(auto_responder=mode)
    opened = phones.text("Hello?")
    answers = [m for m in messages(store, MessageKind.AUTO_REPLY) if "can't reply" in m.text]
    assert len(answers) == int(answered)
    if answered:
        assert answers[0].text.startswith("Shop: We can't reply")
        assert (answers[0].ticket_id, answers[0].to) == (opened.ticket_id, [ANA])
    found = ticket(store, opened.ticket_id)
    assert (found.waiting_since is not None, found.snippet) == (True, "Hello?")
    well(store)


def test_nobody_is_answered_by_itself_twice_within_a_day(store: Store, phones: Phones) -> None:
    phones.set(auto_responder=AutoResponder.ALL)
    phones.text("One")
    phones.text("Two")
    phones.at += timedelta(hours=23)
    phones.text("Three")
    assert len(messages(store, MessageKind.AUTO_REPLY)) == 1
    phones.at += timedelta(hours=1)
    phones.text("Four")
    assert len(messages(store, MessageKind.AUTO_REPLY)) == 2
    well(store)


def test_a_keyword_gets_the_standard_answer_alone(store: Store, phones: Phones) -> None:
    phones.set(auto_responder=AutoResponder.ALL)
    phones.text("HELP")
    (answer,) = messages(store, MessageKind.AUTO_REPLY)
    assert answer.text.startswith("Shop: For help contact us at help@shop.example.")
    phones.text("Hi")
    assert len(messages(store, MessageKind.AUTO_REPLY)) == 2, "an answer to a keyword is none to a text"


def test_two_automats_do_not_answer_each_other_for_ever(store: Store, phones: Phones) -> None:
    for _ in range(MOST_KEYWORD_ANSWERS + 3):
        phones.text("HELP")
    assert len(messages(store, MessageKind.AUTO_REPLY)) == MOST_KEYWORD_ANSWERS
    phones.at += timedelta(days=1)
    phones.text("HELP")
    assert len(messages(store, MessageKind.AUTO_REPLY)) == MOST_KEYWORD_ANSWERS + 1


@pytest.mark.expects_log("nobody was answered")
def test_an_automatic_text_that_cannot_be_read_answers_nobody_and_loses_nothing(
    store: Store, phones: Phones
) -> None:
    phones.set(auto_responder=AutoResponder.ALL, auto_responder_text="{% for %}")
    assert phones.text().detail == STORED
    assert messages(store, MessageKind.AUTO_REPLY) == []


def test_after_a_week_offline_everything_counts_and_nobody_is_answered(
    store: Store, julia: str, phones: Phones
) -> None:
    add_channel(store, julia)
    phones.set(auto_responder=AutoResponder.ALL, notify_address="julia@home.example")
    phones.campaign()
    texts = [phones.message("Two please"), phones.message("HELP", BO), phones.message("STOP", BO)]
    phones.receive(*texts, at=phones.at + timedelta(days=9))
    assert messages(store, MessageKind.AUTO_REPLY, MessageKind.NOTIFICATION) == []
    assert consents(store, BO) == BOTH_REVOKED
    assert attributions(store) == {"Ten percent off!": "Two please"}
    (opened,) = messages(store, MessageKind.MESSAGE)
    assert opened.order_at == texts[0].sent_at
    well(store)


# Notifications


@pytest.fixture
def notified(store: Store, julia: str, phones: Phones) -> Phones:
    add_channel(store, julia)
    phones.set(notify_address="julia@home.example")
    return phones


def test_a_new_text_is_told_by_mail(store: Store, notified: Phones) -> None:
    opened = notified.text("Where is my order?")
    (mail,) = messages(store, MessageKind.NOTIFICATION)
    assert (mail.ticket_id, mail.to, mail.author_address) == (
        None,
        ["julia@home.example"],
        "support@shop.example",
    )
    assert mail.subject == "New text from (415) 555-0132"
    assert "Where is my order?" in mail.text
    assert f"ticket #{ticket(store, opened.ticket_id).number}." in mail.text
    with store.write() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.message_id == mail.id)).one()
        assert delivery.state == DeliveryState.QUEUED
        assert session.scalars(select(Recipient.address)).all() == ["julia@home.example"]
    well(store)


@pytest.mark.parametrize("case", ["keyword", "off", "blocked", "own address", "alias", "nobody"])
def test_when_nobody_is_notified(store: Store, julia: str, notified: Phones, case: str) -> None:
    if case == "blocked":
        notified.set(notify=False)
        customer_id = ticket(store, notified.text().ticket_id).customer_id
        done(store, SetBlocked(actor=agent(julia), customer_id=customer_id, blocked=True))
        notified.set(notify=True)
    changes: dict[str, dict[str, Any]] = {
        "off": {"notify": False},
        "own address": {"notify_address": "Support@shop.example"},
        "alias": {"notify_address": "help@shop.example"},
        "nobody": {"notify_address": ""},
    }
    notified.set(**changes.get(case, {}))
    if case == "nobody":
        saved = SaveAgent(actor=agent(julia), agent_id=julia, agent_name="Julia", email="", role=Role.OWNER)
        done(store, saved)
    notified.text("HELP" if case == "keyword" else "Hi")
    assert messages(store, MessageKind.NOTIFICATION) == []


def test_without_an_address_the_owner_is_notified(store: Store, julia: str, notified: Phones) -> None:
    saved = SaveAgent(actor=agent(julia), agent_id=julia, agent_name="Julia", email="julia@home.example")
    done(store, saved)
    notified.set(notify_address="")
    notified.text()
    assert [m.to for m in messages(store, MessageKind.NOTIFICATION)] == [["julia@home.example"]]


# Attribution


def test_the_first_text_after_a_campaign_is_credited_to_it(store: Store, phones: Phones) -> None:
    phones.text("Before")
    phones.campaign(text="A")
    phones.text("First")
    phones.text("Second")
    assert attributions(store) == {"A": "First"}
    phones.campaign(text="B")
    phones.campaign(text="C")
    phones.text("Third")
    assert attributions(store) == {"A": "First", "C": "Third"}
    well(store)


def test_the_window_ends(store: Store, phones: Phones) -> None:
    phones.campaign(text="A")
    phones.at += timedelta(hours=24) - timedelta(minutes=1)
    phones.text("Just in time")
    phones.campaign(text="B")
    phones.at += timedelta(hours=24)
    phones.text("Too late")
    phones.text("Still too late")
    assert attributions(store) == {"A": "Just in time"}


def test_a_keyword_is_a_text_since_the_campaign(store: Store, phones: Phones) -> None:
    phones.campaign(text="A")
    phones.text("STOP")
    phones.text("Why do you text me?")
    assert attributions(store) == {"A": "STOP"}
    well(store)


def test_replies_and_automatic_answers_never_attract_attribution(
    store: Store, julia: str, phones: Phones
) -> None:
    phones.set(auto_responder=AutoResponder.ALL)
    phones.text("START")
    ticket_id = phones.text().ticket_id or ""
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Hi", seen_message_id=None))
    phones.text("Thanks")
    assert attributions(store) == {}


def test_other_peoples_campaigns_and_texts_do_not_count(store: Store, phones: Phones) -> None:
    phones.campaign(BO, text="A")
    phones.text("Hi")
    phones.text("Hallo", BO)
    assert attributions(store) == {"A": "Hallo"}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2), (2, 0, 3, 1)])
def test_attribution_does_not_depend_on_the_order_of_the_listings(
    store: Store, phones: Phones, order: tuple[int, ...]
) -> None:
    texts = {1: phones.message("One", sent_at=START + timedelta(hours=2))}
    texts[3] = phones.message("Three", sent_at=START + timedelta(hours=4))
    for step in order:
        if step in texts:
            phones.receive(texts[step])
        else:
            at = START + timedelta(hours=step + 1)
            phones.campaign(text="A" if step == 0 else "B", sent_at=at)
    assert attributions(store) == {"A": "One", "B": "Three"}
    well(store)


# Delivery reports


def send(store: Store, julia: str, phones: Phones, end: DeliveryState | None = DeliveryState.SENT) -> str:
    """A reply of Julia's that the provider knows as SM1; returns the delivery's id."""
    phones.text("START")
    ticket_id = phones.text().ticket_id or ""
    reply = done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Hi", seen_message_id=None))
    with store.write() as session:
        message_id = reply.action.message_id  # type: ignore[attr-defined]
        delivery = session.scalars(select(Delivery).where(Delivery.message_id == message_id)).one()
    actor = channel(phones.channel_id)
    done(store, BeginAttempt(actor=actor, delivery_id=delivery.id, external_id=None))
    if end is not None:
        finish = FinishAttempt(actor=actor, delivery_id=delivery.id, state=end, external_id="SM1")
        done(store, finish)
    return delivery.id


def report(
    store: Store, phones: Phones, state: DeliveryState, detail: str = "", *, opted_out: bool = False
) -> Outcome | Refusal:
    actor = channel(phones.channel_id)
    action = ReportDelivery(
        actor=actor,
        channel_id=phones.channel_id,
        external_id="SM1",
        state=state,
        detail=detail,
        opted_out=opted_out,
    )
    return do(store, action)


@pytest.mark.parametrize(
    ("end", "reports", "state"),
    [
        (DeliveryState.SENT, [DeliveryState.DELIVERED], DeliveryState.DELIVERED),
        (DeliveryState.SENT, [DeliveryState.FAILED], DeliveryState.FAILED),
        (DeliveryState.SENT, [DeliveryState.SENT], DeliveryState.SENT),
        (DeliveryState.SENT, [DeliveryState.DELIVERED, DeliveryState.SENT], DeliveryState.DELIVERED),
        (DeliveryState.SENT, [DeliveryState.DELIVERED, DeliveryState.FAILED], DeliveryState.DELIVERED),
        (DeliveryState.SENT, [DeliveryState.FAILED, DeliveryState.DELIVERED], DeliveryState.FAILED),
        (DeliveryState.UNKNOWN, [DeliveryState.SENT], DeliveryState.SENT),
        (DeliveryState.UNKNOWN, [DeliveryState.DELIVERED], DeliveryState.DELIVERED),
        (DeliveryState.FAILED, [DeliveryState.DELIVERED], DeliveryState.FAILED),
        (None, [DeliveryState.DELIVERED], DeliveryState.ATTEMPTING),
    ],
)
def test_a_report_never_goes_backwards(
    store: Store,
    julia: str,
    phones: Phones,
    end: DeliveryState | None,
    reports: list[DeliveryState],
    state: DeliveryState,
) -> None:
    delivery_id = send(store, julia, phones, end)
    for one in reports:
        report(store, phones, one)
    with store.write() as session:
        assert session.get_one(Delivery, delivery_id).state == state
    well(store)


def test_a_failed_text_shows_the_providers_reason(store: Store, julia: str, phones: Phones) -> None:
    delivery_id = send(store, julia, phones)
    report(store, phones, DeliveryState.FAILED, "Unreachable phone (30003)")
    with store.write() as session:
        assert session.get_one(Delivery, delivery_id).detail == "Unreachable phone (30003)"
        recipient = session.get_one(Recipient, (delivery_id, ANA))
    assert (recipient.state, recipient.detail) == (DeliveryState.FAILED, "Unreachable phone (30003)")


def test_who_opted_out_at_the_provider_has_no_consent_left(store: Store, julia: str, phones: Phones) -> None:
    send(store, julia, phones)
    report(store, phones, DeliveryState.FAILED, "Opted out (21610)", opted_out=True)
    assert consents(store) == BOTH_REVOKED
    with store.write() as session:
        change = session.scalars(select(ConsentChange).order_by(ConsentChange.id.desc())).first()
    assert change is not None
    assert (change.source, change.detail) == (ConsentSource.PROVIDER, "Opted out (21610)")
    well(store)


def test_a_report_on_what_was_not_sent_here_is_refused(store: Store, phones: Phones) -> None:
    assert isinstance(report(store, phones, DeliveryState.DELIVERED), Refusal)


def test_a_person_with_two_phones_is_answered_on_the_one_used_last(
    store: Store, julia: str, phones: Phones
) -> None:
    opened = phones.text()
    with store.write() as session:
        identity = session.scalars(select(Identity)).one()
        session.add(Identity(id="x" * 36, customer_id=identity.customer_id, kind=identity.kind, value=BO))
    assert phones.text("Hallo", BO).ticket_id == opened.ticket_id
    assert ticket(store, opened.ticket_id).customer_address == BO
    phones.text("START", BO)
    reply = Reply(actor=agent(julia), ticket_id=opened.ticket_id or "", text="Hi", seen_message_id=None)
    done(store, reply)
    assert messages(store, MessageKind.REPLY)[0].to == [BO]
    well(store)
