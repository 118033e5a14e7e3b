"""Actions on tickets: what they change, refuse, and take back."""

from datetime import timedelta

import pytest

from inbox_desktop.models import counts
from inbox_desktop.models.actions import SYSTEM, Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.tickets import (
    AddTag,
    Assign,
    Claim,
    Close,
    MarkRead,
    MarkUnread,
    RemoveTag,
    Reopen,
    Snooze,
    Wake,
)
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import JournalEntry, Ticket
from tests.models.samples import Mailroom, add_agent, do, done


def ticket(store: Store, ticket_id: str | None) -> Ticket:
    with store.write() as session:
        return session.get_one(Ticket, ticket_id)


def refused(store: Store, action: Action) -> str:
    result = do(store, action)
    assert isinstance(result, Refusal), result
    return result.reason


@pytest.fixture
def ticket_id(receive: Mailroom) -> str:
    found = receive().ticket_id
    assert found is not None
    return found


def test_assign_and_undo(store: Store, julia: str, ticket_id: str) -> None:
    outcome = done(store, Assign(actor=agent(julia), ticket_id=ticket_id, assignee_id=julia))
    assert ticket(store, ticket_id).assignee_id == julia
    assert outcome.undo is not None
    done(store, outcome.undo)
    assert ticket(store, ticket_id).assignee_id is None


def test_assign_to_a_stranger_is_refused(store: Store, julia: str, ticket_id: str) -> None:
    assert "no longer part" in refused(
        store, Assign(actor=agent(julia), ticket_id=ticket_id, assignee_id="x")
    )


def test_claim_loses_against_a_quicker_colleague(store: Store, julia: str, ticket_id: str) -> None:
    tom = add_agent(store, "Tom")
    done(store, Claim(actor=agent(tom), ticket_id=ticket_id, seen_assignee_id=None))
    reason = refused(store, Claim(actor=agent(julia), ticket_id=ticket_id, seen_assignee_id=None))
    assert reason.startswith("Tom has this ticket")
    assert ticket(store, ticket_id).assignee_id == tom


def test_close_never_buries_a_message_its_author_had_not_seen(
    store: Store, julia: str, receive: Mailroom
) -> None:
    first = receive()
    seen = ticket(store, first.ticket_id).last_inbound_id
    receive.answer(first)
    close = Close(actor=agent(julia), ticket_id=first.ticket_id or "", seen_inbound_id=seen)
    assert "written since" in refused(store, close)
    assert ticket(store, first.ticket_id).status == TicketStatus.OPEN


def test_close_reopen_and_undo(store: Store, julia: str, ticket_id: str) -> None:
    seen = ticket(store, ticket_id).last_inbound_id
    closing = done(store, Close(actor=agent(julia), ticket_id=ticket_id, seen_inbound_id=seen))
    closed = ticket(store, ticket_id)
    assert (closed.status, closed.closed_seen_id) == (TicketStatus.CLOSED, seen)
    reopening = done(store, Reopen(actor=agent(julia), ticket_id=ticket_id))
    assert ticket(store, ticket_id).closed_at is None
    assert reopening.undo is not None
    assert closing.undo is not None
    done(store, reopening.undo)
    assert ticket(store, ticket_id).status == TicketStatus.CLOSED
    done(store, closing.undo)
    assert ticket(store, ticket_id).status == TicketStatus.OPEN


def test_undoing_a_reopening_does_not_bury_a_newer_message(
    store: Store, julia: str, receive: Mailroom
) -> None:
    first = receive()
    key = first.ticket_id or ""
    seen = ticket(store, key).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=key, seen_inbound_id=seen))
    reopening = done(store, Reopen(actor=agent(julia), ticket_id=key))
    receive.answer(first)
    assert reopening.undo is not None
    assert "written since" in refused(store, reopening.undo)


