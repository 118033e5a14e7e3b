"""Profiles: further addresses and phones, merging two that are one person, and taking that back."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.profiles import AddIdentity, MergeCustomers
from inbox_desktop.models.actions.tickets import Assign, Close
from inbox_desktop.models.check import check
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ConsentKind, ConsentState, IdentityKind, MessageKind
from inbox_desktop.models.queries.thread import thread
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Customer, Identity, JournalEntry, Message, Ticket, TicketEvent
from tests.models.samples import Mailroom, do, done
from tests.models.texting import ANA, BO, Phones, attributions, consents, messages, ticket, well


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


def owners(store: Store) -> dict[str, str]:
    """The customer's id by address and phone."""
    with store.write() as session:
        return {one.value: one.customer_id for one in session.scalars(select(Identity))}


def customer(store: Store, customer_id: str) -> Customer:
    with store.write() as session:
        return session.get_one(Customer, customer_id)


def undo(outcome: Outcome) -> Action:
    assert outcome.undo is not None
    return outcome.undo


def everything(store: Store) -> dict[str, list[tuple]]:
    """Who owns what, by table."""
    with store.write() as session:
        return {
            "identities": [
                (i.value, i.customer_id) for i in session.scalars(select(Identity).order_by("id"))
            ],
            "tickets": [
                (t.number, t.customer_id, t.customer_address)
                for t in session.scalars(select(Ticket).order_by("id"))
            ],
            "messages": [(m.id, m.customer_id) for m in session.scalars(select(Message).order_by("id"))],
            "customers": [
                (c.id, c.name, c.blocked, c.merged_into)
                for c in session.scalars(select(Customer).order_by("id"))
            ],
        }


@pytest.fixture
def merged(store: Store, julia: str, receive: Mailroom, phones: Phones) -> Outcome:
    """The phone's profile, with a ticket, a consent and a blocking, merged into the e-mail profile."""
    receive()
    phones.text("START")
    phones.text("My order?")
    who = owners(store)
    done(store, SetBlocked(actor=agent(julia), customer_id=who[ANA], blocked=True))
    action = MergeCustomers(actor=agent(julia), from_id=who[ANA], into_id=who["ana@example.com"])
    return done(store, action)


def test_merging_moves_everything_to_one_profile(store: Store, merged: Outcome) -> None:
    action = merged.action
    assert isinstance(action, MergeCustomers)
    assert set(owners(store).values()) == {action.into_id}
    kept, gone = customer(store, action.into_id), customer(store, action.from_id)
    assert (kept.name, kept.blocked, kept.merged_into) == ("Ana Souza", True, None)
    assert gone.merged_into == kept.id
    with store.write() as session:
        assert set(session.scalars(select(Ticket.customer_id))) == {kept.id}
        assert set(session.scalars(select(Message.customer_id))) == {kept.id}
    assert consents(store) == {ConsentKind.MARKETING: ConsentState.GRANTED}
    well(store)


def test_what_moved_stands_in_the_journal_and_in_the_thread(store: Store, merged: Outcome) -> None:
    with store.write() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.name == "customer.merge")).one()
        events = select(TicketEvent).where(TicketEvent.name == "profiles_joined")
        (event,) = session.scalars(events)
    assert (len(entry.arguments["identities"]), entry.arguments["tickets"]) == (1, [event.ticket_id])
    assert event.detail == {"profile": ANA}


def test_merging_can_be_taken_back_to_the_last_row(
    store: Store, julia: str, receive: Mailroom, phones: Phones
) -> None:
    receive()
    phones.text("START")
    phones.text("My order?")
    phones.text("HELP")
    who, before = owners(store), everything(store)
    action = MergeCustomers(actor=agent(julia), from_id=who[ANA], into_id=who["ana@example.com"])
    back = done(store, undo(done(store, action)))
    assert everything(store) == before
    well(store)
    done(store, undo(back))
    assert set(owners(store).values()) == {who["ana@example.com"]}
    well(store)


