"""A desktop of the tests: a real engine on a store of its own, connected to a real relay on loopback."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import select

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.tickets import Close, MarkRead
from inbox_desktop.models.check import check
from inbox_desktop.models.health import Health
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.kinds import ChannelKind, DeliveryState
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.chats import chat_of
from inbox_desktop.models.queries.directory import channels, me
from inbox_desktop.models.queries.filters import StatusFilter, TicketFilter, View
from inbox_desktop.models.queries.rows import ChatRow, TicketRow
from inbox_desktop.models.queries.tickets import ticket_rows
from inbox_desktop.models.store import Reader
from inbox_desktop.models.tables import Delivery, Message
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.secrets import Secrets
from tests.relay.running import RunningRelay

T = TypeVar("T")

PATIENCE = 60.0


class MemorySecrets(Secrets):
    """A keyring in memory."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def kept(self, secret_id: str, variable: str | None, whose: str) -> str:
        if variable is not None:
            return super().kept(secret_id, variable, whose)
        if secret_id not in self.held:
            raise ChannelError(Fault.SECRET, f"no secret of {whose}")
        return self.held[secret_id]

    def store(self, channel_id: str, password: str) -> None:
        self.held[channel_id] = password

    def forget(self, channel_id: str) -> None:
        self.held.pop(channel_id, None)


def eventually(look: Callable[[], T], seconds: float = PATIENCE) -> T:
    """What `look` returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
    return found


class ChatDesk:
    """One desktop. `with` starts its engine; leaving stops it and checks the inbox."""

    def __init__(self, folder: Path, name: str = "desk") -> None:
        self.name = name
        self.secrets = MemorySecrets()
        self.store = open_inbox(Profile(folder / name))
        self.engine = Engine(self.store, self.secrets)
        self._started = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        problems = check(self.store).problems
        self.store.close()
        assert problems == ()

    def start(self) -> None:
        """Start the engine; a stopped one is made anew."""
        if self._started:
            self.engine = Engine(self.store, self.secrets)
        self._started = True
        self.engine.start()

    def stop(self) -> None:
        """Stop the engine."""
        self.engine.stop()

    def join(self, relay: RunningRelay) -> None:
        """Connect to the relay by an invitation."""
        self.secrets.held["relay"] = relay.desktop(self.name).token
        self.engine.connect_relay(relay.url, self.secrets.held["relay"]).result(PATIENCE)

    def read(self, query: Callable[[Reader], T]) -> T:
        with self.store.read() as connection:
            return query(connection)

    @property
    def me(self) -> str:
        found = self.read(me)
        assert found is not None
        return found.id

    @property
    def chat_channel(self) -> str:
        (found,) = [c.id for c in self.read(channels) if c.kind is ChannelKind.CHAT and c.enabled]
        return found

    def tickets(self) -> tuple[TicketRow, ...]:
        """All tickets, the oldest first."""
        every = TicketFilter(view=View.ALL, status=StatusFilter.ANY, me=self.me)
        rows = self.read(lambda c: ticket_rows(c, every, limit=50))
        return tuple(sorted(rows, key=lambda row: row.number))

    def ticket(self, number: int = 1) -> TicketRow:
        """The ticket with this number, as soon as it is here."""
        found = eventually(lambda: [row for row in self.tickets() if row.number == number])
        return found[0]

    def thread(self, number: int = 1) -> list[tuple[str, str]]:
        """The messages of a ticket: kind and text."""
        found = [row.id for row in self.tickets() if row.number == number]
        if not found:
            return []
        query = select(Message.kind, Message.text).where(Message.ticket_id == found[0])
        return [
            (row.kind, row.text)
            for row in self.read(lambda c: c.execute(query.order_by(Message.order_at, Message.id)).all())
        ]

    def texts(self, number: int = 1) -> list[str]:
        """What people wrote in a ticket; nothing that was answered by itself."""
        return [text for kind, text in self.thread(number) if kind != "auto_reply"]

    def waits_for(self, *texts: str, number: int = 1) -> None:
        """Wait until a ticket holds these texts of people."""
        eventually(lambda: self.texts(number) == list(texts))

    def chat(self, number: int = 1) -> ChatRow:
        ticket_id = self.ticket(number).id
        found = self.read(lambda c: chat_of(c, ticket_id))
        assert found is not None
        return found

    def do(self, action: Action) -> Outcome:
        (outcome,) = self.engine.perform([action]).result(PATIENCE)
        assert not isinstance(outcome, Refusal), outcome.reason
        return outcome

    def answer(self, text: str, number: int = 1, **values: Any) -> str:
        """Answer in a ticket; returns the message's id."""
        ticket = self.ticket(number)
        action = Reply(actor=agent(self.me), ticket_id=ticket.id, text=text, seen_message_id=None, **values)
        self.do(action)
        return action.message_id

    def close_ticket(self, number: int = 1) -> None:
        ticket = self.ticket(number)
        self.do(Close(actor=agent(self.me), ticket_id=ticket.id, seen_inbound_id=ticket.last_inbound_id))

    def mark_read(self, number: int = 1) -> None:
        ticket = self.ticket(number)
        self.do(MarkRead(actor=agent(self.me), ticket_id=ticket.id, seen_message_id=ticket.last_message_id))

    def state(self, message_id: str) -> DeliveryState:
        query = select(Delivery.state).where(Delivery.message_id == message_id)
        return DeliveryState(self.read(lambda c: c.execute(query).scalar_one()))

    def health(self) -> Health | None:
        """What the chat's channel says."""
        return next((one for one in self.engine.health() if one.kind is ChannelKind.CHAT), None)
