"""Taking mails in: keep them raw, have them read, put them into the inbox; one bad mail stops no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from inbox_desktop.models.actions import Outcome, Refusal, channel, perform_all
from inbox_desktop.models.actions.inbound import InboundFile, InboundMessage
from inbox_desktop.models.actions.receiving import DUPLICATE, SET_ASIDE, STORED, Receive
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.kinds import UidState
from inbox_desktop.models.store import WriteSession
from inbox_desktop.sync.email import late_mail, ledger
from inbox_desktop.sync.email.batches import BATCH
from inbox_desktop.sync.email.channel import MailChannel, own_addresses
from inbox_desktop.sync.email.fetch_answers import FetchedMail
from inbox_desktop.sync.email.inbound import Surroundings, to_inbound
from inbox_desktop.sync.email.ledger import KeptMail, MailboxState, Settled
from inbox_desktop.sync.email.parsed import ParsedMail, ParseFailure
from inbox_desktop.sync.report import Counts
from inbox_desktop.sync.services import Services

log = logging.getLogger(__name__)

MOST_IN_TRANSACTION = BATCH
"""Mails that are written at once: an agent's click waits behind one such transaction at most."""

_LEFTOVERS_AT_ONCE = 200
_LEFTOVER_BYTES = 16 * 1024 * 1024
_STATES = {STORED: UidState.STORED, DUPLICATE: UidState.DUPLICATE, SET_ASIDE: UidState.SET_ASIDE}
_WORDS = {
    UidState.DUPLICATE: "The same mail is stored already.",
    UidState.SET_ASIDE: "Automatic mail, or sent from here with another program; it belongs to no ticket.",
}
_KEPT = "It is kept as it came, and all other mails were taken in."


@dataclass(frozen=True, slots=True)
class _Readable:
    """A mail on its way into the inbox: read, or with the reason why that failed."""

    kept: KeptMail
    message: InboundMessage | None
    reason: str = ""


