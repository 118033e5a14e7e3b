"""Which tickets a list shows and in which order, as data; and the SQL conditions that mean the same."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement, bindparam, false, select, table, text, true
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


_GIVEN = "given"
_NO_WORD = "no word"


def shape(wanted: TicketFilter) -> TicketFilter:
    """The filter with a mark for every value that is bound: filters of one shape have the same SQL."""
    searched = wanted.text.strip() and (_GIVEN if fulltext.match_expression(wanted.text) else _NO_WORD)
    return replace(
        wanted,
        channel_id=None if wanted.channel_id is None else _GIVEN,
        me=_GIVEN if wanted.me else None,
        text=searched,
    )


def values(wanted: TicketFilter) -> dict[str, str | None]:
    """What is bound into the conditions of the filter's shape."""
    return {
        "me": wanted.me,
        "channel_id": wanted.channel_id,
        "words": fulltext.match_expression(wanted.text) if wanted.text.strip() else None,
    }


def conditions(shape: TicketFilter) -> list[ColumnElement[bool]]:
    """What holds of each ticket that filters of this shape show, its status aside."""
    found: list[ColumnElement[bool]] = []
    if shape.view is View.MINE:
        found.append(Ticket.assignee_id == bindparam("me") if shape.me else false())
    elif shape.view is View.UNASSIGNED:
        found.append(Ticket.assignee_id.is_(None))
    if shape.channel_id is not None:
        found.append(Ticket.channel_id == bindparam("channel_id"))
    elif shape.view is View.CHANNEL:
        found.append(false())
    if shape.unread_only:
        found.append(Ticket.unread == true())  # as the partial index says it
    if shape.text:
        found.append(_holds() if shape.text == _GIVEN else false())
    return found


def _holds() -> ColumnElement[bool]:
    index = table("message_search", named("rowid"))
    matching = (
        select(SearchDocument.ticket_id)
        .join_from(index, SearchDocument, SearchDocument.id == index.c.rowid)
        .where(text("message_search MATCH :words"))
    )
    return Ticket.id.in_(matching)
