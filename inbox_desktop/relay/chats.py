"""Chats at the relay: their settings, versions and identity secrets, and a cache of them."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from inbox_desktop.models.chat_settings import ChatSettingsError, ChatSite, is_chat_id
from inbox_desktop.models.clock import now
from inbox_desktop.models.rules.business_hours import BusinessHoursError
from inbox_desktop.relay.api.errors import ApiError, bad_request, not_found
from inbox_desktop.relay.database import Database, Writing
from inbox_desktop.relay.tables import Chat

_FRESH_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One chat as it is stored."""

    id: str
    site: ChatSite
    version: int
    identity_generation: int

    def to_json(self) -> dict[str, Any]:
        """What a desktop gets."""
        return {"id": self.id, "site": self.site.to_json(), "version": self.version}


def checked_site(values: object) -> ChatSite:
    """A site that a desktop sent.

    Raises:
        ApiError: it cannot be used; the words are for the person who made it.
    """
    if not isinstance(values, dict):
        raise bad_request("The field site must be an object.")
    if unknown := values.keys() - ChatSite.__dataclass_fields__.keys():
        raise bad_request(f"Unknown fields of site: {len(unknown)}. Is this relay older than the desktop?")
    try:
        if "\\u0000" in json.dumps(values, ensure_ascii=False).encode().decode():
            raise ValueError("a text holds a NUL character")
        return ChatSite.from_json(values).checked()
    except (ChatSettingsError, BusinessHoursError) as error:
        raise ApiError(422, "site_refused", str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise bad_request("The field site does not hold a chat's settings.") from error


def create_chat(writing: Writing, site: ChatSite) -> ChatRow:
    """A new chat with an id that nobody guesses."""
    row = ChatRow(secrets.token_urlsafe(16), site, 1, 1)
    writing.connection.execute(
        insert(Chat).values(
            id=row.id,
            site=site.to_json(),
            version=row.version,
            identity_generation=row.identity_generation,
            created_at=now(),
            seq=writing.take_seq(),
        )
    )
    return row


def change_chat(writing: Writing, chat_id: str, site: ChatSite, version: int) -> ChatRow:
    """Replace the settings that the desktop had seen in this version.

    Raises:
        ApiError: 404; 409 with the present settings when somebody else changed them meanwhile.
    """
    seq = writing.take_seq()
    found = chat(writing.connection, chat_id)
    if found.version != version:
        message = "Somebody else changed these settings meanwhile. Yours were not saved."
        raise ApiError(409, "changed", message, extra=found.to_json())
    writing.connection.execute(
        update(Chat).where(Chat.id == chat_id).values(site=site.to_json(), version=version + 1, seq=seq)
    )
    writing.tell_chat(chat_id)
    return ChatRow(chat_id, site, version + 1, found.identity_generation)


def renew_identity(writing: Writing, chat_id: str) -> ChatRow:
    """A new identity secret: what was signed with the old one is no longer believed.

    Raises:
        ApiError: 404.
    """
    seq = writing.take_seq()
    chat(writing.connection, chat_id)
    writing.connection.execute(
        update(Chat)
        .where(Chat.id == chat_id)
        .values(identity_generation=Chat.identity_generation + 1, seq=seq)
    )
    writing.tell_chat(chat_id)
    return chat(writing.connection, chat_id)


def chat(connection: Connection, chat_id: str) -> ChatRow:
    """One chat.

    Raises:
        ApiError: 404.
    """
    columns = (Chat.id, Chat.site, Chat.version, Chat.identity_generation)
    row = connection.execute(select(*columns).where(Chat.id == chat_id)).one_or_none()
    if row is None:
        raise not_found("This chat")
    return ChatRow(row.id, ChatSite.from_json(row.site), row.version, row.identity_generation)


def chats(connection: Connection) -> tuple[ChatRow, ...]:
    """All chats, the oldest first."""
    columns = (Chat.id, Chat.site, Chat.version, Chat.identity_generation)
    rows = connection.execute(select(*columns).order_by(Chat.created_at, Chat.id))
    return tuple(ChatRow(one.id, ChatSite.from_json(one.site), *one[2:]) for one in rows)


class Directory:
    """The chats that visitors ask for, kept for some seconds; forgotten when one is changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[ChatRow, float]] = {}

    async def chat(self, chat_id: str) -> ChatRow:
        """One chat.

        Raises:
            ApiError: 404.
        """
        if not is_chat_id(chat_id):
            raise not_found("This chat")
        found, until = self._known.get(chat_id, (None, 0.0))
        if found is not None and time.monotonic() < until:
            return found
        row = await self._database.aread(lambda connection: chat(connection, chat_id))
        self._known[chat_id] = row, time.monotonic() + _FRESH_SECONDS
        return row

    def forget(self, chat_ids: set[str] | None = None) -> None:
        """Read these (None: all) again at the next use."""
        for chat_id in list(self._known) if chat_ids is None else chat_ids:
            self._known.pop(chat_id, None)


def moment(at: datetime | None) -> str | None:
    """A moment as the protocol writes it: ISO 8601, UTC, milliseconds; None stays None."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
