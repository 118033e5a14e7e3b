"""What the window needs of the engine, as a protocol: the window never imports the engine itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol, TypeVar

from inbox_desktop.models.actions import Action, Outcome, Refusal
from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.health import Health, TestStep
from inbox_desktop.models.store import WriteSession

if TYPE_CHECKING:
    from inbox_desktop.models.chat_relay import ChatAtRelay, LiveChat, RelayInfo
    from inbox_desktop.models.chat_settings import ChatSite
    from inbox_desktop.models.mail_settings import Discovery

T = TypeVar("T")


class ChatBackend(Protocol):
    """What web chat needs of the engine: the relay, its chats, and what visitors do now."""

    def connect_relay(self, url: str, code_or_token: str) -> Future[RelayInfo]:
        """Join a relay with an invitation code (or a desktop's token); the token goes into the keyring."""

    def disconnect_relay(self) -> Future[None]:
        """Leave the relay; tickets stay, and the relay keeps what visitors write."""

    def test_relay(
        self, url: str, code_or_token: str | None, step: Callable[[TestStep], None]
    ) -> Future[bool]:
        """Try every step of reaching a relay; with None, with the token of the one that is connected.

        `step` is called from another thread, as each one ends.
        """

    def relay_health(self) -> Health | None:
        """How the link to the relay is; None without a relay."""

    def create_chat(self, site: ChatSite) -> Future[str]:
        """Make a chat at the relay and add its channel; returns the channel's id."""

    def load_chat(self, channel_id: str) -> Future[ChatAtRelay]:
        """How a chat stands at the relay now."""

    def save_chat(self, channel_id: str, site: ChatSite, version: int) -> Future[ChatAtRelay]:
        """Change a chat that had this version; ends with ChatChangedError when it has another one."""

    def renew_identity_secret(self, channel_id: str) -> Future[ChatAtRelay]:
        """Let the relay make another secret; identities signed with the former one no longer hold."""

    def tell_typing(self, ticket_id: str) -> None:
        """The agent is writing an answer in this ticket. Returns at once; nothing is kept of it."""

    def live(self, ticket_id: str) -> LiveChat:
        """What the visitor of a ticket does now. Returns at once."""

    def subscribe_live(self, listener: Callable[[LiveChat], None]) -> Callable[[], None]:
        """Call `listener`, from another thread, on whatever a visitor does. Returns how to stop that."""


class Backend(ChatBackend, Protocol):
    """The engine as the window sees it. Futures end on the engine's threads; see `Bridge.call`."""

    def perform(self, actions: Sequence[Action]) -> Future[list[Outcome | Refusal]]:
        """Perform actions in one transaction; a refused one does not stop the others."""

    def write(self, change: Callable[[WriteSession], T]) -> Future[T]:
        """Change rows that are no actions: drafts, and what belongs to this machine only."""

    def connect(self, settings: ChannelSettings, address: str, secret: str | None) -> Future[str]:
        """Add a channel and start it; returns its id."""

    def change_channel(self, channel_id: str, settings: ChannelSettings, secret: str | None) -> Future[None]:
        """Give a channel other settings, and another secret unless that is None."""

    def remove_channel(self, channel_id: str) -> Future[None]:
        """Stop a channel and remove it; its tickets stay."""

    def test(
        self,
        settings: ChannelSettings,
        address: str,
        secret: str | None,
        step: Callable[[TestStep], None],
    ) -> Future[bool]:
        """Try every step of a connection. `step` is called from another thread, as each one ends."""

    def discover_email(self, address: str) -> Future[Discovery]:
        """Find the servers of an address."""

    def fetch_remote(self, urls: Sequence[str]) -> Future[dict[str, bytes]]:
        """Fetch remote images that a person asked for; those that could not be had are left out."""

    @property
    def publishes(self) -> bool:
        """Whether pictures can be sent by text: a provider fetches them from a public address."""

    def sync_now(self, channel_id: str | None = None) -> None:
        """Do not wait any longer: synchronise this channel, or all of them."""

    def health(self) -> tuple[Health, ...]:
        """What every channel says about itself now."""

    def subscribe_health(self, listener: Callable[[Health], None]) -> Callable[[], None]:
        """Call `listener`, from another thread, on all that a channel says. Returns how to stop that."""