class Ingest:
    """Takes the mails of one channel in. Several batches may be under way at once.

    A mail is received when it is read from the server; `dated_by_arrival`, when it came (the listener is
    the server).
    """

    def __init__(
        self, services: Services, mail_channel: MailChannel, *, dated_by_arrival: bool = False
    ) -> None:
        self._services = services
        self._channel = mail_channel
        self._dated_by_arrival = dated_by_arrival
        self._before: asyncio.Event | None = None

    async def take(self, mailbox: MailboxState, mails: Sequence[FetchedMail]) -> Counts:
        """Keep a batch raw, then read it and put it into the inbox.

        When it is broken off in between, what was kept is found by `take_leftovers` later.

        Raises:
            StorageError: it could not be stored; nothing is lost, the server still has it.
            ParserUnavailableError: mails cannot be read at present; they are kept.
        """
        kept = await self.keep(mailbox, mails)
        counts = await self.read_kept(kept)
        counts.fetched = len(kept)
        return counts

    async def keep(self, mailbox: MailboxState, mails: Sequence[FetchedMail]) -> list[KeptMail]:
        """Keep a batch raw: from here on nothing of it can be lost.

        Raises:
            StorageError: it could not be stored; none of it is kept.
        """
        kept = await self._services.packer.call(ledger.keep, mailbox, mails)
        await self._services.write(partial(ledger.store_raw, channel_id=self._channel.id, mails=kept))
        return kept

    async def take_leftovers(self, *, forwarded: bool = False) -> Counts:
        """Read what was kept raw when the program ended: the server's mails, or those `forwarded`.

        Raises:
            StorageError, ParserUnavailableError: as `take`.
        """
        counts = Counts()
        query = partial(
            ledger.leftovers,
            channel_id=self._channel.id,
            limit=_LEFTOVERS_AT_ONCE,
            most_bytes=_LEFTOVER_BYTES,
            forwarded=forwarded,
        )
        while kept := await self._services.read(query):
            counts.add(await self.read_kept(kept))
        return counts

    async def quarantine(
        self, mailbox: MailboxState, headers: Sequence[FetchedMail], reasons: dict[int, str]
    ) -> Counts:
        """Keep only the header of mails that are not taken in, with the reason for each UID.

        Raises:
            StorageError: it could not be stored.
        """
        kept = await self._services.packer.call(ledger.keep, mailbox, headers)
        entries = [Settled(m.uid, UidState.QUARANTINED, reason=reasons[m.uid]) for m in headers]

        def write(session: WriteSession) -> None:
            ledger.store_raw(session, self._channel.id, kept)
            ledger.settle(session, mailbox.id, entries)

        await self._services.write(write)
        return Counts(quarantined=len(entries))

    async def read_kept(self, kept: Sequence[KeptMail]) -> Counts:
        """Read mails that are kept raw, and put them into the inbox in this order.

        Raises:
            StorageError, ParserUnavailableError: as `take`.
        """
        before, self._before = self._before, asyncio.Event()
        settled = self._before
        try:
            readable = await self._readable(kept)
            if before is not None:
                await before.wait()  # batches are read side by side, and enter the inbox in their order
            counts = Counts()
            for start in range(0, len(readable), MOST_IN_TRANSACTION):
                counts.add(await self._settle(readable[start : start + MOST_IN_TRANSACTION]))
            return counts
        finally:
            settled.set()

    async def _readable(self, kept: Sequence[KeptMail]) -> list[_Readable]:
        services = self._services
        parsed = await services.parse([mail.raw for mail in kept])
        own = await services.read(own_addresses)
        return await services.files.call(self._prepare, kept, parsed, own)

    def _prepare(
        self, kept: Sequence[KeptMail], parsed: Sequence[ParsedMail | ParseFailure], own: frozenset[str]
    ) -> list[_Readable]:
        where = Surroundings(self._channel, own | set(self._channel.addresses), self._services.signing_key)
        return [self._prepare_one(mail, read, where) for mail, read in zip(kept, parsed, strict=True)]

    def _prepare_one(self, kept: KeptMail, read: ParsedMail | ParseFailure, where: Surroundings) -> _Readable:
        if isinstance(read, ParseFailure):
            return _Readable(kept, None, f"The mail could not be read: {read.reason}. {_KEPT}")
        try:
            return _Readable(kept, to_inbound(read, kept, self._store_files(read), where))
        except InboxError:
            raise
        except Exception:
            log.exception("mail with UID %d could not be prepared", kept.uid)
            return _Readable(kept, None, _our_fault())

    def _store_files(self, mail: ParsedMail) -> list[InboundFile]:
        put = self._services.store.attachments.put
        return [
            InboundFile(
                filename=file.filename,
                content_type=file.content_type,
                size=file.size,
                sha256=put(file.content),
                inline=file.inline,
                content_id=file.content_id,
            )
            for file in mail.attachments
        ]

    async def _settle(self, mails: Sequence[_Readable]) -> Counts:
        try:
            return await self._services.write(partial(self._write, mails=mails))
        except InboxError:
            raise
        except Exception:
            log.exception("a batch of %d mails could not be written; each is tried alone", len(mails))
        counts = Counts()
        for mail in mails:
            counts.add(await self._settle_alone(mail))
        return counts

    async def _settle_alone(self, mail: _Readable) -> Counts:
        try:
            return await self._services.write(partial(self._write, mails=[mail]))
        except InboxError:
            raise
        except Exception:
            log.exception("mail with UID %d could not be written", mail.kept.uid)
        unwritable = _Readable(mail.kept, None, _our_fault())
        return await self._services.write(partial(self._write, mails=[unwritable]))

    def _write(self, session: WriteSession, mails: Sequence[_Readable]) -> Counts:
        """One transaction: the messages, and with them what became of their UIDs."""
        readable = [(mail.kept, self._receive(mail.kept, mail.message)) for mail in mails if mail.message]
        results = perform_all(session, [action for _, action in readable])
        entries: list[Settled] = [
            Settled(m.kept.uid, UidState.QUARANTINED, reason=m.reason) for m in mails if m.message is None
        ]
        copies: dict[str, str] = {}
        for (kept, action), result in zip(readable, results, strict=True):
            if isinstance(result, Refusal):
                entries.append(Settled(kept.uid, UidState.QUARANTINED, reason=result.reason))
                continue
            state = _STATES[result.detail]
            message_id = None if state is UidState.DUPLICATE else action.message_id
            entries.append(Settled(kept.uid, state, message_id, _WORDS.get(state, "")))
            if state is UidState.DUPLICATE:
                copies[kept.raw_id] = action.message.external_id
        ledger.settle(session, mails[0].kept.mailbox_id, entries)
        ledger.drop_copies(session, self._channel.id, copies)
        late_mail.attach_to(session, channel(self._channel.id), _message_ids(results))
        return _counted(entries)

    def _receive(self, kept: KeptMail, message: InboundMessage) -> Receive:
        at = kept.received_at if self._dated_by_arrival else now()
        return Receive(actor=channel(self._channel.id), at=at, message=message)


def _message_ids(results: Sequence[Outcome | Refusal]) -> set[str]:
    """The Message-IDs of the mails that stand in a ticket now, and those to which they refer."""
    return {
        message_id
        for result in results
        if isinstance(result, Outcome) and result.ticket_id and isinstance(result.action, Receive)
        for message_id in result.action.message.thread_ids
    }


def _counted(entries: Sequence[Settled]) -> Counts:
    states = [entry.state for entry in entries]
    return Counts(
        stored=states.count(UidState.STORED),
        duplicate=states.count(UidState.DUPLICATE),
        set_aside=states.count(UidState.SET_ASIDE),
        quarantined=states.count(UidState.QUARANTINED),
    )


def _our_fault() -> str:
    return f"A fault in Inbox Desktop kept this mail out of the inbox; the log has details. {_KEPT}"
