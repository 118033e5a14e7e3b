"""A demo that runs, for tests: begun and ended as the program does it, answered as by its window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from inbox_desktop.demo.customers import Pace
from inbox_desktop.demo.world import Demo
from inbox_desktop.models.actions import Outcome, Refusal, agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Message, Ticket
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets

QUICK = Pace(
    answer=(0.05, 0.1),
    first_newcomer=0.2,
    newcomer=(0.05, 0.1),
    retry=0.1,
    text_answer=(0.05, 0.1),
    first_text=3_600.0,
    chat_answer=(0.05, 0.1),
    first_visitor=3_600.0,
)
NOBODY_NEW = replace(QUICK, first_newcomer=3_600.0)
PATIENCE_SECONDS = 40.0
_POLL_SECONDS = 0.3


@dataclass
class Living:
    """A demo that runs."""

    demo: Demo
    store: Store
    engine: Engine

    def end(self) -> None:
        """As the program ends it."""
        self.demo.stop()
        self.engine.stop()
        self.store.close()
        self.demo.stop()

    def eventually(self, condition: Callable[[], object]) -> None:
        """Wait for it, and look for texts more often than a provider would like."""
        deadline, polled = time.monotonic() + PATIENCE_SECONDS, 0.0
        while not condition():
            assert time.monotonic() < deadline
            if time.monotonic() > polled + _POLL_SECONDS:
                self.engine.sync_now()
                polled = time.monotonic()
            time.sleep(0.02)

    def reply(self, ticket_id: str, text: str, files: tuple[DraftFile, ...] = ()) -> Outcome | Refusal:
        """Julia answers."""
        with self.store.read() as connection:
            julia = me(connection)
        assert julia is not None
        action = Reply(
            actor=agent(julia.id), ticket_id=ticket_id, text=text, files=files, seen_message_id=None
        )
        (result,) = self.engine.perform([action]).result()
        return result


def begin(folder: Path | None, pace: Pace) -> Living:
    """As the program begins it."""
    demo = Demo(folder, pace)
    store = demo.prepare()
    engine = Engine(store, Secrets())
    engine.start()
    demo.start(engine)
    _start_threads(demo)
    return Living(demo, store, engine)


def _start_threads(demo: Demo) -> None:
    """Let the relay's threads begin now: a test in whose time one begins seems to have left it behind."""
    assert demo.chats._opening is not None
    demo.chats._opening.join()
    assert demo.chats._relay is not None
    database = demo.chats._relay.database
    for pool in (database._read_pool, database._write_pool):
        together = threading.Barrier(pool._max_workers)
        wait([pool.submit(together.wait) for _ in range(pool._max_workers)])


def rows(store: Store, query: Any) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def texts(store: Store, ticket_id: str) -> list[tuple[str, str]]:
    """Who wrote what in a ticket, in order."""
    query = select(Message.direction, Message.visible_text).where(Message.ticket_id == ticket_id)
    return [(direction, text.strip()) for direction, text in rows(store, query.order_by(Message.order_at))]


def ticket_with(store: Store, phone: str) -> str:
    """The conversation by text with a phone."""
    ((ticket_id,),) = rows(store, select(Ticket.id).where(Ticket.customer_address == phone))
    return str(ticket_id)
