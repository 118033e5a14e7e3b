"""Pages of tickets by key: where a page ended is a place in an index, however far down it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, literal, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from inbox_desktop.models.clock import from_micros, to_micros
from inbox_desktop.models.queries.filters import Sort, TicketFilter, conditions
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


def page_key(ticket: Row[*tuple[Any, ...]], sort: Sort) -> PageKey:
    """The place of a ticket's row in a list of this order: the stretch, and the values of its order."""
    stretches = STRETCHES[sort]
    number = 1 if len(stretches) > 1 and ticket.waiting_since is None else 0
    times = [str(to_micros(getattr(ticket, column.key))) for column in stretches[number].times]
    return PageKey(f"{number}:{','.join(times)}", ticket.id)


def page_of_ids(
    connection: Connection, wanted: TicketFilter, sort: Sort, limit: int, after: PageKey | None
) -> list[str]:
    """The ids of the next `limit` tickets, in order.

    Raises:
        ValueError: `after` is no key of a list of this order.
    """
    if not wanted.statuses:
        return []
    stretches = STRETCHES[sort]
    first, times = _read_key(stretches, after)
    found: list[str] = []
    for number, stretch in enumerate(stretches[first:], first):
        behind = (times, after.id) if after is not None and number == first else None
        query = statement(wanted, stretch, limit - len(found), behind)
        found.extend(row.id for row in connection.execute(query))
        if len(found) >= limit:
            break
    return found


def statement(
    wanted: TicketFilter, stretch: Stretch, limit: int, behind: tuple[Sequence[datetime], str] | None
) -> Any:
    """The query for one stretch. Each status is a walk along an index; SQLite merges several, row by row."""
    parts = [_of_status(wanted, stretch, status, behind) for status in wanted.statuses]
    if len(parts) == 1:
        return parts[0].order_by(*(_directed(column, stretch) for column in stretch.order())).limit(limit)
    together = union_all(*parts)
    columns = [together.selected_columns[column.key] for column in stretch.order()]
    return together.order_by(*(_directed(column, stretch) for column in columns)).limit(limit)


def _of_status(
    wanted: TicketFilter, stretch: Stretch, status: str, behind: tuple[Sequence[datetime], str] | None
) -> Select[Any]:
    query = select(*stretch.order()).where(Ticket.status == status, *conditions(wanted), *stretch.where)
    if behind is None:
        return query
    times, ticket_id = behind
    here = tuple_(*stretch.order())
    there = tuple_(*(literal(time, UtcTime()) for time in times), literal(ticket_id))
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
