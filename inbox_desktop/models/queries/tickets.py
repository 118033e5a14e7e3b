"""Tickets as lists show them: by filter and order, by id, by number."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from inbox_desktop.models.kinds import ChannelKind, DeliveryState, MessageKind, TicketStatus
from inbox_desktop.models.queries.filters import Sort, TicketFilter
from inbox_desktop.models.queries.paging import page_key, page_of_ids
from inbox_desktop.models.queries.rows import PageKey, TicketRow
from inbox_desktop.models.tables import (
    Agent,
    Channel,
    Customer,
    Delivery,
    Message,
    Recipient,
    Ticket,
    TicketTag,
)

_LARGEST_NUMBER = 2**63 - 1
_PROBLEMS = (DeliveryState.FAILED, DeliveryState.UNKNOWN)

_ROWS = (
    select(
        Ticket.__table__,
        Channel.name.label("channel_name"),
        Customer.name.label("customer_name"),
        Customer.blocked.label("customer_blocked"),
        Agent.name.label("assignee_name"),
    )
    .join(Channel, Channel.id == Ticket.channel_id)
    .join(Customer, Customer.id == Ticket.customer_id)
    .outerjoin(Agent, Agent.id == Ticket.assignee_id)
)


def ticket_rows(
    connection: Connection,
    wanted: TicketFilter,
    sort: Sort = Sort.NEWEST,
    limit: int = 50,
    after: PageKey | None = None,
) -> tuple[TicketRow, ...]:
    """The first `limit` tickets of a list, or those behind `after`, the `page_key` of the last row before.

    Raises:
        ValueError: `after` comes from a list of another order.
    """
    return rows_by_id(connection, page_of_ids(connection, wanted, sort, limit, after), sort)


def ticket_row(connection: Connection, ticket_id: str) -> TicketRow | None:
    """One ticket, or None when it is not here."""
    return next(iter(rows_by_id(connection, [ticket_id])), None)


def ticket_by_number(connection: Connection, number: int) -> TicketRow | None:
    """The ticket with this number, or None."""
    if not 0 < number <= _LARGEST_NUMBER:
        return None
    ticket_id = connection.scalar(select(Ticket.id).where(Ticket.number == number))
    return ticket_row(connection, ticket_id) if ticket_id else None


def find_ticket(connection: Connection, text: str) -> TicketRow | None:
    """The ticket that a person names by its number, with or without #, or by its id."""
    name = text.strip()
    number = name.removeprefix("#").strip()
    if number.isdecimal() and len(number) <= len(str(_LARGEST_NUMBER)):
        return ticket_by_number(connection, int(number))
    return ticket_row(connection, name.lower())


def rows_by_id(connection: Connection, ids: Sequence[str], sort: Sort = Sort.NEWEST) -> tuple[TicketRow, ...]:
    """The tickets with these ids, in this order; an id that is not here is left out."""
    if not ids:
        return ()
    found = {row.id: row for row in connection.execute(_ROWS.where(Ticket.id.in_(ids)))}
    tags = _tags(connection, ids)
    problems = _with_delivery_problem(connection, ids)
    return tuple(
        _row(found[ticket_id], sort, tags.get(ticket_id, ()), delivery_problem=ticket_id in problems)
        for ticket_id in ids
        if ticket_id in found
    )


def _row(ticket: Row[Any], sort: Sort, tags: tuple[str, ...], *, delivery_problem: bool) -> TicketRow:
    return TicketRow(
        id=ticket.id,
        number=ticket.number,
        subject=ticket.subject,
        snippet=ticket.snippet,
        status=TicketStatus(ticket.status),
        unread=ticket.unread,
        channel_id=ticket.channel_id,
        channel_kind=ChannelKind(ticket.channel_kind),
        channel_name=ticket.channel_name,
        customer_id=ticket.customer_id,
        customer_name=ticket.customer_name,
        customer_address=ticket.customer_address,
        customer_blocked=ticket.customer_blocked,
        assignee_id=ticket.assignee_id,
        assignee_name=ticket.assignee_name,
        tags=tags,
        created_at=ticket.created_at,
        last_message_at=ticket.last_message_at,
        last_inbound_at=ticket.last_inbound_at,
        waiting_since=ticket.waiting_since,
        snoozed_until=ticket.snoozed_until,
        message_count=ticket.message_count,
        has_attachments=ticket.has_attachments,
        page_key=page_key(ticket, sort),
        last_message_id=ticket.last_message_id,
        last_inbound_id=ticket.last_inbound_id,
        delivery_problem=delivery_problem,
    )


def _tags(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The standing tags by ticket, in the order in which they were put on."""
    query = (
        select(TicketTag.ticket_id, TicketTag.tag)
        .where(TicketTag.ticket_id.in_(ids), TicketTag.removed.is_(False))
        .order_by(TicketTag.id)
    )
    tags: dict[str, dict[str, None]] = defaultdict(dict)
    for ticket_id, tag in connection.execute(query):
        tags[ticket_id][tag] = None
    return {ticket_id: tuple(names) for ticket_id, names in tags.items()}


def _with_delivery_problem(connection: Connection, ids: Sequence[str]) -> set[str]:
    """The tickets whose newest reply did not reach everybody, or may not have."""
    failed = (
        select(Recipient.delivery_id)
        .where(Recipient.delivery_id == Delivery.id, Recipient.state.in_(_PROBLEMS))
        .exists()
    )
    query = (
        select(Message.ticket_id, or_(Delivery.state.in_(_PROBLEMS), failed))
        .join(Delivery, Delivery.message_id == Message.id)
        .where(
            Message.ticket_id.in_(ids),
            Message.kind == MessageKind.REPLY,
            Delivery.state != DeliveryState.CANCELLED,
        )
        .order_by(Message.order_at, Message.id)
    )
    newest: dict[str, bool] = {}
    for ticket_id, problem in connection.execute(query):
        newest[str(ticket_id)] = bool(problem)
    return {ticket_id for ticket_id, problem in newest.items() if problem}
