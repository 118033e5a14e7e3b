"""Pages of tickets by key: where a page ended is a place in an index, however far down it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from inbox_desktop.models.clock import from_micros
from inbox_desktop.models.queries.filters import Sort, TicketFilter, conditions, shape, values
from inbox_desktop.models.queries.rows import PageKey
from inbox_desktop.models.tables import Ticket
from inbox_desktop.models.tables.base import UtcTime


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a list whose order one index holds. A list is one stretch or several behind one another."""

    times: tuple[InstrumentedAttribute[Any], ...]
    descending: bool
    where: tuple[ColumnElement[bool], ...] = ()

    def order(self) -> tuple[InstrumentedAttribute[Any], ...]:
        """The columns that the stretch is ordered by; with the id no two rows are equal."""
        return (*self.times, Ticket.id)


STRETCHES: dict[Sort, tuple[Stretch, ...]] = {
    Sort.NEWEST: (Stretch((Ticket.last_message_at,), descending=True),),
    Sort.OLDEST: (Stretch((Ticket.last_message_at,), descending=False),),
    Sort.CREATED: (Stretch((Ticket.created_at,), descending=True),),
    Sort.WAITING: (
        Stretch(
            (Ticket.waiting_since, Ticket.last_message_at),
            descending=False,
            where=(Ticket.waiting_since.is_not(None),),
        ),
        Stretch((Ticket.last_message_at,), descending=True, where=(Ticket.waiting_since.is_(None),)),
    ),
}


def page_key(
    sort: Sort, ticket_id: str, created_at: int, last_message_at: int, waiting_since: int | None
) -> PageKey:
    """The place of a ticket in a list of this order: the stretch, and the values of its order.

    Times are microseconds as they are stored.
    """
    if sort is Sort.CREATED:
        return PageKey(f"0:{created_at}", ticket_id)
    if sort is not Sort.WAITING:
        return PageKey(f"0:{last_message_at}", ticket_id)
    if waiting_since is None:
        return PageKey(f"1:{last_message_at}", ticket_id)
    return PageKey(f"0:{waiting_since},{last_message_at}", ticket_id)


def page_of_ids(
    connection: Connection, wanted: TicketFilter, sort: Sort, limit: int, after: PageKey | None
) -> list[str]:
    """The ids of the next `limit` tickets, in order.

    Raises:
        ValueError: `after` is no key of a list of this order.
    """
    if not wanted.statuses:
        return []
    first, times = _read_key(STRETCHES[sort], after)
    like, bound = shape(wanted), values(wanted)
    found: list[str] = []
    for number in range(first, len(STRETCHES[sort])):
        is_behind = after is not None and number == first
        place = _place(times, after.id) if after is not None and is_behind else {}
        query = statement(like, sort, number, is_behind=is_behind)
        given = {"most": limit - len(found), **place, **bound}
        found.extend(connection.scalars(query, given))
        if len(found) >= limit:
            break
    return found


@lru_cache(maxsize=256)
def statement(like: TicketFilter, sort: Sort, number: int, *, is_behind: bool) -> Any:
    """The query for one stretch of the lists of a shape (`filters.shape`), built once.

    Each status is a walk along an index; SQLite merges several, row by row. Bound are the filter's
    values, `most` (the limit), and for what stands behind a place its `time_0`, `time_1` and `behind_id`.
    """
    stretch = STRETCHES[sort][number]
    parts = [_of_status(like, stretch, status, is_behind=is_behind) for status in like.statuses]
    columns: Sequence[Any] = stretch.order()
    query: Any = parts[0]
    if len(parts) > 1:
        query = union_all(*parts)
        columns = [query.selected_columns[column.key] for column in stretch.order()]
    return query.order_by(*(_directed(column, stretch) for column in columns)).limit(
        bindparam("most", type_=Integer)
    )


def _place(times: Sequence[datetime], ticket_id: str) -> dict[str, Any]:
    """The values that say which place a page stands behind."""
    return {**{f"time_{number}": time for number, time in enumerate(times)}, "behind_id": ticket_id}


def _of_status(like: TicketFilter, stretch: Stretch, status: str, *, is_behind: bool) -> Select[Any]:
    # The id first: it is what is asked for, the times are there to be ordered by.
    columns = (Ticket.id, *stretch.times)
    query = select(*columns).where(Ticket.status == status, *conditions(like), *stretch.where)
    if not is_behind:
        return query
    here = tuple_(*stretch.order())
    times = (bindparam(f"time_{number}", type_=UtcTime()) for number in range(len(stretch.times)))
    there = tuple_(*times, bindparam("behind_id", type_=String()))
    return query.where(here < there if stretch.descending else here > there)


def _directed(column: Any, stretch: Stretch) -> Any:
    return column.desc() if stretch.descending else column.asc()


def _read_key(stretches: Sequence[Stretch], after: PageKey | None) -> tuple[int, list[datetime]]:
    if after is None:
        return 0, []
    number, _, values = (after.value or "").partition(":")
    times = [from_micros(int(value)) for value in values.split(",")]
    if (
        not number.isdigit()
        or int(number) >= len(stretches)
        or len(times) != len(stretches[int(number)].times)
    ):
        raise ValueError(f"{after.value!r} is no place in a list of this order")
    return int(number), times
