"""Telling the relay what agents have seen, closed and blocked: found in the inbox itself, so nothing is lost.

What was seen, closed or blocked while the relay was out of reach is told later, as it is then.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, update

from inbox_desktop.models.kinds import Direction, TicketStatus
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import ChatConversation, Customer, Message, Ticket
from inbox_desktop.sync.relay.client import RelayClient, RelayError
from inbox_desktop.sync.services import Services

log = logging.getLogger(__name__)

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Seen:
    """What has been read of a conversation: up to which message of the visitor's, by the relay's id."""

    conversation_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class _Closed:
    """A conversation that was closed here; whoever did so had seen this message of the visitor's."""

    conversation_id: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Blocked:
    """A conversation whose visitor's profile is blocked, or no longer, which the relay does not know."""

    conversation_id: str
    visitor_id: str
    blocked: bool


class Pushing:
    """Tells the relay. Belongs to the event loop."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def push(self, client: RelayClient) -> None:
        """Tell everything that is to be told.

        Raises:
            RelayError: the relay cannot be asked. StorageError: the store cannot be used.
        """
        for seen in await self._services.read(_seen):
            await self._tell(client, seen)
            await self._note(seen.conversation_id, ChatConversation.agent_seen_pushed_id.key, seen.message_id)
        for closed in await self._services.read(_closed):
            if await self._tell_closed(client, closed):
                await self._note(closed.conversation_id, ChatConversation.closed_pushed_at.key, closed.at)

        for one in await self._services.read(_blocked):
            await self._tell_blocked(client, one)
            await self._note(one.conversation_id, ChatConversation.blocked_pushed.key, one.blocked)

    async def _tell(self, client: RelayClient, seen: _Seen) -> None:
        try:
            await client.post(f"conversations/{seen.conversation_id}/seen", {"message_id": seen.message_id})
        except RelayError as error:
            if not error.is_final:
                raise
            log.info("the relay does not take what was seen: %s", error.code)

    async def _tell_closed(self, client: RelayClient, closed: _Closed) -> bool:
        """Whether the relay need not be told any more.

        When the visitor has written since, the feed brings that, and it opens a new ticket.
        """
        try:
            await client.post(
                f"conversations/{closed.conversation_id}/close", {"seen_message_id": closed.message_id}
            )
        except RelayError as error:
            if not error.is_final:
                raise
            log.info("the relay does not close a conversation: %s", error.code)
            return error.code != "newer_message"
        return True

    async def _tell_blocked(self, client: RelayClient, one: _Blocked) -> None:
        try:
            await client.put(f"visitors/{one.visitor_id}/blocked", {"blocked": one.blocked})
        except RelayError as error:
            if not error.is_final:
                raise
            log.info("the relay does not take whether a visitor is blocked: %s", error.code)

    async def _note(self, conversation_id: str, column: str, value: object) -> None:
        def note(session: WriteSession) -> None:
            change = update(ChatConversation).where(ChatConversation.id == conversation_id)
            session.connection().execute(change.values({column: value}))

        await self._services.write(note)


def _seen(connection: Reader) -> Sequence[_Seen]:
    """The conversations whose ticket has been read further than the relay knows."""
    query = (
        select(ChatConversation.id, Message.external_id)
        .join(Ticket, Ticket.id == ChatConversation.ticket_id)
        .join(
            Message,
            and_(Message.id == Ticket.last_inbound_id, Message.channel_id == ChatConversation.channel_id),
        )
        .where(
            ChatConversation.closed_at.is_(None),
            Ticket.unread.is_(False),
            or_(
                ChatConversation.agent_seen_pushed_id.is_(None),
                ChatConversation.agent_seen_pushed_id != Message.external_id,
            ),
        )
        .limit(_AT_ONCE)
    )
    return [_Seen(row[0], row[1]) for row in connection.execute(query) if row[1]]


def _closed(connection: Reader) -> Sequence[_Closed]:
    """The conversations whose ticket is closed and which the relay does not know to be."""
    newest = (
        select(Message.external_id)
        .where(
            Message.ticket_id == Ticket.id,
            Message.channel_id == ChatConversation.channel_id,
            Message.direction == Direction.INBOUND,
        )
        .order_by(Message.order_at.desc(), Message.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(ChatConversation.id, newest, Ticket.closed_at)
        .join(Ticket, Ticket.id == ChatConversation.ticket_id)
        .where(
            ChatConversation.closed_at.is_(None),
            Ticket.status == TicketStatus.CLOSED,
            or_(
                ChatConversation.closed_pushed_at.is_(None),
                ChatConversation.closed_pushed_at < Ticket.closed_at,
            ),
        )
        .limit(_AT_ONCE)
    )
    return [_Closed(*row) for row in connection.execute(query) if row[1] and row[2]]


def _blocked(connection: Reader) -> Sequence[_Blocked]:
    """The conversations of whose visitor the relay believes something else, the newest last: it decides."""
    query = (
        select(ChatConversation.id, ChatConversation.visitor_id, Customer.blocked)
        .join(Ticket, Ticket.id == ChatConversation.ticket_id)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(ChatConversation.blocked_pushed != Customer.blocked)
        .order_by(ChatConversation.id)
        .limit(_AT_ONCE)
    )
    return [_Blocked(*row) for row in connection.execute(query)]
