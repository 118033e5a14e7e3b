"""Joining two conversations by text of one person at one number, and parting them again.

What merging two profiles needs. The ticket that is left stays with the merged profile, closed and without
messages: its number still leads to where the conversation goes on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import select, update

from inbox_desktop.models.actions.attribution import attribute, attribution_window
from inbox_desktop.models.actions.base import Action, ticket_event
from inbox_desktop.models.actions.tickets import set_status
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, Direction, MessageKind, TicketStatus
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import (
    Attachment,
    Channel,
    Delivery,
    Message,
    Participant,
    SearchDocument,
    ThreadKey,
    Ticket,
)
from inbox_desktop.models.texts import snippet_of

_PUBLIC = (MessageKind.MESSAGE, MessageKind.REPLY)
_SHOWN = (*_PUBLIC, MessageKind.KEYWORD)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stood: what an agent decides about it, and the newest text that it had."""

    status: TicketStatus
    unread: bool
    assignee_id: str | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    closed_seen_id: str | None
    last_inbound_id: str | None


@dataclass(frozen=True, slots=True)
class Joined:
    """Which messages went from one ticket into another; how both stood, and the latter since."""

    from_id: str
    into_id: str
    message_ids: tuple[str, ...]
    from_before: Standing
    into_before: Standing
    into_after: Standing


def tickets_at_one_number(session: WriteSession, from_id: str, into_id: str) -> list[tuple[Ticket, Ticket]]:
    """The tickets of two customers that are conversations with the same number of ours."""
    found: dict[str, dict[str, Ticket]] = {from_id: {}, into_id: {}}
    query = select(Ticket).where(
        Ticket.customer_id.in_(found), Ticket.channel_kind == ChannelKind.SMS, Ticket.message_count > 0
    )
    for ticket in session.scalars(query):
        found[ticket.customer_id][ticket.channel_id] = ticket
    return [
        (found[from_id][one], found[into_id][one]) for one in sorted(found[from_id]) if one in found[into_id]
    ]


def join(session: WriteSession, action: Action, gone: Ticket, kept: Ticket) -> Joined:
    """Move every message of `gone` into `kept`."""
    ids = tuple(session.scalars(select(Message.id).where(Message.ticket_id == gone.id).order_by(Message.id)))
    from_before, into_before = _standing(gone), _standing(kept)
    _move(session, ids, kept)
    people = select(Participant.address).where(Participant.ticket_id == gone.id)
    for address in list(session.scalars(people)):
        session.merge(Participant(ticket_id=kept.id, address=address))
    _stand_together(kept, gone)
    _retell(session, kept)
    if kept.status == TicketStatus.CLOSED and kept.closed_seen_id is not None:
        kept.closed_seen_id = kept.last_inbound_id  # each was closed by somebody who had read it
    _empty(gone, kept, action.at)
    session.add(ticket_event(action, gone.id, "continued_in", ticket=kept.id, number=kept.number))
    session.add(ticket_event(action, kept.id, "took_over", ticket=gone.id, number=gone.number))
    _attribute_again(session, action, kept)
    return Joined(gone.id, kept.id, ids, from_before, into_before, _standing(kept))


def part(session: WriteSession, action: Action, joined: Joined, phones: Collection[str]) -> None:
    """The inverse of joining: what came since with one of these phones goes along."""
    back, kept = session.get_one(Ticket, joined.from_id), session.get_one(Ticket, joined.into_id)
    moved = set(joined.message_ids)
    query = select(Message).where(Message.ticket_id == kept.id)
    ids = [one.id for one in session.scalars(query) if one.id in moved or _phone_of(one) in phones]
    _move(session, ids, back)
    for ticket in (back, kept):
        _retell(session, ticket)
    _stand_again(back, joined.from_before, is_untouched=True)
    is_untouched = _decided(_standing(kept)) == _decided(joined.into_after)
    _stand_again(kept, joined.into_before, is_untouched=is_untouched)
    session.add(ticket_event(action, back.id, "parted_from", ticket=kept.id, number=kept.number))
    for ticket in (back, kept):
        _attribute_again(session, action, ticket)


def _standing(ticket: Ticket) -> Standing:
    return Standing(
        TicketStatus(ticket.status),
        ticket.unread,
        ticket.assignee_id,
        ticket.snoozed_until,
        ticket.closed_at,
        ticket.closed_seen_id,
        ticket.last_inbound_id,
    )


def _decided(standing: Standing) -> tuple[object, ...]:
    return (standing.status, standing.assignee_id, standing.snoozed_until)


