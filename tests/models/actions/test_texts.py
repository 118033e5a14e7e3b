"""Texts: one ticket a person, and when it opens, reopens and wakes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Outcome, agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.people import SaveAgent
from inbox_desktop.models.actions.receiving import DUPLICATE, SET_ASIDE, STORED
from inbox_desktop.models.actions.tickets import Close, MarkRead, Snooze
from inbox_desktop.models.kinds import MessageKind, TicketStatus
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import ConsentChange, Customer, Delivery, Identity, Ticket
from tests.models.samples import START, add_channel, done
from tests.models.texting import ANA, BO, Phones, messages, ticket, total, well


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


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
