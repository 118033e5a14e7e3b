"""The journal of every action, and the counters that only its owner hands out."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import ActorKind
from inbox_desktop.models.tables.base import Base


class JournalEntry(Base):
    """One action that took effect. The journal only grows."""

    __tablename__ = "journal"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str]
    actor_kind: Mapped[ActorKind] = mapped_column(String(10))
    actor_id: Mapped[str | None]
    at: Mapped[datetime]
    arguments: Mapped[dict[str, Any]]


class Head(Base):
    """The one row of counters, locked by whoever writes; a serial column would commit out of order."""

    __tablename__ = "head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    ticket_number: Mapped[int]
