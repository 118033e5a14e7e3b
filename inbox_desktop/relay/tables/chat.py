"""Chats, their visitors, conversations, messages and files, and the e-mails that are due."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.relay.tables.base import Base, ChatId, Fed, Hash, Id


class Chat(Fed, Base):
    """One widget. `site` is what `ChatSite.to_json` wrote; `version` counts its changes.

    The identity secret is derived from the relay's key and `identity_generation`; it is stored nowhere.
    """

    __tablename__ = "chats"

    id: Mapped[ChatId] = mapped_column(primary_key=True)
    site: Mapped[dict[str, Any]]
    version: Mapped[int]
    identity_generation: Mapped[int]
    created_at: Mapped[datetime]


class Visitor(Base):
    """A browser that chats. `seen_at` is the last moment it was certainly there.

    `away`: its last socket ended, or its page said that it goes. `verified`: the shop's server signed
    `external_id` and `email`.
    """

    __tablename__ = "visitors"
    __table_args__ = (Index(None, "seen_at"),)

    id: Mapped[Id]
    chat_id: Mapped[ChatId] = mapped_column(ForeignKey("chats.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    external_id: Mapped[str] = mapped_column(String(200))
    verified: Mapped[bool]
    locale: Mapped[str] = mapped_column(String(35))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    away: Mapped[bool]
    blocked: Mapped[bool]


class Conversation(Fed, Base):
    """What one visitor and the team write until it is closed. Positions count its messages from 1."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "visitor_id", "id"),)

    id: Mapped[Id]
    chat_id: Mapped[ChatId] = mapped_column(ForeignKey("chats.id"))
    visitor_id: Mapped[str] = mapped_column(String(36), ForeignKey("visitors.id"))
    started_at: Mapped[datetime]
    page_url: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(35))
    last_position: Mapped[int]
    last_message_at: Mapped[datetime] = mapped_column(index=True)
    visitor_seen_id: Mapped[str | None] = mapped_column(String(36))
    visitor_seen_position: Mapped[int]
    visitor_seen_at: Mapped[datetime | None]
    agent_position: Mapped[int]
    """The position of the newest message that an agent wrote; 0 while there is none."""
    agent_wrote_at: Mapped[datetime | None] = mapped_column(index=True)
    agent_seen_id: Mapped[str | None] = mapped_column(String(36))
    agent_seen_position: Mapped[int]
    agent_seen_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    followed_up_at: Mapped[datetime | None]


class Message(Fed, Base):
    """One message. `author` is visitor, agent or automatic; `kind` message, welcome, in_hours, away or faq.

    `client_id` is given by whoever sends it: the same one again is the same message.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "position"),
        UniqueConstraint("conversation_id", "author", "client_id"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[str] = mapped_column(String(36), ForeignKey("conversations.id"))
    position: Mapped[int]
    client_id: Mapped[str | None] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    agent_name: Mapped[str] = mapped_column(String(100))
    desktop_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("desktops.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class File(Base):
    """A file that a visitor or an agent put up; it belongs to nothing until a message takes it.

    `owner` is the id of the visitor or the desktop. `client_id` makes a second upload harmless.
    """

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("owner", "client_id"), Index(None, "created_at"))

    id: Mapped[Id]
    chat_id: Mapped[ChatId | None] = mapped_column(ForeignKey("chats.id"))
    conversation_id: Mapped[str | None] = mapped_column(
        String(36), ForeignKey("conversations.id"), index=True
    )
    message_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("messages.id"), index=True)
    owner: Mapped[str] = mapped_column(String(36))
    client_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[Hash]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class MailJob(Fed, Base):
    """An e-mail that a desktop is to send: `kind` follow_up or transcript.

    `departure` (microseconds since 1970) is when the visitor left, or asked: one job for each. `state` is
    due, claimed, done, failed or expired. `up_to` is the newest position that the e-mail tells.
    """

    __tablename__ = "mail_jobs"
    __table_args__ = (UniqueConstraint("conversation_id", "kind", "departure"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    conversation_id: Mapped[str] = mapped_column(String(36), ForeignKey("conversations.id"))
    departure: Mapped[int] = mapped_column(BigInteger)
    to: Mapped[str] = mapped_column(String(254))
    after: Mapped[int]
    """The mail tells the messages after this position."""
    up_to: Mapped[int]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), index=True)
    claimed_by: Mapped[str | None] = mapped_column(String(36), ForeignKey("desktops.id"))
    claimed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300))
