"""What must lie at a public address before a text leaves: its pictures, and what its short links lead to.

A desktop has no public address; a relay has. Without one links stay as they are, and pictures cannot be sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from inbox_desktop.models.errors import InboxError
from inbox_desktop.sync.sending import OutgoingFile


class PublishingError(InboxError):
    """Something could not be published, and so the text was not sent. The text is for people.

    `is_final`: trying again will not help.
    """

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


class Publisher(Protocol):
    """Publishes for one inbox. Doing so again gives the same addresses again."""

    @property
    def is_open(self) -> bool:
        """Whether there is a public address."""
        ...

    async def publish(self, file: OutgoingFile) -> str:
        """The public URL of a file, for as long as a provider needs to fetch it.

        Raises:
            PublishingError: it could not be published.
        """
        ...

    async def shorten(self, message_id: str, urls: Sequence[str]) -> Mapping[str, str]:
        """The short link for each URL of a message; what is not in the mapping stays as it is.

        Raises:
            PublishingError: the links could not be made at present.
        """
        ...
