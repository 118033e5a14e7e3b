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
    from inbox_desktop.models.mail_settings import Discovery

T = TypeVar("T")


class Backend(Protocol):
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
