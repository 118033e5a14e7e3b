"""Bringing one folder in: what the server has and the ledger has not, the newest first."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import UidState
from inbox_desktop.models.store import WriteSession
from inbox_desktop.sync.email import late_mail, ledger
from inbox_desktop.sync.email.batches import LARGEST_MAIL, batches, newest_first, portions
from inbox_desktop.sync.email.imap import Examined, Fetched, ImapSession, RefusedError
from inbox_desktop.sync.email.imap_link import ImapLink
from inbox_desktop.sync.email.ingest import Ingest
from inbox_desktop.sync.email.ledger import MailboxState, Settled
from inbox_desktop.sync.errors import ChannelError, Fault, quoted
from inbox_desktop.sync.report import Counts
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.tasks import end

IN_FLIGHT = 3
"""Batches that are being read and written while the next one is fetched."""

_MOST_FAILURES = 3
_MOST_REFUSALS = 8  # some minutes: for the only mail there is, nothing tells it from a server in trouble
_WITNESSES = 20
_MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Missing:
    """What has to be brought in from a folder, the newest first, and how much of it is here already."""

    mailbox: MailboxState
    uids: list[int]
    known: int


@dataclass(slots=True)
class FolderSync:
    """One folder of one channel over many connections; `account` is as `ledger.account_of` says.

    It remembers which UIDs are known, so that looking for new mail costs little, and at which UIDs the
    connection broke, so that one mail over which a server stumbles cannot keep all others away.
    """

    services: Services
    ingest: Ingest
    channel_id: str
    folder: str
    account: str
    _mailbox: MailboxState | None = None
    _mailbox_id: str = ""
    _uidvalidity: int = -1
    _known: set[int] = field(default_factory=set)
    _suspects: Counter[int] = field(default_factory=Counter)
    _listed: set[int] = field(default_factory=set)
    _refusals: Counter[int] = field(default_factory=Counter)

    async def compare(self, link: ImapLink) -> Missing:
        """Open the folder and find what is missing here, with a look at every UID: once a connection.

        Raises:
            ChannelError: the folder cannot be opened, or the connection failed.
            StorageError: the ledger cannot be read or written.
        """
        examined = await link.call(ImapSession.examine, self.folder)
        await self._load(examined)
        listed = await link.call(ImapSession.uids, examined.exists)
        return self._missing(listed)

    async def look(self, link: ImapLink, *, reopen: bool) -> Missing:
        """Find new mail. `reopen` when another folder was opened meanwhile.

        Raises:
            ChannelError, StorageError: as `compare`.
        """
        if reopen:
            examined = await link.call(ImapSession.examine, self.folder)
            if self._mailbox is None or examined.uidvalidity != self._uidvalidity:
                return await self.compare(link)
        return self._missing(await link.call(ImapSession.uids_from, max(self._known, default=0) + 1))

    async def bring(self, link: ImapLink, missing: Missing, tell: Callable[[Counts], None]) -> None:
        """Fetch what is missing and take it in; `tell` is called with the numbers of each batch.

        Raises:
            ChannelError, StorageError: it was broken off. What is in is in; the rest is found again.
        """
        mailbox = missing.mailbox
        running: deque[asyncio.Task[None]] = deque()
        try:
            for portion in portions(missing.uids):
                async for batch in self._batches(link, mailbox, portion, tell):
                    fetched = await self._fetch(link, batch)
                    running.append(asyncio.create_task(self._take(mailbox, fetched, tell)))
                    while len(running) > IN_FLIGHT:
                        await running.popleft()
            while running:
                await running.popleft()
        except asyncio.CancelledError:
            await end(running)
            raise
        except Exception:
            await asyncio.gather(*running, return_exceptions=True)
            self._mailbox = None  # some mails may be kept and not yet settled: the ledger is read again
            raise
        if not mailbox.initial_done:
            await late_mail.attach_all(self.services, self.channel_id)
            self._mailbox = await self.services.write(partial(ledger.finish_initial, mailbox=mailbox))

    async def _load(self, examined: Examined) -> None:
        set_back = 0 < examined.uidnext <= max(self._known, default=0)
        if self._mailbox is not None and examined.uidvalidity == self._uidvalidity and not set_back:
            return
        find = partial(
            ledger.find_mailbox,
            channel_id=self.channel_id,
            folder=self.folder,
            uidvalidity=examined.uidvalidity,
            uidnext=examined.uidnext,
            account=self.account,
        )
        mailbox = await self.services.read(find)
        if mailbox is None:
            add = partial(
                ledger.add_mailbox,
                channel_id=self.channel_id,
                folder=self.folder,
                uidvalidity=examined.uidvalidity,
                at=now(),
                account=self.account,
            )
            mailbox = await self.services.write(add)
        if mailbox.id != self._mailbox_id:
            self._suspects.clear()
            self._refusals.clear()
        self._mailbox, self._mailbox_id, self._uidvalidity = mailbox, mailbox.id, examined.uidvalidity
        self._known = await self.services.read(partial(ledger.known_uids, mailbox_id=mailbox.id))

    def _missing(self, listed: Iterable[int]) -> Missing:
        assert self._mailbox is not None
        self._listed = set(listed)
        return Missing(self._mailbox, newest_first(list(self._listed - self._known)), len(self._known))

    async def _batches(
        self,
        link: ImapLink,
        mailbox: MailboxState,
        portion: Sequence[int],
        tell: Callable[[Counts], None],
    ) -> AsyncIterator[list[int]]:
        """The portion's batches. Mails that are too large or break connections are dealt with on the way."""
        sizes = await link.call(ImapSession.sizes, portion)
        large = {uid: size for uid, size in sizes.items() if size > LARGEST_MAIL}
        if large:
            tell(await self._quarantine_large(link, mailbox, large))
        suspects = [uid for uid in portion if uid in self._suspects]
        for uid in suspects:
            if self._suspects[uid] >= _MOST_FAILURES:
                tell(await self._give_up(mailbox, uid))
            else:
                yield [uid]
        for batch in batches([uid for uid in portion if uid not in large and uid not in suspects], sizes):
            yield batch

    async def _fetch(self, link: ImapLink, batch: Sequence[int], *, header_only: bool = False) -> Fetched:
        try:
            return await link.call(ImapSession.fetch, batch, header_only=header_only)
        except RefusedError as error:
            if await self._blames_the_mails(link, batch):
                return error.fetched
            raise
        except ChannelError as error:
            if error.fault is Fault.CLOSED:
                # Next time these are asked for one by one: perhaps one of them brings the server down.
                self._suspects.update(batch if len(batch) == 1 else dict.fromkeys(batch, 0))
            raise

    async def _blames_the_mails(self, link: ImapLink, refused: Sequence[int]) -> bool:
        """Whether mails that are refused are at fault, and not the server: it hands out others."""
        others = heapq.nlargest(_WITNESSES, (self._known | self._listed).difference(refused))
        try:
            if others and (await link.call(ImapSession.fetch, others, header_only=True)).mails:
                return True
        except RefusedError:
            return False
        self._refusals.update(refused)
        return len(refused) == 1 and self._refusals[refused[0]] >= _MOST_REFUSALS

    async def _take(self, mailbox: MailboxState, fetched: Fetched, tell: Callable[[Counts], None]) -> None:
        counts = await self.ingest.take(mailbox, fetched.mails)
        entries = [
            Settled(uid, UidState.GONE, reason="It was deleted before it was fetched.")
            for uid in fetched.gone
        ]
        await self._enter(mailbox, entries + _kept_back(fetched))
        counts.gone += len(fetched.gone)
        counts.quarantined += len(fetched.refused)
        for mail in fetched.mails:
            self._known.add(mail.uid)
            self._suspects.pop(mail.uid, None)
        tell(counts)

    async def _quarantine_large(self, link: ImapLink, mailbox: MailboxState, sizes: dict[int, int]) -> Counts:
        reasons = {uid: _too_large(size) for uid, size in sizes.items()}
        fetched = await self._fetch(link, list(sizes), header_only=True)
        counts = await self.ingest.quarantine(mailbox, fetched.mails, reasons)
        await self._enter(mailbox, _kept_back(fetched))
        counts.quarantined += len(fetched.refused)
        self._known.update(mail.uid for mail in fetched.mails)
        return counts

    async def _give_up(self, mailbox: MailboxState, uid: int) -> Counts:
        reason = (
            f"The connection broke {_MOST_FAILURES} times while this mail was fetched. It is still on the "
            "server, and all other mails were taken in. Look at it with another program."
        )
        await self._enter(mailbox, [Settled(uid, UidState.QUARANTINED, reason=reason)])
        del self._suspects[uid]
        return Counts(quarantined=1)

    async def _enter(self, mailbox: MailboxState, entries: Sequence[Settled]) -> None:
        if entries:

            def write(session: WriteSession) -> None:
                ledger.store_without_raw(session, mailbox, entries, now())

            await self.services.write(write)
            self._known.update(entry.uid for entry in entries)


def _kept_back(fetched: Fetched) -> list[Settled]:
    return [Settled(uid, UidState.QUARANTINED, reason=_refusal(words)) for uid, words in fetched.refused]


def _refusal(words: str) -> str:
    said = f" (it says: {quoted(words)})" if words else ""
    return (
        f"The server lists this mail but does not hand it out{said}. It is still there, and all other mails "
        "were taken in. Look at it with another program."
    )


def _too_large(size: int) -> str:
    return (
        f"The mail is larger than {LARGEST_MAIL // _MEGABYTE} MB ({size // _MEGABYTE} MB). Its header is "
        "kept here, the whole of it is on the server. Look at it with another program."
    )
