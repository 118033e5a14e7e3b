"""Large inboxes for benchmarks, made quickly and true to every invariant: `check` finds nothing wrong."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Table, update

from inbox_desktop.models import counts, fulltext
from inbox_desktop.models.actions import SYSTEM, agent, perform
from inbox_desktop.models.actions.channels import AddChannel
from inbox_desktop.models.actions.people import SaveAgent
from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.counts import CountKey, count_key
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import (
    ActorKind,
    ChannelKind,
    DeliveryState,
    Direction,
    IdentityKind,
    MessageKind,
    Role,
    TicketStatus,
)
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.models.tables import (
    Base,
    Customer,
    Delivery,
    Head,
    Identity,
    JournalEntry,
    Message,
    Participant,
    Recipient,
    ThreadKey,
    Ticket,
    TicketEvent,
    TicketTag,
)
from inbox_desktop.models.texts import snippet_of
from tests.models.samples import mail_settings

BATCH = 2_000
END = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""The time of the newest message."""

SUPPORT = "support@harbor.example"
PEOPLE = ("Julia Mendes", "Tom Keller", "Sara Lind", "Diego Ruiz")
TAGS = ("Shipping", "Returns", "Product", "Pricing", "Loyalty", "VIP", "Urgent")
_FIRST_NAMES = tuple(
    "Ana Bo Marta Chidi Yuki Priya Luca Sofia Omar Ingrid Pavel Grace Hugo Leila Noah Mei".split()
)
_LAST_NAMES = tuple(
    "Souza Lindqvist Kowalska Okafor Tanaka Nair Bianchi Keller Haddad Berg Novak Lee".split()
)
_COMMON = tuple(
    "the order my parcel has not arrived yet please can you tell me when it will be here I would like to "
    "return a jacket size colour blue refund invoice address delivery tracking number thanks".split()
)
_SYLLABLES = tuple("ba ce di fo gu ha ki lo mu ne po ra se ti vo wa xe yo zu".split())
_ORDER = (
    Customer,
    Identity,
    Ticket,
    Message,
    Delivery,
    Recipient,
    ThreadKey,
    Participant,
    TicketTag,
    TicketEvent,
    JournalEntry,
)


