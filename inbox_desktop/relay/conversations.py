"""Conversations: what visitors and agents write, each message once; seen; closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.rules.chat import Automatic, AutomaticKind, automatic_answers
from inbox_desktop.relay.api.errors import ApiError, bad_request, not_found
from inbox_desktop.relay.chats import ChatRow
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.files import attach
from inbox_desktop.relay.keys import Keys
from inbox_desktop.relay.messages import COLUMNS, for_desktop, for_visitor
from inbox_desktop.relay.tables import Conversation, Message
from inbox_desktop.relay.visitors import NEWEST_FIRST, VisitorRow, visitor

MOST_SHOWN: Final = 200
"""So many of a conversation's newest messages are told at once."""

_FIELDS: Final = (
    Conversation.id,
    Conversation.chat_id,
    Conversation.visitor_id,
    Conversation.started_at,
    Conversation.last_position,
    Conversation.visitor_seen_position,
    Conversation.agent_wrote_at,
    Conversation.agent_seen_id,
    Conversation.agent_seen_position,
    Conversation.closed_at,
)

# Made once: what every message needs.
_BY_ID: Final = select(*_FIELDS).where(Conversation.id == bindparam("id"))
_NEWEST: Final = (
    select(*_FIELDS)
    .where(Conversation.visitor_id == bindparam("visitor_id"))
    .order_by(*NEWEST_FIRST)
    .limit(1)
)
_AFTER: Final = (
    select(*COLUMNS)
    .where(Message.conversation_id == bindparam("id"), Message.position > bindparam("after"))
    .order_by(Message.position.desc())
    .limit(MOST_SHOWN)
)
_SENT_BEFORE: Final = (
    select(*COLUMNS)
    .join(Conversation, Conversation.id == Message.conversation_id)
    .where(
        Conversation.visitor_id == bindparam("visitor_id"),
        Message.client_id == bindparam("client_id"),
        Message.author == "visitor",
    )
)
_KINDS: Final = (
    select(Message.kind)
    .where(Message.conversation_id == bindparam("id"), Message.author == "automatic")
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as its author sent it."""

    client_id: str
    text: str
    file_ids: tuple[str, ...] = ()
    page_url: str = ""
    locale: str = ""
    faq: tuple[int, ...] = ()
    agent_name: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a draft. `is_new` is False when it had come before."""

    message: dict[str, Any]
    conversation_id: str
    visitor_id: str
    automatic: tuple[dict[str, Any], ...]
    is_new: bool


def take_visitors(
    writing: Writing, keys: Keys, chat: ChatRow, visitor_id: str, draft: Draft, at: datetime | None = None
) -> Taken:
    """Store a visitor's message and the automatic answers to it; a closed conversation gets a successor.

    `at` (UTC) is when it was written, by default now.

    Raises:
        ApiError: the visitor may not write (yet), the message is empty, a file is not the visitor's.
    """
    seq = writing.take_seq()
    connection = writing.connection
    if (known := _sent_before(connection, visitor_id, draft.client_id)) is not None:
        shown = for_visitor(connection, keys, [known])[0]
        return Taken(shown, known.conversation_id, visitor_id, (), is_new=False)
    author = visitor(connection, visitor_id)
    _require_may_write(chat, author, draft)
    at = at or now()
    conversation = _open_conversation(writing, author, draft, at)
    message = _message(conversation, seq, at, draft, "visitor", "message")
    answers = _answers(connection, chat, author, conversation, draft, at)
    automatic = [
        _message(conversation, seq, at, Draft("", answer.text), "automatic", answer.kind.value)
        for answer in answers
    ]
    connection.execute(insert(Message), [message, *automatic])
    attach(connection, draft.file_ids, author.id, conversation.id, message["id"])
    connection.execute(
        update(Conversation)
        .where(Conversation.id == conversation.id)
        .values(last_position=conversation.last_position, last_message_at=at, seq=seq)
    )
    writing.tell_visitor(author.id)
    rows = [SimpleNamespace(**values) for values in (message, *automatic)]
    first, *others = for_visitor(connection, keys, rows, has_files=bool(draft.file_ids))
    return Taken(first, conversation.id, author.id, tuple(others), is_new=True)


def take_agents(
    writing: Writing,
    keys: Keys,
    desktop_id: str,
    conversation_id: str,
    draft: Draft,
    at: datetime | None = None,
) -> Taken:
    """Store an agent's message, also in a closed conversation.

    `at` (UTC) is when it was written, by default now.

    Raises:
        ApiError: no such conversation, an empty message, a file that is not the desktop's.
    """
    seq = writing.take_seq()
    connection = writing.connection
    conversation = _conversation(connection, conversation_id)
    visitors = {conversation.id: conversation.visitor_id}
    known = connection.execute(
        select(*COLUMNS).where(
            Message.conversation_id == conversation_id,
            Message.client_id == draft.client_id,
            Message.author == "agent",
        )
    ).one_or_none()
    if known is not None:
        shown = for_desktop(connection, keys, [known], visitors)[0]
        return Taken(shown, conversation.id, conversation.visitor_id, (), is_new=False)
    _require_content(draft)
    at = at or now()
    message = _message(conversation, seq, at, draft, "agent", "message", desktop_id)
    connection.execute(insert(Message), [message])
    attach(connection, draft.file_ids, desktop_id, conversation.id, message["id"], conversation.chat_id)
    connection.execute(
        update(Conversation)
        .where(Conversation.id == conversation.id)
        .values(
            last_position=conversation.last_position,
            last_message_at=at,
            agent_position=conversation.last_position,
            agent_wrote_at=at,
            seq=seq,
        )
    )
    writing.tell_visitor(conversation.visitor_id)
    shown = for_desktop(connection, keys, [SimpleNamespace(**message)], visitors)[0]
    return Taken(shown, conversation.id, conversation.visitor_id, (), is_new=True)


def visitor_saw(writing: Writing, visitor_id: str, message_id: str) -> None:
    """The visitor saw everything up to a message of its own conversation.

    Raises:
        ApiError: 404.
    """
    row = writing.connection.execute(
        select(Message.conversation_id, Message.position, Conversation.visitor_seen_position)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id == message_id, Conversation.visitor_id == visitor_id)
    ).one_or_none()
    if row is None:
        raise not_found("This message")
    if row.position <= row.visitor_seen_position:
        return
    seq = writing.take_seq()
    writing.connection.execute(
        update(Conversation)
        .where(Conversation.id == row.conversation_id, Conversation.visitor_seen_position < row.position)
        .values(
            visitor_seen_id=message_id,
            visitor_seen_position=row.position,
            visitor_seen_at=now(),
            seq=seq,
        )
    )


