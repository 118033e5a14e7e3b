"""The outbox: what has not left yet, and what ended in a way that asks for a person."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.orm import aliased

from inbox_desktop.models.kinds import ChannelKind, DeliveryState, MessageKind
from inbox_desktop.models.phones import show_phone_to
from inbox_desktop.models.queries.rows import OutboxRow
from inbox_desktop.models.tables import Channel, Customer, Delivery, Message, Recipient, Ticket
from inbox_desktop.models.texts import snippet_of

_WAITING = (DeliveryState.QUEUED, DeliveryState.ATTEMPTING)
_OPEN = (*_WAITING, DeliveryState.FAILED, DeliveryState.UNKNOWN)

_OF_TEXTS = aliased(Ticket)
_OF_TICKET = aliased(Channel)
_TEXTS = (
    select(_OF_TEXTS.id)
    .where(_OF_TEXTS.customer_id == Message.customer_id, _OF_TEXTS.channel_kind == ChannelKind.SMS)
    .order_by(_OF_TEXTS.last_message_at.desc())
    .limit(1)
    .scalar_subquery()
)
"""The conversation by text with the customer of a message that belongs to no ticket."""


def outbox(connection: Connection) -> tuple[OutboxRow, ...]:
    """Every delivery that is queued, being attempted, failed or of unknown end, the oldest first.

    A notification stands under the conversation that it tells of. What was sent by itself and did not arrive
    asks for nobody: it is told in its thread alone.
    """
    query = (
        select(
            Delivery.id,
            Delivery.message_id,
            Delivery.state,
            Delivery.detail,
            Delivery.not_before,
            Delivery.queued_at,
            Message.subject,
            Message.kind.label("message_kind"),
            Message.visible_text,
            Channel.kind.label("channel_kind"),
            Ticket.id.label("ticket_id"),
            Ticket.number,
            Ticket.customer_address,
            Ticket.channel_kind.label("ticket_kind"),
            select(_OF_TICKET.address)
            .where(_OF_TICKET.id == Ticket.channel_id)
            .scalar_subquery()
            .label("ticket_channel"),
            Customer.name.label("customer_name"),
        )
        .join(Message, Message.id == Delivery.message_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Ticket, Ticket.id == func.coalesce(Message.ticket_id, _TEXTS))
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(
            Delivery.state.in_(_OPEN),
            Delivery.state.in_(_WAITING) | (Message.kind != MessageKind.AUTO_REPLY),
        )
        .order_by(Delivery.queued_at, Delivery.id)
    )
    recipients = _recipients(connection)
    return tuple(_row(row, recipients[row.id]) for row in connection.execute(query))


def _row(row: Row[*tuple[Any, ...]], recipients: Sequence[str]) -> OutboxRow:
    return OutboxRow(
        delivery_id=row.id,
        message_id=row.message_id,
        ticket_id=row.ticket_id,
        ticket_number=row.number,
        subject=row.subject,
        customer_name=row.customer_name or _shown(row),
        recipients=tuple(recipients),
        state=DeliveryState(row.state),
        detail=row.detail,
        not_before=row.not_before,
        queued_at=row.queued_at,
        channel_kind=ChannelKind(row.channel_kind),
        kind=MessageKind(row.message_kind),
        snippet=snippet_of(row.visible_text),
    )


def _shown(row: Row[*tuple[Any, ...]]) -> str:
    is_text = row.ticket_kind == ChannelKind.SMS
    return show_phone_to(row.customer_address, row.ticket_channel) if is_text else row.customer_address


def _recipients(connection: Connection) -> dict[str, list[str]]:
    query = (
        select(Recipient.delivery_id, Recipient.address)
        .join(Delivery, Delivery.id == Recipient.delivery_id)
        .where(Delivery.state.in_(_OPEN))
        .order_by(Recipient.address)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for delivery_id, address in connection.execute(query):
        found[delivery_id].append(address)
    return found
