"""What a command does to tickets: its actions, with what their author had seen, and its words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inbox_desktop.models.actions import Action, agent
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.tickets import (
    Assign,
    Claim,
    Close,
    MarkRead,
    MarkUnread,
    Reopen,
    Snooze,
)
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import AgentRow, Thread, TicketRow
from inbox_desktop.ui.kit import customer_label


@dataclass(frozen=True, slots=True)
class Deed:
    """Actions that belong together, and the sentence for when they have been done ("Closed #1042")."""

    actions: tuple[Action, ...]
    said: str


def tickets_in_words(rows: Sequence[TicketRow]) -> str:
    """One ticket by its number ("#1042"), several by how many they are ("3 tickets")."""
    return f"#{rows[0].number}" if len(rows) == 1 else f"{len(rows)} tickets"


def close(rows: Iterable[TicketRow], me: AgentRow, thread: Thread | None) -> Deed:
    """Close what is not closed. For the ticket on the screen, the thread says what was seen."""
    todo = [row for row in rows if row.status is not TicketStatus.CLOSED]
    actions = tuple(
        Close(actor=agent(me.id), ticket_id=row.id, seen_inbound_id=_seen_inbound(row, thread))
        for row in todo
    )
    return Deed(actions, f"Closed {tickets_in_words(todo)}" if todo else "")


def reopen(rows: Iterable[TicketRow], me: AgentRow) -> Deed:
    """Open what is closed or snoozed."""
    todo = [row for row in rows if row.status is not TicketStatus.OPEN]
    actions = tuple(Reopen(actor=agent(me.id), ticket_id=row.id) for row in todo)
    return Deed(actions, f"Reopened {tickets_in_words(todo)}" if todo else "")


def snooze(rows: Sequence[TicketRow], me: AgentRow, until: datetime, words: str) -> Deed:
    """Hide until a time (UTC); `words` name it."""
    actions = tuple(Snooze(actor=agent(me.id), ticket_id=row.id, until=until) for row in rows)
    return Deed(actions, f"Snoozed {tickets_in_words(rows)} until {words}" if rows else "")


def assign(rows: Iterable[TicketRow], me: AgentRow, to: AgentRow | None) -> Deed:
    """Give the tickets to somebody or nobody. Taking one oneself stops when somebody else was quicker."""
    to_id = to.id if to else None
    todo = [row for row in rows if row.assignee_id != to_id]
    actor = agent(me.id)
    actions: tuple[Action, ...]
    if to_id == me.id:
        actions = tuple(Claim(actor=actor, ticket_id=r.id, seen_assignee_id=r.assignee_id) for r in todo)
    else:
        actions = tuple(Assign(actor=actor, ticket_id=r.id, assignee_id=to_id) for r in todo)
    if not todo:
        return Deed((), "")
    if to is None:
        return Deed(actions, f"{tickets_in_words(todo)} unassigned")
    whom = "you" if to.id == me.id else to.name
    return Deed(actions, f"Assigned {tickets_in_words(todo)} to {whom}")


def mark_unread(rows: Iterable[TicketRow], me: AgentRow) -> Deed:
    """Mark as unread."""
    todo = [row for row in rows if not row.unread]
    actions = tuple(MarkUnread(actor=agent(me.id), ticket_id=row.id) for row in todo)
    return Deed(actions, f"Marked {tickets_in_words(todo)} unread" if todo else "")


def mark_read(rows: Iterable[TicketRow], me: AgentRow, thread: Thread | None = None) -> Deed:
    """Mark as read, unless something newer has come than what was seen."""
    todo = [row for row in rows if row.unread]
    actions = tuple(
        MarkRead(actor=agent(me.id), ticket_id=row.id, seen_message_id=_seen_last(row, thread))
        for row in todo
    )
    return Deed(actions, f"Marked {tickets_in_words(todo)} read" if todo else "")


def set_blocked(rows: Iterable[TicketRow], me: AgentRow, *, blocked: bool) -> Deed:
    """Block or unblock the customers of the tickets, each one once."""
    todo = {row.customer_id: row for row in rows if row.customer_blocked is not blocked}
    actions = tuple(
        SetBlocked(actor=agent(me.id), customer_id=customer_id, blocked=blocked) for customer_id in todo
    )
    if not todo:
        return Deed((), "")
    who = customer_label(next(iter(todo.values()))) if len(todo) == 1 else f"{len(todo)} customers"
    return Deed(actions, f"{'Blocked' if blocked else 'Unblocked'} {who}")


def _seen_inbound(row: TicketRow, thread: Thread | None) -> str | None:
    if thread is not None and thread.ticket.id == row.id:
        return thread.newest_inbound_id
    return row.last_inbound_id


def _seen_last(row: TicketRow, thread: Thread | None) -> str | None:
    if thread is not None and thread.ticket.id == row.id and thread.messages:
        return thread.messages[-1].id
    return row.last_message_id
