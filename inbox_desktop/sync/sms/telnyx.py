"""Texts through Telnyx: its Messaging API, version 2, and its search of detail records to list."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import httpx

from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.sync.sms import telnyx_errors
from inbox_desktop.sync.sms.answers import (
    Record,
    e164,
    error_record,
    iso_date,
    number,
    read_record,
    record_at,
    records_at,
    words,
)
from inbox_desktop.sync.sms.http import ANSWER_SECONDS, Answer, Http
from inbox_desktop.sync.sms.provider import (
    Abilities,
    Known,
    Picture,
    Provider,
    ProviderError,
    ProviderText,
    Trouble,
)
from inbox_desktop.sync.tasks import end

log = logging.getLogger(__name__)

BASE_URL = "https://api.telnyx.com"
PAGE_SIZE = 50
MOST_PAGES = 20_000
_AT_ONCE = 4
_MOST_REMEMBERED = 20_000
_DAY = timedelta(days=1)
_SETTLED = timedelta(minutes=20)  # shorter than the overlap, so that what is left out comes again

_T = TypeVar("_T")

# Of detail records, and of messages.
_STATES = {
    "delivered": DeliveryState.DELIVERED,
    "failed": DeliveryState.FAILED,
    "gw_reject": DeliveryState.FAILED,
    "gw_timeout": DeliveryState.FAILED,
    "sending_failed": DeliveryState.FAILED,
    "delivery_failed": DeliveryState.FAILED,
    "expired": DeliveryState.FAILED,
}


@dataclass(frozen=True, slots=True)
class _Content:
    """What a detail record does not tell of its message."""

    text: str
    pictures: tuple[Picture, ...]


class Telnyx(Provider):
    """A Telnyx account with an API key, and one of its numbers. `account` is for people to tell it by.

    Texts are listed without their words, which are then asked for one by one, unless they were before or
    `known` says that the inbox has them: a text that it has is listed without words.

    Source: developers.telnyx.com/api-reference: messages, detail-records, number-settings.
    """

    # A message can be read for ten days.
    abilities = Abilities(overlap=timedelta(minutes=30), reaches_back=timedelta(days=10))

    def __init__(
        self,
        account: str,
        secret: str,
        number: str,
        base_url: str | None = None,
        seconds: float = ANSWER_SECONDS,
        known: Known | None = None,
        report_to: str = "",
    ) -> None:
        self._account = account
        self._report_to = report_to
        self._number = number
        self._known = known
        self._contents: dict[str, _Content] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._http = Http("Telnyx", base_url or BASE_URL, _Bearer(secret), seconds)

    @property
    def clock_offset(self) -> timedelta:
        """As the interface says."""
        return self._http.clock_offset

    async def check(self) -> str:
        """Look the number up among those that are set up for texts."""
        answer = await self._http.get("/v2/phone_numbers/messaging", [("filter[phone_number]", self._number)])
        _, found = self._list(answer)
        ours = next((item for item in found if e164(words(item, "phone_number")) == self._number), None)
        if ours is None:
            raise self._http.refused(f"has no number {self._number} in this account")
        features = record_at(ours, "features")
        if not record_at(features, "sms"):
            raise self._http.refused(
                f"says that {self._number} cannot receive texts",
                advice="Choose another number of the account.",
            )
        if not words(ours, "messaging_profile_id"):
            raise self._http.refused(
                f"has no messaging profile for {self._number}, so no text comes or goes",
                advice="Give the number a messaging profile at Telnyx.",
            )
        what = "texts and pictures" if record_at(features, "mms") else "texts"
        return f"Signed in to Telnyx. {self._number} belongs to the account and can receive {what}."

    async def send(self, to: str, text: str, reference: str, pictures: Sequence[str] = ()) -> ProviderText:
        """Send one message. Telnyx keeps no reference of ours."""
        body: dict[str, object] = {"from": self._number, "to": to}
        if text or not pictures:
            body["text"] = text
        if pictures:
            body["media_urls"] = list(pictures)
        if self._report_to:
            body["webhook_url"] = self._report_to
        answer = await self._http.post("/v2/messages", body=body)
        if not answer.is_good:
            raise self._failure(answer, sending=True)
        record = record_at(read_record(answer.content) or {}, "data")
        identity = words(record, "id")
        if not identity:
            raise self._http.unreadable(answer, sending=True)
        recipients = records_at(record, "to") or [{}]
        state = _STATES.get(words(recipients[0], "status"), DeliveryState.SENT)
        errors = records_at(record, "errors") or []
        return ProviderText(
            external_id=identity,
            direction=Direction.OUTBOUND,
            sender=self._number,
            recipient=to,
            text=text,
            at=iso_date(record, "received_at") or datetime.now(UTC) + self._http.clock_offset,
            state=state,
            error=_error(state, [(words(error, "code"), _said(error)) for error in errors]),
        )

    async def find_sent(self, to: str, text: str, reference: str, since: datetime) -> ProviderText | None:
        """The newest text of these words to this person that is not older than `since` (our clock)."""
        until = datetime.now(UTC) + _DAY
        # The clocks may be apart in either direction; the first answer says how far.
        async for page in self._pages(Direction.OUTBOUND, since - _DAY, until):
            earliest = since + self._http.clock_offset - timedelta(seconds=1)
            for found in page:
                if found.recipient == to and found.at >= earliest:
                    whole = await self._whole(found)
                    if whole is not None and whole.text.strip() == text.strip():
                        return whole
        return None

    async def texts(
        self, direction: Direction, since: datetime, until: datetime
    ) -> AsyncIterator[ProviderText]:
        """All texts to (INBOUND) or from (OUTBOUND) the number, newest first."""
        async for page in self._pages(direction, since, until):
            within = [text for text in page if text.at < until]
            for text in await _together(self._unless_known(text) for text in within):
                if text is not None:
                    yield text

    async def picture(self, picture: Picture) -> tuple[bytes, str]:
        """Fetch a file of a message: `reference` is its address."""
        return await self._http.download(picture.reference)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _pages(
        self, direction: Direction, since: datetime, until: datetime
    ) -> AsyncIterator[list[ProviderText]]:
        """The detail records from the newest back to `since`; Telnyx takes whole days.

        A record that appears meanwhile moves the others to later places: one may come twice, none is missed.
        """
        since = since.replace(microsecond=0)
        ours = "cld" if direction is Direction.INBOUND else "cli"
        params = [
            ("filter[record_type]", "messaging"),
            ("filter[direction]", direction.value),
            (f"filter[{ours}][contains]", self._number.lstrip("+")),
            ("filter[created_at][gte]", since.astimezone(UTC).strftime("%Y-%m-%d")),
            ("filter[created_at][lt]", (until.astimezone(UTC) + _DAY).strftime("%Y-%m-%d")),
            ("sort", "-created_at"),
            ("page[size]", str(PAGE_SIZE)),
        ]
        for place in range(1, MOST_PAGES):
            answer = await self._http.get("/v2/detail_records", [*params, ("page[number]", str(place))])
            page, records = self._list(answer)
            texts = [text for text in map(self._text, records) if text is not None]
            yield [text for text in texts if text.at >= since and self._is_ours(text, direction)]
            pages = number(record_at(page, "meta"), "total_pages")
            if place >= pages or not records or (texts and texts[-1].at < since):
                return
        raise self._http.refused("lists texts without an end")

    def _is_ours(self, text: ProviderText, direction: Direction) -> bool:
        ours = text.recipient if direction is Direction.INBOUND else text.sender
        return text.direction is direction and ours == self._number

    async def _unless_known(self, text: ProviderText) -> ProviderText | None:
        is_new = text.external_id not in self._contents
        if is_new and self._known is not None and await self._known(text.external_id):
            return text
        return await self._whole(text)

    async def _whole(self, text: ProviderText) -> ProviderText | None:
        """The text with its words; without them if Telnyx no longer holds them, None if it does not yet."""
        content = self._contents.get(text.external_id)
        if content is None:
            async with self._slots:
                content = await self._content(text.external_id)
            if content is None:
                if datetime.now(UTC) + self._http.clock_offset - text.at < _SETTLED:
                    return None
                log.warning("Telnyx lists a text that it no longer holds; it is taken without its words")
                content = _Content("", ())
            self._contents[text.external_id] = content
            if len(self._contents) > _MOST_REMEMBERED:
                del self._contents[next(iter(self._contents))]
        return replace(text, text=content.text, pictures=content.pictures)

    async def _content(self, identity: str) -> _Content | None:
        answer = await self._http.get(f"/v2/messages/{identity}")
        if answer.status == 404:
            return None
        if not answer.is_good:
            raise self._failure(answer, sending=False)
        record = record_at(read_record(answer.content) or {}, "data")
        if not words(record, "id"):
            raise self._http.unreadable(answer)
        return _Content(words(record, "text"), _pictures(record))

    def _list(self, answer: Answer) -> tuple[Record, list[Record]]:
        """A page, and what it lists."""
        if not answer.is_good:
            raise self._failure(answer, sending=False)
        record = read_record(answer.content)
        found = records_at(record, "data") if record is not None else None
        if record is None or found is None:
            raise self._http.unreadable(answer)
        return record, found

    def _failure(self, answer: Answer, *, sending: bool) -> ProviderError:
        errors = records_at(error_record(answer), "errors") or [{}]
        code, said = words(errors[0], "code"), _said(errors[0])
        if code == telnyx_errors.OPTED_OUT:
            return ProviderError(Trouble.OPTED_OUT, telnyx_errors.in_words(code, said), code=code)
        if code in telnyx_errors.SIGN_IN or (code in telnyx_errors.LATER and answer.status < 500):
            status = 401 if code in telnyx_errors.SIGN_IN else 429
            answer = Answer(status, answer.headers, answer.content)
        elif code and 400 <= answer.status < 500 and answer.status not in {401, 429}:
            return ProviderError(Trouble.REFUSED, telnyx_errors.in_words(code, said), code=code)
        return self._http.failure(answer, code, said, sending=sending)

    def _text(self, record: Record) -> ProviderText | None:
        identity, at = words(record, "uuid"), iso_date(record, "created_at")
        if not identity or at is None:
            log.warning("Telnyx listed a text without an id or a time; it was left out")
            return None
        is_inbound = words(record, "direction").lower() == "inbound"
        state = None if is_inbound else _STATES.get(words(record, "status").lower(), DeliveryState.SENT)
        errors = record.get("errors")
        codes = [str(code) for code in errors] if isinstance(errors, list) else []
        return ProviderText(
            external_id=identity,
            direction=Direction.INBOUND if is_inbound else Direction.OUTBOUND,
            sender=e164(words(record, "cli")),
            recipient=e164(words(record, "cld")),
            text="",
            at=at,
            state=state,
            error=_error(state, [(code, "") for code in codes]),
            opted_out=telnyx_errors.OPTED_OUT in codes,
        )


def read_webhook(payload: Record, received_at: datetime) -> ProviderText | None:
    """The text that a webhook brings, or what it reports of one (with a `state`); None for anything else.

    Source: developers.telnyx.com/api-reference/callbacks/inbound-message and /delivery-update.
    """
    event = record_at(payload, "data")
    kind, message = words(event, "event_type"), record_at(event, "payload")
    identity = words(message, "id")
    recipients = [one for one in records_at(message, "to") or [] if words(one, "phone_number")]
    if not identity or not kind.startswith("message.") or not recipients:
        return None
    is_inbound = kind == "message.received"
    status = words(recipients[0], "status")
    state = None if is_inbound else _STATES.get(status, DeliveryState.SENT)
    errors = records_at(message, "errors") or []
    return ProviderText(
        external_id=identity,
        direction=Direction.INBOUND if is_inbound else Direction.OUTBOUND,
        sender=e164(words(record_at(message, "from"), "phone_number")),
        recipient=e164(words(recipients[0], "phone_number")),
        text=words(message, "text") if is_inbound else "",
        at=(iso_date(message, "received_at") if is_inbound else None) or received_at,
        state=state,
        error=_error(state, [(words(error, "code"), _said(error)) for error in errors]),
        pictures=_pictures(message) if is_inbound else (),
        opted_out=telnyx_errors.OPTED_OUT in {words(error, "code") for error in errors},
    )


def _pictures(message: Record) -> tuple[Picture, ...]:
    media = records_at(message, "media") or []
    pictures = (Picture(words(item, "url"), words(item, "content_type")) for item in media)
    return tuple(picture for picture in pictures if picture.reference)


class _Bearer(httpx.Auth):
    """An API key in the Authorization header (RFC 6750)."""

    def __init__(self, key: str) -> None:
        self._value = f"Bearer {key.strip()}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As httpx asks."""
        request.headers["Authorization"] = self._value
        yield request


async def _together(work: Iterable[Awaitable[_T]]) -> list[_T]:
    """The results in order; when one fails the others are ended first."""
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        await end(tasks)


def _said(error: Record) -> str:
    return words(error, "detail") or words(error, "title")


def _error(state: DeliveryState | None, errors: Sequence[tuple[str, str]]) -> str:
    if state is not DeliveryState.FAILED:
        return ""
    return telnyx_errors.in_words(*(errors[0] if errors else ("", "")))
