"""The outbox: the only place that sends. It tries what is due, and never sends twice by itself.

An attempt is `attempting` before the network is touched, and its recipients are `attempting` before the
first byte of the message leaves (HandOver). So whatever ends a process, the next one knows: an attempt that
was not handed over has sent nothing and is made again; one that was is looked up among the sent messages,
and is left to a person if it is not found there.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox_desktop.models.actions import SYSTEM, Action
from inbox_desktop.models.actions.deliveries import PostponeAttempt, SendNow
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.store import Store
from inbox_desktop.sync import outbox_reading as reading
from inbox_desktop.sync.attempts import Attempts
from inbox_desktop.sync.delivery_record import DeliveryRecord, Pauses, Write
from inbox_desktop.sync.sending import HandOver, OutgoingMail, Sender, SendResult
from inbox_desktop.sync.settling import Settler
from inbox_desktop.sync.tasks import end

__all__ = ["HandOver", "Outbox", "OutboxCounts", "OutgoingMail", "Pauses", "SendResult", "Sender", "Write"]

log = logging.getLogger(__name__)

LONGEST_UNDO = timedelta(minutes=2)
"""A message that waits longer than this before its first attempt is to leave at a time on the clock."""

_SEND, _SETTLE = "send", "settle"
_FLUSH_STORAGE_TRIES = 3


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """What `flush_once` did: deliveries that ended sent, failed or unknown, and how many still wait."""

    sent: int
    failed: int
    unknown: int
    waiting: int


class Outbox:
    """Sends what is due, each channel on its own, one message of a channel after the other.

    `write` runs a change on the store's writer. `senders` gives the way out of a channel, or None when it
    has none at present. `on_problem` hears for a channel what keeps it from sending, and None once it
    works again. `run`, `flush_once` and `retry_now` belong to one event loop, and only one of the first two
    runs at a time; `wake` may be called from any thread.
    """

    def __init__(
        self,
        store: Store,
        write: Write,
        senders: Callable[[str], Sender | None],
        clock: Callable[[], datetime] = now,
        *,
        on_problem: Callable[[str, str | None], None] | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        self._store = store
        self._senders = senders
        self._record = DeliveryRecord(store, write, clock, pauses or Pauses(), on_problem or _nobody_listens)
        self._pauses = self._record.pauses
        self._clock = clock
        self._attempts = Attempts(self._record)
        self._settler = Settler(self._record)
        self._jobs: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._resting: dict[tuple[str, str], datetime] = {}
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._recovered = False
        self._stopping = False

    async def run(self) -> None:
        """Send until cancelled. What is being handed over at that moment gets a short time to end well."""
        self._loop, self._stopping = asyncio.get_running_loop(), False
        self._record.storage_tries = None
        await self._hurry_at_start()
        try:
            while True:
                self._woken.clear()
                seconds = self._start_jobs()
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):  # wait_for can lose a cancellation (CPython 86296)
                        await self._woken.wait()
        finally:
            self._loop = None
            await self._stop()

    def wake(self) -> None:
        """Look again at once: something was queued, a channel was added, a connection came back."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop was closed in this very moment: nothing is left to wake
                loop.call_soon_threadsafe(self._wake_up)

    async def retry_now(self, channel_id: str | None = None) -> None:
        """Try now what was put off, of one channel or of all: the network is back, or somebody wants it.

        What waits for a clock that was set back waits no longer than its undo window from now on.

        Raises:
            StorageError: the store could not be read or written.
        """
        at = self._clock()
        with self._store.read() as connection:
            deliveries = reading.put_off(connection, channel_id)
            windows = reading.held_by_the_clock(connection, at, LONGEST_UNDO)
        actions: list[Action] = [SendNow(actor=SYSTEM, delivery_id=one) for one in deliveries]
        actions += [
            PostponeAttempt(actor=SYSTEM, at=at, delivery_id=delivery_id, until=at + window, detail="")
            for delivery_id, window in windows.items()
        ]
        if actions:
            await self._record.perform(actions)
        self._settler.hurry()
        self._wake_up()

    async def flush_once(self) -> OutboxCounts:
        """Try everything that is due once, look up what is unknown, file the copies; then return.

        Raises:
            StorageError: the store could not be read. When it can't be written, `on_problem` hears of it.
        """
        self._stopping, self._record.tally = False, {}
        self._record.storage_tries = _FLUSH_STORAGE_TRIES
        await self._hurry_at_start()
        self._recover()
        try:
            await self._run_jobs(_SETTLE, self._settler.due_channels())
            with self._store.read() as connection:
                channels = {delivery.channel_id for delivery in reading.due(connection, self._clock())}
            await self._run_jobs(_SEND, channels)
            self._settler.find_copies()
            self._settler.hurry()
            await self._run_jobs(_SETTLE, self._settler.due_channels())
        finally:
            await self._stop()
        with self._store.read() as connection:
            waiting = reading.waiting(connection)
        ended = Counter(self._record.tally.values())
        return OutboxCounts(
            ended[DeliveryState.SENT], ended[DeliveryState.FAILED], ended[DeliveryState.UNKNOWN], waiting
        )

    async def _hurry_at_start(self) -> None:
        """What an earlier process put off is due now: whoever starts the program expects it to leave."""
        if self._recovered:
            return
        try:
            await self.retry_now()
        except StorageError as error:
            log.warning("what was put off stays put off: %s", error)

    def _recover(self) -> None:
        if not self._recovered:
            self._settler.recover()
            self._recovered = True

    def _start_jobs(self) -> float:
        """Start what can be started; returns the seconds until something else may become due."""
        at = self._clock()
        try:
            self._recover()
            self._settler.find_copies()
            with self._store.read() as connection:
                channels = {delivery.channel_id for delivery in reading.due(connection, at)}
                next_due = reading.next_due(connection, at)
        except StorageError as error:
            log.warning("the outbox cannot read the store: %s", error)
            return self._pauses.storage
        due = [(_SEND, channel_id) for channel_id in channels]
        due += [(_SETTLE, channel_id) for channel_id in self._settler.due_channels()]
        for what, channel_id in due:
            if self._resting.get((what, channel_id), at) <= at:
                self._start_job(what, channel_id)
        moments = [*self._settler.moments(), *self._resting.values(), *([next_due] if next_due else [])]
        waits = [(moment - at).total_seconds() for moment in moments if moment > at]
        return min((*waits, self._pauses.longest_sleep))  # clocks are set, computers sleep: look in between

    def _start_job(self, what: str, channel_id: str) -> asyncio.Task[None]:
        key = (what, channel_id)
        if key not in self._jobs:
            self._resting.pop(key, None)
            work = self._send_due if what == _SEND else self._settle
            task = asyncio.create_task(self._guarded(key, work), name=f"outbox {what} {channel_id}")
            self._jobs[key] = task
        return self._jobs[key]

    async def _guarded(self, key: tuple[str, str], work: Callable[[str], Awaitable[None]]) -> None:
        """Do a job; whatever stops it is told, and the job rests for a while."""
        try:
            await work(key[1])
        except StorageError as error:
            self._resting[key] = self._record.in_seconds(self._pauses.storage)
            self._record.on_problem(key[1], str(error))
        except Exception:
            log.exception("a bug in the outbox stopped its job to %s", key[0])
            self._resting[key] = self._record.in_seconds(self._pauses.longest_sleep)
            words = "Sending stopped through an error of this program. Nothing is lost; it is tried again."
            self._record.on_problem(key[1], words)
        finally:
            del self._jobs[key]
            self._woken.set()

    async def _run_jobs(self, what: str, channels: set[str]) -> None:
        jobs = [self._start_job(what, channel_id) for channel_id in sorted(channels)]
        await asyncio.gather(*jobs)

    async def _stop(self) -> None:
        """End the jobs: at once, except while a message is being handed over."""
        self._stopping = True
        tasks = dict(self._jobs)
        if not tasks:
            return
        for (what, _), task in tasks.items():
            if what == _SETTLE or not self._attempts.handed_over:
                task.cancel()
        await asyncio.wait(tasks.values(), timeout=self._pauses.grace)
        await end(tasks.values())

    def _wake_up(self) -> None:
        self._resting.clear()
        self._woken.set()

    async def _send_due(self, channel_id: str) -> None:
        """Try what is due in the channel, each once."""
        tried: set[str] = set()
        while not self._stopping:
            with self._store.read() as connection:
                due = [d for d in reading.due(connection, self._clock()) if d.channel_id == channel_id]
                is_removed = reading.channel_is_removed(connection, channel_id)
            fresh = next((d.delivery_id for d in due if d.delivery_id not in tried), None)
            if fresh is None:
                if due:  # refused by its action, though due: look again later, not at once
                    self._rest(_SEND, channel_id, self._pauses.longest_sleep)
                return
            sender = None if is_removed else self._senders(channel_id)
            if sender is None and not is_removed:
                self._rest(_SEND, channel_id, self._pauses.no_sender)
                return
            tried.add(fresh)
            result = await self._attempts.attempt(fresh, sender)
            if result is not None and result.state is DeliveryState.UNKNOWN:
                with self._store.read() as connection:
                    self._settler.look_up_later(reading.outgoing_mail(connection, fresh))

    async def _settle(self, channel_id: str) -> None:
        """Look up and file; without a way out later, unless there will be none."""
        sender = self._senders(channel_id)
        with self._store.read() as connection:
            is_removed = reading.channel_is_removed(connection, channel_id)
        if sender is None and not is_removed and self._loop is not None:
            self._rest(_SETTLE, channel_id, self._pauses.no_sender)
        else:
            await self._settler.settle(channel_id, sender)

    def _rest(self, what: str, channel_id: str, seconds: float) -> None:
        self._resting[what, channel_id] = self._record.in_seconds(seconds)


def _nobody_listens(_channel_id: str, _text: str | None) -> None:
    """The default of `on_problem`."""
