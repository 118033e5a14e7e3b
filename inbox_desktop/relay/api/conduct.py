"""What visitors do by HTTP and by socket alike: write, see, type."""

from __future__ import annotations

from typing import Any, Final

from inbox_desktop.relay.api import bodies
from inbox_desktop.relay.chats import ChatRow
from inbox_desktop.relay.conversations import Draft, Taken, take_visitors, visitor_saw
from inbox_desktop.relay.hub import Signal
from inbox_desktop.relay.service import Relay
from inbox_desktop.relay.visitors import newest_conversation_id

MOST_FILES: Final = 10
_MESSAGE: Final = {
    "text": bodies.text(bodies.LONGEST_MESSAGE, lines=True),
    "file_ids": bodies.idents(MOST_FILES),
    "page_url": bodies.page_url,
    "locale": bodies.text(35),
    "faq": bodies.numbers(20),
}


def visitors_draft(value: object) -> Draft:
    """A visitor's message as it was sent.

    Raises:
        ApiError: it is not as it should be.
    """
    return Draft(**{"text": "", **bodies.fields(value, {"client_id": bodies.ident}, _MESSAGE)})


async def take_message(relay: Relay, chat: ChatRow, visitor_id: str, draft: Draft) -> Taken:
    """Store a visitor's message; when this returns it is durable.

    Raises:
        ApiError: it is refused, or too many came.
    """
    relay.gate.message(visitor_id)
    taken = await relay.database.awrite(
        lambda writing: take_visitors(writing, relay.keys, chat, visitor_id, draft)
    )
    relay.presence.writes_in(visitor_id, taken.conversation_id)
    return taken


def taken_json(taken: Taken) -> dict[str, Any]:
    """What became of a message, as the protocol writes it."""
    return {
        "message": taken.message,
        "conversation_id": taken.conversation_id,
        "automatic": list(taken.automatic),
    }


def seen_message(value: object) -> str:
    """The id of the message up to which somebody saw.

    Raises:
        ApiError: there is none.
    """
    message_id: str = bodies.fields(value, {"message_id": bodies.ident}, {})["message_id"]
    return message_id


async def see(relay: Relay, visitor_id: str, message_id: str) -> None:
    """The visitor saw everything up to a message of its own conversation.

    Raises:
        ApiError: 404.
    """
    await relay.database.awrite(lambda writing: visitor_saw(writing, visitor_id, message_id))


async def tell_typing(relay: Relay, visitor_id: str, conversation_id: str | None = None) -> None:
    """Tell the desktops that a visitor is typing; nobody is told before there is a conversation."""
    if conversation_id is None:
        conversation_id = await relay.database.aread(
            lambda connection: newest_conversation_id(connection, visitor_id)
        )
    if conversation_id is not None and relay.gate.typing(visitor_id):
        relay.tell(Signal("visitor_typing", conversation_id, visitor_id))
