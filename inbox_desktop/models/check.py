"""Verifying everything about an inbox that can be verified: the database, the files, the invariants."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from inbox_desktop.models.actions.texts import QUARANTINED
from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import DAMAGED_ADVICE
from inbox_desktop.models.ids import made_at
from inbox_desktop.models.invariants import broken_invariants
from inbox_desktop.models.kinds import DeliveryState, UidState
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import (
    Attachment,
    Base,
    Channel,
    Delivery,
    DraftRow,
    JournalEntry,
    LedgerEntry,
    Mailbox,
    Message,
    Ticket,
)

UNREAD_FOR = timedelta(hours=1)
"""How long a mail may lie fetched and not yet read before that is called a problem."""

DAMAGED = f"The database file is damaged. {DAMAGED_ADVICE}"
_OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.ATTEMPTING, DeliveryState.FAILED, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class LedgerSum:
    """One folder under one UIDVALIDITY: how many of its UIDs are in each state."""

    channel: str
    folder: str
    uidvalidity: int
    states: tuple[tuple[UidState, int], ...]

    @property
    def total(self) -> int:
        """How many UIDs the server has shown."""
        return sum(count for _state, count in self.states)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; every state is named, also those without a UID."""
        found = dict(self.states)
        by_state = {state.value: found.get(state, 0) for state in UidState}
        return {
            "channel": self.channel,
            "folder": self.folder,
            "uidvalidity": self.uidvalidity,
            **by_state,
            "total": self.total,
        }


@dataclass(frozen=True, slots=True)
class QuarantinedMail:
    """A mail that is on the server (and mostly kept raw) but in no ticket, and why, in words."""

    channel: str
    folder: str
    uid: int
    reason: str


