"""What a desktop is told of the relay and its chats: values that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from inbox_desktop.models.errors import InboxError

if TYPE_CHECKING:
    from inbox_desktop.models.chat_settings import ChatSite


@dataclass(frozen=True, slots=True)
class RelayInfo:
    """A relay that this inbox is connected to.

    `url` is where this desktop reaches it, `public_url` where visitors' browsers do; `version` is that of its
    program.
    """

    url: str
    public_url: str
    version: str


@dataclass(frozen=True, slots=True)
class ChatAtRelay:
    """One chat as it stands at the relay.

    `version` goes up by every change; whoever saves names the one that they have seen. `script_tag` is what
    the shop puts on its pages. With `identity_secret` the shop's server signs who its customers are; never
    log it.
    """

    site: ChatSite
    version: int
    script_tag: str
    identity_secret: str = ""

    def __repr__(self) -> str:
        """Without the secret."""
        return f"ChatAtRelay({self.site.name!r}, version={self.version})"


@dataclass(frozen=True, slots=True)
class LiveChat:
    """What a visitor is doing now.

    `present`: a page with the chat is open at theirs. `left_at` (UTC): when they were there last, as far as
    that is known.
    """

    ticket_id: str
    present: bool = False
    typing: bool = False
    left_at: datetime | None = None


class ChatChangedError(InboxError):
    """A chat was not saved: somebody else changed it meanwhile. `current` is how it stands now."""

    def __init__(self, message: str, current: ChatAtRelay) -> None:
        super().__init__(message)
        self.current = current
