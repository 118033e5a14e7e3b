"""A ticket's thread: its newest messages, what happened between them, and whether it may be answered."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, bindparam, func, select

from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.models.kinds import (
    ActorKind,
    ChannelKind,
    CopyState,
    DeliveryState,
    Direction,
    MessageKind,
)
from inbox_desktop.models.queries.among import among, listed
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.queries.event_words import Telling
from inbox_desktop.models.queries.rows import (
    AttachmentRow,
    DeliveryRow,
    EventRow,
    MessageRow,
    RecipientRow,
    Thread,
    TicketRow,
)
from inbox_desktop.models.queries.tickets import ticket_row
from inbox_desktop.models.rules.channels import Recipient as RuleRecipient
from inbox_desktop.models.rules.channels import reply_refusal
from inbox_desktop.models.rules.replying import answer_addresses, removed_channel_refusal, reply_from
from inbox_desktop.models.tables import Agent, Attachment, Channel, Delivery, Message, Recipient, TicketEvent

# Taken back before it was sent: it never became a message.
_CANCELLED = (
    select(Delivery.id)
    .where(Delivery.message_id == Message.id, Delivery.state == DeliveryState.CANCELLED)
    .exists()
)
_OF_TICKET = (Message.ticket_id == bindparam("ticket_id"), ~_CANCELLED)
_HOW_MANY = select(func.count()).where(*_OF_TICKET)
# What a message's row shows, and no more: to read the other lists of addresses would take as long again.
_NEWEST: Select[*tuple[Any, ...]] = (
    select(
        Message.id,
        Message.ticket_id,
        Message.direction,
        Message.kind,
        Message.agent_id,
        Message.customer_id,
        Message.author_name,
        Message.author_address,
        Message.author_verified,
        Message.sent_at,
        Message.stored_at,
        Message.to.label("to_addresses"),
        Message.cc.label("cc_addresses"),
        Message.subject,
        Message.text,
        Message.visible_text,
        Message.html,
        Message.visible_html,
        Message.blocked,
        Message.warnings,
        Message.external_id,
        Message.raw_id,
    )
    .where(*_OF_TICKET)
    .order_by(Message.order_at.desc(), Message.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_ATTACHMENTS = (
    select(Attachment.__table__)
    .where(among(Attachment.message_id))
    .order_by(Attachment.message_id, Attachment.position)
)
_DELIVERIES = select(Delivery.__table__).where(among(Delivery.message_id))
_RECIPIENTS = (
    select(Recipient.__table__)
    .join(Delivery, Delivery.id == Recipient.delivery_id)
    .where(among(Delivery.message_id))
    .order_by(Recipient.delivery_id, Recipient.address)
)
_CHANNEL = select(Channel.address, Channel.settings, Channel.removed_at).where(
    Channel.id == bindparam("channel_id")
)
_LAST_INBOUND = select(Message.reply_to, Message.author_address, Message.channel_address).where(
    Message.id == bindparam("message_id")
)
_PEOPLE = select(Agent.id, Agent.name)
_EVENTS = (
    select(TicketEvent.__table__)
    .where(TicketEvent.ticket_id == bindparam("ticket_id"))
    .order_by(TicketEvent.at, TicketEvent.id)
)


def thread(
    connection: Connection, ticket_id: str, attachments_folder: Path, limit: int = 50
) -> Thread | None:
    """A ticket with its newest `limit` messages in order; None when the ticket is not here."""
    ticket = ticket_row(connection, ticket_id)
    if ticket is None:
        return None
    found = connection.execute(_NEWEST, {"ticket_id": ticket_id, "most": limit}).all()[::-1]
    older = 0
    if len(found) == limit:
        older = connection.execute(_HOW_MANY, {"ticket_id": ticket_id}).scalar_one() - len(found)
    refusal, reply_from_, reply_to = _answering(connection, ticket)
    return Thread(
        ticket=ticket,
        messages=_messages(connection, found, AttachmentStore(attachments_folder)),
        events=_events(connection, ticket_id, found, all_are_here=older == 0),
        older=older,
        newest_message_id=ticket.last_message_id,
        newest_inbound_id=ticket.last_inbound_id,
        reply_refusal=refusal,
        reply_from=reply_from_,
        reply_to=reply_to,
    )


def _messages(
    connection: Connection, found: Sequence[Row[*tuple[Any, ...]]], store: AttachmentStore
) -> tuple[MessageRow, ...]:
    ids = [row.id for row in found]
    files = _attachments(connection, ids, store)
    deliveries = _deliveries(connection, ids)
    return tuple(_message(row, tuple(files[row.id]), deliveries.get(row.id)) for row in found)


def _message(
    row: Row[*tuple[Any, ...]], files: tuple[AttachmentRow, ...], delivery: DeliveryRow | None
) -> MessageRow:
    return MessageRow(
        id=row.id,
        ticket_id=row.ticket_id,
        direction=Direction(row.direction),
        kind=MessageKind(row.kind),
        author_id=row.agent_id or (row.customer_id if row.direction == Direction.INBOUND else None),
        author_name=row.author_name,
        author_address=row.author_address,
        author_verified=row.author_verified,
        sent_at=row.sent_at,
        to=tuple(row.to_addresses),
        cc=tuple(row.cc_addresses),
        subject=row.subject,
        text=row.text,
        visible_text=row.visible_text,
        html=row.html,
        visible_html=row.visible_html,
        blocked=tuple(row.blocked),
        warnings=tuple(row.warnings),
        external_id=row.external_id,
        has_raw=row.raw_id is not None,
        attachments=files,
        delivery=delivery,
    )


def _attachments(
    connection: Connection, message_ids: Sequence[str], store: AttachmentStore
) -> dict[str, list[AttachmentRow]]:
    files: dict[str, list[AttachmentRow]] = defaultdict(list)
    for row in connection.execute(_ATTACHMENTS, listed(message_ids)):
        files[row.message_id].append(
            AttachmentRow(
                id=row.id,
                filename=row.filename,
                content_type=row.content_type,
                size=row.size,
                inline=row.inline,
                content_id=row.content_id,
                path=str(store.path(row.sha256)),
                active=row.active,
            )
        )
    return files


def _deliveries(connection: Connection, message_ids: Sequence[str]) -> dict[str, DeliveryRow]:
    found = connection.execute(_DELIVERIES, listed(message_ids)).all()
    recipients: dict[str, list[RecipientRow]] = defaultdict(list)
    for row in connection.execute(_RECIPIENTS, listed(message_ids)) if found else ():
        recipients[row.delivery_id].append(RecipientRow(row.address, DeliveryState(row.state), row.detail))
    return {
        row.message_id: DeliveryRow(
            row.id,
            DeliveryState(row.state),
            row.detail,
            row.not_before,
            row.attempts,
            tuple(recipients[row.id]),
            row.detail if row.sent_copy == CopyState.FAILED else "",
        )
        for row in found
    }


def _events(
    connection: Connection, ticket_id: str, messages: Sequence[Row[*tuple[Any, ...]]], *, all_are_here: bool
) -> tuple[EventRow, ...]:
    """What happened since the first of these messages, or from the beginning when all of them are here."""
    people = {row.id: row.name for row in connection.execute(_PEOPLE)}
    telling = Telling(people)
    rows = connection.execute(_EVENTS, {"ticket_id": ticket_id})
    events: list[EventRow] = []
    for row in rows:
        actor = telling.person(row.actor_id) if row.actor_kind == ActorKind.AGENT else ""
        text = telling.sentence(row.name, row.detail, actor)
        if text is None:
            continue
        cause = _cause(row, messages)
        place = _place(row, messages) if cause is None else cause
        if place == 0 and cause is None and not all_are_here:
            continue
        at = row.at if cause is None else messages[cause].sent_at
        before = messages[place].id if place < len(messages) else None
        events.append(EventRow(row.id, ticket_id, at, actor, text, before))
    return tuple(events)


def _cause(event: Row[*tuple[Any, ...]], messages: Sequence[Row[*tuple[Any, ...]]]) -> int | None:
    """The index of the message that made the event happen. It stands before that one, and at its time."""
    cause = event.detail.get("message")
    return next((index for index, message in enumerate(messages) if message.id == cause), None)


def _place(event: Row[*tuple[Any, ...]], messages: Sequence[Row[*tuple[Any, ...]]]) -> int:
    """The index of the message that the event stands before; their number when it stands at the end.

    It stands behind what had arrived by then: the date that a message bears says nothing about that.
    """
    arrived = (i for i in range(len(messages), 0, -1) if messages[i - 1].stored_at <= event.at)
    return next(arrived, 0)


def _answering(connection: Connection, ticket: TicketRow) -> tuple[str | None, str, tuple[str, ...]]:
    """Why nobody may answer (or None), and from which address to which ones an answer goes."""
    channel = connection.execute(_CHANNEL, {"channel_id": ticket.channel_id}).one()
    last = None
    if ticket.last_inbound_id is not None:
        last = connection.execute(_LAST_INBOUND, {"message_id": ticket.last_inbound_id}).first()
    refusal = reply_refusal(
        ChannelKind(ticket.channel_kind),
        RuleRecipient(ticket.customer_blocked, consents_of(connection, ticket.customer_address)),
        has_inbound=ticket.last_inbound_id is not None,
    )
    if channel.removed_at is not None:
        refusal = removed_channel_refusal(channel.address)
    aliases = channel.settings.get("aliases", ())
    own = reply_from(channel.address, aliases, last.channel_address if last else "")
    if ticket.channel_kind is not ChannelKind.EMAIL:
        return refusal, own, (ticket.customer_address,)
    to = answer_addresses(
        last.reply_to if last else (),
        last.author_address if last else "",
        ticket.customer_address,
        (channel.address, *aliases),
    )
    return refusal, own, to
