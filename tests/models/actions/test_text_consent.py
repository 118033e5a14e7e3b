"""Consent: which texts change it, and what may be sent with and without it."""

from typing import Any

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Refusal, agent
from inbox_desktop.models.actions.deliveries import RetryDelivery
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.receiving import STORED
from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState, DeliveryState, MessageKind
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import ConsentChange, Delivery, Message
from tests.models.samples import do, done
from tests.models.texting import ANA, BOTH_REVOKED, NUMBER, Phones, consents, messages, ticket, total, well

GRANTED = ConsentState.GRANTED


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


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
    retry = RetryDelivery(actor=agent(julia), delivery_id=delivery.id)
    assert isinstance(do(store, retry), Refusal)
    phones.text("START")
    done(store, retry)
    well(store)
