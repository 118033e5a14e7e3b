"""What the channels work with: the store and its writer, the secrets, the parser, a thread for file work."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from inbox_desktop.models.store import Reader, Store, WriteSession
from inbox_desktop.sync.email.parsed import ParsedMail, ParseFailure
from inbox_desktop.sync.email.parsers import Parsers
from inbox_desktop.sync.relay.access import RelayAccess
from inbox_desktop.sync.relay.link import RelayLink
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.sms.hooks import TextHooks
from inbox_desktop.sync.sms.publishing import Publisher
from inbox_desktop.sync.worker import Worker
from inbox_desktop.sync.writer import Writer

T = TypeVar("T")


@dataclass(frozen=True)
class Services:
    """Shared by all channels of one engine. Whatever blocks runs on one of its threads.

    `packer` compresses; `files` reads the database and writes attachments, and may wait for the disk.
    `hooks` hands the channels what providers told the relay.
    """

    store: Store
    secrets: Secrets
    writer: Writer
    parsers: Parsers = field(default_factory=Parsers)
    packer: Worker = field(default_factory=lambda: Worker("packer"))
    files: Worker = field(default_factory=lambda: Worker("files"))
    hooks: TextHooks = field(default_factory=TextHooks)

    @functools.cached_property
    def relay(self) -> RelayAccess:
        """The relay that this inbox is connected to."""
        return RelayAccess(self)

    @functools.cached_property
    def relay_link(self) -> RelayLink:
        """What follows the relay's feed; the engine's crew runs it."""
        return RelayLink(self)

    @functools.cached_property
    def public(self) -> Publisher:
        """What publishes what texts refer to: the relay, if there is one."""
        from inbox_desktop.sync.relay.publisher import RelayPublisher  # noqa: PLC0415 - it needs this class

        return RelayPublisher(self)

    @functools.cached_property
    def signing_key(self) -> bytes:
        """The key of our own Message-IDs. The first look reads a file."""
        return self.store.profile.signing_key()

    async def read(self, query: Callable[[Reader], T]) -> T:
        """What `query` finds, on a thread that may wait for the disk.

        Raises:
            StorageError: the database could not be read.
        """
        return await self.files.call(self._read, query)

    async def write(self, change: Callable[[WriteSession], T]) -> T:
        """What `change` returns, in a durable transaction of its own, after people's actions.

        Raises:
            StorageError: it could not be stored.
        """
        return await self.writer.write(change)

    async def parse(self, mails: Sequence[bytes]) -> list[ParsedMail | ParseFailure]:
        """The mails, read in a parser process.

        Raises:
            ParserUnavailableError: it cannot be started.
        """
        return await self.parsers.parse(mails)

    def close(self, timeout: float) -> None:
        """Finish what is being written, and end the threads and the parser processes."""
        self.parsers.close(timeout)
        self.packer.close(timeout, drop=True)
        self.files.close(timeout, drop=True)
        self.writer.close(timeout)

    def _read(self, query: Callable[[Reader], T]) -> T:
        with self.store.read() as connection:
            return query(connection)
