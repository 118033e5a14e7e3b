"""Tickets as lists show them: by filter and order, by id, by number."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, case, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from inbox_desktop.models.clock import from_micros
from inbox_desktop.models.kinds import (
    ChannelKind,
    ConsentState,
    DeliveryState,
    IdentityKind,
    MessageKind,
    TicketStatus,
)
from inbox_desktop.models.phones import show_phone_to
from inbox_desktop.models.queries.among import among, listed
from inbox_desktop.models.queries.filters import Sort, TicketFilter
from inbox_desktop.models.queries.paging import page_key, page_of_ids
from inbox_desktop.models.queries.rows import PageKey, TicketRow
from inbox_desktop.models.tables import (
    Agent,
    Channel,
    Consent,
    Customer,
    Delivery,
    Identity,
    Message,
    Recipient,
    Ticket,
    TicketTag,
)

_LARGEST_NUMBER = 2**63 - 1
_PROBLEMS = (DeliveryState.FAILED, DeliveryState.UNKNOWN)

_STATUSES = {status.value: status for status in TicketStatus}
_CHANNELS = {kind.value: kind for kind in ChannelKind}


def _micros(time: InstrumentedAttribute[Any]) -> Any:
    """A time as it is stored: a page of rows is converted here in one go, not column by column."""
    return type_coerce(time, BigInteger)


_AGREED = (
    select(Consent.identity_id)
    .join(Identity, Identity.id == Consent.identity_id)
    .where(
        Identity.kind == IdentityKind.PHONE,
        Identity.value == Ticket.customer_address,
        Consent.state == ConsentState.GRANTED,
    )
    .exists()
)

# In the order in which `_row` takes them.
_ROWS = (
    select(
        Ticket.id,
        Ticket.number,
        Ticket.subject,
        Ticket.snippet,
        Ticket.status,
        Ticket.unread,
        Ticket.channel_id,
        Ticket.channel_kind,
        Channel.name.label("channel_name"),
        Channel.address.label("channel_address"),
        Ticket.customer_id,
        Customer.name.label("customer_name"),
        Ticket.customer_address,
        Customer.blocked.label("customer_blocked"),
        Ticket.assignee_id,
        Agent.name.label("assignee_name"),
        _micros(Ticket.created_at),
        _micros(Ticket.last_message_at),
        _micros(Ticket.last_inbound_at),
        _micros(Ticket.waiting_since),
        _micros(Ticket.snoozed_until),
        Ticket.message_count,
        Ticket.has_attachments,
        Ticket.last_message_id,
        Ticket.last_inbound_id,
        case((Ticket.channel_kind == ChannelKind.SMS, _AGREED), else_=None),
    )
    .join(Channel, Channel.id == Ticket.channel_id)
    .join(Customer, Customer.id == Ticket.customer_id)
    .outerjoin(Agent, Agent.id == Ticket.assignee_id)
    .where(among(Ticket.id))
)

_TAGS = (
    select(TicketTag.ticket_id, TicketTag.tag)
    .where(among(TicketTag.ticket_id), TicketTag.removed.is_(False))
    .order_by(TicketTag.id)
)

_DELIVERIES = (
    select(
        Message.ticket_id,
        or_(
            Delivery.state.in_(_PROBLEMS),
            select(Recipient.delivery_id)
            .where(Recipient.delivery_id == Delivery.id, Recipient.state.in_(_PROBLEMS))
            .exists(),
        ),
    )
    .join(Delivery, Delivery.message_id == Message.id)
    .where(
        among(Message.ticket_id),
        Message.kind == MessageKind.REPLY,
        Delivery.state != DeliveryState.CANCELLED,
    )
    .order_by(Message.order_at, Message.id)
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
    number = number_in(name)
    return ticket_row(connection, name.lower()) if number is None else ticket_by_number(connection, number)


def number_in(text: str) -> int | None:
    """The ticket number that this is, with or without #, or None."""
    digits = text.strip().removeprefix("#").strip()
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(_LARGEST_NUMBER))
    return int(digits) if is_number else None


def rows_by_id(connection: Connection, ids: Sequence[str], sort: Sort = Sort.NEWEST) -> tuple[TicketRow, ...]:
    """The tickets with these ids, in this order; an id that is not here is left out."""
    if not ids:
        return ()
    wanted = listed(ids)
    found = {row[0]: row for row in connection.execute(_ROWS, wanted).all()}
    tags: dict[str, dict[str, None]] = defaultdict(dict)  # without doubles, in the order of their adding
    for ticket_id, tag in connection.execute(_TAGS, wanted).all():
        tags[ticket_id][tag] = None
    deliveries = connection.execute(_DELIVERIES, wanted).all()
    newest_has_problem = {ticket_id: bool(problem) for ticket_id, problem in deliveries}
    return tuple(
        _row(found[ticket_id], sort, tuple(tags.get(ticket_id, ())), newest_has_problem.get(ticket_id, False))
        for ticket_id in ids
        if ticket_id in found
    )


def _row(
    ticket: Row[*tuple[Any, ...]], sort: Sort, tags: tuple[str, ...], delivery_problem: bool
) -> TicketRow:
    (
        ticket_id,
        number,
        subject,
        snippet,
        status,
        unread,
        channel_id,
        channel_kind,
        channel_name,
        channel_address,
        customer_id,
        customer_name,
        customer_address,
        customer_blocked,
        assignee_id,
        assignee_name,
        created_at,
        last_message_at,
        last_inbound_at,
        waiting_since,
        snoozed_until,
        message_count,
        has_attachments,
        last_message_id,
        last_inbound_id,
        may_text,
    ) = ticket
    return TicketRow(
        id=ticket_id,
        number=number,
        subject=subject,
        snippet=snippet,
        status=_STATUSES[status],
        unread=unread,
        channel_id=channel_id,
        channel_kind=_CHANNELS[channel_kind],
        channel_name=channel_name,
        customer_id=customer_id,
        customer_name=customer_name,
        customer_address=customer_address,
        customer_blocked=customer_blocked,
        assignee_id=assignee_id,
        assignee_name=assignee_name,
        tags=tags,
        created_at=from_micros(created_at),
        last_message_at=from_micros(last_message_at),
        last_inbound_at=_moment(last_inbound_at),
        waiting_since=_moment(waiting_since),
        snoozed_until=_moment(snoozed_until),
        message_count=message_count,
        has_attachments=has_attachments,
        page_key=page_key(sort, ticket_id, created_at, last_message_at, waiting_since),
        last_message_id=last_message_id,
        last_inbound_id=last_inbound_id,
        delivery_problem=delivery_problem,
        may_text=None if may_text is None else bool(may_text),
        customer_shown=(
            show_phone_to(customer_address, channel_address)
            if channel_kind == ChannelKind.SMS
            else customer_address
        ),
    )


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
