"""Importing mails from files, through the same door as mail from a server. Safe to repeat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from inbox_desktop.models.actions import SYSTEM, Refusal, perform
from inbox_desktop.models.actions.channels import AddChannel
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError, NotFoundError
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, UidState
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.store import Reader, Store, WriteSession
from inbox_desktop.models.tables import Channel, LedgerEntry
from inbox_desktop.sync.email import ledger
from inbox_desktop.sync.email.batches import BATCH, BATCH_BYTES, LARGEST_MAIL
from inbox_desktop.sync.email.channel import IMPORT_ADDRESS, MailChannel
from inbox_desktop.sync.email.fetch_answers import FetchedMail
from inbox_desktop.sync.email.ingest import Ingest
from inbox_desktop.sync.email.ledger import MailboxState
from inbox_desktop.sync.email.mail_files import FoundMail, MailFile, find_mail_files
from inbox_desktop.sync.report import Counts, counts_text
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.writer import Writer

FOLDER = "imported"
"""The folder under which the ledger knows imported mails; we hand out its UIDs."""

_UIDVALIDITY = 1
_CLOSE_SECONDS = 5.0
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How many mails were dealt with, of how many."""

    done: int
    total: int


@dataclass(slots=True)
class ImportReport:
    """What an import did. `problems` are sentences, one for each path or mail that was left out."""

    address: str
    counts: Counts = field(default_factory=Counts)
    problems: list[str] = field(default_factory=list)

    def to_text(self) -> str:
        """The numbers in words."""
        numbers = counts_text(self.counts).replace(" fetched", " read", 1)
        return f"Imported into {self.address}: {numbers}"


def import_mails(
    store: Store,
    paths: Sequence[Path | str],
    address: str | None = None,
    progress: Callable[[ImportProgress], None] | None = None,
) -> ImportReport:
    """Take in the mails at these paths: .eml files, mbox files, Maildirs, and folders of them.

    They go into the e-mail channel with `address`, or else into the only one there is; where there is none,
    into a channel of their own that neither fetches nor sends. What is here already counts as duplicate.
    `progress` is called now and then from this thread, which may block.

    Raises:
        NotFoundError: there is no such channel, or it is not clear which one is meant.
        StorageError: it could not be stored; what was taken in before is kept.
    """
    services = Services(store, Secrets(), Writer(store))
    try:
        files, problems = find_mail_files(Path(path) for path in paths)
        if not files:
            return ImportReport(address or IMPORT_ADDRESS, problems=problems)
        channel = _the_channel(store, address)
        importing = _Import(services, channel, progress or _nobody_looks)
        importing.report.problems += problems
        asyncio.run(importing.run(files))
        return importing.report
    finally:
        services.close(_CLOSE_SECONDS)


