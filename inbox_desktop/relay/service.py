"""A running relay: what its parts share, what runs beside the requests, how it starts and stops."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError

from inbox_desktop.models.clock import now
from inbox_desktop.relay import jobs, retention
from inbox_desktop.relay.chats import Directory
from inbox_desktop.relay.config import RelayConfig, RelayError
from inbox_desktop.relay.database import Database, News
from inbox_desktop.relay.desks import Desks
from inbox_desktop.relay.hub import Event, Hub, Signal, signal_json
from inbox_desktop.relay.keys import Keys, load_keys
from inbox_desktop.relay.limits import Gate
from inbox_desktop.relay.migrate import open_database
from inbox_desktop.relay.presence import Presence

if TYPE_CHECKING:
    from inbox_desktop.relay.bus import Bus

log = logging.getLogger(__name__)

ROUND_SECONDS: Final = 15.0
TYPING_SECONDS: Final = 6.0
"""For so long a sign of typing holds."""
_RETENTION_SECONDS: Final = 3600.0


def make_folder(data: Path) -> None:
    """Make the data folder, for nobody else to look into, unless it is there.

    Raises:
        RelayError: it can't be made.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise RelayError(
            f"The data folder {data} can't be made ({error}). Nothing was changed. Give another --data."
        ) from error


class Relay:
    """Config, database, keys, limits, presence and hub, for every request of one process.

    `rounds` are called about every 15 seconds, one after the other.
    """

    def __init__(self, config: RelayConfig, database: Database, keys: Keys) -> None:
        self.config = config
        self.database = database
        self.keys = keys
        self.hub = Hub()
        self.gate = Gate(config.limits_in_force)
        self.chats = Directory(database)
        self.presence = Presence(database, self.tell)
        self.desktops = Desks(database)
        self.rounds: list[Callable[[], Awaitable[None]]] = [
            self.presence.go_round,
            self.desktops.go_round,
            self._make_jobs,
            self._remove_old,
        ]
        self._typing: dict[str, tuple[str, float]] = {}
        self._next_removal = 0.0
        self._bus: Bus | None = None
        self._timer: asyncio.Task[None] | None = None
        database.on_commit = self.hub.publish_soon
        self.hub.watch(self._hear)

    @classmethod
    def open(cls, config: RelayConfig) -> Relay:
        """Open (and create, or migrate) the relay of this set-up.

        Raises:
            RelayError: it cannot be opened.
        """
        make_folder(config.data)
        keys = load_keys(config.data)
        return cls(config, open_database(config, keys), keys)

    async def start(self) -> None:
        """Begin what runs beside the requests, on this event loop."""
        self.hub.attach(asyncio.get_running_loop())
        if self.config.is_postgresql:
            from inbox_desktop.relay.bus import Bus  # noqa: PLC0415 - its driver is an extra

            self._bus = Bus(self.config.database, self.database.process, self.hub.publish_soon)
            self._bus.start()
        self._timer = asyncio.create_task(self._go_round_for_ever(), name="relay-rounds")

    async def stop(self) -> None:
        """End it; the database stays open."""
        self.hub.attach(None)
        if self._timer is not None:
            self._timer.cancel()
            with suppress(asyncio.CancelledError):
                await self._timer
        await self.presence.stop()
        if self._bus is not None:
            self._bus.stop()
            self.database.wake()
            await asyncio.to_thread(self._bus.join)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def tell(self, event: Event) -> None:
        """Publish an event of this process; a signal also to the other processes."""
        self.hub.publish(event)
        if isinstance(event, Signal):
            self.database.signal(signal_json(event))

    def agent_typing(self, visitor_id: str) -> str | None:
        """The agent who is typing to a visitor, or None."""
        name, until = self._typing.get(visitor_id, ("", 0.0))
        return name if time.monotonic() < until else None

    async def go_round(self) -> None:
        """What is due every 15 seconds, once."""
        for one in self.rounds:
            try:
                await one()
            except DBAPIError as error:
                log.warning("the database could not be used in a round: %s", type(error.orig).__name__)
            except Exception:
                log.exception("a round failed; the next one tries again")

    async def _go_round_for_ever(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            await self.go_round()

    def _hear(self, event: Event) -> None:
        if isinstance(event, News):
            if event.everything or event.chats:
                self.chats.forget(None if event.everything else event.chats)
            return
        self.presence.hear(event)
        if event.kind == "agent_typing":
            at = time.monotonic()
            self._typing = {one: value for one, value in self._typing.items() if value[1] > at}
            self._typing[event.visitor_id] = event.agent_name, at + TYPING_SECONDS

    async def _make_jobs(self) -> None:
        at = now()
        for conversation_id in await self.database.aread(lambda reading: jobs.due_follow_ups(reading, at)):
            await self.database.awrite(
                lambda writing, one=conversation_id: jobs.make_follow_up(writing, one, at)  # type: ignore[misc]
            )
        if stale := await self.database.aread(lambda reading: jobs.stale_jobs(reading, at)):
            await self.database.awrite(lambda writing: jobs.expire(writing, stale))

    async def _remove_old(self) -> None:
        if time.monotonic() < self._next_removal:
            return
        self._next_removal = time.monotonic() + _RETENTION_SECONDS
        at = now()
        removed = 1
        while removed:
            removed = await self.database.awrite(lambda writing: retention.remove_old(writing, at))
            await asyncio.sleep(0.05)  # others write in between
