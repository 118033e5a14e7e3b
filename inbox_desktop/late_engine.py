"""The engine of a window that comes up first: loaded and made beside it, or when somebody needs it sooner."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from inbox_desktop.models.actions import Action, Outcome, Refusal
from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.chat_relay import ChatAtRelay, LiveChat, RelayInfo
from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.health import Health, TestStep
from inbox_desktop.models.store import Store, WriteSession

if TYPE_CHECKING:
    from inbox_desktop.models.mail_settings import Discovery
    from inbox_desktop.sync.engine import Engine

T = TypeVar("T")


class LateEngine:
    """The engine as the window sees it. To load all of it takes a fifth of the start; no list needs it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._making = threading.Lock()
        self._made: Engine | None = None
        self._starting: threading.Thread | None = None
        self._listeners: list[Callable[[Health], None]] = []
        self._live_listeners: list[Callable[[LiveChat], None]] = []

    @property
    def engine(self) -> Engine:
        """The engine, made now if nobody has needed it yet. From any thread."""
        with self._making:
            if self._made is None:
                from inbox_desktop.sync.engine import Engine  # noqa: PLC0415 - what this class is for
                from inbox_desktop.sync.secrets import Secrets  # noqa: PLC0415

                self._made = Engine(self._store, Secrets())
                self._made.subscribe_health(self._tell)
                self._made.subscribe_live(self._tell_live)
            return self._made

    def start(self, started: Callable[[], None]) -> None:
        """Make and start the engine on a thread of its own; `started` is called there when it runs."""

        def start() -> None:
            self.engine.start()
            started()

        self._starting = threading.Thread(target=start, name="engine-start")
        self._starting.start()

    def stop(self) -> None:
        """Stop the engine, if there is one."""
        if self._starting is not None:
            self._starting.join()
        if self._made is not None:
            self._made.stop()

    def _tell(self, health: Health) -> None:
        for listener in tuple(self._listeners):
            listener(health)

    def _tell_live(self, live: LiveChat) -> None:
        for listener in tuple(self._live_listeners):
            listener(live)

    # What the window asks for: see `ui.backend.Backend`

    def perform(self, actions: Sequence[Action]) -> Future[list[Outcome | Refusal]]:
        """Perform actions in one transaction."""
        return self.engine.perform(actions)

    def write(self, change: Callable[[WriteSession], T]) -> Future[T]:
        """Change rows that are no actions."""
        return self.engine.write(change)

    def connect(self, settings: ChannelSettings, address: str, secret: str | None) -> Future[str]:
        """Add a channel and start it."""
        return self.engine.connect(settings, address, secret)

    def change_channel(self, channel_id: str, settings: ChannelSettings, secret: str | None) -> Future[None]:
        """Give a channel other settings."""
        return self.engine.change_channel(channel_id, settings, secret)

    def remove_channel(self, channel_id: str) -> Future[None]:
        """Stop a channel and remove it."""
        return self.engine.remove_channel(channel_id)

    def test(
        self,
        settings: ChannelSettings,
        address: str,
        secret: str | None,
        step: Callable[[TestStep], None],
    ) -> Future[bool]:
        """Try every step of a connection."""
        return self.engine.test(settings, address, secret, step)

    def discover_email(self, address: str) -> Future[Discovery]:
        """Find the servers of an address."""
        return self.engine.discover_email(address)

    def fetch_remote(self, urls: Sequence[str]) -> Future[dict[str, bytes]]:
        """Fetch remote images."""
        return self.engine.fetch_remote(urls)

    @property
    def publishes(self) -> bool:
        """Whether pictures can be sent by text."""
        return self._made is not None and self._made.publishes

    def connect_relay(self, url: str, code_or_token: str) -> Future[RelayInfo]:
        """Join a relay."""
        return self.engine.connect_relay(url, code_or_token)

    def disconnect_relay(self) -> Future[None]:
        """Leave the relay."""
        return self.engine.disconnect_relay()

    def test_relay(
        self, url: str, code_or_token: str | None, step: Callable[[TestStep], None]
    ) -> Future[bool]:
        """Try every step of reaching a relay."""
        return self.engine.test_relay(url, code_or_token, step)

    def relay_health(self) -> Health | None:
        """How the link to the relay is; None before there is an engine."""
        return None if self._made is None else self._made.relay_health()

    def create_chat(self, site: ChatSite) -> Future[str]:
        """Make a chat at the relay."""
        return self.engine.create_chat(site)

    def load_chat(self, channel_id: str) -> Future[ChatAtRelay]:
        """How a chat stands at the relay now."""
        return self.engine.load_chat(channel_id)

    def save_chat(self, channel_id: str, site: ChatSite, version: int) -> Future[ChatAtRelay]:
        """Change a chat."""
        return self.engine.save_chat(channel_id, site, version)

    def renew_identity_secret(self, channel_id: str) -> Future[ChatAtRelay]:
        """Let the relay make another secret."""
        return self.engine.renew_identity_secret(channel_id)

    def tell_typing(self, ticket_id: str) -> None:
        """The agent writes an answer in this ticket."""
        if self._made is not None:
            self._made.tell_typing(ticket_id)

    def live(self, ticket_id: str) -> LiveChat:
        """What the visitor of a ticket does now."""
        return LiveChat(ticket_id) if self._made is None else self._made.live(ticket_id)

    def subscribe_live(self, listener: Callable[[LiveChat], None]) -> Callable[[], None]:
        """Call `listener` with whatever visitors will do. Returns how to stop that."""
        self._live_listeners.append(listener)
        return lambda: self._live_listeners.remove(listener)

    def sync_now(self, channel_id: str | None = None) -> None:
        """Synchronise now."""
        self.engine.sync_now(channel_id)

    def health(self) -> tuple[Health, ...]:
        """What every channel says; nothing before there is an engine."""
        return () if self._made is None else self._made.health()

    def subscribe_health(self, listener: Callable[[Health], None]) -> Callable[[], None]:
        """Call `listener` on all that channels will say. Returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
