"""Timers of the inbox itself: waking tickets whose snooze is over, and the daily backup."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, perform_all
from inbox_desktop.models.actions.tickets import Wake
from inbox_desktop.models.backups import back_up, has_backup
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.kinds import ChannelState, TicketStatus
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import Ticket
from inbox_desktop.sync.blocking import in_thread
from inbox_desktop.sync.health_board import HealthBoard
from inbox_desktop.sync.services import Services

log = logging.getLogger(__name__)

BACKUP_AFTER_SECONDS = 180.0
"""How long after the start a backup is thought of: people come first."""

_BACKUP_LOOK_SECONDS = 600.0
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


class BackupTimer:
    """Makes the daily backup, on a thread of its own; what keeps it from that is told on the board."""

    def __init__(self, services: Services, board: HealthBoard) -> None:
        self._profile = services.store.profile
        self._board = board

    async def run(self) -> None:
        """Go on until cancelled; a copy that is under way is then broken off."""
        await asyncio.sleep(BACKUP_AFTER_SECONDS)
        while True:
            if not self._is_busy():
                await self.back_up_once_a_day()
            await asyncio.sleep(_BACKUP_LOOK_SECONDS)

    async def back_up_once_a_day(self) -> None:
        """Make today's copy, unless it is there."""
        moment = now().astimezone()  # the day is that of the people who work here
        if has_backup(self._profile, moment.date()):
            return
        stopped = threading.Event()
        try:
            made = await in_thread("backup", partial(back_up, self._profile, moment, stopped.is_set))
        except StorageError as error:
            log.warning("%s", error)
            self._board.notice(str(error))
        else:
            log.info("today's backup is %s", made)
            self._board.notice(None)
        finally:
            stopped.set()

    def _is_busy(self) -> bool:
        """Whether a synchronisation is under way, which needs the disk more than a backup does."""
        return any(health.state is ChannelState.SYNCING for health in self._board.all())


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
