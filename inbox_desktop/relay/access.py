"""Desktops and their tokens, invitations, and the epoch: what `inbox-relay` and a desktop that joins do."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.keys import new_token, token_hash
from inbox_desktop.relay.tables import Desktop, Invite, MailJob

DEFAULT_VALIDITY: Final = timedelta(hours=24)
_KEPT: Final = timedelta(days=30)
_SEEN_EVERY: Final = timedelta(minutes=1)

_COLUMNS: Final = (Desktop.id, Desktop.name, Desktop.created_at, Desktop.seen_at, Desktop.revoked_at)
_BY_TOKEN: Final = select(*_COLUMNS).where(
    Desktop.token_hash == bindparam("hash"), Desktop.revoked_at.is_(None)
)


class DesktopRow(NamedTuple):
    """A desktop as it is listed."""

    id: str
    name: str
    created_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


class Joined(NamedTuple):
    """What a desktop keeps of joining; the token is told this once."""

    desktop_id: str
    token: str


def invite(writing: Writing, name: str = "", valid: timedelta = DEFAULT_VALIDITY) -> str:
    """A new invitation code (130 bits) as people can type it; it works once, until it ends."""
    code = base64.b32encode(secrets.token_bytes(17)).decode()[:26]
    at = now()
    writing.connection.execute(delete(Invite).where(Invite.expires_at < at - _KEPT))
    writing.connection.execute(
        insert(Invite).values(
            code_hash=token_hash(code), name=name, created_at=at, expires_at=at + valid, used_at=None
        )
    )
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def join(writing: Writing, code: str, name: str) -> Joined | None:
    """Use an invitation. None when the code is wrong, used or too old: which of these is not told."""
    at = now()
    plain = "".join(code.upper().split()).replace("-", "")
    used = writing.connection.execute(
        update(Invite)
        .where(Invite.code_hash == token_hash(plain), Invite.used_at.is_(None), Invite.expires_at > at)
        .values(used_at=at)
        .returning(Invite.name)
    ).scalar_one_or_none()
    if used is None:
        return None
    token = new_token()
    return Joined(admit(writing, name or used, token), token)


def admit(writing: Writing, name: str, token: str) -> str:
    """Let a desktop in that has this token already; returns its id."""
    at, desktop_id = now(), new_id()
    writing.connection.execute(
        insert(Desktop).values(
            id=desktop_id,
            name=name,
            token_hash=token_hash(token),
            created_at=at,
            seen_at=at,
            revoked_at=None,
        )
    )
    return desktop_id


def desktop_of(connection: Connection, token: str) -> DesktopRow | None:
    """The desktop with this token, unless it was revoked."""
    row = connection.execute(_BY_TOKEN, {"hash": token_hash(token)}).one_or_none()
    return None if row is None else DesktopRow(*row)


def is_due_to_be_seen(desktop: DesktopRow, at: datetime) -> bool:
    """Whether the moment of its last request should be written again: not at every one."""
    return desktop.seen_at is None or at - desktop.seen_at > _SEEN_EVERY


def see_desktop(writing: Writing, desktop_id: str, at: datetime) -> None:
    """Remember that a desktop was here."""
    writing.connection.execute(update(Desktop).where(Desktop.id == desktop_id).values(seen_at=at))


def desktops(connection: Connection) -> tuple[DesktopRow, ...]:
    """All desktops, the oldest first."""
    return tuple(DesktopRow(*row) for row in connection.execute(select(*_COLUMNS).order_by(Desktop.id)))


def revoked_among(connection: Connection, ids: set[str]) -> set[str]:
    """Which of these desktops may no longer pull."""
    query = select(Desktop.id).where(Desktop.id.in_(ids), Desktop.revoked_at.is_not(None))
    return set(connection.execute(query).scalars()) if ids else set()


def revoke(writing: Writing, desktop_id: str) -> bool:
    """Take a desktop's access. E-mails that it had claimed become due again. False: no such desktop."""
    seq = writing.take_seq()
    found = writing.connection.execute(
        update(Desktop)
        .where(Desktop.id == desktop_id, Desktop.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(Desktop.id)
    ).one_or_none()
    if found is None:
        return False
    writing.connection.execute(
        update(MailJob)
        .where(MailJob.claimed_by == desktop_id, MailJob.state == "claimed")
        .values(state="due", claimed_by=None, claimed_at=None, seq=seq)
    )
    return True
