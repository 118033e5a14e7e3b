"""What is known of the chat behind a ticket, and whom a visitor may be."""

import pytest

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.tickets import Close
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.queries.chats import chat_of, tickets_of_conversations
from inbox_desktop.models.queries.profiles import merge_suggestions
from inbox_desktop.models.queries.rows import ChatRow
from inbox_desktop.models.store import Store
from tests.models.chatting import ChatRoom, customer_of, ticket_row
from tests.models.samples import Mailroom, done


@pytest.fixture
def room(store: Store, julia: str) -> ChatRoom:
    return ChatRoom(store, julia)


def found(store: Store, ticket_id: str | None) -> ChatRow:
    with store.read() as connection:
        row = chat_of(connection, ticket_id or "")
    assert row is not None
    return row


def test_the_conversation_of_a_ticket(store: Store, room: ChatRoom) -> None:
    talk = room.conversation(name="Ana", email="ana@example.com", page_url="https://a.example/", locale="pt")
    ticket_id = room.write(talk).ticket_id
    row = found(store, ticket_id)
    assert (row.conversation_id, row.visitor_name, row.email, row.verified) == (
        talk.id,
        "Ana",
        "ana@example.com",
        False,
    )
    assert (row.page_url, row.locale, row.is_newest) == ("https://a.example/", "pt", True)
    assert row.visitor_seen_id is None


def test_what_the_visitor_has_seen(store: Store, room: ChatRoom) -> None:
    talk = room.conversation()
    ticket_id = room.write(talk).ticket_id
    relays_id = new_id()
    reply = room.answer(talk, id=relays_id)
    room.answer(talk, "Still there?")
    room.note(talk, visitor_seen_id=relays_id)
    row = found(store, ticket_id)
    assert row.visitor_seen_id == reply.action.message_id  # type: ignore[attr-defined]
    assert row.visitor_seen_until is not None
    assert row.visitor_seen_until < ticket_row(store, ticket_id).last_message_at
    room.note(talk, visitor_seen_id=new_id())  # of a message that is not here
    assert found(store, ticket_id).visitor_seen_id is None


def test_an_earlier_ticket_says_so(store: Store, room: ChatRoom, julia: str) -> None:
    talk = room.conversation()
    first = room.write(talk).ticket_id or ""
    seen = ticket_row(store, first).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=first, seen_inbound_id=seen))
    second = room.write(talk).ticket_id
    assert not found(store, first).is_newest
    assert found(store, second).is_newest
    with store.read() as connection:
        assert tickets_of_conversations(connection) == {talk.id: second}


def test_a_mail_is_no_chat(store: Store, receive: Mailroom) -> None:
    with store.read() as connection:
        assert chat_of(connection, receive().ticket_id or "") is None


def test_a_typed_address_suggests_whose_it_is(store: Store, room: ChatRoom, receive: Mailroom) -> None:
    mailing = customer_of(store, receive(author_address="ana@example.com").ticket_id)
    chatting = customer_of(store, room.write(room.conversation(email="Ana@example.com")).ticket_id)
    room.write(room.conversation(email="bo@example.com"))
    with store.read() as connection:
        (one,) = merge_suggestions(connection, chatting.id)
        (other,) = merge_suggestions(connection, mailing.id)
    assert one.customer_id == mailing.id
    assert "gave the address ana@example.com" in one.reason
    assert other.customer_id == chatting.id
