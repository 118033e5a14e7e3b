"""A small web chat for tests of any room: a channel, visitors who write, and what others answer."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from inbox_desktop.models.actions import Outcome, Refusal, agent
from inbox_desktop.models.actions.channels import AddChannel
from inbox_desktop.models.actions.chats import ChatMessage, Conversation, note_conversation, receive_chat
from inbox_desktop.models.chat_settings import ChatSettings
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, MessageKind
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Channel, ChatConversation, Customer, Identity, Message, Ticket
from tests.models.samples import START, done

CHAT_ID = "Ab3_efghijklmnopqrs-uv"


class ChatRoom:
    """Hands messages of one chat to a store, each a minute after the one before it."""

    def __init__(self, store: Store, agent_id: str, chat_id: str = CHAT_ID) -> None:
        self.store = store
        self.channel_id = new_id()
        self.clock = START
        action = AddChannel(
            actor=agent(agent_id),
            channel_id=self.channel_id,
            kind=ChannelKind.CHAT,
            channel_name="Acme",
            address=chat_id.lower(),
            settings=ChatSettings(chat_id, "http://127.0.0.1:8765").to_json(),
        )
        done(store, action)

    def now(self) -> datetime:
        self.clock += timedelta(minutes=1)
        return self.clock

    def conversation(self, **values: Any) -> Conversation:
        """A conversation that begins now; keyword arguments are those of `Conversation`."""
        return Conversation(**{"id": new_id(), "visitor_id": new_id(), "started_at": self.now(), **values})

    def message(self, conversation: Conversation, text: str = "Hello?", **values: Any) -> ChatMessage:
        """The next message, without receiving it: a visitor's unless `kind` says otherwise."""
        given = {"id": new_id(), "kind": MessageKind.MESSAGE, "sent_at": self.now()}
        return ChatMessage(**{**given, "conversation": conversation, "text": text, **values})

    def receive(self, *messages: ChatMessage) -> list[Outcome | Refusal]:
        """Take messages in, in one transaction."""
        with self.store.write() as session:
            chat = session.get_one(Channel, self.channel_id)
            return receive_chat(session, chat, messages, self.clock)

    def write(self, conversation: Conversation, text: str = "Hello?", **values: Any) -> Outcome:
        """The visitor writes (or whoever `kind` says)."""
        (outcome,) = self.receive(self.message(conversation, text, **values))
        assert isinstance(outcome, Outcome), outcome
        return outcome

    def answer(self, conversation: Conversation, text: str = "Yes?", **values: Any) -> Outcome:
        """An agent answers at another desktop."""
        return self.write(conversation, text, **{"kind": MessageKind.REPLY, "author_name": "Tom", **values})

    def note(self, conversation: Conversation, **changes: Any) -> Conversation:
        """The relay tells what it knows of the conversation now."""
        changed = replace(conversation, **changes)
        with self.store.write() as session:
            note_conversation(session, session.get_one(Channel, self.channel_id), changed, self.now())
        return changed


def conversation_row(store: Store, conversation: Conversation) -> ChatConversation:
    with store.write() as session:
        return session.get_one(ChatConversation, conversation.id)


def ticket_row(store: Store, ticket_id: str | None) -> Ticket:
    with store.write() as session:
        return session.get_one(Ticket, ticket_id)


def thread_of(store: Store, ticket_id: str | None) -> list[tuple[str, str]]:
    """The messages of a ticket in order: kind and text."""
    query = select(Message.kind, Message.text).where(Message.ticket_id == ticket_id)
    with store.read() as connection:
        return [(row.kind, row.text) for row in connection.execute(query.order_by(Message.order_at))]


def customer_of(store: Store, ticket_id: str | None) -> Customer:
    with store.write() as session:
        return session.get_one(Customer, session.get_one(Ticket, ticket_id).customer_id)


def identities_of(store: Store, customer_id: str) -> set[tuple[str, str]]:
    query = select(Identity.kind, Identity.value).where(Identity.customer_id == customer_id)
    with store.read() as connection:
        return {(row.kind, row.value) for row in connection.execute(query)}
