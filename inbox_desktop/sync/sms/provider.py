"""What a provider of text messages can do for us: the one interface that Twilio, Vonage and Telnyx share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.sync.errors import SIGN_IN_AGAIN_SECONDS, OutsideError

Known = Callable[[str], Awaitable[bool]]
"""Whether the inbox has a text of this external id already. A provider asks it where that saves requests."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a provider's interface offers.

    `overlap` is how far behind the newest message that was seen a poll looks again: as long as the
    provider may take to list a message. `reaches_back` is how old a message may be and still be read.
    `interval` is how long to wait between two polls, at least: some providers take money for each.
    `window` is how much time one question may span.
    """

    overlap: timedelta
    reaches_back: timedelta
    interval: timedelta = timedelta(seconds=10)
    window: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (or another file) of a text, as the provider names it."""

    reference: str
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class ProviderText:
    """One text as the provider lists it.

    Numbers are E.164 where they are numbers (a campaign may come from an alphanumeric sender).
    `at` is the provider's time (UTC). `state` and `error` are about outbound texts: `error` is the provider's
    reason in words, with its code. `label` is what names a campaign or flow, "" if nothing does;
    `reference` is ours (see `Provider.send`), "" if the provider does not keep it. `opted_out` says that the
    provider refused because the person has opted out there. `is_answer`: it was sent by itself in answer to
    a text (the provider's own answer to STOP, a program's), and so is no campaign's.
    """

    external_id: str
    direction: Direction
    sender: str
    recipient: str
    text: str
    at: datetime
    state: DeliveryState | None = None
    error: str = ""
    pictures: tuple[Picture, ...] = ()
    label: str = ""
    reference: str = ""
    opted_out: bool = False
    is_answer: bool = False


class Trouble(Enum):
    """What kind of failure a request met, and so what may be done about it."""

    REFUSED = auto()
    """The provider understood and said no: the same request will fail again."""
    OPTED_OUT = auto()
    """Refused, because the person has opted out at the provider."""
    SIGN_IN = auto()
    """The account or its secret is wrong: a person must act."""
    BUSY = auto()
    """Certainly not taken (rate limit, or no connection): later it may work. See `retry_after`."""
    AMBIGUOUS = auto()
    """It may have been taken: nobody knows."""


class ProviderError(OutsideError):
    """A request failed. The text is a sentence for people; `retry_after` in seconds, None if unknown."""

    def __init__(
        self, trouble: Trouble, words: str, *, code: str = "", retry_after: float | None = None
    ) -> None:
        needs_person = trouble in {Trouble.SIGN_IN, Trouble.REFUSED}
        rest = SIGN_IN_AGAIN_SECONDS if needs_person else retry_after or 0.0
        super().__init__(words, needs_person=needs_person, rest=rest)
        self.trouble = trouble
        self.code = code
        self.retry_after = retry_after


class Provider(Protocol):
    """One account at a provider, and one number of it. All methods belong to one event loop.

    Every method raises ProviderError, and nothing else, for whatever the world does; a request to read is
    never AMBIGUOUS.
    """

    abilities: Abilities

    @property
    def clock_offset(self) -> timedelta:
        """How far the provider's clock is ahead of ours, by its newest answer."""
        ...

    async def check(self) -> str:
        """Sign in, and make sure that the number belongs to the account and can receive texts.

        Returns a sentence that says what was found.
        """
        ...

    async def send(self, to: str, text: str, reference: str, pictures: Sequence[str] = ()) -> ProviderText:
        """Send one text, once, without trying again.

        Args:
            to: E.164.
            text: the text, at most 1,600 characters.
            reference: our own id of the message, given to the provider where it keeps such a thing.
            pictures: public URLs.
        """
        ...

    async def find_sent(self, to: str, text: str, reference: str, since: datetime) -> ProviderText | None:
        """The text that `send` may have sent, None if the provider does not list it (yet)."""
        ...

    def texts(self, direction: Direction, since: datetime, until: datetime) -> AsyncIterator[ProviderText]:
        """All texts of the number in one direction whose `at` lies in [since, until), in any order."""
        ...

    async def picture(self, picture: Picture) -> tuple[bytes, str]:
        """The content and the content type of a picture."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