@dataclass
class _Builder:
    """Makes tickets one after the other and keeps their rows until they are written."""

    random: random.Random
    channel_id: str
    agents: list[str]
    seq: int
    number: int = 0
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    documents: list[fulltext.Document] = field(default_factory=list)
    counted: Counter[CountKey] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        syllables = self.random.choices(_SYLLABLES, k=3 * 4_000)
        rare = ["".join(syllables[i : i + 3]) for i in range(0, len(syllables), 3)]
        weights = [40] * len(_COMMON) + [1] * len(rare)
        self.words = self.random.choices((*_COMMON, *rare), weights, k=200_000)

    def add(self, table: type[Base], **values: Any) -> None:
        self.rows[table].append(values)

    def text(self, words: int) -> str:
        start = self.random.randrange(len(self.words) - words)
        return " ".join(self.words[start : start + words]).capitalize() + "."

    def journal(self, name: str, actor_kind: ActorKind, actor_id: str, at: datetime, **arguments: Any) -> int:
        self.seq += 1
        self.add(
            JournalEntry,
            seq=self.seq,
            id=new_id(),
            name=name,
            actor_kind=actor_kind,
            actor_id=actor_id,
            at=at,
            arguments=arguments,
        )
        return self.seq

    def event(
        self, ticket_id: str, at: datetime, name: str, actor: tuple[ActorKind, str], **detail: Any
    ) -> None:
        self.add(
            TicketEvent,
            id=new_id(),
            ticket_id=ticket_id,
            at=at,
            name=name,
            actor_kind=actor[0],
            actor_id=actor[1],
            detail=detail,
            seq=self.seq,
        )

    def ticket(self, created: datetime) -> None:
        """A customer writes a few times; some are answered, some closed, snoozed, assigned, tagged."""
        pick = self.random
        self.number += 1
        ticket_id, customer_id = new_id(), new_id()
        name = f"{pick.choice(_FIRST_NAMES)} {pick.choice(_LAST_NAMES)}"
        address = f"{name.lower().replace(' ', '.')}.{self.number}@mail.example"
        subject = self.text(pick.randint(3, 8))
        at = created
        inbound: list[tuple[str, datetime]] = []
        external: list[str] = []
        for _ in range(pick.choices((1, 2, 4), (80, 15, 5))[0]):
            self._inbound(ticket_id, customer_id, name, address, subject, at, external)
            inbound.append((self.rows[Message][-1]["id"], at))
            at += timedelta(minutes=pick.randint(5, 90))
        answered = pick.random() < 0.1
        if answered:
            self._reply(ticket_id, customer_id, address, subject, at, external)
        last = self.rows[Message][-1]
        status = pick.choices(tuple(TicketStatus), (25, 5, 70))[0]
        holder = pick.choice(self.agents) if pick.random() < 0.5 else None
        unread = status is TicketStatus.OPEN and not answered and pick.random() < 0.3
        self.add(Customer, id=customer_id, name=name, blocked=False, created_at=created, seq=self.seq)
        self.add(
            Identity,
            id=new_id(),
            customer_id=customer_id,
            kind=IdentityKind.EMAIL,
            value=address,
            seq=self.seq,
        )
        self.add(Participant, ticket_id=ticket_id, address=address)
        if pick.random() < 0.4:
            self.add(
                TicketTag,
                id=new_id(),
                ticket_id=ticket_id,
                tag=pick.choice(TAGS),
                removed=False,
                seq=self.seq,
            )
        closed = last["sent_at"] + timedelta(minutes=3) if status is TicketStatus.CLOSED else None
        if closed:
            actor = (ActorKind.AGENT, holder or self.agents[0])
            self.journal("ticket.close", *actor, closed, ticket_id=ticket_id)
            self.event(ticket_id, closed, "closed", actor)
        self.counted[count_key(status, holder, self.channel_id, unread=unread)] += 1
        self.add(
            Ticket,
            id=ticket_id,
            number=self.number,
            channel_id=self.channel_id,
            channel_kind=ChannelKind.EMAIL,
            customer_id=customer_id,
            customer_address=address,
            subject=subject,
            snippet=snippet_of(last["text"]),
            status=status,
            assignee_id=holder,
            unread=unread,
            snoozed_until=END + timedelta(days=3) if status is TicketStatus.SNOOZED else None,
            created_at=created,
            last_message_at=last["order_at"],
            last_message_id=last["id"],
            last_inbound_at=inbound[-1][1],
            last_inbound_id=inbound[-1][0],
            waiting_since=None if answered else inbound[0][1],
            closed_at=closed,
            closed_seen_id=inbound[-1][0] if closed else None,
            message_count=len(inbound) + answered,
            has_attachments=False,
            possibly_ticket_id=None,
            seq=self.seq,
        )

    def _inbound(
        self,
        ticket_id: str,
        customer_id: str,
        name: str,
        address: str,
        subject: str,
        at: datetime,
        external: list[str],
    ) -> None:
        message_id, external_id = new_id(), f"<{new_id()}@mail.example>"
        actor = (ActorKind.CHANNEL, self.channel_id)
        self.journal("message.receive", *actor, at, message_id=message_id, ticket_id=ticket_id)
        if not external:
            self.event(ticket_id, at, "opened", actor)
        text = self.text(self.random.randint(20, 50))
        self._message(
            id=message_id,
            ticket_id=ticket_id,
            customer_id=customer_id,
            direction=Direction.INBOUND,
            kind=MessageKind.MESSAGE,
            agent_id=None,
            author_name=name,
            author_address=address,
            at=at,
            subject=subject,
            to=[SUPPORT],
            text=text,
            external_id=external_id,
            earlier=external,
        )
        external.append(external_id)
        self.documents.append(fulltext.Document(message_id, ticket_id, subject, f"{name} {address}", text))

    def _reply(
        self, ticket_id: str, customer_id: str, address: str, subject: str, at: datetime, external: list[str]
    ) -> None:
        message_id, delivery_id, holder = new_id(), new_id(), self.agents[0]
        actor = (ActorKind.AGENT, holder)
        self.journal("ticket.reply", *actor, at, message_id=message_id, ticket_id=ticket_id)
        self.event(ticket_id, at, "replied", actor, message=message_id)
        text = self.text(30)
        self._message(
            id=message_id,
            ticket_id=ticket_id,
            customer_id=customer_id,
            direction=Direction.OUTBOUND,
            kind=MessageKind.REPLY,
            agent_id=holder,
            author_name=PEOPLE[0],
            author_address=SUPPORT,
            at=at,
            subject=f"Re: {subject}",
            to=[address],
            text=text,
            external_id=f"<{new_id()}@harbor.example>",
            earlier=external,
        )
        self.add(
            Delivery,
            id=delivery_id,
            message_id=message_id,
            channel_id=self.channel_id,
            state=DeliveryState.SENT,
            detail="",
            queued_at=at,
            attempts=1,
            finished_at=at,
            seq=self.seq,
        )
        self.add(Recipient, delivery_id=delivery_id, address=address, state=DeliveryState.SENT, seq=self.seq)
        self.documents.append(fulltext.Document(message_id, ticket_id, f"Re: {subject}", PEOPLE[0], text))

    def _message(self, *, at: datetime, to: list[str], earlier: list[str], text: str, **values: Any) -> None:
        self.add(
            ThreadKey,
            channel_id=self.channel_id,
            external_id=values["external_id"],
            ticket_id=values["ticket_id"],
        )
        self.add(
            Message,
            **values,
            channel_id=self.channel_id,
            author_verified=True,
            sent_at=at,
            order_at=at,
            stored_at=at,
            channel_address=SUPPORT,
            to_addresses=to,
            text=text,
            visible_text=text,
            in_reply_to=earlier[-1] if earlier else None,
            reference_ids=list(earlier),
            seq=self.seq,
        )

    def write(self, session: WriteSession) -> None:
        """Write what has been made, in the session's transaction."""
        connection = session.connection()
        for table in _ORDER:
            if rows := self.rows.pop(table, []):
                _insert(connection, table, rows)
        fulltext.index(connection, self.documents)
        counts.add(connection, self.counted)
        connection.execute(update(Head).values(seq=self.seq, ticket_number=self.number))
        self.documents.clear()
        self.counted.clear()


