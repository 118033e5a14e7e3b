"""Deliveries: how far each outgoing message is, and each of its recipients."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import CopyState, DeliveryState
from inbox_desktop.models.tables.base import Base, Id, Stamped


class Delivery(Stamped, Base):
    """The one place that says whether a message was sent.

    `attempting` is committed before the network is touched; `begun_at` says when that was last.
    `not_before` ends the undo window, a "send later" or the pause before a retry. `copy` is about the copy
    in the Sent folder.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_state", "state", "not_before"),)
    CHANGE = "delivery"

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"))
    state: Mapped[DeliveryState] = mapped_column(String(12), default=DeliveryState.QUEUED)
    detail: Mapped[str] = mapped_column(default="")
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    queued_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    copy: Mapped[CopyState] = mapped_column("sent_copy", String(10), default=CopyState.NONE)


class Recipient(Stamped, Base):
    """One recipient of a delivery and the server's answer about it."""

    __tablename__ = "recipients"
    CHANGE = ""

    delivery_id: Mapped[str] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(String(12), default=DeliveryState.QUEUED)
    detail: Mapped[str] = mapped_column(default="")
