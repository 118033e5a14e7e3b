"""A real store with sample tickets, and a small engine that performs at once, for tests of the window."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent, channel, perform_all
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.actions.tickets import AddTag, Assign, Close, MarkRead, Snooze
from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import Health, TestStep
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.queries.rows import AgentRow, TicketRow
from inbox_desktop.models.queries.tickets import ticket_row
from inbox_desktop.models.store import Store, WriteSession
from tests.models.samples import Mailroom, add_agent, add_channel, do, done, open_store
from tests.ui.relays import SmallRelay

T = TypeVar("T")

CUSTOMERS = (
    (
        "Ana Souza",
        "ana@mail.example",
        "Where is my order? It should have come on Friday",
        ("Shipping", "VIP"),
    ),
    ("Bo Lindqvist", "bo@mail.example", "Is the blue one back in stock?", ("Product",)),
    ("Marta Kowalska", "marta@mail.example", "Re: Return label for HB-19882", ("Urgent", "Returns")),
    ("Chidi Okafor", "chidi@mail.example", "Invoice with our VAT number", ()),
    ("Yuki Tanaka", "yuki@mail.example", "サイズ交換について / size exchange", ("Returns",)),
    ("Priya Nair", "priya@mail.example", "Perfect, that solved it", ("Loyalty",)),
    ("Luca Bianchi", "luca@mail.example", "Wholesale prices for 40 pieces", ()),
    ("", "nobody@mail.example", "Unsubscribe me please", ()),
)


class SmallEngine(SmallRelay):
    """Does what the engine does with actions, in the caller's thread and at once; keeps channels' states."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.states: dict[str, Health] = {}
        self.listeners: list[Callable[[Health], None]] = []
        self.synced: list[str | None] = []
        self.failing: InboxError | None = None
        self.performed: list[Action] = []

    def perform(self, actions: Sequence[Action]) -> Future[list[Outcome | Refusal]]:
        self.performed.extend(actions)
        return self.write(lambda session: perform_all(session, actions))

    def write(self, change: Callable[[WriteSession], T]) -> Future[T]:
        future: Future[T] = Future()
        if self.failing is not None:
            future.set_exception(self.failing)
            return future
        with self.store.write() as session:
            result = change(session)
        future.set_result(result)
        return future

    def connect(self, settings: ChannelSettings, address: str, secret: str | None) -> Future[str]:
        future: Future[str] = Future()
        future.set_result(add_channel(self.store, here(self.store).id, address=address))
        return future

    def change_channel(self, channel_id: str, settings: ChannelSettings, secret: str | None) -> Future[None]:
        future: Future[None] = Future()
        future.set_result(None)
        return future

    def remove_channel(self, channel_id: str) -> Future[None]:
        future: Future[None] = Future()
        future.set_result(None)
        return future

    def test(
        self,
        settings: ChannelSettings,
        address: str,
        secret: str | None,
        step: Callable[[TestStep], None],
    ) -> Future[bool]:
        future: Future[bool] = Future()
        future.set_result(True)
        return future

    def discover_email(self, address: str) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(InboxError("Nothing is known of this address."))
        return future

    def fetch_remote(self, urls: Sequence[str]) -> Future[dict[str, bytes]]:
        future: Future[dict[str, bytes]] = Future()
        future.set_result({})
        return future

    publishes = False

    def sync_now(self, channel_id: str | None = None) -> None:
        self.synced.append(channel_id)

    def health(self) -> tuple[Health, ...]:
        return tuple(self.states.values())

    def subscribe_health(self, listener: Callable[[Health], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, health: Health) -> None:
        """A channel says something."""
        self.states[health.channel_id] = health
        for listener in tuple(self.listeners):
            listener(health)


@dataclass
class World:
    """A small inbox: Julia sits here, Tom is her colleague, and mail has come to one mailbox.

    `tickets` are ids, the newest first; `mail_ids` the Message-ID that opened each.
    """

    store: Store
    julia: str
    tom: str
    channel: str
    mail: Mailroom
    engine: SmallEngine
    tickets: list[str] = field(default_factory=list)
    mail_ids: dict[str, str] = field(default_factory=dict)

    def row(self, ticket_id: str) -> TicketRow:
        """The ticket as it stands."""
        with self.store.read() as reader:
            found = ticket_row(reader, ticket_id)
        assert found is not None
        return found

    def arrive(self, **values: Any) -> str:
        """A message arrives just now; returns its ticket."""
        outcome = self.mail(**{"sent_at": now(), **values})
        assert outcome.ticket_id is not None
        return outcome.ticket_id

    def do(self, action: Action) -> Outcome | Refusal:
        """Somebody else does something."""
        return do(self.store, action)

    def close(self, ticket_id: str, actor: str | None = None) -> None:
        """Somebody closes a ticket."""
        seen = self.row(ticket_id).last_inbound_id
        done(self.store, Close(actor=agent(actor or self.julia), ticket_id=ticket_id, seen_inbound_id=seen))


def here(store: Store) -> AgentRow:
    """Who sits at the store."""
    with store.read() as reader:
        found = me(reader)
    assert found is not None
    return found


def copy_of(world: World, folder: Path) -> World:
    """The same world in a folder of its own, much quicker than making it again. `world` is closed already."""
    shutil.copytree(world.store.profile.folder, folder / "profile")
    store = open_store(folder)
    engine = SmallEngine(store)
    engine.states.update(world.engine.states)
    return replace(world, store=store, mail=Mailroom(store, world.channel), engine=engine)


def make_world(folder: Path, tickets: int = len(CUSTOMERS)) -> World:
    """A world with this many tickets: most open and Julia's, newest first in `tickets`."""
    store = open_store(folder)
    julia = add_agent(store, "Julia Mendes")
    tom = add_agent(store, "Tom Kern")
    mailbox = add_channel(store, julia)
    world = World(store, julia, tom, mailbox, Mailroom(store, mailbox), SmallEngine(store))
    world.engine.states[mailbox] = Health(
        mailbox, ChannelKind.EMAIL, "Support", ChannelState.CONNECTED, synced_at=now() - timedelta(seconds=12)
    )
    _fill(world, tickets)
    return world


def _fill(world: World, tickets: int) -> None:
    """Let mails arrive, about one an hour, and dress their tickets; two transactions for all of them."""
    begin = now() - timedelta(hours=tickets)
    arrivals = []
    for number in range(tickets):
        name, address, subject, _tags = CUSTOMERS[-1 - number % len(CUSTOMERS)]
        message = world.mail.message(
            author_name=name,
            author_address=address if number < len(CUSTOMERS) else f"{number}-{address}",
            subject=subject,
            text=f"Hello,\n\n{subject}.\n\nThank you\n{name}",
            sent_at=begin + timedelta(minutes=59 * (number + 1)),
        )
        arrivals.append(Receive(actor=channel(world.channel), at=message.sent_at, message=message))
    with world.store.write() as session:
        outcomes = perform_all(session, arrivals)
        for number, outcome in enumerate(outcomes):
            assert isinstance(outcome, Outcome)
            assert outcome.ticket_id is not None
            world.tickets.insert(0, outcome.ticket_id)
            world.mail_ids[outcome.ticket_id] = arrivals[number].message.external_id
            message_id = arrivals[number].message_id
            dressing = _dressing(world, outcome.ticket_id, number, message_id)
            assert not [result for result in perform_all(session, dressing) if isinstance(result, Refusal)]


def _dressing(world: World, ticket: str, number: int, message_id: str) -> list[Action]:
    """What has happened to a ticket: tags, an assignee, read, snoozed."""
    julia = agent(world.julia)
    todo: list[Action] = [
        AddTag(actor=julia, ticket_id=ticket, tag=tag) for tag in CUSTOMERS[-1 - number % len(CUSTOMERS)][3]
    ]
    if number % 8 != 6:
        todo.append(Assign(actor=julia, ticket_id=ticket, assignee_id=world.julia))
    if number % 3:
        todo.append(MarkRead(actor=julia, ticket_id=ticket, seen_message_id=message_id))
    if number % 8 == 1:
        todo.append(Snooze(actor=julia, ticket_id=ticket, until=now() + timedelta(days=2)))
    return todo


def reply(world: World, ticket_id: str, text: str = "On its way.", **values: Any) -> Reply:
    """An answer of Julia's to the newest message of a ticket."""
    row = world.row(ticket_id)
    given = {"seen_message_id": row.last_message_id, "text": text, **values}
    return Reply(actor=agent(world.julia), ticket_id=ticket_id, **given)
