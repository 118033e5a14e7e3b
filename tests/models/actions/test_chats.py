"""Web chats come in: every conversation a ticket, closed ones stay closed, nothing twice, nobody mistaken."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Refusal, agent, channel
from inbox_desktop.models.actions.chats import ConfirmTaken
from inbox_desktop.models.actions.deliveries import BeginAttempt, CancelDelivery, FinishAttempt
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.receiving import DUPLICATE, STORED
from inbox_desktop.models.actions.tickets import Close, Snooze
from inbox_desktop.models.check import check
from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import DeliveryState, IdentityKind, MessageKind, TicketStatus
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Delivery, JournalEntry, Message
from tests.models.chatting import (
    ChatRoom,
    conversation_row,
    customer_of,
    identities_of,
    thread_of,
    ticket_row,
)
from tests.models.samples import Mailroom, do, done


@pytest.fixture
def room(store: Store, julia: str) -> ChatRoom:
    return ChatRoom(store, julia)


@pytest.fixture(autouse=True)
def _all_is_well(store: Store) -> Iterator[None]:
    yield
    assert check(store).problems == ()


def close(store: Store, julia: str, ticket_id: str | None) -> None:
    assert ticket_id is not None
    seen = ticket_row(store, ticket_id).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=ticket_id, seen_inbound_id=seen))


def test_every_conversation_is_a_ticket(store: Store, room: ChatRoom) -> None:
    ana = room.conversation(name="Ana")
    first, second = room.write(ana, "Hello?"), room.write(ana, "Anybody?")
    again = room.write(room.conversation(visitor_id=ana.visitor_id, name="Ana"), "One more thing")
    assert first.ticket_id == second.ticket_id != again.ticket_id
    assert thread_of(store, first.ticket_id) == [("message", "Hello?"), ("message", "Anybody?")]
    assert customer_of(store, first.ticket_id).id == customer_of(store, again.ticket_id).id
    ticket = ticket_row(store, first.ticket_id)
    assert ticket.unread
    assert ticket.status == TicketStatus.OPEN
    assert ticket.customer_address == ana.visitor_id
    assert customer_of(store, first.ticket_id).name == "Ana"


def test_a_later_message_of_a_closed_conversation_is_a_new_ticket(
    store: Store, room: ChatRoom, julia: str
) -> None:
    talk = room.conversation()
    first = room.write(talk)
    close(store, julia, first.ticket_id)
    second, third = room.write(talk, "Still broken"), room.write(talk, "Hello?")
    assert second.ticket_id != first.ticket_id
    assert third.ticket_id == second.ticket_id
    assert ticket_row(store, first.ticket_id).status == TicketStatus.CLOSED
    assert conversation_row(store, talk).ticket_id == second.ticket_id
    close(store, julia, second.ticket_id)
    fourth = room.write(talk)
    assert fourth.ticket_id not in {first.ticket_id, second.ticket_id}
    assert room.answer(talk).ticket_id == fourth.ticket_id


def test_a_snoozed_chat_wakes(store: Store, room: ChatRoom, julia: str) -> None:
    talk = room.conversation()
    first = room.write(talk)
    assert first.ticket_id is not None
    until = now() + timedelta(hours=3)
    done(store, Snooze(actor=agent(julia), ticket_id=first.ticket_id, until=until))
    assert room.write(talk).ticket_id == first.ticket_id
    assert ticket_row(store, first.ticket_id).status == TicketStatus.OPEN


def test_what_is_listed_again_changes_nothing(store: Store, room: ChatRoom) -> None:
    talk = room.conversation(name="Ana", email="Ana@Example.com")
    messages = [room.message(talk), room.message(talk, "Soon", kind=MessageKind.AUTO_REPLY)]
    assert [r.detail for r in room.receive(*messages) if not isinstance(r, Refusal)] == [STORED, STORED]
    with store.read() as connection:
        before = list(connection.execute(select(JournalEntry.seq)))
    results = room.receive(*messages)
    assert [r.detail for r in results if not isinstance(r, Refusal)] == [DUPLICATE, DUPLICATE]
    with store.read() as connection:
        assert list(connection.execute(select(JournalEntry.seq))) == before


def test_automatic_answers_end_no_waiting_and_answers_of_others_do(store: Store, room: ChatRoom) -> None:
    talk = room.conversation()
    first = room.write(talk)
    room.write(talk, "Hi there!", kind=MessageKind.AUTO_REPLY)
    ticket = ticket_row(store, first.ticket_id)
    assert ticket.waiting_since is not None
    assert ticket.snippet == "Hello?"
    room.answer(talk, "How can I help?")
    ticket = ticket_row(store, first.ticket_id)
    assert ticket.waiting_since is None
    assert ticket.snippet == "How can I help?"
    with store.read() as connection:
        row = connection.execute(
            select(Message.author_name, Message.agent_id).where(Message.kind == MessageKind.REPLY)
        ).one()
    assert tuple(row) == ("Tom", None)


def test_what_was_there_before_is_read_when_it_is_over(store: Store, room: ChatRoom) -> None:
    talk = room.conversation()
    outcome = room.write(talk, history=True, seen=True)
    assert not ticket_row(store, outcome.ticket_id).unread
    assert ticket_row(store, room.write(room.conversation(), history=True).ticket_id).unread


def test_what_the_relay_says_of_a_conversation_is_kept(store: Store, room: ChatRoom) -> None:
    talk = room.conversation()
    outcome = room.write(talk)
    reply = room.answer(talk)
    assert reply.action is not None
    seen_id = new_id()
    room.note(
        talk, name="Ana", email="Ana@Example.com", visitor_seen_id=seen_id, page_url="https://a.example/x"
    )
    row = conversation_row(store, talk)
    assert (row.name, row.email, row.visitor_seen_id) == ("Ana", "ana@example.com", seen_id)
    assert row.page_url == "https://a.example/x"
    assert customer_of(store, outcome.ticket_id).name == "Ana"


def test_nothing_new_leaves_no_trace(store: Store, room: ChatRoom) -> None:
    talk = room.conversation(name="Ana")
    room.write(talk)
    with store.read() as connection:
        before = connection.execute(select(JournalEntry.seq)).all()
    room.note(talk)
    with store.read() as connection:
        assert connection.execute(select(JournalEntry.seq)).all() == before


def test_what_is_closed_elsewhere_is_closed_here(store: Store, room: ChatRoom) -> None:
    talk = room.conversation()
    outcome = room.write(talk)
    room.note(talk, closed_at=room.now())
    ticket = ticket_row(store, outcome.ticket_id)
    assert ticket.status == TicketStatus.CLOSED
    assert not ticket.unread


def test_whoever_opened_it_again_is_not_overruled(store: Store, room: ChatRoom, julia: str) -> None:
    from inbox_desktop.models.actions.tickets import Reopen

    talk = room.conversation()
    outcome = room.write(talk)
    assert outcome.ticket_id is not None
    closed = room.note(talk, closed_at=room.now())
    done(store, Reopen(actor=agent(julia), ticket_id=outcome.ticket_id))
    room.note(closed, visitor_seen_id=new_id())
    assert ticket_row(store, outcome.ticket_id).status == TicketStatus.OPEN


def test_a_message_that_already_knows_of_the_end_does_not_close(store: Store, room: ChatRoom) -> None:
    # A page of the feed holds the conversation as it is now, and not all that was written before it ended.
    talk = room.conversation()
    ended = replace(talk, closed_at=room.now())
    outcomes = [room.write(ended, "One"), room.write(ended, "Two")]
    assert outcomes[0].ticket_id == outcomes[1].ticket_id
    assert ticket_row(store, outcomes[0].ticket_id).status == TicketStatus.OPEN
    room.note(ended)
    assert ticket_row(store, outcomes[0].ticket_id).status == TicketStatus.CLOSED


# Who it is


def test_a_typed_address_proves_nothing(store: Store, room: ChatRoom, receive: Mailroom) -> None:
    mail = receive(author_address="ana@example.com")
    chat = room.write(room.conversation(name="Ana", email="ana@example.com"))
    assert customer_of(store, chat.ticket_id).id != customer_of(store, mail.ticket_id).id
    kinds = {kind for kind, _value in identities_of(store, customer_of(store, chat.ticket_id).id)}
    assert kinds == {IdentityKind.VISITOR}


def test_a_signed_address_is_the_customer(store: Store, room: ChatRoom, receive: Mailroom) -> None:
    mail = receive(author_address="ana@example.com")
    talk = room.conversation(email="Ana@Example.com", verified=True)
    chat = room.write(talk)
    assert customer_of(store, chat.ticket_id).id == customer_of(store, mail.ticket_id).id
    later = receive(author_address="ana@example.com")
    assert customer_of(store, later.ticket_id).id == customer_of(store, mail.ticket_id).id


def test_a_signed_address_of_somebody_new_is_kept(store: Store, room: ChatRoom, receive: Mailroom) -> None:
    chat = room.write(room.conversation(name="Ana", email="ana@example.com", verified=True))
    mail = receive(author_address="ana@example.com")
    assert customer_of(store, chat.ticket_id).id == customer_of(store, mail.ticket_id).id


def test_who_signs_in_while_chatting_is_joined_with_their_profile(
    store: Store, room: ChatRoom, receive: Mailroom
) -> None:
    mail = receive(author_address="ana@example.com")
    talk = room.conversation(email="ana@example.com")
    chat = room.write(talk)
    assert customer_of(store, chat.ticket_id).id != customer_of(store, mail.ticket_id).id
    room.note(talk, verified=True)
    assert customer_of(store, chat.ticket_id).id == customer_of(store, mail.ticket_id).id
    values = {value for _kind, value in identities_of(store, customer_of(store, chat.ticket_id).id)}
    assert values == {"ana@example.com", talk.visitor_id}


# What we sent


def reply(store: Store, julia: str, ticket_id: str | None) -> tuple[str, str]:
    """An answer of ours that waits in the outbox: message and delivery."""
    assert ticket_id is not None
    action = Reply(actor=agent(julia), ticket_id=ticket_id, text="Here I am", seen_message_id=None)
    done(store, action)
    with store.read() as connection:
        found = select(Delivery.id).where(Delivery.message_id == action.message_id)
        return action.message_id, connection.execute(found).scalar_one()


def state_of(store: Store, delivery_id: str) -> DeliveryState:
    with store.write() as session:
        return DeliveryState(session.get_one(Delivery, delivery_id).state)


@pytest.mark.parametrize(
    "before", [DeliveryState.QUEUED, DeliveryState.ATTEMPTING, DeliveryState.FAILED, DeliveryState.CANCELLED]
)
def test_what_the_relay_lists_was_sent(
    store: Store, room: ChatRoom, julia: str, before: DeliveryState
) -> None:
    outcome = room.write(room.conversation())
    message_id, delivery_id = reply(store, julia, outcome.ticket_id)
    assert outcome.ticket_id is not None
    if before is DeliveryState.CANCELLED:
        done(store, CancelDelivery(actor=agent(julia), ticket_id=outcome.ticket_id, message_id=message_id))
    elif before is not DeliveryState.QUEUED:
        done(store, BeginAttempt(actor=agent(julia), delivery_id=delivery_id, external_id=None))
        if before is DeliveryState.FAILED:
            action = FinishAttempt(actor=agent(julia), delivery_id=delivery_id, state=DeliveryState.FAILED)
            done(store, action)
    taken = ConfirmTaken(actor=channel(room.channel_id), message_id=message_id, external_id=new_id())
    done(store, taken)
    assert state_of(store, delivery_id) is DeliveryState.SENT
    assert isinstance(do(store, replace(taken, id=new_id())), Refusal)
    assert thread_of(store, outcome.ticket_id)[-1] == ("reply", "Here I am")


def test_nobody_elses_message_is_confirmed(store: Store, room: ChatRoom) -> None:
    action = ConfirmTaken(actor=channel(room.channel_id), message_id=new_id(), external_id=new_id())
    assert isinstance(do(store, action), Refusal)