def _insert(connection: Connection, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert the rows past SQLAlchemy's own conversions, which would take most of the time."""
    table = model.__table__
    assert isinstance(table, Table)
    names = [column.name for column in table.columns]
    blank = {column.name: _blank(column) for column in table.columns}
    places = ", ".join("?" * len(names))
    values = [tuple(_plain(row.get(name, blank[name])) for name in names) for row in rows]
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})", values)  # noqa: S608


def _blank(column: Column[Any]) -> Any:
    if column.default is None or not column.default.is_scalar:
        return [] if column.default is not None else None
    return column.default.arg  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    """The value as the database keeps it."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is datetime:
        return to_micros(value)
    return json.dumps(value) if kind in {list, dict} else value


def build_world(profile: Profile, tickets: int = 100_000, seed: int = 1) -> None:
    """Fill a fresh profile with `tickets` e-mail tickets of a year, about 1.4 messages each.

    A quarter is open, 5 % snoozed, the rest closed; half of them are somebody's. The same seed gives the same
    texts and states.
    """
    store = Store.open(profile)
    try:
        with store.write() as session:
            builder = _begin(session, random.Random(seed))
        for batch in _batches(tickets):
            with store.write() as session:
                for created in batch:
                    builder.ticket(created)
                builder.write(session)
    finally:
        store.close()


def _begin(session: WriteSession, chance: random.Random) -> _Builder:
    agents = [new_id() for _ in PEOPLE]
    for agent_id, name in zip(agents, PEOPLE, strict=True):
        role = Role.OWNER if agent_id == agents[0] else Role.SUPPORT
        perform(session, SaveAgent(actor=SYSTEM, agent_id=agent_id, agent_name=name, role=role))
    channel_id = new_id()
    added = AddChannel(
        actor=agent(agents[0]),
        channel_id=channel_id,
        kind=ChannelKind.EMAIL,
        channel_name=SUPPORT,
        address=SUPPORT,
        settings=mail_settings().to_json(),
    )
    perform(session, added)
    return _Builder(chance, channel_id, agents, session.get_one(Head, 1).seq)


def _batches(tickets: int) -> Iterator[list[datetime]]:
    """When each ticket is created: evenly over a year, the last one just before END."""
    step = timedelta(days=365) / max(tickets, 1)
    first = END - timedelta(days=365) - timedelta(hours=8)
    for start in range(0, tickets, BATCH):
        yield [first + step * number for number in range(start, min(start + BATCH, tickets))]
