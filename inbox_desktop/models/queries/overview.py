"""What the overview pane shows: the ticket, its customer, and their other tickets."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, union_all

from inbox_desktop.models.kinds import ChannelKind, IdentityKind, TicketStatus
from inbox_desktop.models.queries.profiles import attribution, phone_rows
from inbox_desktop.models.queries.rows import Overview, TicketSummary
from inbox_desktop.models.queries.tickets import ticket_row
from inbox_desktop.models.tables import Agent, Customer, Identity, Ticket

LONGEST_HISTORY = 20


def overview(connection: Connection, ticket_id: str) -> Overview | None:
    """The overview of a ticket, or None when it is not here. The history is the newest 20 other tickets."""
    ticket = ticket_row(connection, ticket_id)
    if ticket is None:
        return None
    others = (Ticket.customer_id == ticket.customer_id, Ticket.id != ticket_id)
    history = connection.execute(
        _summaries()
        .where(*others)
        .order_by(Ticket.last_message_at.desc(), Ticket.id.desc())
        .limit(LONGEST_HISTORY)
    )
    identities = _identities(connection, ticket.customer_id)
    phones = phone_rows(connection, ticket.customer_id) if IdentityKind.PHONE in identities else ()
    by_text = ticket.channel_kind is ChannelKind.SMS
    return Overview(
        ticket=ticket,
        customer_since=_known_since(connection, ticket.customer_id),
        addresses=identities.get(IdentityKind.EMAIL, ()),
        phones=tuple(phone.shown for phone in phones),
        possibly_belongs_to=_possibly(connection, ticket_id),
        history=tuple(_summary(row) for row in history),
        history_total=connection.execute(select(func.count()).where(*others)).scalar_one(),
        attribution=attribution(connection, ticket_id) if by_text else None,
        phone_rows=phones,
    )


def _summaries() -> Select[*tuple[Any, ...]]:
    query = select(
        Ticket.id,
        Ticket.number,
        Ticket.subject,
        Ticket.status,
        Ticket.channel_kind,
        Ticket.last_message_at,
        Agent.name.label("assignee_name"),
    )
    return query.outerjoin(Agent, Agent.id == Ticket.assignee_id)


def _summary(row: Row[Any]) -> TicketSummary:
    return TicketSummary(
        id=row.id,
        number=row.number,
        subject=row.subject,
        status=TicketStatus(row.status),
        channel_kind=ChannelKind(row.channel_kind),
        assignee_name=row.assignee_name,
        last_message_at=row.last_message_at,
    )


def _known_since(connection: Connection, customer_id: str) -> datetime:
    """When the customer first wrote. A first synchronisation goes backwards and makes customers too late."""
    made = select(Customer.created_at).where(Customer.id == customer_id)
    wrote = select(Ticket.created_at).where(Ticket.customer_id == customer_id)
    return min(connection.scalars(union_all(made, wrote)))


def _identities(connection: Connection, customer_id: str) -> dict[IdentityKind, tuple[str, ...]]:
    query = select(Identity.kind, Identity.value).where(Identity.customer_id == customer_id)
    found: dict[IdentityKind, tuple[str, ...]] = {}
    for kind, value in connection.execute(query.order_by(Identity.id)):
        found[IdentityKind(kind)] = (*found.get(IdentityKind(kind), ()), value)
    return found


def _possibly(connection: Connection, ticket_id: str) -> TicketSummary | None:
    claimed = select(Ticket.possibly_ticket_id).where(Ticket.id == ticket_id).scalar_subquery()
    row = connection.execute(_summaries().where(Ticket.id == claimed)).first()
    return _summary(row) if row else None
