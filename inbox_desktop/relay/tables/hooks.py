"""What SMS needs of a public address: short links, pictures, numbers, and the providers' webhooks."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.relay.tables.base import Base, Fed, Hash, Id


class Link(Base):
    """A short address for a long one in one message."""

    __tablename__ = "links"

    code: Mapped[str] = mapped_column(String(22), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    clicks: Mapped[int]


class Picture(Base):
    """A picture that a provider fetches for an MMS."""

    __tablename__ = "pictures"

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[Hash] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Number(Base):
    """A phone number whose provider calls this relay; `secret` is encrypted with the relay's key."""

    __tablename__ = "numbers"

    id: Mapped[Id]
    provider: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(20))
    secret: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Webhook(Fed, Base):
    """What a provider told about one text; the same thing told again is no second row."""

    __tablename__ = "webhooks"
    __table_args__ = (UniqueConstraint("number_id", "external_id", "kind"),)

    id: Mapped[Id]
    number_id: Mapped[str] = mapped_column(String(36), index=True)
    external_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(30))
    payload: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
