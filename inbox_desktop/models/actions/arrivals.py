"""The working set of one batch of inbound messages: looked up at once, changed in memory, written at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from inbox_desktop.models import counts, fulltext
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.bulk import among, insert_rows, listed, update_rows
from inbox_desktop.models.counts import CountKey, count_key
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, IdentityKind, MessageKind, TicketStatus
from inbox_desktop.models.rules.channels import RULES, Belonging
from inbox_desktop.models.tables import (
    Attachment,
    Base,
    Channel,
    Customer,
    Identity,
    JournalEntry,
    Message,
    Participant,
    SetAside,
    SetAsideKey,
    ThreadKey,
    Ticket,
    TicketEvent,
)

# Parents before children: foreign keys are checked at once.
_WRITE_ORDER = (
    Customer,
    Identity,
    Ticket,
    Message,
    Attachment,
    SetAside,
    SetAsideKey,
    ThreadKey,
    Participant,
    TicketEvent,
    JournalEntry,
)


class Known(NamedTuple):
    """What tells a stored message from another one under the same external id."""

    author_address: str
    sent_at: datetime
    subject: str


@dataclass(slots=True)
class CustomerState:
    """A customer as the batch knows them."""

    id: str
    name: str
    blocked: bool


@dataclass(slots=True)
class TicketState:
    """A ticket's row while the batch changes it. The names are the columns'."""

    id: str
    number: int
    channel_id: str
    channel_kind: ChannelKind
    customer_id: str
    customer_address: str
    subject: str
    created_at: datetime
    last_message_at: datetime
    snippet: str = ""
    status: TicketStatus = TicketStatus.OPEN
    assignee_id: str | None = None
    unread: bool = False
    snoozed_until: datetime | None = None
    last_message_id: str | None = None
    last_inbound_at: datetime | None = None
    last_inbound_id: str | None = None
    waiting_since: datetime | None = None
    closed_at: datetime | None = None
    closed_seen_id: str | None = None
    message_count: int = 0
    has_attachments: bool = False
    possibly_ticket_id: str | None = None
    seq: int = 0

    def values(self) -> tuple[Any, ...]:
        """The row, in the order of _TICKET_COLUMNS."""
        return _ticket_values(self)

    def count_key(self) -> CountKey:
        """The group that the ticket is counted in at present."""
        return count_key(self.status, self.assignee_id, self.channel_id, unread=self.unread)


_TICKET_COLUMNS = tuple(item.name for item in fields(TicketState))
_ticket_values = attrgetter(*_TICKET_COLUMNS)

# What a batch looks up. The statements are made once, for making them would cost more than asking them; the
# lists in them are given when they are executed.
_CHANNELS = select(Channel.id, Channel.kind, Channel.removed_at)
_MESSAGES = select(
    Message.channel_id, Message.external_id, Message.author_address, Message.sent_at, Message.subject
).where(
    # The channel is named so that the index can be used: without it every message would be looked at.
    among(Message.channel_id, "channels"),
    among(Message.external_id, "ids"),
)
_KEYS = (
    select(ThreadKey.channel_id, ThreadKey.external_id, ThreadKey.ticket_id)
    .where(among(ThreadKey.channel_id, "channels"), among(ThreadKey.external_id, "ids"))
    .order_by(ThreadKey.ticket_id)
)
_CUSTOMERS = (
    select(Identity.kind, Identity.value, Customer.id, Customer.name, Customer.blocked)
    .join(Customer, Customer.id == Identity.customer_id)
    .where(among(Identity.kind, "kinds"), among(Identity.value, "values"))  # the kind for the index, too
)
_EVERY_TICKET = select(*(getattr(Ticket, name) for name in _TICKET_COLUMNS))
_TICKETS = _EVERY_TICKET.where(among(Ticket.id, "ids"))
_TICKETS_OF = _EVERY_TICKET.where(
    among(Ticket.channel_id, "channels"), among(Ticket.customer_id, "customers")
)
_PARTICIPANTS = select(Participant.ticket_id, Participant.address).where(
    among(Participant.ticket_id, "tickets")
)
# An answer of ours has an agent: one without was sent with another program.
_ANSWERS = (
    select(Message.ticket_id, func.max(Message.sent_at))
    .where(Message.kind == MessageKind.REPLY, Message.agent_id.is_(None), among(Message.ticket_id, "tickets"))
    .group_by(Message.ticket_id)
)
_FIRST_INBOUND_AFTER = select(func.min(Message.sent_at)).where(
    Message.ticket_id == bindparam("ticket_id"),
    Message.kind == MessageKind.MESSAGE,
    Message.sent_at > bindparam("moment"),
)


class Arrivals:
    """What a batch of messages of any channels needs to know, and what it will write."""

    def __init__(self, connection: Connection, messages: Sequence[InboundMessage]) -> None:
        self._connection = connection
        self._rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._documents: list[fulltext.Document] = []
        self._renamed: dict[str, tuple[str, int]] = {}
        self._touched: dict[str, TicketState] = {}
        self._load_channels()
        self._load_known(messages)
        self._load_thread_keys(messages)
        self._load_customers(messages)
        self._load_tickets(messages)

    # What is known

    def channel_kind(self, channel_id: str) -> ChannelKind:
        """The kind of a channel."""
        return self._channels[channel_id]

    def known(self, channel_id: str, external_id: str) -> Known | None:
        """The message that has this external id already, or None when it is new."""
        return self._known.get((channel_id, external_id))

    def is_stored(self, channel_id: str, external_id: str) -> bool:
        """Whether a message has this external id, asked of the database: for ids made in the batch."""
        if (channel_id, external_id) in self._known:
            return True
        same = select(Message.id).where(Message.channel_id == channel_id, Message.external_id == external_id)
        return self._connection.execute(same).first() is not None

    def tickets_of(self, channel_id: str) -> dict[str, list[str]]:
        """The tickets whose messages have or refer to an external id, by external id."""
        return self._thread_keys[channel_id]

    @property
    def participants_of(self) -> dict[str, set[str]]:
        """The addresses that took part, by ticket."""
        return self._participants

    def ticket(self, ticket_id: str | None) -> TicketState | None:
        """A ticket that one of the batch's messages may belong to."""
        return self._tickets.get(ticket_id) if ticket_id else None

    def may_join(self, message: InboundMessage, ticket: TicketState) -> bool:
        """Whether a message that came by its own channel may stand in the ticket.

        A customer may answer to another of our addresses. Through a removed channel nobody could reply.
        """
        is_same = ticket.channel_id == message.channel_id
        is_like = ticket.channel_kind is self._channels[message.channel_id]
        return is_same or (is_like and ticket.channel_id not in self._removed)

    def answered_elsewhere(self, ticket: TicketState) -> datetime | None:
        """When the ticket was last answered with another program, or None."""
        return self._answered.get(ticket.id)

    def first_inbound_after(self, ticket: TicketState, moment: datetime) -> datetime | None:
        """When the first of the customer's messages behind this moment was sent, or None."""
        values = {"ticket_id": ticket.id, "moment": moment}
        stored: datetime | None = self._connection.execute(_FIRST_INBOUND_AFTER, values).scalar_one()
        found = [stored] if stored else []
        for row in self._rows[Message]:
            is_inbound = row["ticket_id"] == ticket.id and row["kind"] is MessageKind.MESSAGE
            if is_inbound and row["sent_at"] > moment:
                found.append(row["sent_at"])
        return min(found, default=None)

    def ticket_of(self, kind: IdentityKind, people: Iterable[str], channel_id: str) -> TicketState | None:
        """The newest ticket in the channel of the first of these people who has one there."""
        customers = (self._customers.get((kind, person)) for person in people)
        tickets = (self._latest.get((customer.id, channel_id)) for customer in customers if customer)
        return next((ticket for ticket in tickets if ticket is not None), None)

    # What changes

    def add(self, table: type[Base], **values: Any) -> None:
        """A row to be inserted."""
        self._rows[table].append(values)

    def add_document(self, document: fulltext.Document) -> None:
        """A message for the full-text index."""
        self._documents.append(document)

    def remember(self, channel_id: str, external_id: str, message: InboundMessage) -> None:
        """The message is known from now on."""
        self._known[channel_id, external_id] = Known(message.author_address, message.sent_at, message.subject)

    def customer_for(self, message: InboundMessage, seq: int) -> CustomerState:
        """The customer who wrote the message, made if there is none yet; a missing name is filled in."""
        key = (message.author_kind, message.author_address)
        customer = self._customers.get(key) if message.author_address else None
        if customer is None:
            customer = CustomerState(new_id(), message.author_name, blocked=False)
            self.add(
                Customer,
                id=customer.id,
                name=customer.name,
                blocked=False,
                created_at=message.moment,
                seq=seq,
            )
            if message.author_address:
                self._customers[key] = customer
                self.add(Identity, id=new_id(), customer_id=customer.id, kind=key[0], value=key[1], seq=seq)
        elif not customer.name and message.author_name:
            customer.name = message.author_name
            self._renamed[customer.id] = (customer.name, seq)
        return customer

    def open_ticket(self, ticket: TicketState) -> None:
        """A new ticket."""
        self._tickets[ticket.id] = self._touched[ticket.id] = ticket
        self._latest[ticket.customer_id, ticket.channel_id] = ticket

    def touch(self, ticket: TicketState) -> None:
        """The ticket is about to change."""
        self._touched[ticket.id] = ticket

    def answer(self, ticket: TicketState, moment: datetime) -> None:
        """The ticket was answered with another program: whoever wrote before that no longer waits."""
        self._answered[ticket.id] = max(moment, self._answered.get(ticket.id, moment))
        if ticket.waiting_since is not None and ticket.waiting_since < moment:
            ticket.waiting_since = self.first_inbound_after(ticket, moment)

    def link(self, ticket: TicketState, external_ids: Iterable[str], channel_id: str) -> None:
        """Messages of a channel that have or refer to these ids belong to the ticket."""
        keys = self._thread_keys[channel_id]
        for external_id in dict.fromkeys(filter(None, external_ids)):  # a text not yet sent has none
            tickets = keys.setdefault(external_id, [])
            if ticket.id not in tickets:
                tickets.append(ticket.id)
                self.add(ThreadKey, channel_id=channel_id, external_id=external_id, ticket_id=ticket.id)

    def join(self, ticket: TicketState, addresses: Iterable[str]) -> None:
        """These addresses take part in the ticket."""
        known = self._participants.setdefault(ticket.id, set())
        for address in addresses:
            if address and address not in known:
                known.add(address)
                self.add(Participant, ticket_id=ticket.id, address=address)

    def write(self) -> dict[str, list[str]]:
        """Write everything. Returns the ids that changed, by kind, for the change feed."""
        fresh = [ticket.values() for ticket in self._touched.values() if ticket.id not in self._stored]
        self._rows[Ticket].extend(dict(zip(_TICKET_COLUMNS, row, strict=True)) for row in fresh)
        for table in _WRITE_ORDER:
            insert_rows(self._connection, table, self._rows[table])
        self._update_changed()
        fulltext.index(self._connection, self._documents)
        counts.add(self._connection, self._count_changes())
        customers = [row["id"] for row in self._rows[Customer]] + list(self._renamed)
        return {"ticket": list(self._touched), "customer": customers}

    def _update_changed(self) -> None:
        # Only what differs is named: SQLite writes every index anew that has one of the columns.
        changed: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for ticket in self._touched.values():
            if (stored := self._stored.get(ticket.id)) is not None:
                pairs = zip(_TICKET_COLUMNS, stored, ticket.values(), strict=True)
                row = {name: value for name, before, value in pairs if value != before}
                if row:
                    changed[tuple(row)].append({"id": ticket.id, **row})
        for rows in changed.values():
            update_rows(self._connection, Ticket, rows)
        renamed = [{"id": key, "name": name, "seq": seq} for key, (name, seq) in self._renamed.items()]
        update_rows(self._connection, Customer, renamed)

    def _count_changes(self) -> dict[CountKey, int]:
        changes: dict[CountKey, int] = defaultdict(int)
        for ticket in self._touched.values():
            if (stored := self._stored.get(ticket.id)) is not None:
                status = TicketStatus(stored.status)
                key = count_key(status, stored.assignee_id, stored.channel_id, unread=stored.unread)
                changes[key] -= 1
            changes[ticket.count_key()] += 1
        return changes

    # Looking up

    def _load_channels(self) -> None:
        rows = self._connection.execute(_CHANNELS).all()
        self._channels = {row.id: ChannelKind(row.kind) for row in rows}
        self._removed = {row.id for row in rows if row.removed_at is not None}

    def _load_known(self, messages: Sequence[InboundMessage]) -> None:
        rows = self._find(
            _MESSAGES,
            channels={message.channel_id for message in messages},
            ids={message.external_id for message in messages},
        )
        self._known = {(row[0], row[1]): Known(*row[2:]) for row in rows}

    def _load_thread_keys(self, messages: Sequence[InboundMessage]) -> None:
        wanted = {external_id for message in messages for external_id in message.thread_ids}
        self._thread_keys: dict[str, dict[str, list[str]]] = defaultdict(dict)
        # Of all channels: a message may join, and be linked in, a ticket of another one than its own.
        for channel_id, external_id, ticket_id in self._find(_KEYS, channels=self._channels, ids=wanted):
            self._thread_keys[channel_id].setdefault(external_id, []).append(ticket_id)

    def _load_customers(self, messages: Sequence[InboundMessage]) -> None:
        rows = self._find(
            _CUSTOMERS,
            kinds={message.author_kind for message in messages},
            values={message.author_address for message in messages} | self._texted(messages),
        )
        by_id: dict[str, CustomerState] = {}
        self._customers: dict[tuple[IdentityKind, str], CustomerState] = {}
        for kind, value, customer_id, name, blocked in rows:
            state = by_id.setdefault(customer_id, CustomerState(customer_id, name, blocked))
            self._customers[IdentityKind(kind), value] = state

    def _load_tickets(self, messages: Sequence[InboundMessage]) -> None:
        wanted = {message.signed_ticket_id for message in messages if message.signed_ticket_id}
        for keys in self._thread_keys.values():
            wanted.update(ticket_id for tickets in keys.values() for ticket_id in tickets)
        found = self._find(_TICKETS, ids=wanted)
        by_person = {message.channel_id for message in messages if self._is_by_person(message)}
        if by_person:
            people = {state.id for state in self._customers.values()}
            found += self._find(_TICKETS_OF, channels=by_person, customers=people)
        self._tickets: dict[str, TicketState] = {}
        self._latest: dict[tuple[str, str], TicketState] = {}
        self._stored: dict[str, Row[Any]] = {}
        for row in found:
            if row.id in self._tickets:
                continue
            ticket = TicketState(*row)
            ticket.status, ticket.channel_kind = TicketStatus(ticket.status), ChannelKind(ticket.channel_kind)
            self._tickets[ticket.id] = ticket
            self._stored[ticket.id] = row
            latest = self._latest.get((ticket.customer_id, ticket.channel_id))
            if latest is None or latest.last_message_at < ticket.last_message_at:
                self._latest[ticket.customer_id, ticket.channel_id] = ticket
        self._participants: dict[str, set[str]] = defaultdict(set)
        for ticket_id, address in self._find(_PARTICIPANTS, tickets=self._tickets):
            self._participants[ticket_id].add(address)
        self._answered = dict(self._find(_ANSWERS, tickets=self._tickets))

    def _is_by_person(self, message: InboundMessage) -> bool:
        return RULES[self._channels[message.channel_id]].belonging is Belonging.PERSON

    def _texted(self, messages: Sequence[InboundMessage]) -> set[str]:
        """To whom those of the messages went that find their ticket by a person and came from our number."""
        ours = (m for m in messages if m.sent_elsewhere and self._is_by_person(m))
        return {person for message in ours for person in message.recipients}

    def _find(self, query: Select[*tuple[Any, ...]], **lists: Collection[str]) -> list[Any]:
        """The rows that a query finds for the lists that it names; nothing is in an empty list."""
        if not all(lists.values()):
            return []
        return list(self._connection.execute(query, {name: listed(some) for name, some in lists.items()}))
