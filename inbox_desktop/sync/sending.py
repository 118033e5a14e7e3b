"""What the outbox and the channels' senders say to each other: the message, and what became of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from inbox_desktop.models.actions.deliveries import RecipientResult
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.kinds import ChannelKind, DeliveryState

HandOver = Callable[[Sequence[str]], Awaitable[None]]
"""Awaited by a sender right before the first byte after which the server may take the message, with
the recipients that it goes to. When it raises, nothing may be sent."""


class NoCopyError(InboxError):
    """The mailbox has no folder for sent mail: a note, not an error."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of an outgoing message; its content lies in the attachment store. `size` in bytes."""

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class QuotedMessage:
    """The customer's message that a reply answers, as far as it is quoted below the answer."""

    author: str
    sent_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A queued message with everything that its sender needs.

    `external_id` of a mail is its Message-ID, angle brackets included, the same on every attempt; of a text
    it is "" until the provider has given it one. `ticket_id` is "" for what belongs to none. `recipients` are
    those that are still to be tried, in lower case: of `to`, `cc` and the blind copies. `attempts` counts the
    running one. `sent_at` (UTC) is when its author sent it, however long it waited;
    `begun_at`, when the last attempt began.
    """

    delivery_id: str
    message_id: str
    ticket_id: str
    channel_id: str
    channel_kind: ChannelKind
    attempts: int
    queued_at: datetime
    external_id: str
    author_name: str
    from_address: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str | None
    sent_at: datetime
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    files: tuple[OutgoingFile, ...] = ()
    quoted: QuotedMessage | None = None
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one attempt.

    `state` is SENT (taken for at least one recipient), FAILED (refused for good), UNKNOWN (it may have been
    taken) or QUEUED (certainly not taken, and a later attempt may help). `detail` is a sentence for people.
    `recipients` has one result for each recipient of the attempt, with the same states.
    `server_trouble` says that the cause is the server or the way to it, so that other messages of the
    channel need not be tried now; `needs_person`, that waiting will not help (password, certificate);
    `retry_after`, how many seconds the server wants to be left alone. `external_id` is what a provider calls
    the message that it took. `is_repeatable`: to send it again would have done no harm, so it was not handed
    over.
    """

    state: DeliveryState
    detail: str = ""
    recipients: tuple[RecipientResult, ...] = ()
    server_trouble: bool = False
    needs_person: bool = False
    retry_after: float | None = None
    external_id: str | None = None
    is_repeatable: bool = False


@dataclass(frozen=True, slots=True)
class LookUp:
    """What was found out about a message whose sending ended ambiguously.

    `external_id` is what the provider calls it, None where we name our messages ourselves.
    """

    found: bool
    external_id: str | None = None


class Sender(Protocol):
    """One channel's way out. The outbox calls one method at a time for any message."""

    async def send(self, mail: OutgoingMail, hand_over: HandOver) -> SendResult:
        """Try once. The world's faults are results, never exceptions; what `hand_over` raises passes."""
        ...

    async def look_up(self, mail: OutgoingMail) -> LookUp | None:
        """Whether the message is among what was sent; None when that cannot be found out now."""
        ...

    async def file_copy(self, mail: OutgoingMail) -> None:
        """Put a copy among the sent messages, unless it is there.

        Raises:
            NoCopyError: there is no place for copies.
            InboxError: it did not work now; the text says why.
        """
        ...


def same_for_all(
    mail: OutgoingMail,
    state: DeliveryState,
    detail: str,
    *,
    server_trouble: bool = False,
    needs_person: bool = False,
) -> SendResult:
    """The result of an attempt that ended alike for every recipient."""
    recipients = tuple(RecipientResult(address, state, detail) for address in mail.recipients)
    return SendResult(state, detail, recipients, server_trouble, needs_person)
