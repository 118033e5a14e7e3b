"""Messages, their attachments, and what the full-text search knows of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import Direction, IdentityKind, MessageKind
from inbox_desktop.models.tables.base import Base, Id, Stamped


class Message(Stamped, Base):
    """One message of a thread, from a customer or from the brand. Messages are never changed or removed.

    `ticket_id` is None for what was set aside because it belongs to no ticket. A reply without `agent_id`
    was sent from our address with another program. `external_id` is the Message-ID
    or the provider's id, unique in its channel, so that receiving twice is harmless; of a reply it is
    set when sending begins. `channel_address` is the address of ours that it was written to. Threads are
    ordered by `order_at`: `sent_at`, except that what arrives late never slips in above what was read.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        Index("ix_messages_ticket", "ticket_id", "order_at", "id"),
        Index("ix_messages_ticketless", "customer_id", sqlite_where=text("ticket_id IS NULL")),
    )
    CHANGE = "ticket"
    CHANGE_ID = "ticket_id"

    id: Mapped[Id]
    ticket_id: Mapped[str | None] = mapped_column(ForeignKey("tickets.id"))
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    direction: Mapped[Direction] = mapped_column(String(10))
    kind: Mapped[MessageKind] = mapped_column(String(12))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"), default=None)
    author_name: Mapped[str] = mapped_column(default="")
    author_address: Mapped[str] = mapped_column(default="")
    author_verified: Mapped[bool] = mapped_column(default=True)
    sent_at: Mapped[datetime]
    order_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    subject: Mapped[str] = mapped_column(default="")
    reply_to: Mapped[list[str]] = mapped_column(default=list)
    to: Mapped[list[str]] = mapped_column("to_addresses", default=list)
    cc: Mapped[list[str]] = mapped_column("cc_addresses", default=list)
    bcc: Mapped[list[str]] = mapped_column("bcc_addresses", default=list)
    channel_address: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    visible_text: Mapped[str] = mapped_column(default="")
    html: Mapped[str | None] = mapped_column(default=None)
    visible_html: Mapped[str | None] = mapped_column(default=None)
    blocked: Mapped[list[str]] = mapped_column(default=list)
    warnings: Mapped[list[str]] = mapped_column(default=list)
    external_id: Mapped[str | None] = mapped_column(default=None)
    in_reply_to: Mapped[str | None] = mapped_column(default=None)
    references: Mapped[list[str]] = mapped_column("reference_ids", default=list)
    raw_id: Mapped[str | None] = mapped_column(default=None)


class Attachment(Stamped, Base):
    """A file of a message. The content lies outside the database, under its hash; `filename` is a label."""

    __tablename__ = "attachments"
    CHANGE = ""

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), index=True)
    position: Mapped[int]
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    inline: Mapped[bool] = mapped_column(default=False)
    content_id: Mapped[str | None] = mapped_column(default=None)
    active: Mapped[bool] = mapped_column(default=False)


class SearchDocument(Base):
    """Gives each searchable message the whole number by which the full-text index knows it."""

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), index=True)


class SetAside(Base):
    """A message that belongs to no ticket, with what its own row does not say, to attach it later.

    `people` are the addresses one of which must take part in a ticket that it may join. `bounced` is the
    InboundMessage's, as JSON.
    """

    __tablename__ = "set_aside"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    author_kind: Mapped[IdentityKind] = mapped_column(String(10))
    people: Mapped[list[str]]
    bounced: Mapped[dict[str, Any] | None] = mapped_column(default=None)


class SetAsideKey(Base):
    """A Message-ID that a message set aside has or refers to: with it a ticket's messages find it."""

    __tablename__ = "set_aside_keys"

    external_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("set_aside.message_id"), primary_key=True, index=True)
