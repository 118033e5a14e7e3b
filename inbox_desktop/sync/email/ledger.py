"""The ledger: what became of every UID of every mailbox, and the raw mails that it points to."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update

from inbox_desktop.models.bulk import among, insert_rows, listed
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import UidState
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import LedgerEntry, Mailbox, Message, RawMail
from inbox_desktop.sync.email.fetch_answers import FetchedMail
from inbox_desktop.sync.email.packing import pack

FORWARDED = "listener"
"""The folder under which the ledger knows forwarded mail; its UIDs are ours, its UIDVALIDITY is 1."""

_RAW = cast("Table", RawMail.__table__)
_LEDGER = cast("Table", LedgerEntry.__table__)
_MAILBOX = cast("Table", Mailbox.__table__)
_GENERATION = 2**32  # UIDVALIDITY has 32 bits (RFC 3501, section 9); the bits above are ours
_COPY, _ORIGINAL = _RAW.alias("copy"), _RAW.alias("original")
_SAME_CONTENT = (
    select(_COPY.c.id)
    .join(Message, Message.channel_id == bindparam("channel"))
    .join(_ORIGINAL, _ORIGINAL.c.id == Message.raw_id)
    .where(Message.external_id == bindparam("external"), _COPY.c.id == bindparam("raw"))
    .where(_ORIGINAL.c.id != _COPY.c.id, _ORIGINAL.c.content == _COPY.c.content)
)
_FORGET_RAW = update(_LEDGER).where(among(LedgerEntry.raw_id, "raw_ids")).values(raw_id=None)
_DELETE_RAW = delete(_RAW).where(among(RawMail.id, "raw_ids"))


@dataclass(frozen=True, slots=True)
class MailboxState:
    """A folder under one UIDVALIDITY, as the database knows it.

    `seen_at` (UTC) is when the folder was first met, under whatever UIDVALIDITY: what the server received
    before that is history.
    """

    id: str
    folder: str
    initial_done: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A raw mail with what the ledger knows of it. `compressed` is zlib; `size` in bytes, uncompressed."""

    mailbox_id: str
    uid: int
    raw_id: str
    raw: bytes = field(repr=False)
    compressed: bytes = field(repr=False)
    received_at: datetime
    history: bool
    seen: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one UID; `reason` in words where it is not simply stored."""

    uid: int
    state: UidState
    message_id: str | None = None
    reason: str = ""


def account_of(server: Server, user: str) -> str:
    """Whose folders a channel reads: UIDs of another server or user are those of other mails."""
    return f"{user}@{server.host.lower()}"


def find_mailbox(
    connection: Connection, channel_id: str, folder: str, uidvalidity: int, uidnext: int, account: str = ""
) -> MailboxState | None:
    """The mailbox, or None when it is met for the first time under this UIDVALIDITY.

    `account` is as `account_of` says, or empty for folders of our own.

    A server that was set back to an older state without changing UIDVALIDITY gives UIDs out twice: its
    UIDNEXT lies at or below a UID that is known. That is a new mailbox, too.
    """
    found = connection.execute(
        select(_MAILBOX)
        .where(Mailbox.channel_id == channel_id, Mailbox.account == account, Mailbox.folder == folder)
        .where(Mailbox.uidvalidity % _GENERATION == uidvalidity)
        .order_by(Mailbox.uidvalidity.desc())
        .limit(1)
    ).one_or_none()
    if found is None or _is_set_back(connection, found.id, uidnext):
        return None
    first_seen = _first_seen(connection, channel_id, folder, account)
    return MailboxState(found.id, folder, found.initial_done, first_seen)


def add_mailbox(
    session: WriteSession, channel_id: str, folder: str, uidvalidity: int, at: datetime, account: str = ""
) -> MailboxState:
    """A mailbox that `find_mailbox` did not find."""
    connection = session.connection()
    highest: int | None = connection.execute(
        select(func.max(Mailbox.uidvalidity))
        .where(Mailbox.channel_id == channel_id, Mailbox.folder == folder)
        .where(Mailbox.uidvalidity % _GENERATION == uidvalidity)
    ).scalar_one()
    number = uidvalidity if highest is None else highest + _GENERATION
    mailbox_id = new_id()
    connection.execute(
        insert(_MAILBOX).values(
            id=mailbox_id,
            channel_id=channel_id,
            account=account,
            folder=folder,
            uidvalidity=number,
            initial_done=False,
            seen_at=at,
        )
    )
    first_seen = _first_seen(connection, channel_id, folder, account)
    return MailboxState(mailbox_id, folder, initial_done=False, seen_at=first_seen)


def finish_initial(session: WriteSession, mailbox: MailboxState) -> MailboxState:
    """The first synchronisation has brought everything."""
    session.connection().execute(update(_MAILBOX).where(Mailbox.id == mailbox.id).values(initial_done=True))
    return replace(mailbox, initial_done=True)


def known_uids(connection: Connection, mailbox_id: str) -> set[int]:
    """Every UID that has an entry."""
    return set(connection.scalars(select(LedgerEntry.uid).where(LedgerEntry.mailbox_id == mailbox_id)))


def keep(mailbox: MailboxState, mails: Iterable[FetchedMail]) -> list[KeptMail]:
    """Compress mails and give them ids: the slow part of keeping them, for any thread."""
    return [
        KeptMail(
            mailbox_id=mailbox.id,
            uid=mail.uid,
            raw_id=new_id(),
            raw=mail.raw,
            compressed=pack(mail.raw),
            received_at=mail.received_at,
            history=mail.received_at < mailbox.seen_at,
            seen=mail.seen,
        )
        for mail in mails
    ]


def store_raw(session: WriteSession, channel_id: str, mails: Sequence[KeptMail]) -> None:
    """Store raw mails, each with its entry FETCHED."""
    if not mails:
        return
    connection = session.connection()
    insert_rows(
        connection,
        RawMail,
        [
            {
                "id": mail.raw_id,
                "channel_id": channel_id,
                "received_at": mail.received_at,
                "size": len(mail.raw),
                "content": mail.compressed,
            }
            for mail in mails
        ],
    )
    insert_rows(
        connection,
        LedgerEntry,
        [
            {
                "mailbox_id": mail.mailbox_id,
                "uid": mail.uid,
                "state": UidState.FETCHED,
                "raw_id": mail.raw_id,
                "message_id": None,
                "reason": "",
                "history": mail.history,
                "seen_flag": mail.seen,
                "received_at": mail.received_at,
            }
            for mail in mails
        ],
    )


def store_without_raw(
    session: WriteSession, mailbox: MailboxState, entries: Sequence[Settled], at: datetime
) -> None:
    """Enter UIDs of which nothing could be fetched: GONE, or QUARANTINED with the reason."""
    if not entries:
        return
    session.connection().execute(
        insert(_LEDGER),
        [
            {
                "mailbox_id": mailbox.id,
                "uid": entry.uid,
                "state": entry.state,
                "raw_id": None,
                "message_id": None,
                "reason": entry.reason,
                "history": False,
                "seen_flag": False,
                "received_at": at,
            }
            for entry in entries
        ],
    )


def settle(session: WriteSession, mailbox_id: str, entries: Sequence[Settled]) -> None:
    """Say what became of UIDs that are FETCHED; what was said of the others stands.

    A channel that restarts while such a transaction runs may read the same mails again, and then find every
    one of them stored already.
    """
    if not entries:
        return
    values = ", ".join(["(?, ?, ?, ?)"] * len(entries))
    parameters = [item for e in entries for item in (e.uid, e.state.value, e.message_id, e.reason)]
    # One statement for all, see models.bulk. Nothing but question marks is put into it. The plus sign keeps
    # SQLite from the index on the state: it would compare all that is FETCHED with each of the entries.
    statement = (
        "UPDATE uid_ledger SET state = found.column2, message_id = found.column3, reason = found.column4 "  # noqa: S608
        f"FROM (VALUES {values}) AS found "
        "WHERE mailbox_id = ? AND uid = found.column1 AND +uid_ledger.state = ?"
    )
    session.connection().exec_driver_sql(statement, (*parameters, mailbox_id, UidState.FETCHED.value))


def drop_copies(session: WriteSession, channel_id: str, duplicates: dict[str, str]) -> None:
    """Forget the raw content of duplicates that are stored byte for byte already.

    `duplicates` maps the ids of raw mails to the Message-IDs by which they were recognised. One that differs
    (somebody used a Message-ID twice) keeps its content.
    """
    connection = session.connection()
    exact = [
        raw_id
        for raw_id, external_id in duplicates.items()
        if connection.execute(
            _SAME_CONTENT, {"channel": channel_id, "external": external_id, "raw": raw_id}
        ).first()
    ]
    if exact:
        connection.execute(_FORGET_RAW, {"raw_ids": listed(exact)})
        connection.execute(_DELETE_RAW, {"raw_ids": listed(exact)})


def leftovers(
    connection: Connection, channel_id: str, limit: int, most_bytes: int, *, forwarded: bool = False
) -> list[KeptMail]:
    """Mails that were kept and never settled: the program ended in between.

    `forwarded` chooses those of the listener, as they came; else those of the server's folders, the newest
    first. Each has a runner of its own, and must leave alone what the other is reading.
    """
    by_age = LedgerEntry.uid if forwarded else LedgerEntry.uid.desc()
    place = Mailbox.folder == FORWARDED if forwarded else Mailbox.folder != FORWARDED
    query = (
        select(
            LedgerEntry.mailbox_id,
            LedgerEntry.uid,
            LedgerEntry.raw_id,
            LedgerEntry.received_at,
            LedgerEntry.history,
            LedgerEntry.seen_flag,
            RawMail.content,
        )
        .join(Mailbox, Mailbox.id == LedgerEntry.mailbox_id)
        .join(RawMail, RawMail.id == LedgerEntry.raw_id)
        .where(LedgerEntry.state == UidState.FETCHED, Mailbox.channel_id == channel_id, place)
        .order_by(LedgerEntry.mailbox_id, by_age)
    )
    found: list[KeptMail] = []
    size = 0
    for row in connection.execution_options(yield_per=20).execute(query.limit(limit)):
        if found and (row.mailbox_id != found[0].mailbox_id or size >= most_bytes):
            break
        raw = zlib.decompress(row.content)
        size += len(raw)
        found.append(_leftover(row, raw))
    return found


def quarantined(connection: Connection, channel_id: str) -> int:
    """How many mails of the channel lie in quarantine."""
    query = (
        select(func.count())
        .select_from(LedgerEntry)
        .join(Mailbox, Mailbox.id == LedgerEntry.mailbox_id)
        .where(LedgerEntry.state == UidState.QUARANTINED, Mailbox.channel_id == channel_id)
    )
    number: int = connection.execute(query).scalar_one()
    return number


def _leftover(row: Any, raw: bytes) -> KeptMail:
    return KeptMail(
        mailbox_id=row.mailbox_id,
        uid=row.uid,
        raw_id=row.raw_id,
        raw=raw,
        compressed=row.content,
        received_at=row.received_at,
        history=row.history,
        seen=row.seen_flag,
    )


def _is_set_back(connection: Connection, mailbox_id: str, uidnext: int) -> bool:
    highest: int | None = connection.execute(
        select(func.max(LedgerEntry.uid)).where(LedgerEntry.mailbox_id == mailbox_id)
    ).scalar_one()
    return highest is not None and 0 < uidnext <= highest


def _first_seen(connection: Connection, channel_id: str, folder: str, account: str) -> datetime:
    seen_at: datetime = connection.execute(
        select(Mailbox.seen_at)
        .where(Mailbox.channel_id == channel_id, Mailbox.account == account, Mailbox.folder == folder)
        .order_by(Mailbox.seen_at)
        .limit(1)
    ).scalar_one()
    return seen_at
