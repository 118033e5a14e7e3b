"""Profiles: further addresses and phones, merging two that are one person, and taking that back."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.profiles import AddIdentity, MergeCustomers
from inbox_desktop.models.check import check
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ConsentKind, ConsentState, IdentityKind, MessageKind
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Customer, Identity, JournalEntry, Message, Ticket, TicketEvent
from tests.models.samples import Mailroom, do, done
from tests.models.texting import ANA, BO, Phones, consents, messages, ticket, well


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


def test_two_conversations_with_one_number_stay_apart(store: Store, julia: str, phones: Phones) -> None:
    phones.text()
    phones.text(sender=BO)
    who, before = owners(store), everything(store)
    refused = do(store, MergeCustomers(actor=agent(julia), from_id=who[BO], into_id=who[ANA]))
    assert isinstance(refused, Refusal)
    assert "stay apart" in refused.reason
    assert everything(store) == before


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
