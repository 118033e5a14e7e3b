"""The configured channels: one row for each way in and out."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.tables.base import Base, Id, Stamped


class Channel(Stamped, Base):
    """A channel of any kind. `settings` are the kind's own (for e-mail: mail_settings.MailSettings).

    A removed channel keeps its row, for its tickets; `removed_at` says since when.
    """

    __tablename__ = "channels"
    CHANGE = "channel"

    id: Mapped[Id]
    kind: Mapped[ChannelKind] = mapped_column(String(10))
    name: Mapped[str]
    address: Mapped[str]
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