def agent_saw(writing: Writing, conversation_id: str, message_id: str) -> None:
    """An agent saw everything up to a message.

    Raises:
        ApiError: 404.
    """
    conversation = _conversation(writing.connection, conversation_id)
    position = _position(writing.connection, conversation_id, message_id)
    if position <= conversation.agent_seen_position:
        return
    seq = writing.take_seq()
    writing.connection.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.agent_seen_position < position)
        .values(agent_seen_id=message_id, agent_seen_position=position, agent_seen_at=now(), seq=seq)
    )
    writing.tell_visitor(conversation.visitor_id)


def close(writing: Writing, conversation_id: str, seen_message_id: str) -> None:
    """Close a conversation whose newest message of the visitor the closer had seen; closed stays closed.

    Raises:
        ApiError: 404; 409 when the visitor wrote after `seen_message_id`.
    """
    seq = writing.take_seq()
    conversation = _conversation(writing.connection, conversation_id)
    if conversation.closed_at is not None:
        return
    seen = _position(writing.connection, conversation_id, seen_message_id)
    newer = writing.connection.execute(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "visitor",
            Message.position > seen,
        )
        .order_by(Message.position.desc())
        .limit(1)
    ).scalar_one_or_none()
    if newer is not None:
        message = "The visitor wrote again. The conversation stays open."
        raise ApiError(409, "newer_message", message, extra={"message_id": newer})
    writing.connection.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(closed_at=now(), seq=seq)
    )
    writing.tell_visitor(conversation.visitor_id)


@dataclass(frozen=True, slots=True)
class View:
    """A visitor's present conversation after a position, as the visitor's pages show it."""

    conversation_id: str | None
    closed: bool
    messages: list[dict[str, Any]]
    seen_id: str | None
    head: int


def view(
    connection: Connection, keys: Keys, visitor_id: str, after: int, conversation_id: str | None = None
) -> View:
    """What is new after a position. `after` counts in `conversation_id`, when that is given."""
    conversation = _newest(connection, visitor_id)
    if conversation is None:
        return View(None, closed=False, messages=[], seen_id=None, head=0)
    newest = conversation.id
    if conversation_id is not None and conversation_id != newest:
        after = 0
    rows: Sequence[Any] = ()
    if conversation.last_position > after:
        rows = connection.execute(_AFTER, {"id": newest, "after": after}).all()[::-1]
    return View(
        newest,
        conversation.closed_at is not None,
        for_visitor(connection, keys, rows),
        conversation.agent_seen_id,
        conversation.last_position,
    )