def _stand_together(kept: Ticket, gone: Ticket) -> None:
    """What is open in one of two is open in both together."""
    kept.unread = kept.unread or gone.unread
    kept.assignee_id = kept.assignee_id or gone.assignee_id
    rank = (TicketStatus.OPEN, TicketStatus.SNOOZED, TicketStatus.CLOSED)
    if rank.index(TicketStatus(gone.status)) < rank.index(TicketStatus(kept.status)):
        set_status(kept, TicketStatus(gone.status))
        kept.snoozed_until = gone.snoozed_until


def _stand_again(ticket: Ticket, before: Standing, *, is_untouched: bool) -> None:
    """As it stood before, unless somebody has decided otherwise, or the customer has texted, since."""
    is_same = ticket.last_inbound_id == before.last_inbound_id
    if is_untouched and is_same:
        ticket.status, ticket.snoozed_until = before.status, before.snoozed_until
        ticket.closed_at, ticket.closed_seen_id = before.closed_at, before.closed_seen_id
        ticket.unread, ticket.assignee_id = before.unread, before.assignee_id
    elif is_untouched:
        set_status(ticket, TicketStatus.OPEN)
        ticket.assignee_id = before.assignee_id
        ticket.unread = True
    elif ticket.status == TicketStatus.CLOSED and ticket.closed_seen_id is not None:
        ticket.closed_seen_id = ticket.last_inbound_id


def _empty(gone: Ticket, kept: Ticket, at: datetime) -> None:
    set_status(gone, TicketStatus.CLOSED)
    gone.closed_at, gone.closed_seen_id = at, None
    gone.unread, gone.assignee_id, gone.has_attachments = False, None, False
    gone.message_count, gone.last_message_id = 0, None
    gone.last_inbound_at = gone.last_inbound_id = gone.waiting_since = None
    gone.snippet = f"Continued in #{kept.number}"


def _move(session: WriteSession, ids: Sequence[str], ticket: Ticket) -> None:
    session.flush()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for row in session.execute(
            select(Message.channel_id, Message.external_id).where(
                Message.id.in_(some), Message.external_id.is_not(None)
            )
        ).all():
            session.merge(
                ThreadKey(channel_id=row.channel_id, external_id=row.external_id, ticket_id=ticket.id)
            )
        for table, where, values in (
            (
                Message,
                Message.id,
                {"ticket_id": ticket.id, "customer_id": ticket.customer_id, "seq": session.seq},
            ),
            (SearchDocument, SearchDocument.message_id, {"ticket_id": ticket.id}),
        ):
            change = update(table).where(where.in_(some)).values(values)
            session.execute(change.execution_options(synchronize_session=False))
    session.flush()
    session.expire_all()


def _retell(session: WriteSession, ticket: Ticket) -> None:
    """Let the ticket's row say what its messages are by now."""
    session.flush()
    cancelled = select(Delivery.message_id).where(Delivery.state == DeliveryState.CANCELLED)
    query = (
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.id.not_in(cancelled))
        .order_by(Message.order_at.desc(), Message.id.desc())
    )
    messages = list(session.scalars(query))
    inbound = [one for one in messages if one.kind == MessageKind.MESSAGE]
    waiting = list(
        takewhile(lambda one: one.kind == MessageKind.MESSAGE, (m for m in messages if m.kind in _PUBLIC))
    )
    shown = next((one for one in messages if one.kind in _SHOWN), None)
    files = select(Attachment.id).where(
        Attachment.message_id.in_([one.id for one in messages[:_AT_ONCE]]), Attachment.inline.is_(False)
    )
    ticket.message_count = len(messages)
    ticket.last_message_at, ticket.last_message_id = messages[0].order_at, messages[0].id
    ticket.last_inbound_at, ticket.last_inbound_id = inbound[0].sent_at, inbound[0].id
    ticket.created_at = min(one.sent_at for one in inbound)
    ticket.customer_address = inbound[0].author_address
    ticket.waiting_since = min((one.sent_at for one in waiting), default=None)
    ticket.snippet = snippet_of(shown.visible_text or shown.text) if shown is not None else ""
    ticket.has_attachments = session.scalar(files.limit(1)) is not None


def _attribute_again(session: WriteSession, action: Action, ticket: Ticket) -> None:
    """Who answered which campaign message depends on all texts of the person."""
    session.flush()
    window = attribution_window(session.get_one(Channel, ticket.channel_id))
    query = select(Message).where(Message.ticket_id == ticket.id, Message.kind == MessageKind.CAMPAIGN)
    for campaign in list(session.scalars(query.order_by(Message.sent_at, Message.id))):
        attribute(session, action.actor, campaign, window, action.at)


def _phone_of(message: Message) -> str:
    if message.direction == Direction.INBOUND:
        return message.author_address
    return message.to[0] if message.to else ""
