"""Which visitors are there: their sockets and polls in this process, written together every few seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.exc import DBAPIError

from inbox_desktop.models.clock import now
from inbox_desktop.relay.database import Database
from inbox_desktop.relay.hub import Event, Signal
from inbox_desktop.relay.visitors import PRESENT_FOR, see_visitors

log = logging.getLogger(__name__)

_FLUSH_SECONDS: Final = 1.0
_GRACE_SECONDS: Final = 5.0
"""A page that is left for the next one of the shop ends a socket and begins another."""


class Presence:
    """The visitors of this process. All of it belongs to the event loop."""

    def __init__(self, database: Database, tell: Callable[[Event], None]) -> None:
        self._database = database
        self._publish = tell
        self._sockets: dict[str, int] = {}
        self._polls: dict[str, datetime] = {}
        self._conversations: dict[str, str] = {}
        self._pending: dict[str, tuple[datetime, bool]] = {}
        self._flush_timer: asyncio.TimerHandle | None = None
        self._grace: dict[str, asyncio.TimerHandle] = {}
        self._flushing: set[asyncio.Task[None]] = set()

    def is_present(self, visitor_id: str) -> bool:
        """Whether the visitor has a socket here, or polled a moment ago."""
        polled = self._polls.get(visitor_id)
        return visitor_id in self._sockets or (polled is not None and now() - polled < PRESENT_FOR)

    def came(self, visitor_id: str) -> None:
        """A socket of the visitor opened."""
        self._sockets[visitor_id] = self._sockets.get(visitor_id, 0) + 1
        if (timer := self._grace.pop(visitor_id, None)) is not None:
            timer.cancel()
        self._see(visitor_id)
        self._tell(visitor_id, present=True)

    def went(self, visitor_id: str) -> None:
        """A socket of the visitor ended. With the last one the visitor goes, after a moment's grace."""
        self._sockets[visitor_id] -= 1
        if self._sockets[visitor_id]:
            return
        del self._sockets[visitor_id]
        self._see(visitor_id)
        loop = asyncio.get_running_loop()
        self._grace[visitor_id] = loop.call_later(_GRACE_SECONDS, self._gone, visitor_id)

    def polled(self, visitor_id: str) -> None:
        """The visitor asked by HTTP."""
        was_there = self.is_present(visitor_id)
        self._polls[visitor_id] = now()
        self._see(visitor_id)
        if not was_there:
            self._tell(visitor_id, present=True)

    def left(self, visitor_id: str) -> None:
        """The visitor's page says that it goes; other pages may still be open."""
        self._polls.pop(visitor_id, None)
        self._see(visitor_id)
        if visitor_id not in self._sockets:
            self._gone(visitor_id)

    def writes_in(self, visitor_id: str, conversation_id: str | None) -> None:
        """The visitor's present conversation, by which desktops know it."""
        if conversation_id is not None and self._conversations.get(visitor_id) != conversation_id:
            self._conversations[visitor_id] = conversation_id
            if self.is_present(visitor_id):
                self._tell(visitor_id, present=True)

    def hear(self, event: Event) -> None:
        """Another process says that a visitor went who is still here."""
        if not isinstance(event, Signal) or event.kind != "presence" or event.present:
            return
        if event.visitor_id in self._sockets:
            self._tell(event.visitor_id, present=True)

    async def go_round(self) -> None:
        """Every 15 seconds: write that the connected are still there, and who polls no longer."""
        at = now()
        self._pending |= dict.fromkeys(self._sockets, (at, False))
        for visitor_id in [one for one, polled in self._polls.items() if at - polled >= PRESENT_FOR]:
            self._gone(visitor_id, self._polls.pop(visitor_id))
        await self.flush()

    async def stop(self) -> None:
        """Write what is not yet written; the process ends."""
        for timer in (*self._grace.values(), self._flush_timer):
            if timer is not None:
                timer.cancel()
        await self.flush()
        if self._flushing:
            await asyncio.wait(self._flushing)

    def _gone(self, visitor_id: str, at: datetime | None = None) -> None:
        if (timer := self._grace.pop(visitor_id, None)) is not None:
            timer.cancel()
        if self.is_present(visitor_id):
            return
        seen_at = at or self._pending.get(visitor_id, (now(), True))[0]
        self._pending[visitor_id] = (seen_at, True)
        self._flush_soon()
        self._tell(visitor_id, present=False)
        self._conversations.pop(visitor_id, None)

    def _see(self, visitor_id: str) -> None:
        self._pending[visitor_id] = (now(), False)
        self._flush_soon()

    def _flush_soon(self) -> None:
        if self._flush_timer is None:
            loop = asyncio.get_running_loop()
            self._flush_timer = loop.call_later(_FLUSH_SECONDS, self._begin_flush)

    def _begin_flush(self) -> None:
        self._flush_timer = None
        task = asyncio.create_task(self.flush(), name="relay-presence")
        self._flushing.add(task)
        task.add_done_callback(self._flushing.discard)

    async def flush(self) -> None:
        """Write now who is there and who went."""
        pending, self._pending = self._pending, {}
        if not pending:
            return
        try:
            await self._database.awrite(lambda writing: see_visitors(writing, pending))
        except DBAPIError as error:
            self._pending = {**pending, **self._pending}  # written with the next ones
            log.warning("it could not be written who is there: %s", type(error.orig).__name__)

    def _tell(self, visitor_id: str, *, present: bool) -> None:
        if (conversation_id := self._conversations.get(visitor_id)) is not None:
            self._publish(Signal("presence", conversation_id, visitor_id, present=present))
