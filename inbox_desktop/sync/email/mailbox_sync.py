"""The runner of an e-mail channel: connects, brings everything in, waits for news, and tells how it fares."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial

from inbox_desktop.models.errors import InboxError, StorageError
from inbox_desktop.models.health import Health, Progress
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.models.queries.directory import setting
from inbox_desktop.sync.email import ledger
from inbox_desktop.sync.email.channel import MailChannel
from inbox_desktop.sync.email.folder_sync import FolderSync, Missing
from inbox_desktop.sync.email.imap import News
from inbox_desktop.sync.email.imap_link import ImapLink
from inbox_desktop.sync.email.ingest import Ingest
from inbox_desktop.sync.email.parser_pool import ParserUnavailableError
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.report import ChannelReport, Counts
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.standing import Standing

POLL_SETTING = "mail.poll_seconds"
"""The setting that says how often a server without IDLE is asked, in seconds."""

POLL_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""A connection that lasted so long was a good one: losing it is nothing to speak of, at first."""

_ATTEMPTS_AT_ONCE = 6  # so many that even a mail over which the server stumbles is given up
_A_FEW_MAILS = 20
_TELL_SECONDS = 0.2
_TROUBLE = (ChannelError, StorageError, ParserUnavailableError)


class MailboxSync:
    """Runs one e-mail channel. Everything here is called on the event loop's thread.

    `run` goes on until it is cancelled; `sync_once` ends when everything is here.
    """

    def __init__(
        self, services: Services, channel: MailChannel, server: Server, tell: Callable[[Health], None]
    ) -> None:
        self._services = services
        self._channel = channel
        self._server = server
        self._standing = Standing(channel.id, ChannelKind.EMAIL, channel.name, tell)
        self._ingest = Ingest(services, channel)
        account = ledger.account_of(server, channel.settings.user)
        self._folders = [
            FolderSync(services, self._ingest, channel.id, folder, account)
            for folder in channel.settings.folders
        ]
        self._counts = Counts()
        self._link: ImapLink | None = None
        self._at_once = False
        self._steady_since: float | None = None
        self._looked_at = 0.0
        self._told_at = 0.0

    async def run(self) -> None:
        """Synchronise until cancelled. The world's faults are told and waited out; our own are raised."""
        self._standing.tell(ChannelState.STARTING)
        while True:
            try:
                async with self._connected() as link:
                    await self._bring_all(link)
                    await self._follow(link)
            except _TROUBLE as trouble:
                if not self._may_try_at_once(trouble):
                    self._standing.forget_wake()
                    await self._standing.wait_out(trouble)

    async def sync_once(self) -> ChannelReport:
        """Bring in everything that the server has, and end. Errors are in the report."""
        errors: tuple[str, ...] = ()
        for _ in range(_ATTEMPTS_AT_ONCE):
            try:
                async with self._connected() as link:
                    await self._bring_all(link)
                errors = ()
                break
            except _TROUBLE as trouble:
                errors = (str(trouble),)
                self._standing.tell_trouble(trouble)
                if not _is_lost(trouble):
                    break
        return ChannelReport(self._channel.id, self._channel.name, self._counts, errors)

    def wake(self) -> None:
        """End the present wait: look for new mail, or try to connect, at once."""
        self._standing.wake()
        if self._link is not None:
            self._link.wake()

    def reconnect(self) -> None:
        """The computer has slept or changed networks: connect anew instead of trusting the connection."""
        self._at_once = True
        self._standing.wake()
        if self._link is not None:
            self._link.abort()

    # Bringing in

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[ImapLink]:
        self._steady_since = None
        settings = self._channel.settings
        self._counts.add(await self._ingest.take_leftovers())
        password = partial(self._services.secrets.password, self._channel.id, settings)
        async with ImapLink.opened(self._channel.name, self._server, settings.user, password) as link:
            self._link, self._at_once = link, False
            try:
                yield link
            finally:
                self._link = None

    async def _bring_all(self, link: ImapLink) -> None:
        await self._each(self._folders, lambda folder: self._compare_and_bring(link, folder))
        self._looked_at = self._steady_since = time.monotonic()
        await self._tell_connected()

    async def _compare_and_bring(self, link: ImapLink, folder: FolderSync) -> None:
        await self._bring(link, folder, await folder.compare(link))

    async def _each(
        self, folders: Iterable[FolderSync], work: Callable[[FolderSync], Awaitable[None]]
    ) -> None:
        """Do the work on every folder. One that is gone is told of when the others have had their turn."""
        gone: ChannelError | None = None
        for folder in folders:
            try:
                await work(folder)
            except ChannelError as error:
                if error.fault is not Fault.FOLDER:
                    raise
                gone = gone or error
        if gone is not None:
            raise gone

    async def _bring(self, link: ImapLink, folder: FolderSync, missing: Missing) -> None:
        done, total = missing.known, missing.known + len(missing.uids)
        at_length = not missing.mailbox.initial_done or len(missing.uids) > _A_FEW_MAILS

        def tell(counts: Counts) -> None:
            nonlocal done
            self._counts.add(counts)
            done += counts.stored + counts.duplicate + counts.set_aside + counts.quarantined + counts.gone
            if at_length:
                self._tell_progress(done, total)

        if at_length and missing.uids:
            self._tell_progress(done, total)
        await folder.bring(link, missing, tell)

    async def _follow(self, link: ImapLink) -> None:
        several = len(self._folders) > 1
        news = News.INTERRUPTED if several else News.QUIET  # after several folders the first is opened again
        while True:
            due = time.monotonic() - self._looked_at >= POLL_SECONDS
            if news is not News.QUIET or due or not link.can_idle:
                await self._look(link, reopen=several or news is not News.MAIL)
            await self._tell_connected()
            news = await self._news(link)

    async def _look(self, link: ImapLink, *, reopen: bool) -> None:
        """Look for new mail in every folder; the first comes last, so that it is the one that stays open."""

        async def look(folder: FolderSync) -> None:
            await self._bring(link, folder, await folder.look(link, reopen=reopen))

        await self._each(reversed(self._folders), look)
        self._looked_at = time.monotonic()

    async def _news(self, link: ImapLink) -> News:
        if link.can_idle:
            return await link.wait_for_news()
        seconds = await self._services.read(partial(setting, key=POLL_SETTING, default=POLL_SECONDS))
        await self._standing.sleep(float(seconds))
        return News.INTERRUPTED

    # Waiting

    def _may_try_at_once(self, trouble: InboxError) -> bool:
        steady = self._steady_since is not None and time.monotonic() - self._steady_since > STEADY_SECONDS
        if steady:
            self._standing.worked()
        at_once, self._at_once = self._at_once, False
        return _is_lost(trouble) and (steady or at_once)

    # Telling

    async def _tell_connected(self) -> None:
        aside = await self._services.read(partial(ledger.quarantined, channel_id=self._channel.id))
        reason = ""
        if aside:
            mails = "1 mail" if aside == 1 else f"{aside} mails"
            reason = f"{mails} could not be taken in, all others are here. “inbox-desktop check” says why."
        self._standing.tell_connected(reason)

    def _tell_progress(self, done: int, total: int) -> None:
        since = time.monotonic() - self._told_at
        if since >= _TELL_SECONDS or done == total or self._standing.told.progress is None:
            self._told_at = time.monotonic()
            self._standing.tell(ChannelState.SYNCING, progress=Progress(done, total))


def _is_lost(trouble: InboxError) -> bool:
    return isinstance(trouble, ChannelError) and trouble.fault is Fault.CLOSED