class _Import:
    """One import into one channel."""

    def __init__(
        self, services: Services, channel: MailChannel, progress: Callable[[ImportProgress], None]
    ) -> None:
        self.report = ImportReport(channel.address)
        self._services = services
        self._channel = channel
        self._ingest = Ingest(services, channel)
        self._progress = progress
        self._labels: dict[int, str] = {}
        self._done = 0

    async def run(self, files: Sequence[MailFile]) -> None:
        """Take everything in, one batch being read from its files while another one is stored."""
        self.report.counts.add(await self._ingest.take_leftovers())
        mailbox = await self._the_mailbox()
        first = uid = 1 + await self._services.read(partial(_highest_uid, mailbox_id=mailbox.id))
        total = sum(self._count(file) for file in files)
        batches = self._batches(files)
        running: asyncio.Task[None] | None = None
        while batch := await self._services.files.call(next, batches, None):
            if running is not None:
                await running
            mails = [
                FetchedMail(number, mail.raw, mail.received_at, mail.seen)
                for number, mail in enumerate(batch, uid)
            ]
            self._labels.update((number, mail.label) for number, mail in enumerate(batch, uid))
            uid += len(batch)
            running = asyncio.create_task(self._take(mailbox, mails, total))
        if running is not None:
            await running
        await self._name_quarantined(mailbox, first)

    async def _take(self, mailbox: MailboxState, mails: Sequence[FetchedMail], total: int) -> None:
        self.report.counts.add(await self._ingest.take(mailbox, mails))
        self._done += len(mails)
        self._progress(ImportProgress(self._done, total))

    def _batches(self, files: Sequence[MailFile]) -> Iterator[list[FoundMail]]:
        batch: list[FoundMail] = []
        size = 0
        for mail in self._mails(files):
            if mail.too_large:
                megabytes = LARGEST_MAIL // 1024 // 1024
                self.report.problems.append(f"{mail.label} is larger than {megabytes} MB. It was left out.")
                continue
            if batch and (len(batch) == BATCH or size + len(mail.raw) > BATCH_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(mail)
            size += len(mail.raw)
        if batch:
            yield batch

    def _mails(self, files: Sequence[MailFile]) -> Iterator[FoundMail]:
        for file in files:
            try:
                yield from file.mails()
            except OSError as error:
                self.report.problems.append(
                    f"{file.path} cannot be read ({error.strerror}). It was left out."
                )

    def _count(self, file: MailFile) -> int:
        try:
            return file.count()
        except OSError:  # told of when it is read
            return 0

    async def _the_mailbox(self) -> MailboxState:
        find = partial(
            ledger.find_mailbox,
            channel_id=self._channel.id,
            folder=FOLDER,
            uidvalidity=_UIDVALIDITY,
            uidnext=0,
        )
        mailbox = await self._services.read(find)
        if mailbox is None:
            mailbox = await self._services.write(self._add_mailbox)
        return replace(mailbox, seen_at=_END_OF_TIME)  # all that is imported is history

    def _add_mailbox(self, session: WriteSession) -> MailboxState:
        added = ledger.add_mailbox(session, self._channel.id, FOLDER, _UIDVALIDITY, now())
        return ledger.finish_initial(session, added)

    async def _name_quarantined(self, mailbox: MailboxState, first: int) -> None:
        query = select(LedgerEntry.uid, LedgerEntry.reason).where(
            LedgerEntry.mailbox_id == mailbox.id,
            LedgerEntry.uid >= first,
            LedgerEntry.state == UidState.QUARANTINED,
        )
        for uid, reason in await self._services.read(lambda connection: list(connection.execute(query))):
            self.report.problems.append(f"{self._labels[uid]}: {reason}")


def _the_channel(store: Store, address: str | None) -> MailChannel:
    with store.read() as connection:
        rows = connection.execute(
            select(Channel.id, Channel.name, Channel.address, Channel.settings)
            .where(Channel.kind == ChannelKind.EMAIL, Channel.removed_at.is_(None))
            .order_by(Channel.created_at, Channel.id)
        )
        channels = [MailChannel(r.id, r.name, r.address, MailSettings.from_json(r.settings)) for r in rows]
    if address is not None:
        for channel in channels:
            if address.lower() in {channel.id, *channel.addresses}:
                return channel
        raise NotFoundError(
            f"There is no e-mail channel {address}. Nothing was imported. “inbox-desktop channel list” "
            "lists them."
        )
    real = [channel for channel in channels if not channel.is_import_only]
    if len(real) > 1:
        raise NotFoundError(
            "There are several e-mail channels. Nothing was imported. Say with --channel ADDRESS which one "
            "to use."
        )
    if found := next(iter(real or channels), None):
        return found
    return _add_import_channel(store)


def _add_import_channel(store: Store) -> MailChannel:
    settings = MailSettings(imap=None, smtp=Server("localhost.invalid", 465), user="")
    channel = MailChannel(new_id(), "Imported mail", IMPORT_ADDRESS, settings)
    action = AddChannel(
        actor=SYSTEM,
        channel_id=channel.id,
        kind=ChannelKind.EMAIL,
        channel_name=channel.name,
        address=channel.address,
        settings=settings.to_json(),
    )
    with store.write() as session:
        result = perform(session, action)
    if isinstance(result, Refusal):
        raise InboxError(result.reason)
    return channel


def _highest_uid(connection: Reader, mailbox_id: str) -> int:
    highest: int | None = connection.scalar(
        select(func.max(LedgerEntry.uid)).where(LedgerEntry.mailbox_id == mailbox_id)
    )
    return highest or 0


def _nobody_looks(_progress: ImportProgress) -> None:
    """The default of `progress`."""
