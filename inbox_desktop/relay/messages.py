"""Messages as rows and as the protocol writes them: reading them back, with their files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from inbox_desktop.relay.chats import moment
from inbox_desktop.relay.keys import Keys
from inbox_desktop.relay.tables import File, Message

FILE_PURPOSE: Final = "file"

COLUMNS: Final = (
    Message.id,
    Message.conversation_id,
    Message.position,
    Message.seq,
    Message.client_id,
    Message.author,
    Message.kind,
    Message.agent_name,
    Message.desktop_id,
    Message.text,
    Message.created_at,
)

_FILES: Final = (
    select(File.id, File.chat_id, File.message_id, File.name, File.content_type, File.size)
    .where(File.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(File.id)
)


def file_json(keys: Keys, row: Any) -> dict[str, Any]:
    """A file as visitors and desktops get it; `url` is a path at the relay that needs no token."""
    key = keys.sign(FILE_PURPOSE, row.id)
    return {
        "id": row.id,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "url": f"/chat/{row.chat_id}/files/{row.id}?key={key}",
    }


def files_of(connection: Connection, keys: Keys, message_ids: Iterable[str]) -> dict[str, list[Any]]:
    """The files of messages, by the message's id."""
    wanted = list(message_ids)
    found: dict[str, list[Any]] = defaultdict(list)
    if not wanted:
        return found
    for row in connection.execute(_FILES, {"ids": wanted}):
        found[row.message_id].append(file_json(keys, row))
    return found


def visible(row: Any, files: Sequence[Any], *, own: bool) -> dict[str, Any]:
    """A message as its visitor gets it; `client_id` only of the reader's own."""
    return {
        "id": row.id,
        "position": row.position,
        "author": row.author,
        "kind": row.kind,
        "agent_name": row.agent_name,
        "text": row.text,
        "created_at": moment(row.created_at),
        "client_id": row.client_id if own else None,
        "files": list(files),
    }


def for_visitor(
    connection: Connection, keys: Keys, rows: Sequence[Any], *, has_files: bool = True
) -> list[dict[str, Any]]:
    """Messages of a visitor's own conversation. `has_files` is False when none of them can have any."""
    files = files_of(connection, keys, (row.id for row in rows) if has_files else ())
    return [visible(row, files[row.id], own=row.author == "visitor") for row in rows]


def for_desktop(
    connection: Connection, keys: Keys, rows: Sequence[Any], visitors: dict[str, str]
) -> list[dict[str, Any]]:
    """Messages as desktops get them; `visitors` tells the visitor of each conversation."""
    files = files_of(connection, keys, (row.id for row in rows))
    return [
        {
            **visible(row, files[row.id], own=True),
            "conversation_id": row.conversation_id,
            "visitor_id": visitors[row.conversation_id],
            "desktop_id": row.desktop_id,
        }
        for row in rows
    ]
