"""Visitors: who they are, how they prove it, and when they were last there."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.relay.api.errors import ApiError
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.keys import identity_signature, new_token, token_hash
from inbox_desktop.relay.tables import Conversation, Visitor

PRESENT_FOR: Final = timedelta(seconds=45)
"""For so long after its last poll or its socket's last sign a visitor counts as present."""


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """One visitor as it is stored; without its token."""

    id: str
    chat_id: str
    name: str
    email: str
    external_id: str
    verified: bool
    locale: str
    seen_at: datetime
    blocked: bool

    def to_json(self) -> dict[str, Any]:
        """What the visitor itself gets."""
        return {
            "visitor_id": self.id,
            "name": self.name,
            "email": self.email,
            "verified": self.verified,
        }

    def told(self) -> dict[str, Any]:
        """What desktops get."""
        return {
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "verified": self.verified,
            "external_id": self.external_id,
        }


COLUMNS: Final = (
    Visitor.id,
    Visitor.chat_id,
    Visitor.name,
    Visitor.email,
    Visitor.external_id,
    Visitor.verified,
    Visitor.locale,
    Visitor.seen_at,
    Visitor.blocked,
)

# An open one is always the newest; ids tell it only as long as nobody sets the clock back.
NEWEST_FIRST: Final = (Conversation.closed_at.is_(None).desc(), Conversation.id.desc())

_BY_ID: Final = select(*COLUMNS).where(Visitor.id == bindparam("id"))
_BY_TOKEN: Final = select(*COLUMNS).where(
    Visitor.token_hash == bindparam("hash"), Visitor.chat_id == bindparam("chat_id")
)

_SEE: Final = (
    update(Visitor)
    .where(Visitor.id == bindparam("visitor"), Visitor.seen_at <= bindparam("at"))
    .values(seen_at=bindparam("at"), away=bindparam("gone"))
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a visitor is by the shop's own account, signed by the shop's server."""

    id: str
    email: str
    signature: str
    name: str = ""


def identity_values(identity: Identity, secret: str) -> dict[str, Any]:
    """The columns that a signed identity sets.

    Raises:
        ApiError: the signature is not the shop's.
    """
    expected = identity_signature(secret, identity.id, identity.email)
    if not hmac.compare_digest(expected.encode(), identity.signature.lower().encode()):
        raise ApiError(403, "bad_signature", "The identity's signature is wrong.")
    named = {"name": identity.name} if identity.name else {}
    return {"external_id": identity.id, "email": identity.email, "verified": True, **named}


def create_visitor(writing: Writing, chat_id: str, values: Mapping[str, Any]) -> tuple[VisitorRow, str]:
    """A new visitor and its token, which is told this once."""
    at = now()
    columns = {"name": "", "email": "", "external_id": "", "verified": False, "locale": "", **values}
    visitor_id, token = new_id(), new_token()
    writing.connection.execute(
        insert(Visitor).values(
            id=visitor_id,
            chat_id=chat_id,
            token_hash=token_hash(token),
            created_at=at,
            seen_at=at,
            away=False,
            blocked=False,
            **columns,
        )
    )
    return visitor(writing.connection, visitor_id), token


def change_visitor(writing: Writing, before: VisitorRow, values: Mapping[str, Any]) -> VisitorRow:
    """Change name, address, language or identity; the desktops hear of it with the conversation.

    Raises:
        ApiError: a verified visitor's address or identity is the shop's to change, not the visitor's.
    """
    if before.verified and not values.get("verified") and values.get("email", before.email) != before.email:
        raise ApiError(403, "verified", "The shop has confirmed this address; it can't be changed here.")
    if before.verified and values.get("external_id", before.external_id) != before.external_id:
        raise ApiError(409, "other_identity", "This visitor is somebody else. Begin with a new visitor.")
    seq = writing.take_seq()
    if values:
        writing.connection.execute(update(Visitor).where(Visitor.id == before.id).values(**values))
    newest = newest_conversation_id(writing.connection, before.id)
    if newest is not None:
        writing.connection.execute(update(Conversation).where(Conversation.id == newest).values(seq=seq))
    return visitor(writing.connection, before.id)


def visitor(connection: Connection, visitor_id: str) -> VisitorRow:
    """One visitor that is known to exist."""
    return VisitorRow(*connection.execute(_BY_ID, {"id": visitor_id}).one())


def visitor_of(connection: Connection, chat_id: str, token: str) -> VisitorRow | None:
    """The visitor of this chat with this token, or None."""
    row = connection.execute(_BY_TOKEN, {"hash": token_hash(token), "chat_id": chat_id}).one_or_none()
    return None if row is None else VisitorRow(*row)


def newest_conversation_id(connection: Connection, visitor_id: str) -> str | None:
    """The visitor's present conversation, closed or not."""
    query = (
        select(Conversation.id).where(Conversation.visitor_id == visitor_id).order_by(*NEWEST_FIRST).limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def see_visitors(writing: Writing, seen: Mapping[str, tuple[datetime, bool]]) -> None:
    """Write when visitors were last there, and whether they went away: {visitor: (moment, away)}."""
    rows = [{"visitor": one, "at": at, "gone": away} for one, (at, away) in sorted(seen.items())]
    if rows:
        writing.connection.execute(_SEE, rows)


def present_conversations(connection: Connection, at: datetime) -> tuple[str, ...]:
    """The present conversations of the visitors who are there, in whichever process."""
    newer = select(Conversation.id).where(Conversation.visitor_id == Visitor.id).correlate(Visitor)
    newest = newer.order_by(*NEWEST_FIRST).limit(1).scalar_subquery()
    query = select(newest).where(Visitor.seen_at > at - PRESENT_FOR, Visitor.away.is_(False))
    return tuple(one for one in connection.execute(query).scalars() if one is not None)
