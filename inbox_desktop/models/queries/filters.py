"""Which tickets a list shows and in which order, as data; and the SQL conditions that mean the same."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, false, select, table, text, true
from sqlalchemy import column as named

from inbox_desktop.models import fulltext
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.tables import SearchDocument, Ticket


class View(StrEnum):
    """The lists that every inbox has."""

    MINE = "my"
    UNASSIGNED = "unassigned"
    ALL = "all"
    SNOOZED = "snoozed"
    CHANNEL = "channel"


class StatusFilter(StrEnum):
    """Which statuses a list shows. DEFAULT is the view's own: see `TicketFilter.statuses`."""

    DEFAULT = "default"
    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"
    ANY = "any"


class Sort(StrEnum):
    """The orders of a list.

    NEWEST and OLDEST go by the last message, CREATED has the newest ticket first, WAITING whoever
    waits longest; behind them come those who do not wait, by their last message.
    """

    NEWEST = "newest"
    OLDEST = "oldest"
    WAITING = "waiting"
    CREATED = "created"


_DEFAULT_STATUSES = {
    View.MINE: (TicketStatus.OPEN,),
    View.UNASSIGNED: (TicketStatus.OPEN,),
    View.CHANNEL: (TicketStatus.OPEN,),
    View.SNOOZED: (TicketStatus.SNOOZED,),
    View.ALL: tuple(TicketStatus),
}


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a list shows.

    `me` is the agent whose inbox MINE is; `channel_id` is required by CHANNEL and narrows any other view;
    `text` narrows to tickets whose messages hold all its words.
    """

    view: View = View.ALL
    status: StatusFilter = StatusFilter.DEFAULT
    channel_id: str | None = None
    me: str | None = None
    unread_only: bool = False
    text: str = ""

    @property
    def statuses(self) -> tuple[TicketStatus, ...]:
        """The statuses shown. By default Open; All tickets shows every one. Snoozed never shows another."""
        if self.status is StatusFilter.DEFAULT:
            return _DEFAULT_STATUSES[self.view]
        asked = tuple(TicketStatus) if self.status is StatusFilter.ANY else (TicketStatus(self.status.value),)
        return tuple(s for s in asked if self.view is not View.SNOOZED or s is TicketStatus.SNOOZED)


def conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    """What holds of each ticket that the filter shows, its status aside."""
    found: list[ColumnElement[bool]] = []
    if wanted.view is View.MINE:
        found.append(Ticket.assignee_id == wanted.me if wanted.me else false())
    elif wanted.view is View.UNASSIGNED:
        found.append(Ticket.assignee_id.is_(None))
    if wanted.channel_id is not None:
        found.append(Ticket.channel_id == wanted.channel_id)
    elif wanted.view is View.CHANNEL:
        found.append(false())
    if wanted.unread_only:
        found.append(Ticket.unread == true())  # as the partial index says it
    if wanted.text.strip():
        found.append(_holds(wanted.text))
    return found


def _holds(words: str) -> ColumnElement[bool]:
    expression = fulltext.match_expression(words)
    if expression is None:
        return false()
    index = table("message_search", named("rowid"))
    matching = (
        select(SearchDocument.ticket_id)
        .join_from(index, SearchDocument, SearchDocument.id == index.c.rowid)
        .where(text("message_search MATCH :words").bindparams(words=expression))
    )
    return Ticket.id.in_(matching)
