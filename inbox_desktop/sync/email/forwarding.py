"""The runner of mail that comes by forwarding: listens, keeps each mail raw, and has it taken in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import func, select

from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import LedgerEntry
from inbox_desktop.sync.email import ledger
from inbox_desktop.sync.email.channel import MailChannel
from inbox_desktop.sync.email.fetch_answers import FetchedMail
from inbox_desktop.sync.email.ingest import Ingest
from inbox_desktop.sync.email.ledger import KeptMail, MailboxState
from inbox_desktop.sync.email.listener import Listener
from inbox_desktop.sync.email.parser_pool import ParserUnavailableError
from inbox_desktop.sync.errors import ChannelError
from inbox_desktop.sync.report import ChannelReport, Counts
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.standing import Standing

CERTIFICATE = "listener.pem"
"""The file in the profile's folder that holds the listener's private key and certificate."""

_UIDVALIDITY = 1
_TELL_SECONDS = 30.0  # nothing can be missing while it listens, which is to be seen

log = logging.getLogger(__name__)


class ForwardedMail:
    """Runs the listener of one e-mail channel; its methods are those of the other runners.

    Mail that came before `since` (UTC), by default the first start, is history.
    """

    def __init__(
        self,
        services: Services,
        channel: MailChannel,
        tell: Callable[[Health], None],
        *,
        since: datetime | None = None,
    ) -> None:
        self._services = services
        self._channel = channel
        self._standing = Standing(channel.id, ChannelKind.EMAIL, channel.name, tell)
        self._since = since
        self._ingest = Ingest(services, channel, dated_by_arrival=True)
        self._mailbox: MailboxState | None = None
        self._kept: list[KeptMail] = []
        self._counts = Counts()

    async def run(self) -> None:
        """Listen until cancelled. The world's faults are told and waited out; our own are raised."""
        self._standing.tell(ChannelState.STARTING)
        while True:
            try:
                await self._take_leftovers()
                await self._listen()
            except (ChannelError, StorageError, ParserUnavailableError) as error:
                await self._standing.wait_out(error)

    async def sync_once(self) -> ChannelReport:
        """Take in what was kept and not yet read. Nobody waits for callers."""
        errors: tuple[str, ...] = ()
        try:
            await self._take_leftovers()
        except (StorageError, ParserUnavailableError) as error:
            errors = (str(error),)
        return ChannelReport(self._channel.id, self._channel.name, self._counts, errors)

    def wake(self) -> None:
        """End the present wait."""
        self._standing.wake()

    def reconnect(self) -> None:
        """The computer has slept: whoever wants to write connects anew by themselves."""
        self.wake()

    async def keep(self, raw: bytes, received_at: datetime) -> None:
        """Store a mail durably, to be taken in by `take_kept`. This is what the listener's 250 stands for.

        Raises:
            StorageError: it could not be stored.
        """
        await self.keep_all([(raw, received_at)])

    async def keep_all(self, mails: Sequence[tuple[bytes, datetime]]) -> None:
        """As `keep`, for several mails with the moments (UTC) at which they came, all of them or none.

        Raises:
            StorageError: they could not be stored.
        """
        mailbox = await self._the_mailbox()
        fetched = [FetchedMail(uid=0, raw=raw, received_at=at, seen=False) for raw, at in mails]
        kept = await self._services.files.call(ledger.keep, mailbox, fetched)
        stored = await self._services.write(partial(_store, channel_id=self._channel.id, mails=kept))
        self._kept.extend(stored)  # after the await: the list may have become another one meanwhile
        self._standing.wake()

    async def take_kept(self) -> None:
        """Read what was kept since the last time, and put it into the inbox in the order in which it came.

        Raises:
            StorageError, ParserUnavailableError: it could not be done now; what was kept stays kept.
        """
        while self._kept:
            mails, self._kept = self._kept, []
            self._counts.add(await self._ingest.read_kept(mails))

    async def _take_leftovers(self) -> None:
        """Read everything that was kept: by a process that crashed, or when reading did not work."""
        self._kept.clear()
        self._counts.add(await self._ingest.take_leftovers(forwarded=True))

    async def _listen(self) -> None:
        server = self._channel.settings.listen
        assert server is not None
        certificate = self._services.store.profile.folder / CERTIFICATE
        listener = Listener(server, frozenset(self._channel.addresses), self.keep, certificate)
        await self._the_mailbox()
        await listener.open()
        try:
            self._standing.worked()
            while True:
                self._standing.tell_connected()
                await self.take_kept()
                await self._standing.sleep(_TELL_SECONDS)
        finally:
            await listener.close()

    async def _the_mailbox(self) -> MailboxState:
        """The ledger's mailbox, made at first use."""
        if self._mailbox is None:
            self._mailbox = await self._services.read(self._find_mailbox)
        if self._mailbox is None:
            self._mailbox = await self._services.write(self._add_mailbox)
        return self._mailbox

    def _find_mailbox(self, connection: Reader) -> MailboxState | None:
        return ledger.find_mailbox(connection, self._channel.id, ledger.FORWARDED, _UIDVALIDITY, uidnext=0)

    def _add_mailbox(self, session: WriteSession) -> MailboxState:
        """The mailbox. No mail can be older than it: there is no history to bring in."""
        there = self._find_mailbox(session.connection())
        if there is not None:
            return there
        mailbox = ledger.add_mailbox(
            session, self._channel.id, ledger.FORWARDED, _UIDVALIDITY, self._since or now()
        )
        return ledger.finish_initial(session, mailbox)


def _store(session: WriteSession, channel_id: str, mails: Sequence[KeptMail]) -> list[KeptMail]:
    """Give the mails the next UIDs, and store them."""
    if not mails:
        return []
    highest: int | None = session.scalar(
        select(func.max(LedgerEntry.uid)).where(LedgerEntry.mailbox_id == mails[0].mailbox_id)
    )
    numbered = [replace(mail, uid=uid) for uid, mail in enumerate(mails, (highest or 0) + 1)]
    ledger.store_raw(session, channel_id, numbered)
    return numbered