def test_what_came_since_goes_back_with_its_phone(
    store: Store, receive: Mailroom, phones: Phones, merged: Outcome
) -> None:
    action = merged.action
    assert isinstance(action, MergeCustomers)
    phones.text("Still there?")
    receive(text="A mail since")
    done(store, undo(merged))
    with store.write() as session:
        texts = select(Message.customer_id).join(Ticket, Ticket.id == Message.ticket_id)
        assert set(session.scalars(texts.where(Ticket.channel_kind == "sms"))) == {action.from_id}
        assert set(session.scalars(texts.where(Ticket.channel_kind == "email"))) == {action.into_id}
    assert (customer(store, action.into_id).blocked, customer(store, action.from_id).blocked) == (False, True)
    well(store)


def test_a_later_text_of_a_merged_person_joins_the_ticket(
    store: Store, phones: Phones, merged: Outcome
) -> None:
    (first, *_) = messages(store, MessageKind.MESSAGE)
    text = phones.text("And?")
    assert ticket(store, text.ticket_id).number == 2
    assert first.customer_id == ticket(store, text.ticket_id).customer_id


def two_phones(store: Store, julia: str, phones: Phones) -> MergeCustomers:
    """Ana texted from two phones, so there are two tickets; the action that makes her one person."""
    phones.text("START")
    phones.text("One")
    phones.text("START", BO)
    phones.text("Two", BO)
    phones.text("Three")
    who = owners(store)
    return MergeCustomers(actor=agent(julia), from_id=who[BO], into_id=who[ANA])


def tickets(store: Store) -> list[tuple[int, str, str, int, str]]:
    with store.write() as session:
        found = session.scalars(select(Ticket).order_by(Ticket.number))
        return [(t.number, t.status, t.customer_address, t.message_count, t.snippet) for t in found]


def test_two_conversations_with_one_number_become_one(store: Store, julia: str, phones: Phones) -> None:
    merged = done(store, two_phones(store, julia, phones))
    assert tickets(store) == [(1, "open", ANA, 7, "Three"), (2, "closed", BO, 0, "Continued in #1")]
    well(store)
    phones.text("Four", BO)
    assert tickets(store)[0] == (1, "open", BO, 8, "Four")
    assert phones.text("Five").ticket_id == ticket_id(store, 1)
    texts = [message.text for message in messages(store, MessageKind.MESSAGE)]
    assert texts == ["One", "Two", "Three", "Four", "Five"]
    well(store)

    done(store, undo(merged))
    assert tickets(store) == [(1, "open", ANA, 5, "Five"), (2, "open", BO, 4, "Four")]
    assert phones.text("Six", BO).ticket_id == ticket_id(store, 2)
    well(store)


def test_joining_conversations_can_be_taken_back_to_the_last_row(
    store: Store, julia: str, phones: Phones
) -> None:
    action = two_phones(store, julia, phones)
    inbound = ticket(store, ticket_id(store, 2)).last_inbound_id
    close = Close(actor=agent(julia), ticket_id=ticket_id(store, 2), seen_inbound_id=inbound)
    done(store, close)
    done(store, Assign(actor=agent(julia), ticket_id=ticket_id(store, 2), assignee_id=julia))
    before, rows = everything(store), tickets(store)
    merged = done(store, action)
    assert ticket(store, ticket_id(store, 1)).assignee_id == julia
    done(store, undo(merged))
    assert everything(store) == before
    assert tickets(store) == rows
    assert ticket(store, ticket_id(store, 1)).assignee_id is None
    well(store)
    again = done(store, undo(done(store, replace(action, id=new_id()))))
    assert tickets(store) == rows
    done(store, undo(again))
    well(store)


def test_an_answer_goes_to_the_phone_used_last_and_what_waits_is_kept(
    store: Store, julia: str, phones: Phones
) -> None:
    action = two_phones(store, julia, phones)
    one = ticket_id(store, 1)
    done(store, action)
    reply = Reply(actor=agent(julia), ticket_id=one, text="Hello", seen_message_id=None)
    done(store, reply)
    with store.write() as session:
        assert session.get_one(Message, reply.message_id).to == [ANA]
        assert session.get_one(Ticket, one).waiting_since is None
    well(store)


