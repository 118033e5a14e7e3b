"""What the mail synchronisation keeps: raw mails, mailboxes, and the ledger of their UIDs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import UidState
from inbox_desktop.models.tables.base import Base, Id


class RawMail(Base):
    """A mail exactly as it came, zlib-compressed, stored before anything reads it. `size` in bytes."""

    __tablename__ = "raw_mails"

    id: Mapped[Id]
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    received_at: Mapped[datetime]
    size: Mapped[int]
    content: Mapped[bytes]


class Mailbox(Base):
    """One folder of an account on a server under one UIDVALIDITY (RFC 3501, section 2.3.1.1).

    `account` names user and server, and is empty for folders of our own (imported and forwarded mail).
    The bits of `uidvalidity` above its 32 tell mailboxes apart that have the same one.
    `initial_done` becomes true when the first synchronisation has brought everything; `seen_at` (UTC) is
    when the folder was first met.
    """

    __tablename__ = "mailboxes"
    __table_args__ = (UniqueConstraint("channel_id", "folder", "uidvalidity"),)

    id: Mapped[Id]
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    account: Mapped[str] = mapped_column(default="")
    folder: Mapped[str]
    uidvalidity: Mapped[int]
    initial_done: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime]


class LedgerEntry(Base):
    """What became of one UID. Every UID that the server showed has exactly one entry (invariant I9)."""

    __tablename__ = "uid_ledger"
    __table_args__ = (
        Index("ix_uid_ledger_state", "state", "mailbox_id"),
        Index("ix_uid_ledger_set_aside", "message_id", sqlite_where=text("state = 'set_aside'")),
    )

    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    uid: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[UidState] = mapped_column(String(12))
    raw_id: Mapped[str | None] = mapped_column(ForeignKey("raw_mails.id"), default=None)
    message_id: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    history: Mapped[bool] = mapped_column(default=False)
    seen_flag: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
