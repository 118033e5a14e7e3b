"""The overview: the ticket, its customer, their other tickets."""

from datetime import timedelta

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.tickets import Assign
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, IdentityKind, TicketStatus
from inbox_desktop.models.queries.overview import LONGEST_HISTORY, overview
from inbox_desktop.models.queries.rows import Overview
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Identity
from tests.models.samples import START, Mailroom, done


def overview_of(store: Store, ticket_id: str | None) -> Overview:
    with store.read() as connection:
        found = overview(connection, ticket_id or "")
    assert found is not None
    return found


def test_no_ticket_no_overview(store: Store) -> None:
    with store.read() as connection:
        assert overview(connection, new_id()) is None


def test_a_customer_with_all_addresses_and_their_other_tickets(
    store: Store, julia: str, receive: Mailroom
) -> None:
    tickets = [receive(subject=f"Order {number}") for number in range(3)]
    receive(author_address="bo@example.com")
    done(store, Assign(actor=agent(julia), ticket_id=tickets[0].ticket_id or "", assignee_id=julia))
    customer_id = overview_of(store, tickets[0].ticket_id).ticket.customer_id
    with store.write() as session:
        for kind, value in ((IdentityKind.EMAIL, "ana@work.example"), (IdentityKind.PHONE, "+14155550188")):
            session.add(Identity(id=new_id(), customer_id=customer_id, kind=kind, value=value))
    found = overview_of(store, tickets[1].ticket_id)
    assert found.addresses == ("ana@example.com", "ana@work.example")
    assert found.phones == ("+1 415-555-0188",)
    assert [(row.subject, row.assignee_name) for row in found.history] == [
        ("Order 2", None),
        ("Order 0", "Julia"),
    ]
    assert (found.history[0].status, found.history[0].channel_kind) == (TicketStatus.OPEN, ChannelKind.EMAIL)
    assert found.history_total == 2
    assert found.possibly_belongs_to is None


def test_a_long_history_is_cut_and_counted(store: Store, receive: Mailroom) -> None:
    tickets = [receive() for _ in range(LONGEST_HISTORY + 3)]
    found = overview_of(store, tickets[0].ticket_id)
    assert len(found.history) == LONGEST_HISTORY
    assert found.history[0].number == LONGEST_HISTORY + 3
    assert found.history_total == LONGEST_HISTORY + 2


def test_a_customer_is_known_since_their_oldest_mail(store: Store, receive: Mailroom) -> None:
    """The first synchronisation brings the newest mail first."""
    newest = receive()
    receive(sent_at=START - timedelta(days=400), history=True)
    assert overview_of(store, newest.ticket_id).customer_since == START - timedelta(days=400)


def test_a_mail_that_claims_a_thread_without_proof(store: Store, receive: Mailroom) -> None:
    first = receive(subject="The real thread")
    claimed = receive.answer(first, author_address="mallory@example.com")
    found = overview_of(store, claimed.ticket_id)
    assert found.possibly_belongs_to is not None
    assert (found.possibly_belongs_to.id, found.possibly_belongs_to.subject) == (
        first.ticket_id,
        "The real thread",
    )