def test_joined_conversations_know_who_answered_a_campaign(store: Store, julia: str, phones: Phones) -> None:
    action = two_phones(store, julia, phones)
    phones.campaign(BO, text="Sale")
    phones.text("From the first phone")
    phones.text("From the second", BO)
    assert attributions(store) == {"Sale": "From the second"}
    merged = done(store, action)
    assert attributions(store) == {"Sale": "From the first phone"}
    well(store)
    done(store, undo(merged))
    assert attributions(store) == {"Sale": "From the second"}
    well(store)


def test_a_joined_ticket_leads_to_the_one_that_took_over(
    store: Store, julia: str, phones: Phones, tmp_path: Path
) -> None:
    done(store, two_phones(store, julia, phones))
    with store.read() as connection:
        shown = thread(connection, ticket_id(store, 2), tmp_path)
    assert shown is not None
    assert shown.messages == ()
    assert any("goes on in #1" in event.text for event in shown.events)


def ticket_id(store: Store, number: int) -> str:
    with store.write() as session:
        return session.scalars(select(Ticket.id).where(Ticket.number == number)).one()


def test_what_cannot_be_merged(store: Store, julia: str, merged: Outcome) -> None:
    action = merged.action
    assert isinstance(action, MergeCustomers)
    for from_id, into_id in ((action.into_id, action.into_id), (action.from_id, action.into_id), ("x", "y")):
        assert isinstance(
            do(store, MergeCustomers(actor=agent(julia), from_id=from_id, into_id=into_id)), Refusal
        )


def test_a_merge_is_not_taken_back_twice(store: Store, merged: Outcome) -> None:
    done(store, undo(merged))
    assert isinstance(do(store, replace(undo(merged), id=new_id())), Refusal)


@pytest.mark.parametrize(
    ("kind", "written", "region", "stored"),
    [
        (IdentityKind.PHONE, "(415) 555-0132", "US", ANA),
        (IdentityKind.PHONE, "+49 30 12345678", None, BO),
        (IdentityKind.EMAIL, " Ana@Work.Example ", None, "ana@work.example"),
    ],
)
def test_a_customer_has_several_addresses_and_phones(
    store: Store,
    julia: str,
    receive: Mailroom,
    kind: IdentityKind,
    written: str,
    region: str | None,
    stored: str,
) -> None:
    receive()
    (who,) = owners(store).values()
    add = AddIdentity(actor=agent(julia), customer_id=who, kind=kind, value=written, region=region)
    added = done(store, add)
    assert owners(store)[stored] == who
    done(store, undo(added))
    assert stored not in owners(store)
    assert check(store).ok


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (IdentityKind.PHONE, "12"),
        (IdentityKind.PHONE, "SHOP"),
        (IdentityKind.EMAIL, "ana"),
        (IdentityKind.EMAIL, "a b@example.com"),
        (IdentityKind.EMAIL, f"{'a' * 320}@example.com"),
    ],
)
def test_what_is_no_address_is_refused(
    store: Store, julia: str, receive: Mailroom, kind: IdentityKind, written: str
) -> None:
    receive()
    (who,) = owners(store).values()
    refused = do(store, AddIdentity(actor=agent(julia), customer_id=who, kind=kind, value=written))
    assert isinstance(refused, Refusal)
    assert "Nothing was added" in refused.reason


def test_what_belongs_to_another_profile_is_refused(
    store: Store, julia: str, receive: Mailroom, phones: Phones
) -> None:
    receive()
    phones.text()
    who = owners(store)["ana@example.com"]
    action = AddIdentity(actor=agent(julia), customer_id=who, kind=IdentityKind.PHONE, value=ANA)
    refused = do(store, action)
    assert isinstance(refused, Refusal)
    assert "merge the two" in refused.reason


def test_a_phone_that_has_texted_is_not_removed(
    store: Store, julia: str, receive: Mailroom, phones: Phones
) -> None:
    receive()
    who = owners(store)["ana@example.com"]
    add = AddIdentity(actor=agent(julia), customer_id=who, kind=IdentityKind.PHONE, value=ANA)
    added = done(store, add)
    phones.text()
    assert isinstance(do(store, undo(added)), Refusal)
    assert owners(store)[ANA] == who
