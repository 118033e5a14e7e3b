"""The counter that orders all changes, and who may pull them: desktops and invitations."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.relay.tables.base import Base, Hash, Id


class Head(Base):
    """One row. `seq` is counted up by each change, inside its transaction, so that commits come in its order.

    `epoch` changes when the database was restored from a backup. `key_check` tells a foreign relay key.
    """

    __tablename__ = "head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[str] = mapped_column(String(36))
    key_check: Mapped[Hash]


class Desktop(Base):
    """A desktop that may pull and answer; of its token only the hash is kept."""

    __tablename__ = "desktops"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Invite(Base):
    """An invitation that one desktop can use once."""

    __tablename__ = "invites"

    code_hash: Mapped[Hash] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
