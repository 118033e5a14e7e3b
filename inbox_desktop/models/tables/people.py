"""Customers with all their addresses, and the agents of the team."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import IdentityKind, Role
from inbox_desktop.models.tables.base import Base, Id, Stamped


class Customer(Stamped, Base):
    """A person or company that writes to the brand; `name` is empty until one is known.

    `merged_into` is the profile that took over everything of this one, which is kept as an alias.
    """

    __tablename__ = "customers"
    CHANGE = "customer"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(default="")
    blocked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    merged_into: Mapped[str | None] = mapped_column(String(36), default=None)


class Identity(Stamped, Base):
    """One address, phone number or visitor id by which a customer is known; it belongs to one customer."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("kind", "value"),)
    CHANGE = "customer"
    CHANGE_ID = "customer_id"

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[IdentityKind] = mapped_column(String(10))
    value: Mapped[str]


class Agent(Stamped, Base):
    """A person of the team."""

    __tablename__ = "agents"
    CHANGE = "agent"

    id: Mapped[Id]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    role: Mapped[Role] = mapped_column(String(10))
