"""A running relay: what its parts share, what runs beside the requests, how it starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError

from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.database import Database
from inbox_desktop.relay.hub import Event, Hub, Signal, signal_json
from inbox_desktop.relay.keys import Keys, load_keys
from inbox_desktop.relay.migrate import open_database

if TYPE_CHECKING:
    from inbox_desktop.relay.bus import Bus

log = logging.getLogger(__name__)

ROUND_SECONDS: Final = 15.0


class Relay:
    """Config, database, keys and hub, for every request of one process.

    `rounds` are called about every 15 seconds, one after the other.
    """

    def __init__(self, config: RelayConfig, database: Database, keys: Keys) -> None:
        self.config = config
        self.database = database
        self.keys = keys
        self.hub = Hub()
        self.rounds: list[Callable[[], Awaitable[None]]] = []
        database.on_commit = self.hub.publish_soon
        self._bus: Bus | None = None
        self._timer: asyncio.Task[None] | None = None

    @classmethod
    def open(cls, config: RelayConfig) -> Relay:
        """Open (and create, or migrate) the relay of this set-up.

        Raises:
            RelayError: it cannot be opened.
        """
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = load_keys(config.data)
        return cls(config, open_database(config, keys), keys)

    async def start(self) -> None:
        """Begin what runs beside the requests, on this event loop."""
        self.hub.attach(asyncio.get_running_loop())
        if self.config.is_postgresql:
            from inbox_desktop.relay.bus import Bus  # noqa: PLC0415 - its driver is an extra

            self._bus = Bus(self.config.database, self.database.process, self.hub.publish_soon)
            self._bus.start()
        self._timer = asyncio.create_task(self._go_round(), name="relay-rounds")

    async def stop(self) -> None:
        """End it; the database stays open."""
        self.hub.attach(None)
        if self._timer is not None:
            self._timer.cancel()
            with suppress(asyncio.CancelledError):
                await self._timer
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

    async def go_round(self) -> None:
        """What is due every 15 seconds, once."""
        for one in self.rounds:
            try:
                await one()
            except DBAPIError as error:
                log.warning("the database could not be used in a round: %s", type(error.orig).__name__)

    async def _go_round(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            await self.go_round()
