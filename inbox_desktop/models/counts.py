"""Counts that are kept, not counted: how many tickets share status, assignee, channel and read state."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.orm import Session

from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.tables import Ticket, TicketCount

NOBODY = ""


class CountKey(NamedTuple):
    """The group of tickets that one count is of; `assignee_id` is empty for nobody's."""

    status: TicketStatus
    assignee_id: str
    channel_id: str
    unread: bool


def count_key(status: TicketStatus, assignee_id: str | None, channel_id: str, *, unread: bool) -> CountKey:
    """The group that a ticket with these values is counted in."""
    return CountKey(status, assignee_id or NOBODY, channel_id, unread)


_ADD = text(
    "INSERT INTO ticket_counts (status, assignee_id, channel_id, unread, count)"
    " VALUES (:status, :assignee_id, :channel_id, :unread, :change)"
    " ON CONFLICT (status, assignee_id, channel_id, unread) DO UPDATE"
    " SET count = ticket_counts.count + :change"
)


def add(connection: Connection, changes: Mapping[CountKey, int]) -> None:
    """Add the changes to the kept counts."""
    rows = [{**key._asdict(), "status": str(key.status), "change": n} for key, n in changes.items() if n]
    if rows:
        connection.execute(_ADD, rows)


def pending_changes(session: Session) -> Counter[CountKey]:
    """What the tickets about to be flushed by this session change in the counts."""
    changes: Counter[CountKey] = Counter()
    for ticket in _tickets(session.dirty):
        if session.is_modified(ticket):
            changes[_key(ticket, before=True)] -= 1
            changes[_key(ticket, before=False)] += 1
    for ticket in _tickets(session.new):
        changes[_key(ticket, before=False)] += 1
    return changes


def recount(connection: Connection) -> dict[CountKey, int]:
    """The true counts, from the tickets themselves (slow; for `check`)."""
    columns = (Ticket.status, func.coalesce(Ticket.assignee_id, NOBODY), Ticket.channel_id, Ticket.unread)
    rows = connection.execute(select(*columns, func.count()).group_by(*columns))
    return {CountKey(TicketStatus(row[0]), row[1], row[2], row[3]): row[4] for row in rows}


def kept(connection: Connection) -> dict[CountKey, int]:
    """The counts as they are kept, without the empty groups."""
    table = TicketCount.__table__
    rows = connection.execute(select(table).where(TicketCount.count != 0))
    return {CountKey(TicketStatus(r.status), r.assignee_id, r.channel_id, r.unread): r[4] for r in rows}


def _tickets(rows: Iterable[object]) -> list[Ticket]:
    return [row for row in rows if isinstance(row, Ticket)]


def _key(ticket: Ticket, *, before: bool) -> CountKey:
    status, assignee, unread = (
        _value(ticket, name, before=before) for name in ("status", "assignee_id", "unread")
    )
    return CountKey(TicketStatus(str(status)), str(assignee or NOBODY), ticket.channel_id, bool(unread))


def _value(ticket: Ticket, name: str, *, before: bool) -> object:
    history = inspect(ticket).attrs[name].history
    return history.deleted[0] if before and history.deleted else getattr(ticket, name)