@dataclass(frozen=True, slots=True)
class QuarantinedText:
    """A text that the provider listed and that is in no ticket, through a fault of the program."""

    channel: str
    external_id: str
    phone: str
    sent_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check` found. `integrity` is "ok" or SQLite's own words, `problems` are sentences for people."""

    integrity: str
    problems: tuple[str, ...]
    ledger: tuple[LedgerSum, ...]
    deliveries: tuple[tuple[DeliveryState, int], ...]
    tickets: int
    messages: int
    journal: int
    quarantine: tuple[QuarantinedMail, ...] = ()
    quarantined_texts: tuple[QuarantinedText, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all is well. Deliveries that wait or failed are open, not a problem."""
        return self.integrity == "ok" and not self.problems

    @property
    def open_deliveries(self) -> int:
        """How many messages have not left, or may not have."""
        return sum(count for state, count in self.deliveries if state in _OPEN_STATES)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "ok": self.ok,
            "integrity": self.integrity,
            "problems": list(self.problems),
            "ledger": [row.to_json() for row in self.ledger],
            "quarantine": [asdict(mail) for mail in self.quarantine],
            "quarantined_texts": [asdict(one) for one in self.quarantined_texts],
            "deliveries": {state.value: count for state, count in self.deliveries},
            "open_deliveries": self.open_deliveries,
            "tickets": self.tickets,
            "messages": self.messages,
            "journal": self.journal,
        }

    def to_text(self) -> str:
        """As lines for people."""
        lines = [f"database: {self.integrity}"]
        lines.append(f"{self.tickets} tickets, {self.messages} messages, {self.journal} journal entries")
        for row in self.ledger:
            states = ", ".join(f"{count} {state.value}" for state, count in row.states)
            lines.append(f"{row.channel} {row.folder}: {row.total} mails: {states}")
        lines.extend(
            f"{mail.channel} {mail.folder}, UID {mail.uid}, not taken in: {mail.reason}"
            for mail in self.quarantine
        )
        lines.extend(
            f"{one.channel}: the text {one.external_id} with {one.phone} of {one.sent_at} was not taken in: "
            f"{one.reason}"
            for one in self.quarantined_texts
        )
        waiting = ", ".join(f"{count} {state.value}" for state, count in self.deliveries)
        lines.append(f"deliveries: {waiting or 'none'}; open: {self.open_deliveries}")
        lines.extend(f"problem: {problem}" for problem in self.problems)
        lines.append("all is well" if self.ok else "not all is well")
        return "\n".join(lines)


def check(store: Store) -> CheckReport:
    """Verify an inbox; works on a store that was opened for reading only, and changes nothing.

    Raises:
        StorageError: the database could not be read at all.
    """
    with store.read() as connection:
        integrity = str(connection.execute(text("PRAGMA integrity_check(1)")).scalar_one())
        if integrity != "ok":  # what such a database says of its contents is worth nothing
            return CheckReport(integrity, (DAMAGED,), (), (), 0, 0, 0)
        problems = [*_dangling(connection), *broken_invariants(connection)]
        problems.extend(_missing_files(connection, store.attachments))
        problems.extend(_unread_mails(connection, now()))
        if not (store.is_open_for_work or store.profile.is_in_use()):
            problems.extend(_attempts_of_nobody(connection))
        return CheckReport(
            integrity=integrity,
            problems=tuple(problems),
            ledger=_ledger(connection),
            deliveries=_deliveries(connection),
            tickets=_count(connection, Ticket),
            messages=_count(connection, Message),
            journal=_count(connection, JournalEntry),
            quarantine=_quarantine(connection),
            quarantined_texts=_quarantined_texts(connection),
        )


def _count(connection: Connection, model: type[Base]) -> int:
    return connection.execute(select(func.count()).select_from(model)).scalar_one()


def _dangling(connection: Connection) -> Iterator[str]:
    tables = {str(row[0]) for row in connection.execute(text("PRAGMA foreign_key_check"))}
    if tables:
        yield f"Rows refer to something that is not there, in: {', '.join(sorted(tables))}."


def _ledger(connection: Connection) -> tuple[LedgerSum, ...]:
    query = (
        select(Channel.address, Mailbox.folder, Mailbox.uidvalidity, LedgerEntry.state, func.count())
        .join_from(Mailbox, Channel, Channel.id == Mailbox.channel_id)
        .join(LedgerEntry, LedgerEntry.mailbox_id == Mailbox.id)
        .group_by(Channel.address, Mailbox.folder, Mailbox.uidvalidity, LedgerEntry.state)
        .order_by(Channel.address, Mailbox.folder, Mailbox.uidvalidity, LedgerEntry.state)
    )
    found: dict[tuple[str, str, int], list[tuple[UidState, int]]] = defaultdict(list)
    for address, folder, uidvalidity, state, number in connection.execute(query):
        found[address, folder, uidvalidity].append((UidState(state), number))
    return tuple(LedgerSum(*key, tuple(states)) for key, states in found.items())


def _quarantine(connection: Connection) -> tuple[QuarantinedMail, ...]:
    query = (
        select(Channel.address, Mailbox.folder, LedgerEntry.uid, LedgerEntry.reason)
        .join_from(LedgerEntry, Mailbox, Mailbox.id == LedgerEntry.mailbox_id)
        .join(Channel, Channel.id == Mailbox.channel_id)
        .where(LedgerEntry.state == UidState.QUARANTINED)
        .order_by(Channel.address, Mailbox.folder, LedgerEntry.uid)
    )
    return tuple(QuarantinedMail(*row) for row in connection.execute(query))


def _quarantined_texts(connection: Connection) -> tuple[QuarantinedText, ...]:
    """By the journal, without those that were taken in later."""
    entries = select(JournalEntry.arguments).where(JournalEntry.name == QUARANTINED)
    found: dict[tuple[str, str], QuarantinedText] = {}
    for told in connection.scalars(entries.order_by(JournalEntry.seq)):
        key = (told["channel_id"], told["external_id"])
        here = select(Message.id).where(Message.channel_id == key[0], Message.external_id == key[1])
        if connection.scalar(here) is None:
            address = connection.scalar(select(Channel.address).where(Channel.id == key[0])) or ""
            found[key] = QuarantinedText(address, key[1], told["phone"], told["sent_at"], told["reason"])
    return tuple(found.values())


def _deliveries(connection: Connection) -> tuple[tuple[DeliveryState, int], ...]:
    query = select(Delivery.state, func.count()).group_by(Delivery.state).order_by(Delivery.state)
    return tuple((DeliveryState(state), number) for state, number in connection.execute(query))


def _missing_files(connection: Connection, attachments: AttachmentStore) -> Iterator[str]:
    """Every file that a message or a draft has must lie in the attachment store, in its full size."""
    wanted = {
        row.sha256: row.size
        for row in connection.execute(select(Attachment.sha256, Attachment.size).distinct())
    }
    for files in connection.scalars(select(DraftRow.files)):
        wanted.update((file["sha256"], file["size"]) for file in files)
    missing = [sha256 for sha256, size in wanted.items() if not attachments.holds(sha256, size)]
    if missing:
        yield (
            f"The contents of {len(missing)} attachments are missing or damaged in {attachments.folder}. "
            "Their messages are kept; restore the folder from a backup."
        )


def _unread_mails(connection: Connection, at: datetime) -> Iterator[str]:
    ids = connection.scalars(select(LedgerEntry.raw_id).where(LedgerEntry.state == UidState.FETCHED))
    old = [raw_id for raw_id in ids if raw_id and made_at(raw_id) < at - UNREAD_FOR]
    if old:
        yield (
            f"{len(old)} mails were fetched over an hour ago and have not been read yet. They are kept; "
            "start the program, it reads them first."
        )


def _attempts_of_nobody(connection: Connection) -> Iterator[str]:
    """Invariant I12, while no program has the profile open."""
    query = select(func.count()).where(Delivery.state == DeliveryState.ATTEMPTING)
    if number := connection.execute(query).scalar_one():
        yield (
            f"The sending of {number} messages was cut off. Start the program: it looks up whether they "
            "left, and sends nothing twice."
        )
