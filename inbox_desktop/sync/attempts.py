"""One attempt to send one message, from `attempting` to its result on record."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from inbox_desktop.models.actions import SYSTEM, Action, Refusal
from inbox_desktop.models.actions.deliveries import BeginAttempt, HandOver, RecipientResult
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.sync import outbox_reading as reading
from inbox_desktop.sync.delivery_record import PERHAPS, DeliveryRecord
from inbox_desktop.sync.sending import OutgoingMail, Sender, SendResult, same_for_all

log = logging.getLogger(__name__)


class Attempts:
    """Makes attempts. `handed_over` holds the deliveries that a server may be taking at this moment."""

    def __init__(self, record: DeliveryRecord) -> None:
        self.handed_over: set[str] = set()
        self._record = record
        self._store = record.store

    async def attempt(self, delivery_id: str, sender: Sender | None) -> SendResult | None:
        """Try once, on the way out that the channel has; without one the delivery fails for good.

        Returns None when there was nothing to try: it was cancelled or put off in the meantime.

        Raises:
            StorageError: the attempt could not be begun, and nothing was sent.
        """
        mail = self._record.mail(delivery_id)
        begin = BeginAttempt(
            actor=SYSTEM,
            at=self._record.clock(),
            delivery_id=delivery_id,
            external_id=mail.external_id or None,
        )
        if isinstance((await self._record.perform([begin]))[0], Refusal):
            return None
        mail = replace(mail, attempts=mail.attempts + 1)
        try:
            result = await self._try(mail, sender)
            return await self._conclude(mail, result)
        finally:
            self.handed_over.discard(delivery_id)

    async def _try(self, mail: OutgoingMail, sender: Sender | None) -> SendResult:
        if sender is None:
            words = "Not sent: its channel was removed. The text is kept in the ticket."
            return same_for_all(mail, DeliveryState.FAILED, words)

        async def hand_over(addresses: Sequence[str]) -> None:
            await self._hand_over(mail, addresses)

        try:
            result = await sender.send(mail, hand_over)
        except StorageError as error:
            return self._broken_off(mail, f"Not sent yet. {error}")
        except Exception:
            log.exception("a bug in a sender")
            return self._broken_off(mail, "Not sent yet: an error of this program came in between.")
        may_be_there = result.state in {DeliveryState.SENT, DeliveryState.UNKNOWN}
        if may_be_there and not result.is_repeatable and not self._is_handed_over(mail):
            log.error("a sender did not hand a message over: a crash could have sent it twice")
        return result

    async def _hand_over(self, mail: OutgoingMail, addresses: Sequence[str]) -> None:
        action = HandOver(
            actor=SYSTEM,
            at=self._record.clock(),
            delivery_id=mail.delivery_id,
            addresses=tuple(addresses),
        )
        outcome = (await self._record.perform([action]))[0]
        if isinstance(outcome, Refusal):
            raise StorageError(outcome.reason)
        self.handed_over.add(mail.delivery_id)

    def _is_handed_over(self, mail: OutgoingMail) -> bool:
        return mail.delivery_id in self.handed_over

    def _broken_off(self, mail: OutgoingMail, words: str) -> SendResult:
        """The result of an attempt that ended with an exception."""
        if self._is_handed_over(mail):
            words = PERHAPS.format("an error of this program followed")
            return same_for_all(mail, DeliveryState.UNKNOWN, words)
        return same_for_all(mail, DeliveryState.QUEUED, words)

    async def _conclude(self, mail: OutgoingMail, result: SendResult) -> SendResult:
        """Put the result on record, however often that takes. Returns what was recorded."""
        results = self._results(mail, result)
        states = {r.state for r in results}
        if DeliveryState.UNKNOWN in states:
            state = DeliveryState.UNKNOWN
        elif DeliveryState.QUEUED in states:
            state = DeliveryState.QUEUED
        else:
            state = self._end_of(mail, results)
        result = replace(result, state=state, recipients=results)
        actions: list[Action] = (
            self._postpone(mail, result)
            if state is DeliveryState.QUEUED
            else [self._record.finish(mail, state, result.detail, results, result.external_id)]
        )
        await self._record.insist(mail, actions)
        self._record.on_problem(mail.channel_id, result.detail if result.server_trouble else None)
        return result

    def _results(self, mail: OutgoingMail, result: SendResult) -> tuple[RecipientResult, ...]:
        """One result for each recipient of the attempt; who was tried too often fails."""
        own = {r.address: r for r in result.recipients}
        shared = RecipientResult("", result.state, result.detail)
        results = [own.get(address) or replace(shared, address=address) for address in mail.recipients]
        pauses = self._record.pauses
        waited = self._record.clock() - mail.queued_at
        if mail.attempts >= pauses.give_up_attempts and waited >= pauses.give_up_after:
            results = [_given_up(r) if r.state is DeliveryState.QUEUED else r for r in results]
        return tuple(results)

    def _end_of(self, mail: OutgoingMail, results: tuple[RecipientResult, ...]) -> DeliveryState:
        """Every recipient is settled: SENT if it reached anybody, now or in an earlier attempt."""
        with self._store.read() as connection:
            states = reading.recipient_states(connection, mail.delivery_id)
        states |= {result.address: result.state for result in results}
        return DeliveryState.SENT if DeliveryState.SENT in states.values() else DeliveryState.FAILED

    def _postpone(self, mail: OutgoingMail, result: SendResult) -> list[Action]:
        """Put it off; when the server is in trouble, also what else is due in the channel."""
        pauses = self._record.pauses
        pause = pauses.person if result.needs_person else pauses.after(mail.attempts)
        pause = max(pause, result.retry_after or 0.0)
        detail = result.detail or "Not sent yet."
        settled = tuple(r for r in result.recipients if r.state is not DeliveryState.QUEUED)
        actions: list[Action] = [self._record.postpone(mail.delivery_id, pause, detail, settled)]
        if result.server_trouble:
            with self._store.read() as connection:
                due = reading.due(connection, self._record.clock())
            others = (d.delivery_id for d in due if d.channel_id == mail.channel_id)
            actions += [self._record.postpone(delivery_id, pause, detail) for delivery_id in others]
        return actions


def _given_up(result: RecipientResult) -> RecipientResult:
    words = f"Given up after many attempts. {result.detail}"
    return RecipientResult(result.address, DeliveryState.FAILED, words)
