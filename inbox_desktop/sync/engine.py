"""The engine: everything that talks with the outside world, on a thread of its own, and the one writer."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from inbox_desktop.models.actions import SYSTEM, Action, Outcome, Refusal, perform, perform_all
from inbox_desktop.models.actions.channels import AddChannel, ChangeChannel, RemoveChannel
from inbox_desktop.models.channel_settings import ChannelSettings, read_settings
from inbox_desktop.models.chat_relay import ChatAtRelay, LiveChat, RelayInfo
from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.errors import InboxError, StorageError
from inbox_desktop.models.health import Health, TestStep
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.mail_settings import Discovery
from inbox_desktop.models.queries.directory import removed_channels
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.sync.channels import CHANNEL_TYPES, ChannelSetup, present_channels
from inbox_desktop.sync.crew import Crew, make_sender
from inbox_desktop.sync.email.discovery import discover
from inbox_desktop.sync.errors import ChannelError
from inbox_desktop.sync.health_board import HealthBoard
from inbox_desktop.sync.outbox import Outbox
from inbox_desktop.sync.remote_images import fetch_images
from inbox_desktop.sync.report import ChannelReport, Counts, DeliveryReport, SyncReport
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.worker import Worker
from inbox_desktop.sync.writer import Writer

if TYPE_CHECKING:
    from inbox_desktop.sync.relay.desk import RelayDesk

T = TypeVar("T")

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0


class Engine:
    """Runs the channels, the outbox and the timers of one store.

    Either `start` and `stop` it, or await `sync_once`. `perform` and `write` work from the beginning until
    `stop`; every method may be called from any thread.
    """

    def __init__(self, store: Store, secrets: Secrets) -> None:
        self._store = store
        self._secrets = secrets
        self._board = HealthBoard()
        self._services = Services(store, secrets, Writer(store))
        self._helper = Worker("engine-helper")
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._crew: Crew | None = None
        self._stopping: asyncio.Event | None = None
        self._begun = threading.Event()

    # Life

    def start(self) -> None:
        """Start the engine's thread, its loop and its channels."""
        assert self._thread is None, "an engine starts once"
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()
        self._begun.wait()

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Interrupt every wait, finish what is being written, and end. `timeout` in seconds."""
        deadline = time.monotonic() + timeout
        thread, loop, stopping = self._thread, self._loop, self._stopping
        if thread is not None and loop is not None and stopping is not None:
            with suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(stopping.set)
            thread.join(timeout)
            if thread.is_alive():
                log.warning("the engine did not end within %.0f s; it is left behind", timeout)
        self._helper.close(timeout=0, drop=True)
        self._services.close(max(1.0, deadline - time.monotonic()))

    # Changing

    def perform(self, actions: Sequence[Action]) -> Future[list[Outcome | Refusal]]:
        """Perform people's actions in one transaction, before what channels bring; a refusal stops no other.

        The future raises StorageError when they could not be stored.
        """
        return self._services.writer.submit(lambda session: perform_all(session, actions), urgent=True)

    def write(self, change: Callable[[WriteSession], T]) -> Future[T]:
        """Change rows that are no actions (drafts), in a transaction of its own.

        The future raises StorageError when they could not be stored.
        """
        return self._services.writer.submit(change, urgent=True)

    # Channels

    def connect(self, settings: ChannelSettings, address: str, secret: str | None) -> Future[str]:
        """Add a channel, whose messages then come in; the future holds its id.

        The future raises ChannelError when the secret cannot be kept, and InboxError when the channel
        cannot be added.
        """
        return self._helper.submit(lambda: self.add_channel(settings, address, secret))

    def add_channel(self, settings: ChannelSettings, address: str, secret: str | None) -> str:
        """As `connect`, for callers that may block; returns the channel's id.

        What was connected before becomes the same channel again: its tickets can be answered, and no message
        comes in a second time.

        Raises:
            ChannelError: the secret cannot be kept. InboxError: the channel cannot be added.
        """
        channel_id = self._former_channel(settings, address.lower()) or new_id()
        if secret is not None:
            self._secrets.store(channel_id, secret)
        action = AddChannel(
            actor=SYSTEM,
            channel_id=channel_id,
            kind=settings.KIND,
            channel_name=address,
            address=address.lower(),
            settings=settings.to_json(),
        )
        try:
            self._perform_now(action)
        except InboxError:
            if secret is not None:
                with suppress(ChannelError):
                    self._secrets.forget(channel_id)
            raise
        return channel_id

    def change_channel(self, channel_id: str, settings: ChannelSettings, secret: str | None) -> Future[None]:
        """Give a channel other settings, and another secret unless that is None. It starts anew with them.

        The future raises ChannelError when the secret cannot be kept, InboxError when the channel is gone.
        """
        return self._helper.submit(lambda: self._change_channel(channel_id, settings, secret))

    def remove_channel(self, channel_id: str) -> Future[None]:
        """Stop a channel for good and forget its secret; its tickets stay.

        The future raises InboxError when it is gone already.
        """
        return self._helper.submit(lambda: self.drop_channel(channel_id))

    def drop_channel(self, channel_id: str) -> None:
        """As `remove_channel`, for callers that may block.

        Raises:
            InboxError: it is gone already.
        """
        with self._store.read() as connection:
            setup = next((s for s in present_channels(connection) if s.id == channel_id), None)
        self._perform_now(RemoveChannel(actor=SYSTEM, channel_id=channel_id))
        try:
            settings = read_settings(setup.kind, setup.settings) if setup is not None else None
        except (KeyError, TypeError, ValueError):
            settings = None  # it could not sign in with these
        if settings is None or settings.secret_env is not None or not settings.account:
            return
        try:
            self._secrets.forget(channel_id)
        except ChannelError as error:
            log.info("the secret of the removed channel %s stays in the keyring: %s", channel_id, error)

    def sync_now(self, channel_id: str | None = None) -> None:
        """End every wait: look for mail and send what is due, of one channel or of all."""
        loop, crew = self._loop, self._crew
        if loop is not None and crew is not None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(crew.sync_now, channel_id)

    def test(
        self, settings: ChannelSettings, address: str, secret: str | None, step: Callable[[TestStep], None]
    ) -> Future[bool]:
        """Try every step of a connection; `step` is called on the engine's thread as each one ends.

        Without a secret the one of the channel that has this address is used, if there is one. The future
        raises ChannelError when there is none.
        """
        return self._on_loop(self._test(settings, address, secret, step))

    def discover_email(self, address: str) -> Future[Discovery]:
        """Find the servers of an address."""
        return self._on_loop(discover(address))

    def fetch_remote(self, urls: Sequence[str]) -> Future[dict[str, bytes]]:
        """Fetch remote images that a person asked for; those that could not be had are left out."""
        return self._on_loop(fetch_images(urls))

    # Health

    @property
    def publishes(self) -> bool:
        """Whether pictures can be sent by text: that takes a public address."""
        return self._services.public.is_open

    def health(self) -> tuple[Health, ...]:
        """What every channel says about itself now."""
        return self._board.all()

    def subscribe_health(self, listener: Callable[[Health], None]) -> Callable[[], None]:
        """Call `listener`, on whatever thread, with all that channels say. Returns how to stop that."""
        return self._board.subscribe(listener)

    # The relay

    def connect_relay(self, url: str, code_or_token: str) -> Future[RelayInfo]:
        """Join a relay with an invitation code, or with a desktop's token, which goes into the keyring.

        The future raises InboxError in words.
        """
        return self._on_loop(self._desk().connect(url, code_or_token))

    def disconnect_relay(self) -> Future[None]:
        """Leave the relay; tickets stay, and the relay keeps what visitors write."""
        return self._on_loop(self._desk().disconnect())

    def test_relay(
        self, url: str, code_or_token: str | None, step: Callable[[TestStep], None]
    ) -> Future[bool]:
        """Try every step of reaching a relay; with None, with the token of the one that is connected."""
        return self._on_loop(self._desk().test(url, code_or_token, step))

    def relay_health(self) -> Health | None:
        """How the link to the relay is; None without a relay."""
        return self._services.relay_link.health

    def create_chat(self, site: ChatSite) -> Future[str]:
        """Make a chat at the relay and add its channel; the future holds the channel's id."""
        return self._on_loop(self._desk().create_chat(site))

    def load_chat(self, channel_id: str) -> Future[ChatAtRelay]:
        """How a chat stands at the relay now."""
        return self._on_loop(self._desk().load_chat(channel_id))

    def save_chat(self, channel_id: str, site: ChatSite, version: int) -> Future[ChatAtRelay]:
        """Change a chat of which `version` was seen; the future raises ChatChangedError when that is old."""
        return self._on_loop(self._desk().save_chat(channel_id, site, version))

    def renew_identity_secret(self, channel_id: str) -> Future[ChatAtRelay]:
        """Let the relay make another secret; identities signed with the former one no longer hold."""
        return self._on_loop(self._desk().renew_identity_secret(channel_id))

    def tell_typing(self, ticket_id: str) -> None:
        """The agent writes an answer in this ticket. Nothing is kept of it, and nothing waits for it."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                asyncio.run_coroutine_threadsafe(self._services.relay_link.type(ticket_id), self._loop)

    def live(self, ticket_id: str) -> LiveChat:
        """What the visitor of a ticket does now."""
        return self._services.relay_link.live.live(ticket_id)

    def subscribe_live(self, listener: Callable[[LiveChat], None]) -> Callable[[], None]:
        """Call `listener`, on whatever thread, with whatever visitors do. Returns how to stop that."""
        return self._services.relay_link.live.subscribe(listener)

    async def with_relay(self, work: Callable[[RelayDesk], Awaitable[T]]) -> T:
        """Do something with the relay, and end the engine: for commands.

        Raises:
            InboxError: it did not work.
        """
        assert self._thread is None, "the engine runs already"
        try:
            return await work(self._desk())
        finally:
            await self._services.relay.close()
            self._services.close(STOP_SECONDS)

    def _desk(self) -> RelayDesk:
        from inbox_desktop.sync.relay.desk import RelayDesk  # noqa: PLC0415 - loads the HTTP library

        return RelayDesk(self._services)

    # Once

    async def sync_once(self) -> SyncReport:
        """Synchronise every channel once, send what is due once, and end the engine.

        Raises:
            StorageError: the store cannot be read.
        """
        assert self._thread is None, "the engine runs already"
        try:
            setups = await self._services.read(present_channels)
            channels = await asyncio.gather(*(self._sync_channel(setup) for setup in setups))
            problems: dict[str, str] = {}
            deliveries = await self._flush(setups, problems)
            return SyncReport(tuple(channels), deliveries, tuple(problems.values()))
        finally:
            await self._services.relay.close()
            self._services.close(STOP_SECONDS)

    async def _sync_channel(self, setup: ChannelSetup) -> ChannelReport:
        counts, errors = Counts(), []
        try:
            runners = CHANNEL_TYPES[setup.kind].runners(self._services, setup, self._board.voice)
        except ChannelError as error:
            return ChannelReport(setup.id, setup.name, errors=(str(error),))
        for runner in runners:
            try:
                report = await runner.sync_once()
            except StorageError as error:
                errors.append(str(error))
            except Exception:
                log.exception("the channel %s crashed", setup.id)
                errors.append(
                    "A fault in Inbox Desktop itself stopped this channel. What was received is kept; try "
                    "again. The log file says more."
                )
            else:
                counts.add(report.counts)
                errors.extend(report.errors)
        return ChannelReport(setup.id, setup.name, counts, tuple(errors))

    async def _flush(self, setups: Sequence[ChannelSetup], problems: dict[str, str]) -> DeliveryReport:
        by_id = {setup.id: setup for setup in setups}

        def on_problem(channel_id: str, words: str | None) -> None:
            problems.pop(channel_id, None)
            if words and channel_id in by_id:
                problems[channel_id] = f"{by_id[channel_id].name}: {words}"

        outbox = Outbox(
            self._store,
            self._services.writer.write_urgently,
            lambda channel_id: (
                make_sender(self._services, by_id[channel_id]) if channel_id in by_id else None
            ),
            on_problem=on_problem,
        )
        ended = await outbox.flush_once()
        return DeliveryReport(ended.sent, ended.failed, ended.unknown, ended.waiting)

    # Inside

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do the work on the engine's loop. Raises RuntimeError when it has not been started."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the engine has not been started")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _test(
        self, settings: ChannelSettings, address: str, secret: str | None, step: Callable[[TestStep], None]
    ) -> bool:
        if secret is None:
            setups = await self._services.read(present_channels)
            same = (s.id for s in setups if (s.kind, s.address) == (settings.KIND, address.lower()))
            secret = await self._services.files.call(self._secrets.password, next(same, ""), settings)
        return await CHANNEL_TYPES[settings.KIND].test(settings, secret, step)

    def _former_channel(self, settings: ChannelSettings, address: str) -> str | None:
        """The removed channel that read what this one will read."""
        with self._store.read() as connection:
            removed = removed_channels(connection, settings.KIND, address)
        for channel_id, former in removed.items():
            if settings.reads_the_same(former):
                return channel_id
        return None

    def _change_channel(self, channel_id: str, settings: ChannelSettings, secret: str | None) -> None:
        if secret is not None:
            self._secrets.store(channel_id, secret)
        self._perform_now(ChangeChannel(actor=SYSTEM, channel_id=channel_id, settings=settings.to_json()))
        self.sync_now(channel_id)  # also when nothing but the secret is another

    def _perform_now(self, action: Action) -> None:
        with self._store.write() as session:
            result = perform(session, action)
        if isinstance(result, Refusal):
            raise InboxError(result.reason)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception:
            log.exception("the engine crashed")
        finally:
            self._begun.set()

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_report)
        self._stopping = asyncio.Event()
        self._crew = Crew(self._services, self._board)
        self._loop = loop
        self._begun.set()
        crew = asyncio.create_task(self._crew.run(), name="crew")
        await self._stopping.wait()
        crew.cancel()
        await asyncio.gather(crew, return_exceptions=True)
        await self._services.relay.close()


def _report(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What no task has caught is our bug, and is never silent."""
    error = context.get("exception")
    log.error("in the engine: %s", context.get("message", "an error"), exc_info=error)
