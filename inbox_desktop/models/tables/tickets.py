"""Tickets, their tags, participants and events, and the counts that the views show."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import ActorKind, ChannelKind, TicketStatus
from inbox_desktop.models.tables.base import Base, Id, Stamped


class Ticket(Stamped, Base):
    """One conversation between the team and one customer.

    `waiting_since` is the customer's oldest unanswered message; `closed_seen_id` the newest inbound
    message that the closer had seen; `possibly_ticket_id` another ticket that a mail claimed to belong
    to without proof.
    """

    __tablename__ = "tickets"
    # One index for each view and order: a list is a walk along one of them for each of its statuses.
    __table_args__ = (
        Index("ix_tickets_status_last", "status", "last_message_at", "id"),
        Index("ix_tickets_status_created", "status", "created_at", "id"),
        Index("ix_tickets_status_waiting", "status", "waiting_since", "last_message_at", "id"),
        Index("ix_tickets_assignee_last", "status", "assignee_id", "last_message_at", "id"),
        Index("ix_tickets_assignee_created", "status", "assignee_id", "created_at", "id"),
        Index(
            "ix_tickets_assignee_waiting", "status", "assignee_id", "waiting_since", "last_message_at", "id"
        ),
        Index("ix_tickets_channel_last", "status", "channel_id", "last_message_at", "id"),
        Index("ix_tickets_channel_created", "status", "channel_id", "created_at", "id"),
        Index("ix_tickets_channel_waiting", "status", "channel_id", "waiting_since", "last_message_at", "id"),
        Index("ix_tickets_last", "last_message_at", "id"),
        Index(
            "ix_tickets_unread",
            "status",
            "last_message_at",
            "id",
            sqlite_where=text("unread = 1"),  # PostgreSQL's like would load its dialect at every start
        ),
        Index("ix_tickets_snoozed_until", "snoozed_until"),
        Index("ix_tickets_customer_last", "customer_id", "last_message_at", "id"),
    )
    CHANGE = "ticket"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    channel_kind: Mapped[ChannelKind] = mapped_column(String(10))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    customer_address: Mapped[str]
    subject: Mapped[str]
    snippet: Mapped[str] = mapped_column(default="")
    status: Mapped[TicketStatus] = mapped_column(String(10), default=TicketStatus.OPEN)
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"), default=None)
    unread: Mapped[bool] = mapped_column(default=True)
    snoozed_until: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime]
    last_message_id: Mapped[str | None] = mapped_column(default=None)
    last_inbound_at: Mapped[datetime | None] = mapped_column(default=None)
    last_inbound_id: Mapped[str | None] = mapped_column(default=None)
    waiting_since: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_seen_id: Mapped[str | None] = mapped_column(default=None)
    message_count: Mapped[int] = mapped_column(default=0)
    has_attachments: Mapped[bool] = mapped_column(default=False)
    possibly_ticket_id: Mapped[str | None] = mapped_column(default=None)


class TicketTag(Stamped, Base):
    """One adding of a tag to a ticket. A tag stands as long as one of its addings does."""

    __tablename__ = "ticket_tags"
    __table_args__ = (Index("ix_ticket_tags_ticket", "ticket_id", "tag"),)
    CHANGE = "ticket"
    CHANGE_ID = "ticket_id"

    id: Mapped[Id]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"))
    tag: Mapped[str]
    removed: Mapped[bool] = mapped_column(default=False)


class TicketEvent(Stamped, Base):
    """Something that happened to a ticket, for its timeline and the reports."""

    __tablename__ = "ticket_events"
    __table_args__ = (Index("ix_ticket_events_ticket", "ticket_id", "at"),)
    CHANGE = "ticket"
    CHANGE_ID = "ticket_id"

    id: Mapped[Id]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"))
    at: Mapped[datetime]
    name: Mapped[str]
    actor_kind: Mapped[ActorKind] = mapped_column(String(10))
    actor_id: Mapped[str | None]
    detail: Mapped[dict[str, Any]]


class Participant(Base):
    """An address that wrote to or was written to in a ticket. Only participants may thread into it."""

    __tablename__ = "participants"

    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)


class ThreadKey(Base):
    """A Message-ID that a ticket's messages have or refer to (RFC 5322, section 3.6.4)."""

    __tablename__ = "thread_keys"

    channel_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), primary_key=True)


class TicketCount(Base):
    """How many tickets share a status, assignee, channel and read state: views add up a few of these rows."""

    __tablename__ = "ticket_counts"

    status: Mapped[TicketStatus] = mapped_column(String(10), primary_key=True)
    assignee_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    channel_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    unread: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int]
