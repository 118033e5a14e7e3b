"""A small relay in the test's own process: chats with versions, and visitors who come, type and go."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.channels import AddChannel, SaveSetting
from inbox_desktop.models.chat_relay import ChatAtRelay, ChatChangedError, LiveChat, RelayInfo
from inbox_desktop.models.chat_settings import ChatSettings, ChatSite
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import Health, TestStep
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.store import Store
from tests.models.samples import done

RELAY_URL = "https://chat.harbor.example"
CODE = "let-me-in"
CHAT_ID = "abcdefghijklmnopqrstuv"
SITE = ChatSite("Harbor", ("https://harbor.example",), support_address="support@harbor.example")


def ended(value: Any) -> "Future[Any]":
    """A future that has ended with a value, or with an error."""
    future: Future[Any] = Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future


@dataclass
class _Chat:
    site: ChatSite
    version: int = 1
    secret: str = "s3cret-1"


class SmallRelay:
    """What the engine does with the relay. `unreachable` is what everything ends with while it is set."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.unreachable: InboxError | None = None
        self.relay_steps = [
            TestStep("name", ok=True, detail="Found."),
            TestStep("port", ok=True, detail="Open."),
        ]
        self.chats: dict[str, _Chat] = {}
        self.lives: dict[str, LiveChat] = {}
        self.live_listeners: list[Callable[[LiveChat], None]] = []
        self.typed: list[str] = []
        self.link: Health | None = None
        self.tested: list[tuple[str, str | None]] = []

    @property
    def _me(self) -> str:
        with self.store.read() as reader:
            found = me(reader)
        assert found is not None
        return found.id

    def _save(self, key: str, value: Any) -> None:
        done(self.store, SaveSetting(actor=agent(self._me), key=key, value=value))

    def connect_relay(self, url: str, code_or_token: str) -> "Future[Any]":
        if self.unreachable is not None:
            return ended(self.unreachable)
        self._save("relay", {"url": url, "secret_env": None})
        return ended(RelayInfo(url, url, "1.0"))

    def disconnect_relay(self) -> "Future[Any]":
        self._save("relay", None)
        return ended(None)

    def test_relay(
        self, url: str, code_or_token: str | None, step: Callable[[TestStep], None]
    ) -> "Future[Any]":
        self.tested.append((url, code_or_token))
        for one in self.relay_steps:
            step(one)
        return ended(all(one.ok for one in self.relay_steps))

    def relay_health(self) -> Health | None:
        return self.link

    def add_chat(self, site: ChatSite = SITE) -> str:
        """A chat with its channel; returns the channel's id."""
        channel_id = new_id()
        settings = ChatSettings(CHAT_ID, RELAY_URL).to_json()
        done(
            self.store,
            AddChannel(
                actor=agent(self._me),
                channel_id=channel_id,
                kind=ChannelKind.CHAT,
                channel_name=site.name,
                address=CHAT_ID,
                settings=settings,
            ),
        )
        self.chats[channel_id] = _Chat(site)
        return channel_id

    def create_chat(self, site: ChatSite) -> "Future[Any]":
        return ended(self.unreachable or self.add_chat(site))

    def load_chat(self, channel_id: str) -> "Future[Any]":
        return ended(self.unreachable or self._at(channel_id))

    def _at(self, channel_id: str) -> ChatAtRelay:
        chat = self.chats[channel_id]
        tag = f'<script src="{RELAY_URL}/widget.js" data-chat="{CHAT_ID}" async></script>'
        return ChatAtRelay(chat.site, chat.version, tag, chat.secret)

    def save_chat(self, channel_id: str, site: ChatSite, version: int) -> "Future[Any]":
        if self.unreachable is not None:
            return ended(self.unreachable)
        if version != self.chats[channel_id].version:
            return ended(ChatChangedError("Somebody else changed it.", self._at(channel_id)))
        self.change_there(channel_id, site)
        return ended(self._at(channel_id))

    def change_there(self, channel_id: str, site: ChatSite) -> None:
        """Somebody changes the chat."""
        chat = self.chats[channel_id]
        chat.site, chat.version = site, chat.version + 1

    def renew_identity_secret(self, channel_id: str) -> "Future[Any]":
        chat = self.chats[channel_id]
        chat.secret = "s3cret-2"
        return ended(self.unreachable or self._at(channel_id))

    def tell_typing(self, ticket_id: str) -> None:
        self.typed.append(ticket_id)

    def live(self, ticket_id: str) -> LiveChat:
        return self.lives.get(ticket_id, LiveChat(ticket_id))

    def subscribe_live(self, listener: Callable[[LiveChat], None]) -> Callable[[], None]:
        self.live_listeners.append(listener)
        return lambda: self.live_listeners.remove(listener)

    def visitor(self, ticket_id: str, **values: Any) -> None:
        """The visitor of a ticket does something."""
        live = replace(self.live(ticket_id), **values)
        self.lives[ticket_id] = live
        for listener in tuple(self.live_listeners):
            listener(live)
