"""What the inbox writes by itself: answers to texts and keywords, notifications."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.consequences import MOST_KEYWORD_ANSWERS
from inbox_desktop.models.actions.deliveries import CancelDelivery
from inbox_desktop.models.actions.people import SaveAgent, SetBlocked
from inbox_desktop.models.actions.receiving import STORED
from inbox_desktop.models.kinds import DeliveryState, MessageKind, Role
from inbox_desktop.models.sms_settings import AutoResponder, Provider
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Delivery, Recipient
from tests.models.samples import add_channel, done
from tests.models.texting import ANA, BO, BOTH_REVOKED, Phones, attributions, consents, messages, ticket, well


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


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


def test_an_answer_that_was_taken_back_before_there_was_a_ticket_appears_in_none(
    store: Store, julia: str, phones: Phones
) -> None:
    phones.text("HELP")
    (answer,) = messages(store, MessageKind.AUTO_REPLY)
    done(store, CancelDelivery(actor=agent(julia), ticket_id="", message_id=answer.id))
    opened = phones.text("Hi")
    assert ticket(store, opened.ticket_id).message_count == 2
    assert messages(store, MessageKind.AUTO_REPLY)[0].ticket_id is None
    well(store)


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


def test_a_provider_that_answers_keywords_itself_is_left_to_it(store: Store, phones: Phones) -> None:
    phones.set(provider=Provider.TWILIO)
    phones.text("HELP")
    assert [message.kind for message in messages(store)] == [MessageKind.KEYWORD]
    phones.text("Please stop")  # Twilio reads a whole text only
    assert [message.kind for message in messages(store)][1:] == [MessageKind.KEYWORD, MessageKind.AUTO_REPLY]


@pytest.mark.parametrize(
    ("settings", "answered"),
    [
        ({"provider": Provider.TWILIO}, False),
        ({"provider": Provider.TELNYX}, False),
        ({"provider": Provider.VONAGE}, True),
        ({"provider": Provider.TWILIO, "answer_keywords": True}, True),  # its own list is switched off
    ],
)
def test_who_opted_out_at_the_provider_gets_no_answer_that_it_would_refuse(
    store: Store, phones: Phones, settings: dict[str, Any], answered: bool
) -> None:
    phones.set(**settings, auto_responder=AutoResponder.NON_CONSENTED)
    phones.text("Never asked")
    phones.text("STOP", BO)
    phones.text("Where is my order?", BO)
    answers = messages(store, MessageKind.AUTO_REPLY)
    assert ("We can't reply" in answers[-1].text and answers[-1].to == [BO]) is answered
    assert any(one.to == [ANA] for one in answers)
