"""What text messages need beside tickets and messages: consent, attribution, where polling stands."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from inbox_desktop.models.kinds import ActorKind, ConsentKind, ConsentSource, ConsentState, Direction
from inbox_desktop.models.tables.base import Base, Id, Stamped


class Consent(Stamped, Base):
    """Whether the owner of a phone number agrees to one kind of text: the newest of its changes.

    No row: they were never asked, and never said anything.
    """

    __tablename__ = "consents"

    identity_id: Mapped[str] = mapped_column(ForeignKey("identities.id"), primary_key=True)
    kind: Mapped[ConsentKind] = mapped_column(String(14), primary_key=True)
    state: Mapped[ConsentState] = mapped_column(String(8))
    changed_at: Mapped[datetime]


class ConsentChange(Stamped, Base):
    """One change of a consent, kept as evidence: never changed, never removed.

    `at` is when the person (or whoever speaks for them) said so, not when it became known here.
    `message_id` is the text that said it; `detail` says more in words.
    """

    __tablename__ = "consent_changes"
    __table_args__ = (Index("ix_consent_changes_identity", "identity_id", "kind", "at", "id"),)

    id: Mapped[Id]
    identity_id: Mapped[str] = mapped_column(ForeignKey("identities.id"))
    kind: Mapped[ConsentKind] = mapped_column(String(14))
    state: Mapped[ConsentState] = mapped_column(String(8))
    at: Mapped[datetime]
    source: Mapped[ConsentSource] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str | None] = mapped_column(ForeignKey("messages.id"), default=None)
    actor_kind: Mapped[ActorKind] = mapped_column(String(10))
    actor_id: Mapped[str | None] = mapped_column(default=None)


class Attribution(Stamped, Base):
    """An inbound text that answers a campaign or flow message (rules.attribution): at most one for each."""

    __tablename__ = "attributions"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    campaign_message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)


class PollCursor(Base):
    """Up to when a channel's texts in one direction have been read from the provider (its time, UTC)."""

    __tablename__ = "poll_cursors"

    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    direction: Mapped[Direction] = mapped_column(String(10), primary_key=True)
    at: Mapped[datetime]
