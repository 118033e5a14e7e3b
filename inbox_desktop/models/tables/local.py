"""Settings of the account, and the drafts that live on this machine only."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.tables.base import Base, Stamped


class Setting(Stamped, Base):
    """One setting of the account, as a JSON value."""

    __tablename__ = "settings"
    CHANGE = "setting"
    CHANGE_ID = "key"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class DraftRow(Base):
    """What was begun in a ticket: at most one reply and one note each. Fields as in queries.rows.Draft."""

    __tablename__ = "drafts"

    ticket_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    is_note: Mapped[bool] = mapped_column(primary_key=True)
    html: Mapped[str]
    text: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    recipients: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True), default=None)
    seen_message_id: Mapped[str | None]
    saved_at: Mapped[datetime]