def test_snooze_and_wake(store: Store, julia: str, ticket_id: str) -> None:
    until = now() + timedelta(hours=3)
    done(store, Snooze(actor=agent(julia), ticket_id=ticket_id, until=until))
    done(
        store,
        MarkRead(
            actor=agent(julia), ticket_id=ticket_id, seen_message_id=ticket(store, ticket_id).last_message_id
        ),
    )
    assert ticket(store, ticket_id).snoozed_until == until
    assert "no longer snoozed" in refused(
        store, Wake(actor=SYSTEM, ticket_id=ticket_id, due=until + timedelta(1))
    )
    done(store, Wake(actor=SYSTEM, ticket_id=ticket_id, due=until))
    woken = ticket(store, ticket_id)
    assert (woken.status, woken.unread, woken.snoozed_until) == (TicketStatus.OPEN, True, None)


def test_snooze_into_the_past_is_refused(store: Store, julia: str, ticket_id: str) -> None:
    action = Snooze(actor=agent(julia), ticket_id=ticket_id, until=now() - timedelta(minutes=1))
    assert "already passed" in refused(store, action)


def test_read_is_refused_when_a_newer_message_came(store: Store, julia: str, receive: Mailroom) -> None:
    first = receive()
    key = first.ticket_id or ""
    seen = ticket(store, key).last_message_id
    receive.answer(first)
    assert "newer message" in refused(
        store, MarkRead(actor=agent(julia), ticket_id=key, seen_message_id=seen)
    )
    assert ticket(store, key).unread


def test_unread_and_undo(store: Store, julia: str, ticket_id: str) -> None:
    newest = ticket(store, ticket_id).last_message_id
    done(store, MarkRead(actor=agent(julia), ticket_id=ticket_id, seen_message_id=newest))
    outcome = done(store, MarkUnread(actor=agent(julia), ticket_id=ticket_id))
    assert ticket(store, ticket_id).unread
    assert outcome.undo is not None
    done(store, outcome.undo)
    assert not ticket(store, ticket_id).unread


def test_a_stale_remove_does_not_kill_a_newer_adding_of_a_tag(
    store: Store, julia: str, ticket_id: str
) -> None:
    adding = done(store, AddTag(actor=agent(julia), ticket_id=ticket_id, tag="VIP"))
    stale = adding.undo
    assert isinstance(stale, RemoveTag)
    done(store, RemoveTag(actor=agent(julia), ticket_id=ticket_id, tag="VIP"))
    done(store, AddTag(actor=agent(julia), ticket_id=ticket_id, tag="VIP"))
    done(store, stale)
    undo = do(store, AddTag(actor=agent(julia), ticket_id=ticket_id, tag="VIP"))
    assert isinstance(undo, Outcome)
    assert undo.undo is None  # it stands: there was nothing to add


@pytest.mark.parametrize("tag", ["", "  ", "x" * 61])
def test_no_blank_or_endless_tags(store: Store, julia: str, ticket_id: str, tag: str) -> None:
    assert "characters" in refused(store, AddTag(actor=agent(julia), ticket_id=ticket_id, tag=tag))


def test_the_same_action_twice_takes_effect_once(store: Store, julia: str, ticket_id: str) -> None:
    action = Assign(actor=agent(julia), ticket_id=ticket_id, assignee_id=julia)
    first = done(store, action)
    again = done(store, action)
    assert again.seq == first.seq


def test_a_refused_action_leaves_no_trace(store: Store, julia: str, ticket_id: str) -> None:
    with store.write() as session:
        before = session.query(JournalEntry).count()
    refused(store, Close(actor=agent(julia), ticket_id=ticket_id, seen_inbound_id="other"))
    with store.write() as session:
        assert session.query(JournalEntry).count() == before


def test_counts_follow_every_change(store: Store, julia: str, ticket_id: str) -> None:
    newest = ticket(store, ticket_id)
    done(store, Assign(actor=agent(julia), ticket_id=ticket_id, assignee_id=julia))
    done(store, Close(actor=agent(julia), ticket_id=ticket_id, seen_inbound_id=newest.last_inbound_id))
    with store.read() as reader:
        assert counts.kept(reader) == counts.recount(reader) != {}
