"""Timers of the inbox itself: waking tickets whose snooze is over, precisely at their time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, perform_all
from inbox_desktop.models.actions.tickets import Wake
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import Ticket
from inbox_desktop.sync.services import Services

_LONGEST_SLEEP_SECONDS = 30.0  # clocks are set and computers sleep: look again now and then
_AT_ONCE = 200
_PAUSE_SECONDS = 0.1


class SnoozeTimer:
    """Wakes snoozed tickets. `check` is called when tickets have changed; all on the event loop's thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Go on until cancelled; what was due while the program did not run is woken first.

        Raises:
            StorageError: the store could not be read or written.
        """
        while True:
            self._changed.clear()
            await self.wake_due()
            due = await self._services.read(_next_due)
            seconds = (due - now()).total_seconds() if due else _LONGEST_SLEEP_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(seconds, 0.0), _LONGEST_SLEEP_SECONDS)):
                    await self._changed.wait()
                    await asyncio.sleep(
                        _PAUSE_SECONDS
                    )  # a first synchronisation changes tickets all the time

    async def wake_due(self) -> int:
        """Wake every ticket whose time has come; returns how many.

        Raises:
            StorageError: the store could not be read or written.
        """
        woken = 0
        while due := await self._services.read(lambda connection: _due(connection, now())):
            wakes = [Wake(actor=SYSTEM, ticket_id=ticket_id, due=until) for ticket_id, until in due]

            def wake(session: WriteSession, wakes: list[Wake] = wakes) -> None:
                perform_all(session, wakes)

            await self._services.writer.write_urgently(wake)
            woken += len(due)
        return woken

    def check(self) -> None:
        """Tickets have changed: perhaps one was snoozed."""
        self._changed.set()


def _next_due(connection: Reader) -> datetime | None:
    query = select(Ticket.snoozed_until).where(
        Ticket.status == TicketStatus.SNOOZED, Ticket.snoozed_until.is_not(None)
    )
    found: datetime | None = connection.scalar(query.order_by(Ticket.snoozed_until).limit(1))
    return found


def _due(connection: Reader, moment: datetime) -> list[tuple[str, datetime]]:
    query = select(Ticket.id, Ticket.snoozed_until).where(
        Ticket.status == TicketStatus.SNOOZED, Ticket.snoozed_until <= moment
    )
    return [(row.id, row.snoozed_until) for row in connection.execute(query.limit(_AT_ONCE))]
