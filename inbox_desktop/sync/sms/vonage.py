"""Texts through Vonage: its SMS API to send, its Reports API to list, its Numbers API to look a number up."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import httpx

from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.models.rules.segments import Encoding, segments
from inbox_desktop.sync.errors import KEPT
from inbox_desktop.sync.sms import vonage_words
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
from inbox_desktop.sync.sms.vonage_parts import (
    BETWEEN_PARTS,
    TextPart,
    join_ids,
    join_received,
    join_sent,
    neighbours,
)

log = logging.getLogger(__name__)

SEND_URL = "https://rest.nexmo.com"
REPORTS_URL = "https://api.nexmo.com"
LONGEST_WINDOW = timedelta(hours=24)
MOST_PAGES = 2_000
_RECORDS = "/v2/reports/records"
_ACCOUNT = re.compile(r"[0-9A-Za-z]{8}\Z")
_OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_LONGEST_REFERENCE = 40

_STATES = {
    "delivered": DeliveryState.DELIVERED,
    "expired": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "rejected": DeliveryState.FAILED,
    "deleted": DeliveryState.FAILED,
}


class Vonage(Provider):
    """A Vonage account (its API key, with the API secret), and one of its numbers. It has no pictures.

    A long text is listed in parts and put together here; its id is made of theirs. `known` tells which parts
    the inbox already holds as texts of their own.

    Source: developer.vonage.com/en/api/sms, /reports, /numbers.
    """

    # A report shows what it counts some minutes late, and each record that it lists costs money.
    abilities = Abilities(
        overlap=timedelta(minutes=30),
        reaches_back=timedelta(days=395),
        interval=timedelta(minutes=1),
        window=timedelta(hours=24),
    )

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
        self._secret = secret
        self._number = number
        self._known = known
        sign_in = httpx.BasicAuth(account, secret)
        self._reports = Http("Vonage", base_url or REPORTS_URL, sign_in, seconds)
        self._numbers = self._reports.at(base_url or SEND_URL, sign_in)
        self._sms = self._reports.at(base_url or SEND_URL, httpx.Auth())  # the key and secret are in the form

    @property
    def clock_offset(self) -> timedelta:
        """As the interface says; of the server that lists texts."""
        return self._reports.clock_offset

    async def check(self) -> str:
        """Look the number up among those of the account, and sign in where texts are listed."""
        self._check_account()
        params = [("pattern", self._number.lstrip("+")), ("search_pattern", "1"), ("size", "100")]
        answer = await self._numbers.get("/account/numbers", params)
        found = self._record(self._numbers, answer)
        numbers = records_at(found, "numbers") or []
        ours = next((item for item in numbers if e164(words(item, "msisdn")) == self._number), None)
        if ours is None:
            raise self._numbers.refused(f"has no number {self._number} in the account {self._account}")
        features = ours.get("features")
        if not isinstance(features, list) or "SMS" not in features:
            raise self._numbers.refused(
                f"says that {self._number} cannot receive texts",
                advice="Choose another number of the account.",
            )
        now = datetime.now(UTC)
        async for _ in self._pages(Direction.INBOUND, now - timedelta(minutes=1), now):
            break
        return f"Signed in to Vonage. {self._number} belongs to the account and can receive texts."

    async def send(self, to: str, text: str, reference: str, pictures: Sequence[str] = ()) -> ProviderText:
        """Send one text. Vonage answers 200 to everything, and says inside what became of each part."""
        self._check_account()
        if pictures:
            raise self._sms.refused("sends no pictures", advice="Send the text without them.")
        form = [
            ("api_key", self._account),
            ("api_secret", self._secret),
            ("from", self._number.lstrip("+")),
            ("to", to.lstrip("+")),
            ("text", text),
            ("client-ref", reference[:_LONGEST_REFERENCE]),
        ]
        if segments(text).encoding is Encoding.UCS2:
            form.append(("type", "unicode"))
        if self._report_to:
            form.append(("callback", self._report_to))
        answer = await self._sms.post("/sms/json", form=form)
        if not answer.is_good:
            raise self._failure(self._sms, answer, sending=True)
        parts = records_at(read_record(answer.content) or {}, "messages")
        if not parts:
            raise self._sms.unreadable(answer, sending=True)
        return self._sent(answer, parts, to, text, reference)

    def _sent(
        self, answer: Answer, parts: Sequence[Record], to: str, text: str, reference: str
    ) -> ProviderText:
        refused = [part for part in parts if words(part, "status") != "0"]
        ids = [words(part, "message-id") for part in parts if words(part, "status") == "0"]
        if refused and ids:
            why = vonage_words.refusal(words(refused[0], "status"), words(refused[0], "error-text"))
            raise ProviderError(Trouble.AMBIGUOUS, f"Vonage took only a part of the text. {why}")
        if refused:
            raise self._refusal(answer, refused[0])
        if not all(ids):
            raise self._sms.unreadable(answer, sending=True)
        return ProviderText(
            external_id=join_ids(ids),
            direction=Direction.OUTBOUND,
            sender=self._number,
            recipient=to,
            text=text,
            at=datetime.now(UTC) + self._sms.clock_offset,
            state=DeliveryState.SENT,
            reference=reference,
        )

    async def find_sent(self, to: str, text: str, reference: str, since: datetime) -> ProviderText | None:
        """The text that carries our reference, once the report shows it."""
        until = datetime.now(UTC) + self._reports.clock_offset + timedelta(minutes=5)
        async for found in self.texts(Direction.OUTBOUND, since - BETWEEN_PARTS, until):
            if found.reference == reference and found.recipient == to:
                return found
        return None

    async def texts(
        self, direction: Direction, since: datetime, until: datetime
    ) -> AsyncIterator[ProviderText]:
        """All texts to (INBOUND) or from (OUTBOUND) the number, long ones put together.

        A part may lie beyond an end of the window, so a little more is asked for. A text belongs to where its
        first part lies.
        """
        parts = [
            part
            async for page in self._pages(direction, since - BETWEEN_PARTS, until + BETWEEN_PARTS)
            for part in map(self._part, page)
            if part is not None and part.direction is direction and self._is_ours(part)
        ]
        if direction is Direction.OUTBOUND:
            joined = list(join_sent(parts))
        else:
            now = datetime.now(UTC) + self._reports.clock_offset
            joined = [
                text
                for near in neighbours(parts)
                for text in join_received(near, await self._alone(near), now)
            ]
        earliest = since.replace(microsecond=0)
        for text in joined:
            if earliest <= text.at < until:
                yield text

    async def picture(self, picture: Picture) -> tuple[bytes, str]:
        """Never there."""
        raise self._reports.refused("has no pictures", advice="It cannot be shown.")

    async def close(self) -> None:
        """Close the connections."""
        for http in (self._reports, self._numbers, self._sms):
            await http.close()

    async def _alone(self, near: Sequence[ProviderText]) -> set[str]:
        """Which of these parts the inbox holds as texts of their own."""
        if self._known is None or len(near) == 1:
            return set()
        return {part.external_id for part in near if await self._known(part.external_id)}

    def _is_ours(self, part: ProviderText) -> bool:
        return self._number == (part.recipient if part.direction is Direction.INBOUND else part.sender)

    async def _pages(
        self, direction: Direction, since: datetime, until: datetime
    ) -> AsyncIterator[list[Record]]:
        self._check_account()
        for start, end in _windows(since, until):
            params = [
                ("account_id", self._account),
                ("product", "SMS"),
                ("direction", direction.value),
                ("date_start", _moment(start)),
                ("date_end", _moment(end)),
                ("include_message", "true"),
                ("show_concatenated", "true"),
            ]
            answer = await self._reports.get(_RECORDS, params)
            for _ in range(MOST_PAGES):
                record = self._record(self._reports, answer)
                records = records_at(record, "records")
                if records is None:
                    raise self._reports.unreadable(answer)
                yield records
                following = words(record_at(record_at(record, "_links"), "next"), "href")
                if not following:
                    break
                answer = await self._reports.get(following)
            else:
                raise self._reports.refused("lists texts without an end")

    def _record(self, http: Http, answer: Answer) -> Record:
        if not answer.is_good:
            raise self._failure(http, answer, sending=False)
        record = read_record(answer.content)
        if record is None:
            raise http.unreadable(answer)
        return record

    def _refusal(self, answer: Answer, part: Record) -> ProviderError:
        code = words(part, "status")
        sentence = vonage_words.refusal(code, words(part, "error-text"))
        if code in vonage_words.THROTTLED:
            return ProviderError(Trouble.BUSY, sentence, code=code, retry_after=self._sms.retry_after(answer))
        if code in vonage_words.SIGN_IN:
            advice = "Check the account and its secret in the channel's settings."
            return ProviderError(Trouble.SIGN_IN, f"{sentence} {KEPT} {advice}", code=code)
        is_unclear = code in {vonage_words.INTERNAL, ""}
        return ProviderError(Trouble.AMBIGUOUS if is_unclear else Trouble.REFUSED, sentence, code=code)

    def _failure(self, http: Http, answer: Answer, *, sending: bool) -> ProviderError:
        record = error_record(answer)
        said = words(record, "detail") or words(record, "title") or words(record, "error-code-label")
        return http.failure(answer, "", said, sending=sending)

    def _check_account(self) -> None:
        if not _ACCOUNT.match(self._account):
            raise ProviderError(
                Trouble.SIGN_IN,
                "A Vonage account is named by its API key of 8 letters and digits. Nothing was sent. "
                f"{KEPT} Correct the account in the channel's settings.",
            )

    def _part(self, record: Record) -> ProviderText | None:
        identity, at = words(record, "message_id"), iso_date(record, "date_received")
        if not identity or at is None:
            log.warning("Vonage listed a text without an id or a time; it was left out")
            return None
        is_inbound = words(record, "direction") == "inbound"
        state = None if is_inbound else _STATES.get(words(record, "status"), DeliveryState.SENT)
        reference = words(record, "client_ref")
        is_our_form = _OURS.match(reference) is not None
        return ProviderText(
            external_id=identity,
            direction=Direction.INBOUND if is_inbound else Direction.OUTBOUND,
            sender=e164(words(record, "from")),
            recipient=e164(words(record, "to")),
            text=words(record, "message_body"),
            at=at,
            state=state,
            error=_error(state, record),
            label="" if is_our_form else reference,
            reference=reference if is_our_form else "",
        )


def read_webhook(payload: Record, received_at: datetime) -> ProviderText | TextPart | None:
    """The text, or the part of one, that a webhook brings, or what it reports of one (`state` is set then).

    None for anything else, also for what the Messages API sends: its ids are not those that are listed.
    Source: developer.vonage.com/en/messaging/sms/guides/inbound-sms and /delivery-receipts.
    """
    identity, status = words(payload, "messageId"), words(payload, "status")
    if not identity or (not status and words(payload, "type") not in {"text", "unicode"}):
        return None
    state = _STATES.get(status, DeliveryState.SENT) if status else None
    person, ours = e164(words(payload, "msisdn")), e164(words(payload, "to"))
    text = ProviderText(
        external_id=identity,
        direction=Direction.OUTBOUND if status else Direction.INBOUND,
        sender=ours if status else person,
        recipient=person if status else ours,
        text="" if status else words(payload, "text"),
        at=iso_date(payload, "message-timestamp") or received_at,
        state=state,
        error=_failure_words(state, words(payload, "err-code"), status),
    )
    if status or words(payload, "concat").lower() != "true":
        return text
    reference = words(payload, "concat-ref")
    return TextPart(text, reference, number(payload, "concat-part"), number(payload, "concat-total"))


def _error(state: DeliveryState | None, record: Record) -> str:
    said = words(record, "error_code_description") or words(record, "status")
    return _failure_words(state, words(record, "error_code"), said)


def _failure_words(state: DeliveryState | None, code: str, said: str) -> str:
    return vonage_words.failure(code, said) if state is DeliveryState.FAILED else ""


def _windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a span into windows that the report takes; it counts whole seconds."""
    start = since.astimezone(UTC).replace(microsecond=0)
    end = until.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    while start < end:
        yield start, min(start + LONGEST_WINDOW, end)
        start += LONGEST_WINDOW


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
