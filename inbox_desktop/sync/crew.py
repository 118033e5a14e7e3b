"""The tasks of a running engine: runners, outbox, timers. Each is started again when it crashes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError, StorageError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelState
from inbox_desktop.models.store import Changed
from inbox_desktop.sync.backoff import Backoff
from inbox_desktop.sync.channels import CHANNEL_TYPES, ChannelSetup, Runner, present_channels
from inbox_desktop.sync.clock_watch import CLOCK_LOOK_SECONDS, ClockNews, ClockWatch
from inbox_desktop.sync.errors import ChannelError
from inbox_desktop.sync.health_board import HealthBoard
from inbox_desktop.sync.outbox import Outbox
from inbox_desktop.sync.sending import Sender
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.tasks import end
from inbox_desktop.sync.timers import BackupTimer, SnoozeTimer

log = logging.getLogger(__name__)

_GOOD_SECONDS = 20.0  # what lasted so long was no failure at the start


@dataclass(slots=True)
class _Running:
    """A channel that runs: its setup, its runners, and the task that keeps them going."""

    setup: ChannelSetup
    task: asyncio.Task[None]
    runners: list[Runner] = field(default_factory=list)


class Crew:
    """Runs everything on the engine's event loop until it is cancelled."""

    def __init__(self, services: Services, board: HealthBoard) -> None:
        self._services = services
        self._board = board
        self._channels: dict[str, _Running] = {}
        self._setups: dict[str, ChannelSetup] = {}
        self._outbox = Outbox(
            services.store, services.writer.write_urgently, self._sender, on_problem=board.sending_problem
        )
        self._timer = SnoozeTimer(services)
        self._backups = BackupTimer(services, board)
        self._channels_changed = asyncio.Event()
        self._states: dict[str, ChannelState] = {}
        self._retries: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Go on until cancelled."""
        loop = asyncio.get_running_loop()

        def hear(changed: Changed) -> None:
            loop.call_soon_threadsafe(self._hear, changed.kind)

        unsubscribe = self._services.store.subscribe(hear)
        stop_listening = self._board.subscribe(self._hear_health)
        tasks = [
            asyncio.create_task(self._keep_going(name, work), name=name)
            for name, work in (
                ("channels", self._follow_channels),
                ("outbox", self._send),
                ("relay", self._services.relay_link.run),
                ("snooze timer", self._timer.run),
                ("backup", self._backups.run),
                ("clock", self._watch_clock),
            )
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            unsubscribe()
            stop_listening()
            tasks += [*self._retries, *(running.task for running in self._channels.values())]
            await end(tasks)

    def sync_now(self, channel_id: str | None) -> None:
        """End the waits of one channel or of all, and of the outbox."""
        for running in self._channels.values():
            if channel_id in {None, running.setup.id}:
                for runner in running.runners:
                    runner.wake()
        if channel_id is None:
            self._services.relay_link.wake()
        self._try_sending(channel_id)

    def _try_sending(self, channel_id: str | None) -> None:
        """Send now what was put off, of one channel or of all."""
        task = asyncio.create_task(self._retry(channel_id), name="retry sending")
        self._retries.add(task)
        task.add_done_callback(self._retries.discard)

    async def _retry(self, channel_id: str | None) -> None:
        try:
            await self._outbox.retry_now(channel_id)
        except StorageError as error:
            log.warning("what waits in the outbox could not be tried now: %s", error)

    def _hear_health(self, health: Health) -> None:
        """A channel that has its connection back sends at once what could not leave without it."""
        before = self._states.get(health.channel_id)
        self._states[health.channel_id] = health.state
        if health.state is ChannelState.CONNECTED and before in {ChannelState.OFFLINE, ChannelState.FAILED}:
            self._try_sending(health.channel_id)

    def _hear(self, kind: str) -> None:
        if kind == "channel":
            self._channels_changed.set()
            self._outbox.wake()
        elif kind == "delivery":
            self._outbox.wake()
        elif kind == "ticket":
            self._timer.check()
            self._services.relay_link.look_for_work()
        elif kind == "customer":
            self._services.relay_link.look_for_work()  # perhaps a visitor was blocked
        elif kind == "setting":
            self._services.relay_link.settings_changed()

    # Channels

    async def _follow_channels(self) -> None:
        """Start and stop channels as they are added, changed and removed.

        One that was changed sends at once what could not leave before: perhaps a password was refused.
        """
        is_start = True
        while True:
            self._channels_changed.clear()
            wanted = {setup.id: setup for setup in await self._services.read(present_channels)}
            self._setups = wanted
            for channel_id, running in list(self._channels.items()):
                if wanted.get(channel_id) != running.setup:
                    del self._channels[channel_id]
                    await end([running.task])
                    if channel_id not in wanted:
                        self._board.forget(channel_id)
            for channel_id, setup in wanted.items():
                if channel_id not in self._channels:
                    self._start(setup)
                    if not is_start:
                        self._try_sending(channel_id)
            is_start = False
            await self._channels_changed.wait()

    def _start(self, setup: ChannelSetup) -> None:
        runners: list[Runner] = []
        task = asyncio.create_task(self._run_channel(setup, runners), name=f"channel {setup.name}")
        self._channels[setup.id] = _Running(setup, task, runners)

    async def _run_channel(self, setup: ChannelSetup, runners: list[Runner]) -> None:
        try:
            runners.extend(CHANNEL_TYPES[setup.kind].runners(self._services, setup, self._board.voice))
        except ChannelError as error:
            self._tell(setup, ChannelState.FAILED, str(error), needs_person=True)
            return
        await asyncio.gather(*(self._run_runner(setup, runners, index) for index in range(len(runners))))

    async def _run_runner(self, setup: ChannelSetup, runners: list[Runner], index: int) -> None:
        """Keep one runner going; one that crashed is made anew, since nobody knows what state it is in."""
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                await runners[index].run()
            except Exception:
                log.exception("the channel %s crashed", setup.id)
            if time.monotonic() - began > _GOOD_SECONDS:
                backoff.reset()
            wait = backoff.next_wait()
            self._tell(
                setup,
                ChannelState.FAILED,
                "A fault in Inbox Desktop itself stopped this channel. What was received before is kept, "
                "and it starts again by itself. If this stays, the log file says more.",
                retry_in=wait,
                part=index,
            )
            await asyncio.sleep(wait)
            fresh = CHANNEL_TYPES[setup.kind].runners(self._services, setup, self._board.voice)
            runners[index] = fresh[index]

    def _tell(
        self,
        setup: ChannelSetup,
        state: ChannelState,
        reason: str,
        *,
        retry_in: float | None = None,
        needs_person: bool = False,
        part: int = 0,
    ) -> None:
        retry_at = now() + timedelta(seconds=retry_in) if retry_in is not None else None
        health = Health(
            setup.id, setup.kind, setup.name, state, reason, retry_at=retry_at, needs_person=needs_person
        )
        self._board.voice(part)(health)

    # Sending

    async def _send(self) -> None:
        try:
            await self._outbox.run()
        except InboxError:
            raise
        except Exception:
            for channel_id in self._setups:
                self._board.sending_problem(
                    channel_id,
                    "A fault in Inbox Desktop itself stopped sending. What waits is kept, and it starts "
                    "again by itself. If this stays, the log file says more.",
                )
            raise

    def _sender(self, channel_id: str) -> Sender | None:
        setup = self._setups.get(channel_id)
        return make_sender(self._services, setup) if setup is not None else None

    # Time

    async def _watch_clock(self) -> None:
        """Notice sleep, after which no connection is worth anything, and a clock that was set.

        What waits until a moment would otherwise wait as much longer as the clock was set back.
        """
        watch = ClockWatch()
        while True:
            await asyncio.sleep(CLOCK_LOOK_SECONDS)
            news = watch.look()
            if news is ClockNews.STEADY:
                continue
            log.info("the computer slept or its clock was set (%s)", news.value)
            if news is ClockNews.SLEPT:
                for running in self._channels.values():
                    for runner in running.runners:
                        runner.reconnect()
                self._services.relay_link.reconnect()
            self._timer.check()
            self._try_sending(None)

    async def _keep_going(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Start `work` again whenever it ends, after a wait."""
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                await work()
            except StorageError as error:
                log.warning("%s: %s", name, error)
            except Exception:
                log.exception("%s crashed", name)
            if time.monotonic() - began > _GOOD_SECONDS:
                backoff.reset()
            await asyncio.sleep(backoff.next_wait())


def make_sender(services: Services, setup: ChannelSetup) -> Sender | None:
    """The channel's way out, or None when its settings make none."""
    try:
        return CHANNEL_TYPES[setup.kind].sender(services, setup)
    except InboxError as error:
        log.warning("channel %s cannot send: %s", setup.id, error)
        return None
