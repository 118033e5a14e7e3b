"""What web chats need beside tickets and messages: how far the relay was read, conversations, e-mails due."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import MailJobKind, MailJobState
from inbox_desktop.models.tables.base import Base, Id, Stamped


class RelayState(Base):
    """The one row that says how far the relay's feed has been taken in here.

    `epoch` is the relay's: another one means that it was restored from a backup, or is another relay.
    What lies up to `history_until` was there before this desktop was connected.
    """

    __tablename__ = "relay_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str]
    cursor: Mapped[int] = mapped_column(BigInteger)
    history_until: Mapped[int] = mapped_column(BigInteger)


class ChatConversation(Stamped, Base):
    """A conversation at the relay, under its id there. `ticket_id` is the newest of its tickets.

    `email` was typed by the visitor and proves nothing, unless the shop's server signed it: `verified`.
    `visitor_seen_id` is the relay's id of the newest message of ours that the visitor has seen.
    `agent_seen_pushed_id`, `closed_pushed_at` and `blocked_pushed` say what the relay has been told of this
    desktop.
    """

    __tablename__ = "chat_conversations"
    __table_args__ = (Index("ix_chat_conversations_ticket", "ticket_id"),)
    CHANGE = "ticket"
    CHANGE_ID = "ticket_id"

    id: Mapped[Id]
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    ticket_id: Mapped[str | None] = mapped_column(ForeignKey("tickets.id"), default=None)
    visitor_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="", index=True)
    verified: Mapped[bool] = mapped_column(default=False)
    page_url: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    visitor_seen_id: Mapped[str | None] = mapped_column(String(36), default=None)
    agent_seen_pushed_id: Mapped[str | None] = mapped_column(String(36), default=None)
    closed_pushed_at: Mapped[datetime | None] = mapped_column(default=None)
    blocked_pushed: Mapped[bool] = mapped_column(default=False, server_default=false())


class MailJob(Base):
    """An e-mail that the relay wants sent, under its id there, and how far that is. At most one is queued."""

    __tablename__ = "mail_jobs"
    __table_args__ = (Index("ix_mail_jobs_state", "state"),)

    id: Mapped[Id]
    kind: Mapped[MailJobKind] = mapped_column(String(12))
    conversation_id: Mapped[str] = mapped_column(String(36))
    message_id: Mapped[str | None] = mapped_column(ForeignKey("messages.id"), default=None)
    state: Mapped[MailJobState] = mapped_column(String(8))
