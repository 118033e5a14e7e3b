"""What is left to do after sending: look up what ended ambiguously, file the copies of what was sent."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox_desktop.models.actions import SYSTEM, Action
from inbox_desktop.models.actions.deliveries import RecipientResult, RecordCopy
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.kinds import CopyState, DeliveryState
from inbox_desktop.sync import outbox_reading as reading
from inbox_desktop.sync.delivery_record import PERHAPS, DeliveryRecord
from inbox_desktop.sync.sending import NoCopyError, OutgoingMail, Sender

log = logging.getLogger(__name__)

_OPEN_ENDED = (DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)
_LOOKED_UP_FOR = timedelta(days=7)


@dataclass(slots=True)
class _Chore:
    """A look-up or a copy that is to be tried at a moment."""

    channel_id: str
    at: datetime
    tries: int = 0
    trouble: str = ""


class Settler:
    """Keeps the list of look-ups and copies, and does those that are due."""

    def __init__(self, record: DeliveryRecord) -> None:
        self._record = record
        self._store = record.store
        self._pauses = record.pauses
        self._look_ups: dict[str, _Chore] = {}
        self._copies: dict[str, _Chore] = {}

    def recover(self) -> None:
        """After a start: note what an earlier process left open, and what was unknown lately.

        Raises:
            StorageError: the store could not be read.
        """
        at = self._record.clock()
        with self._store.read() as connection:
            left_open = reading.in_state(connection, DeliveryState.ATTEMPTING)
            left_open += reading.in_state(connection, DeliveryState.UNKNOWN, at - _LOOKED_UP_FOR)
        for delivery in left_open:
            self._look_ups[delivery.delivery_id] = _Chore(delivery.channel_id, at)

    def look_up_later(self, mail: OutgoingMail) -> None:
        """Look an ambiguous end up after a pause: servers file their copies a little later."""
        at = self._record.in_seconds(self._pauses.look_up)
        self._look_ups[mail.delivery_id] = _Chore(mail.channel_id, at)

    def find_copies(self) -> None:
        """Note what was sent and has no copy yet.

        Raises:
            StorageError: the store could not be read.
        """
        with self._store.read() as connection:
            for delivery in reading.copies_to_file(connection):
                chore = _Chore(delivery.channel_id, self._record.clock())
                self._copies.setdefault(delivery.delivery_id, chore)

    def hurry(self) -> None:
        """Everything is due now."""
        for chore in self._chores():
            chore.at = min(chore.at, self._record.clock())

    def due_channels(self) -> set[str]:
        """The channels in which something is due."""
        at = self._record.clock()
        return {chore.channel_id for chore in self._chores() if chore.at <= at}

    def moments(self) -> list[datetime]:
        """When the other things become due."""
        at = self._record.clock()
        return [chore.at for chore in self._chores() if chore.at > at]

    async def settle(self, channel_id: str, sender: Sender | None) -> None:
        """Do what is due in the channel.

        Raises:
            StorageError: the store could not be read or written; it is tried again.
        """
        at = self._record.clock()
        for delivery_id, chore in tuple(self._look_ups.items()):
            if chore.channel_id == channel_id and chore.at <= at:
                await self._look_up(delivery_id, chore, sender)
        for delivery_id, chore in tuple(self._copies.items()):
            if chore.channel_id == channel_id and chore.at <= at:
                await self._file_copy(delivery_id, chore, sender)

    async def _look_up(self, delivery_id: str, chore: _Chore, sender: Sender | None) -> None:
        with self._store.read() as connection:
            state = reading.delivery_state(connection, delivery_id)
            states = reading.recipient_states(connection, delivery_id)
        mail = self._record.mail(delivery_id)
        if state not in _OPEN_ENDED:  # a person has decided in the meantime
            self._look_ups.pop(delivery_id, None)
            return
        if state is DeliveryState.ATTEMPTING and DeliveryState.ATTEMPTING not in states.values():
            await self._record.insist(mail, [self._try_again(mail)])  # it ended before it was handed over
            self._look_ups.pop(delivery_id, None)
            return
        look_up = await sender.look_up(mail) if sender is not None else None
        if look_up is not None and look_up.found:
            actions = self._found(mail, states, look_up.external_id)
        else:
            actions = self._not_found(mail, state, states)
        await self._record.insist(mail, actions)
        chore.tries += 1
        if look_up is None and chore.tries < self._pauses.most_tries:
            chore.at = self._record.in_seconds(self._pauses.after(chore.tries))
        else:
            self._look_ups.pop(delivery_id, None)

    def _try_again(self, mail: OutgoingMail, settled: tuple[RecipientResult, ...] = ()) -> Action:
        words = "The last attempt was interrupted before anything was sent."
        return self._record.postpone(mail.delivery_id, 0.0, words, settled)

    def _found(
        self, mail: OutgoingMail, states: dict[str, DeliveryState], external_id: str | None
    ) -> list[Action]:
        """It was sent; whom the server had put off in that attempt is tried again."""
        results = tuple(
            RecipientResult(address, DeliveryState.SENT) for address, s in states.items() if s in _OPEN_ENDED
        )
        if mail.recipients:
            return [self._try_again(mail, results)]
        words = "It was found among the sent messages."
        return [self._record.finish(mail, DeliveryState.SENT, words, results, external_id)]

    def _not_found(
        self, mail: OutgoingMail, state: DeliveryState, states: dict[str, DeliveryState]
    ) -> list[Action]:
        """Nobody knows. That it is not found proves nothing: many servers file no copies."""
        if state is DeliveryState.UNKNOWN:
            return []
        words = PERHAPS.format("the program ended")
        results = [
            RecipientResult(address, DeliveryState.UNKNOWN, words)
            for address, recipient in states.items()
            if recipient is DeliveryState.ATTEMPTING
        ]
        not_tried = "Not sent: the program ended before it was handed over for this address."
        results += [RecipientResult(a, DeliveryState.FAILED, not_tried) for a in mail.recipients]
        return [self._record.finish(mail, DeliveryState.UNKNOWN, words, tuple(results))]

    async def _file_copy(self, delivery_id: str, chore: _Chore, sender: Sender | None) -> None:
        chore.tries += 1
        copy = await self._try_copy(delivery_id, chore, sender)
        if copy is CopyState.WAITING:
            if chore.tries < self._pauses.most_tries:
                chore.at = self._record.in_seconds(self._pauses.copy * 2.0 ** (chore.tries - 1))
                return
            copy = CopyState.FAILED
            log.warning("filing the copy of a sent message was given up: %s", chore.trouble)
        at = self._record.clock()
        why = chore.trouble if copy is CopyState.FAILED else ""
        action = RecordCopy(actor=SYSTEM, at=at, delivery_id=delivery_id, copy=copy, detail=why)
        await self._record.perform([action])
        self._copies.pop(delivery_id, None)

    async def _try_copy(self, delivery_id: str, chore: _Chore, sender: Sender | None) -> CopyState:
        """DONE, NONE when there is no place for copies, WAITING when it did not work now."""
        mail = self._record.mail(delivery_id)
        if sender is None:
            with self._store.read() as connection:
                is_removed = reading.channel_is_removed(connection, mail.channel_id)
            chore.trouble = "The channel's settings make no way out. Check them."
            return CopyState.NONE if is_removed else CopyState.WAITING
        try:
            await sender.file_copy(mail)
        except NoCopyError as error:
            log.info("no copy of a sent message is kept: %s", error)
            return CopyState.NONE
        except InboxError as error:  # also an attachment that is gone: it must not hold up all other copies
            log.info("the copy of a sent message could not be filed: %s", error)
            chore.trouble = str(error)
            return CopyState.WAITING
        return CopyState.DONE

    def _chores(self) -> tuple[_Chore, ...]:
        return (*self._look_ups.values(), *self._copies.values())
