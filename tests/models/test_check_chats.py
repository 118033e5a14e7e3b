"""Check finds each thing about web chats that can be broken."""

import pytest
from sqlalchemy import text

from inbox_desktop.models.actions import agent, channel
from inbox_desktop.models.actions.chat_mail import QueueChatMail
from inbox_desktop.models.actions.tickets import Close
from inbox_desktop.models.check import check
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import MailJobKind
from inbox_desktop.models.store import Store
from tests.models.chatting import ChatRoom, ticket_row
from tests.models.samples import SUPPORT, Mailroom, done


@pytest.fixture
def chatted(store: Store, julia: str, receive: Mailroom) -> Store:
    """An inbox in which people have chatted, one of them in two tickets, and got an e-mail."""
    room = ChatRoom(store, julia)
    talk = room.conversation(email="ana@example.com")
    first = room.write(talk).ticket_id or ""
    seen = ticket_row(store, first).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=first, seen_inbound_id=seen))
    room.write(talk)
    room.write(room.conversation())
    mail = QueueChatMail(
        actor=channel(room.channel_id),
        job_id=new_id(),
        kind=MailJobKind.FOLLOW_UP,
        conversation_id=talk.id,
        support_address=SUPPORT,
        sender_name="Acme",
        address="ana@example.com",
        subject="Acme has answered you",
        text="Here I am",
    )
    done(store, mail)
    receive()
    return store


BREAKAGES = {
    "newest of their tickets": "UPDATE chat_conversations SET ticket_id ="
    " (SELECT min(ticket_id) FROM thread_keys WHERE external_id = chat_conversations.id)",
    "E-mails of chats that nobody sends": "UPDATE mail_jobs SET message_id = NULL",
    "opened again by a message": "UPDATE ticket_events SET name = 'reopened_by_message'"
    " WHERE name = 'closed'",
}


def test_all_is_well_at_first(chatted: Store) -> None:
    assert check(chatted).problems == ()


@pytest.mark.parametrize("words", BREAKAGES)
def test_what_is_broken_is_found(chatted: Store, words: str) -> None:
    with chatted.write() as session:
        session.execute(text(BREAKAGES[words]))
    assert [problem for problem in check(chatted).problems if words in problem]
