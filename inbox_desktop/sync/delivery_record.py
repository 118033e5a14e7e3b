"""How the outbox puts on record what becomes of a delivery: the actions, and writing them come what may."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from inbox_desktop.models.actions import SYSTEM, Action, Outcome, Refusal, perform_all
from inbox_desktop.models.actions.deliveries import FinishAttempt, PostponeAttempt, RecipientResult
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.kinds import ChannelKind, DeliveryState
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.sync import outbox_reading as reading
from inbox_desktop.sync.email.message_ids import make_message_id, unsigned_message_id
from inbox_desktop.sync.sending import OutgoingMail

T = TypeVar("T")

PERHAPS = (
    "Perhaps sent: while the message was being handed over, {}. It is not sent again by itself. Look into "
    "the Sent folder or ask the recipient, then choose whether it was sent."
)


class Write(Protocol):
    """Runs a change in one write transaction, and returns what it returns once that is durable."""

    def __call__(self, change: Callable[[WriteSession], T], /) -> Awaitable[T]:
        """Raises StorageError when the change was not stored."""
        ...


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long the outbox waits, in seconds, and when it gives up.

    A message that is put off waits `retry` after its first attempt, twice as long after each further one,
    at most `longest_retry`; `person` when somebody has to act. It is given up when `give_up_attempts` were
    made and `give_up_after` has passed: a computer that slept for a week has not tried for a week.
    """

    retry: float = 30.0
    longest_retry: float = 3_600.0
    person: float = 900.0
    give_up_after: timedelta = timedelta(days=3)
    give_up_attempts: int = 60
    look_up: float = 20.0
    copy: float = 60.0
    most_tries: int = 8
    storage: float = 5.0
    no_sender: float = 2.0
    longest_sleep: float = 60.0
    grace: float = 3.0

    def after(self, attempts: int) -> float:
        """The pause after this many attempts."""
        return min(self.retry * 2.0 ** min(max(attempts - 1, 0), 30), self.longest_retry)


class DeliveryRecord:
    """Writes the steps of deliveries. `tally` holds how deliveries ended since it was cleared, by id.

    `storage_tries` limits how often a result is written when the store fails; None means for ever.
    """

    def __init__(
        self,
        store: Store,
        write: Write,
        clock: Callable[[], datetime],
        pauses: Pauses,
        on_problem: Callable[[str, str | None], None],
    ) -> None:
        self.store = store
        self.pauses = pauses
        self.clock = clock
        self.on_problem = on_problem
        self.tally: dict[str, DeliveryState] = {}
        self.storage_tries: int | None = None
        self._write = write
        self._key = store.profile.signing_key()

    def in_seconds(self, seconds: float) -> datetime:
        """The moment so many seconds from now, UTC."""
        return self.clock() + timedelta(seconds=seconds)

    def mail(self, delivery_id: str) -> OutgoingMail:
        """The message of a delivery; a mail with the Message-ID that it has or will have, always the same.

        Raises:
            StorageError: the store could not be read.
        """
        with self.store.read() as connection:
            mail = reading.outgoing_mail(connection, delivery_id)
        if mail.external_id or mail.channel_kind is not ChannelKind.EMAIL:
            return mail
        domain = mail.from_address.rpartition("@")[2]
        if mail.ticket_id:
            message_id = make_message_id(mail.ticket_id, mail.message_id, self._key, domain)
        else:
            message_id = unsigned_message_id(mail.message_id, domain)
        return replace(mail, external_id=message_id)

    async def perform(self, actions: Sequence[Action]) -> list[Outcome | Refusal]:
        """Perform actions in one transaction.

        Raises:
            StorageError: nothing of it was stored.
        """
        return await self._write(lambda session: perform_all(session, actions))

    async def insist(self, mail: OutgoingMail, actions: Sequence[Action]) -> None:
        """Put on record what has happened already: when the disk is full, again and again.

        Only if the process ends before does the result get lost, and the next one looks it up.

        Raises:
            StorageError: it did not work in `storage_tries` attempts.
        """
        tries = 0
        while actions:
            tries += 1
            try:
                outcomes = await self.perform(actions)
            except StorageError as error:
                if tries == self.storage_tries:
                    raise
                self.on_problem(mail.channel_id, str(error))
                await asyncio.sleep(self.pauses.storage)
                continue
            for outcome in outcomes:
                self._count(outcome)
            return

    def _count(self, outcome: Outcome | Refusal) -> None:
        """Count a delivery under its last end: one that was looked up has another than at first."""
        if isinstance(outcome, Outcome) and isinstance(outcome.action, FinishAttempt):
            self.tally[outcome.action.delivery_id] = outcome.action.state
        elif isinstance(outcome, Outcome) and isinstance(outcome.action, PostponeAttempt):
            self.tally.pop(outcome.action.delivery_id, None)

    def finish(
        self,
        mail: OutgoingMail,
        state: DeliveryState,
        detail: str,
        results: tuple[RecipientResult, ...],
        external_id: str | None = None,
    ) -> FinishAttempt:
        """The action that ends a delivery. `external_id` is what a provider calls the message, if it told."""
        return FinishAttempt(
            actor=SYSTEM,
            at=self.clock(),
            delivery_id=mail.delivery_id,
            state=state,
            detail=detail,
            recipients=results,
            external_id=external_id,
        )

    def postpone(
        self,
        delivery_id: str,
        seconds: float,
        detail: str,
        settled: tuple[RecipientResult, ...] = (),
    ) -> PostponeAttempt:
        """The action that puts a delivery off; who is settled is not tried again."""
        return PostponeAttempt(
            actor=SYSTEM,
            at=self.clock(),
            delivery_id=delivery_id,
            until=self.in_seconds(seconds),
            detail=detail,
            recipients=settled,
        )
