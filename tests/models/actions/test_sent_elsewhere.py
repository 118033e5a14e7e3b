"""Receiving what was sent from our own address with another program: never a customer's, never an agent's."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inbox_desktop.models.actions import Outcome, Refusal, agent, channel, perform_all
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.receiving import DUPLICATE, SET_ASIDE, Receive
from inbox_desktop.models.actions.tickets import Close
from inbox_desktop.models.check import check
from inbox_desktop.models.kinds import Direction, MessageKind, TicketStatus
from inbox_desktop.models.queries.thread import thread
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Customer, Message, Participant, Ticket
from tests.models.samples import START, SUPPORT, Mailroom, do, done

SENT: dict[str, Any] = {
    "author_address": SUPPORT,
    "author_name": "",
    "kind": MessageKind.REPLY,
    "to": ("ana@example.com",),
    "sent_elsewhere": True,
    "text": "It is on its way.",
}


@pytest.fixture(autouse=True)
def _all_is_well(store: Store) -> Any:
    yield
    assert check(store).problems == ()


def ticket(store: Store, ticket_id: str | None) -> Ticket:
    with store.write() as session:
        return session.get_one(Ticket, ticket_id)


def total(store: Store, table: Any) -> int:
    with store.read() as reader:
        return reader.execute(select(func.count()).select_from(table)).scalar_one()


def close(store: Store, julia: str, ticket_id: str | None) -> None:
    seen = ticket(store, ticket_id).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=ticket_id or "", seen_inbound_id=seen))


def test_an_answer_from_the_phone_stands_in_its_ticket_as_ours(store: Store, receive: Mailroom) -> None:
    first = receive()
    before = ticket(store, first.ticket_id)
    sent = receive.answer(first, **SENT)
    after = ticket(store, first.ticket_id)
    assert sent.ticket_id == first.ticket_id
    assert (after.waiting_since, after.snippet, after.message_count) == (None, "It is on its way.", 2)
    for name in ("status", "unread", "assignee_id", "last_inbound_at", "last_inbound_id", "subject"):
        assert getattr(after, name) == getattr(before, name), name
    with store.read() as reader:
        found = thread(reader, str(first.ticket_id), store.attachments.folder)
    assert found is not None
    shown = found.messages[-1]
    assert (shown.direction, shown.kind) == (Direction.OUTBOUND, MessageKind.REPLY)
    assert (shown.author_id, shown.author_address, shown.delivery) == (None, SUPPORT, None)
    assert found.newest_message_id == shown.id
    assert total(store, Customer) == 1


def test_it_neither_reopens_nor_marks_read(store: Store, julia: str, receive: Mailroom) -> None:
    first, second = receive(), receive()
    close(store, julia, first.ticket_id)
    receive.answer(first, **SENT, signed_ticket_id=first.ticket_id)
    receive.answer(second, **SENT, signed_ticket_id=second.ticket_id)
    assert ticket(store, first.ticket_id).status == TicketStatus.CLOSED
    assert ticket(store, second.ticket_id).unread


@pytest.mark.parametrize(
    "values",
    [
        {"to": ("eve@evil.example",)},
        {"author_verified": False},
        {"in_reply_to": None, "references": ()},
    ],
)
def test_what_belongs_to_no_ticket_is_set_aside(
    store: Store, receive: Mailroom, values: dict[str, Any]
) -> None:
    first = receive()
    assert receive.answer(first, **{**SENT, **values}).detail == SET_ASIDE
    assert (total(store, Ticket), total(store, Customer), total(store, Message)) == (1, 1, 2)
    assert ticket(store, first.ticket_id).message_count == 1


def test_whoever_was_written_to_may_answer_once_it_is_threaded(store: Store, receive: Mailroom) -> None:
    first = receive()
    sent = receive.answer(first, **SENT, cc=("bo@example.com", "help@shop.example"))
    assert receive.answer(sent, author_address="bo@example.com").ticket_id == first.ticket_id
    receive.answer(first, **{**SENT, "to": ("eve@evil.example",)})
    with store.read() as reader:
        found = set(reader.scalars(select(Participant.address)))
    assert found == {"ana@example.com", "bo@example.com"}


def test_an_automatic_mail_of_ours_answers_nobody(store: Store, receive: Mailroom) -> None:
    first = receive()
    receive.answer(first, **{**SENT, "kind": MessageKind.AUTO_REPLY})
    after = ticket(store, first.ticket_id)
    assert (after.message_count, after.waiting_since) == (2, START + timedelta(minutes=1))


def test_the_copy_of_our_own_answer_is_a_duplicate(store: Store, receive: Mailroom) -> None:
    first = receive()
    sent = receive.answer(first, **SENT)
    assert isinstance(sent.action, Receive)
    assert done(store, Receive(actor=sent.action.actor, message=sent.action.message)).detail == DUPLICATE


def test_an_answer_that_did_not_know_of_a_mail_leaves_it_waiting(store: Store, receive: Mailroom) -> None:
    first = receive()
    second = receive.answer(first)
    receive.answer(second)
    receive.answer(first, **SENT, sent_at=START + timedelta(minutes=1, seconds=30))
    assert ticket(store, first.ticket_id).waiting_since == START + timedelta(minutes=2)
    receive.answer(first, **SENT, sent_at=START)
    assert ticket(store, first.ticket_id).waiting_since == START + timedelta(minutes=2)


def test_a_reply_that_was_begun_before_it_is_stopped(store: Store, julia: str, receive: Mailroom) -> None:
    first = receive()
    receive.answer(first, **SENT)
    assert isinstance(first.action, Receive)
    seen = first.action.message_id
    reply = Reply(actor=agent(julia), ticket_id=str(first.ticket_id), text="Hi", seen_message_id=seen)
    refusal = do(store, reply)
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith(f"{SUPPORT} has written since you began.")


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 2, 3, 1, 0), (0, 2, 4, 3, 1), (2, 3, 0, 1, 4)])
@pytest.mark.parametrize("at_once", [True, False])
def test_history_stands_by_its_dates_and_only_who_is_unanswered_waits(
    store: Store, receive: Mailroom, order: tuple[int, ...], at_once: bool
) -> None:
    """A thread of five mails, of which the second and the fourth are ours, in whatever order they come."""
    ids = [f"<m{n}@example.com>" for n in range(5)]
    mails = [
        receive.message(
            **({**SENT, "text": f"t{n}"} if n in {1, 3} else {"text": f"t{n}"}),
            external_id=ids[n],
            references=tuple(ids[:n]),
            history=True,
        )
        for n in range(5)
    ]
    actions = [Receive(actor=channel(receive.channel_id), message=mails[n]) for n in order]
    for batch in [actions] if at_once else [[action] for action in actions]:
        with store.write() as session:
            assert all(isinstance(one, Outcome) for one in perform_all(session, batch))
    with store.write() as session:
        only = session.scalars(select(Ticket)).one()
        texts = session.scalars(select(Message.text).order_by(Message.order_at)).all()
    assert texts == ["t0", "t1", "t2", "t3", "t4"]
    assert (only.snippet, only.message_count) == ("t4", 5)
    assert (only.waiting_since, only.last_inbound_at) == (mails[4].sent_at, mails[4].sent_at)