def history(
    connection: Connection, keys: Keys, conversation_id: str, after: int, limit: int
) -> list[dict[str, Any]]:
    """A conversation's messages after a position, for desktops.

    Raises:
        ApiError: 404.
    """
    conversation = _conversation(connection, conversation_id)
    query = (
        select(*COLUMNS)
        .where(Message.conversation_id == conversation_id, Message.position > after)
        .order_by(Message.position)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    return for_desktop(connection, keys, rows, {conversation_id: conversation.visitor_id})


def visitor_of_conversation(connection: Connection, conversation_id: str) -> str:
    """Whose conversation this is.

    Raises:
        ApiError: 404.
    """
    visitor_id: str = _conversation(connection, conversation_id).visitor_id
    return visitor_id


class _Conversation:
    """A conversation under way in a transaction; `last_position` counts what is appended."""

    def __init__(self, row: Any) -> None:
        self.id: str = row.id
        self.chat_id: str = row.chat_id
        self.visitor_id: str = row.visitor_id
        self.last_position: int = row.last_position
        self.visitor_seen_position: int = row.visitor_seen_position
        self.agent_wrote_at: datetime | None = row.agent_wrote_at
        self.agent_seen_id: str | None = row.agent_seen_id
        self.agent_seen_position: int = row.agent_seen_position
        self.closed_at: datetime | None = row.closed_at


def _conversation(connection: Connection, conversation_id: str) -> _Conversation:
    row = connection.execute(_BY_ID, {"id": conversation_id}).one_or_none()
    if row is None:
        raise not_found("This conversation")
    return _Conversation(row)


def _newest(connection: Connection, visitor_id: str) -> _Conversation | None:
    row = connection.execute(_NEWEST, {"visitor_id": visitor_id}).one_or_none()
    return None if row is None else _Conversation(row)


def _open_conversation(writing: Writing, author: VisitorRow, draft: Draft, at: datetime) -> _Conversation:
    newest = _newest(writing.connection, author.id)
    if newest is not None and newest.closed_at is None:
        return newest
    values = {
        "id": new_id(),
        "chat_id": author.chat_id,
        "visitor_id": author.id,
        "started_at": at,
        "page_url": draft.page_url,
        "locale": draft.locale or author.locale,
        "last_position": 0,
        "last_message_at": at,
        "visitor_seen_position": 0,
        "agent_position": 0,
        "agent_seen_position": 0,
        "seq": writing.take_seq(),
    }
    writing.connection.execute(insert(Conversation).values(values))
    return _Conversation(SimpleNamespace(agent_wrote_at=None, agent_seen_id=None, closed_at=None, **values))


def _message(
    conversation: _Conversation,
    seq: int,
    at: datetime,
    draft: Draft,
    author: str,
    kind: str,
    desktop_id: str | None = None,
) -> dict[str, Any]:
    """The columns of the conversation's next message."""
    conversation.last_position += 1
    return {
        "id": new_id(),
        "conversation_id": conversation.id,
        "position": conversation.last_position,
        "seq": seq,
        "client_id": draft.client_id or None,
        "author": author,
        "kind": kind,
        "agent_name": draft.agent_name,
        "desktop_id": desktop_id,
        "text": draft.text,
        "created_at": at,
    }


def _answers(
    connection: Connection,
    chat: ChatRow,
    author: VisitorRow,
    conversation: _Conversation,
    draft: Draft,
    at: datetime,
) -> list[Automatic]:
    """The questions that the visitor had looked up, then what the rules answer by themselves."""
    is_first = conversation.last_position == 1
    already = () if is_first else connection.execute(_KINDS, {"id": conversation.id}).scalars()
    looked_up = [
        Automatic(AutomaticKind.FAQ, f"{chat.site.faq[index].question}\n{chat.site.faq[index].answer}")
        for index in draft.faq
        if index < len(chat.site.faq)
    ]
    by_rule = automatic_answers(
        chat.site,
        is_first=is_first,
        already=frozenset(already),
        at=at,
        locale=draft.locale or author.locale,
        first_name=author.name.split(" ")[0],
        agent_wrote_at=conversation.agent_wrote_at,
    )
    return [*looked_up, *by_rule]


def _sent_before(connection: Connection, visitor_id: str, client_id: str) -> Any:
    """The visitor's message with this client id, in whichever of its conversations."""
    sent = {"visitor_id": visitor_id, "client_id": client_id}
    return connection.execute(_SENT_BEFORE, sent).one_or_none()


def _require_may_write(chat: ChatRow, author: VisitorRow, draft: Draft) -> None:
    if author.blocked:
        raise ApiError(403, "blocked", "The shop does not take messages from here.")
    if chat.site.identity_required and not author.verified:
        raise ApiError(403, "identity_required", "Sign in at the shop to write.")
    if chat.site.ask_contact == "required" and not (author.name and author.email):
        raise ApiError(403, "contact_required", "Name and e-mail address come before the first message.")
    _require_content(draft)


def _require_content(draft: Draft) -> None:
    if not draft.text and not draft.file_ids:
        raise bad_request("The message is empty.")


def _position(connection: Connection, conversation_id: str, message_id: str) -> int:
    query = select(Message.position).where(
        Message.id == message_id, Message.conversation_id == conversation_id
    )
    position = connection.execute(query).scalar_one_or_none()
    if position is None:
        raise not_found("This message")
    return position
