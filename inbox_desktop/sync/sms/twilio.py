"""Texts through Twilio: its Programmable Messaging REST API, version 2010-04-01."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import httpx

from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.sync.errors import KEPT
from inbox_desktop.sync.sms import twilio_errors
from inbox_desktop.sync.sms.answers import (
    Record,
    error_record,
    mail_date,
    number,
    read_record,
    record_at,
    records_at,
    words,
)
from inbox_desktop.sync.sms.http import ANSWER_SECONDS, Answer, Http
from inbox_desktop.sync.sms.provider import Abilities, Picture, Provider, ProviderError, ProviderText, Trouble

log = logging.getLogger(__name__)

BASE_URL = "https://api.twilio.com"
PAGE_SIZE = 500
MOST_PAGES = 2_000
_LOOK_UP_PAGES = 3
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}\Z")
# What a trial account puts before every text.
_TRIAL = "Sent from your Twilio trial account - "

_STATES = {
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "failed": DeliveryState.FAILED,
    "undelivered": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}


class Twilio(Provider):
    """A Twilio account (`AC...`) with its auth token, and one of its numbers.

    Source: twilio.com/docs/messaging/api/message-resource.
    """

    abilities = Abilities(overlap=timedelta(minutes=10), reaches_back=timedelta(days=395))

    def __init__(
        self,
        account: str,
        secret: str,
        number: str,
        base_url: str | None = None,
        seconds: float = ANSWER_SECONDS,
        report_to: str = "",
    ) -> None:
        self._account = account
        self._report_to = report_to
        self._number = number
        self._http = Http("Twilio", base_url or BASE_URL, httpx.BasicAuth(account, secret), seconds)

    @property
    def clock_offset(self) -> timedelta:
        """As the interface says."""
        return self._http.clock_offset

    async def check(self) -> str:
        """Look the number up among those of the account."""
        answer = await self._http.get(self._path("IncomingPhoneNumbers"), [("PhoneNumber", self._number)])
        _, found = self._list(answer, "incoming_phone_numbers")
        ours = next((item for item in found if words(item, "phone_number") == self._number), None)
        if ours is None:
            raise self._http.refused(f"has no number {self._number} in the account {self._account}")
        can = record_at(ours, "capabilities")
        if can.get("sms") is not True:
            raise self._http.refused(
                f"says that {self._number} cannot receive texts",
                advice="Choose another number of the account.",
            )
        what = "texts and pictures" if can.get("mms") is True else "texts"
        return f"Signed in to Twilio. {self._number} belongs to the account and can receive {what}."

    async def send(self, to: str, text: str, reference: str, pictures: Sequence[str] = ()) -> ProviderText:
        """Create one Message. Twilio keeps no reference of ours."""
        form = [("To", to), ("From", self._number)]
        if text or not pictures:
            form.append(("Body", text))
        form += [("MediaUrl", url) for url in pictures]
        if self._report_to:
            form.append(("StatusCallback", self._report_to))
        answer = await self._http.post(self._path("Messages"), form=form)
        if not answer.is_good:
            raise self._failure(answer, sending=True)
        record = read_record(answer.content)
        sent = self._text(record) if record is not None else None
        if sent is None:
            raise self._http.unreadable(answer, sending=True)
        return sent

    async def find_sent(self, to: str, text: str, reference: str, since: datetime) -> ProviderText | None:
        """The newest text of these words to this person that is not older than `since` (our clock)."""
        params = [("From", self._number), ("To", to), ("PageSize", "50")]
        pages = 0
        async for page in self._pages("Messages", params, "messages"):
            # Only now is it known for certain how far the clocks are apart.
            earliest = (since + self._http.clock_offset).replace(microsecond=0) - timedelta(seconds=1)
            for record in page:
                created = mail_date(record, "date_created")
                if created is None or created < earliest:
                    continue
                if words(record, "body").removeprefix(_TRIAL).strip() == text.strip():
                    return self._text(record)
            pages += 1
            if pages == _LOOK_UP_PAGES:
                break
        return None

    async def texts(
        self, direction: Direction, since: datetime, until: datetime
    ) -> AsyncIterator[ProviderText]:
        """All messages to (INBOUND) or from (OUTBOUND) the number; Twilio counts whole seconds."""
        earliest = since.astimezone(UTC).replace(microsecond=0)
        params = [
            ("To" if direction is Direction.INBOUND else "From", self._number),
            ("DateSent>", _moment(earliest)),
            ("DateSent<", _moment(until.astimezone(UTC) + timedelta(seconds=1))),
            ("PageSize", str(PAGE_SIZE)),
        ]
        async for page in self._pages("Messages", params, "messages"):
            for record in page:
                text = self._text(record)
                if text is not None and text.direction is direction and earliest <= text.at < until:
                    yield text

    async def picture(self, picture: Picture) -> tuple[bytes, str]:
        """Fetch a file of a message: `reference` is the message's id and the file's place in its list."""
        message, _, place = picture.reference.partition("/")
        answer = await self._http.get(self._path(f"Messages/{message}/Media"))
        _, found = self._list(answer, "media_list")
        media = sorted(words(item, "sid") for item in found)
        if not place.isdecimal() or int(place) >= len(media):
            raise self._http.refused("no longer has this picture", advice="It cannot be shown.")
        path = f"/2010-04-01/Accounts/{self._account}/Messages/{message}/Media/{media[int(place)]}"
        return await self._http.download(path)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    def _path(self, resource: str) -> str:
        if not _ACCOUNT.match(self._account):
            raise ProviderError(
                Trouble.SIGN_IN,
                "A Twilio account is named by AC and 32 letters and digits (the Account SID in Twilio's "
                f"console). Nothing was sent. {KEPT} Correct the account in the channel's settings.",
            )
        return f"/2010-04-01/Accounts/{self._account}/{resource}.json"

    async def _pages(
        self, resource: str, params: list[tuple[str, str]], name: str
    ) -> AsyncIterator[list[Record]]:
        answer = await self._http.get(self._path(resource), params)
        for _ in range(MOST_PAGES):
            record, found = self._list(answer, name)
            yield found
            following = words(record, "next_page_uri")
            if not following:
                return
            answer = await self._http.get(following)
        raise self._http.refused("lists messages without an end")

    def _list(self, answer: Answer, name: str) -> tuple[Record, list[Record]]:
        """A page, and what it lists."""
        if not answer.is_good:
            raise self._failure(answer, sending=False)
        record = read_record(answer.content)
        found = records_at(record, name) if record is not None else None
        if record is None or found is None:
            raise self._http.unreadable(answer)
        return record, found

    def _failure(self, answer: Answer, *, sending: bool) -> ProviderError:
        record = error_record(answer)
        code, said = words(record, "code"), words(record, "message")
        if code == twilio_errors.OPTED_OUT:
            return ProviderError(Trouble.OPTED_OUT, twilio_errors.in_words(code, said), code=code)
        if code in twilio_errors.SIGN_IN or (code in twilio_errors.LATER and answer.status < 500):
            status = 401 if code in twilio_errors.SIGN_IN else 429
            answer = Answer(status, answer.headers, answer.content)
        elif code and 400 <= answer.status < 500 and answer.status not in {401, 403}:
            return ProviderError(Trouble.REFUSED, twilio_errors.in_words(code, said), code=code)
        return self._http.failure(answer, code, said, sending=sending)

    def _text(self, record: Record) -> ProviderText | None:
        sid = words(record, "sid")
        at = mail_date(record, "date_sent") or mail_date(record, "date_created")
        if not sid or at is None:
            log.warning("Twilio listed a message without an id or a time; it was left out")
            return None
        direction = words(record, "direction")
        is_inbound = direction == "inbound"
        code = words(record, "error_code")
        state = None if is_inbound else _STATES.get(words(record, "status"), DeliveryState.SENT)
        return ProviderText(
            external_id=sid,
            direction=Direction.INBOUND if is_inbound else Direction.OUTBOUND,
            sender=words(record, "from"),
            recipient=words(record, "to"),
            text=words(record, "body"),
            at=at,
            state=state,
            error=_error(state, code, words(record, "error_message")),
            pictures=tuple(
                Picture(f"{sid}/{place}") for place in range(min(number(record, "num_media"), 10))
            ),
            opted_out=code == twilio_errors.OPTED_OUT,
            is_answer=direction == "outbound-reply",
        )


def read_webhook(payload: Record, received_at: datetime) -> ProviderText | None:
    """The text that a webhook brings, or what it reports of one (with a `state`); None for anything else.

    Twilio tells no time in it. Source: twilio.com/docs/messaging/guides/webhook-request and
    /track-outbound-message-status.
    """
    sid, status, code = (words(payload, name) for name in ("MessageSid", "MessageStatus", "ErrorCode"))
    state = _STATES.get(status, DeliveryState.SENT) if status else None
    if not sid or (state is None and words(payload, "SmsStatus") != "received"):
        return None
    pictures = 0 if status else min(number(payload, "NumMedia"), 10)
    return ProviderText(
        external_id=sid,
        direction=Direction.OUTBOUND if status else Direction.INBOUND,
        sender=words(payload, "From"),
        recipient=words(payload, "To"),
        text="" if status else words(payload, "Body"),
        at=received_at,
        state=state,
        error=_error(state, code, words(payload, "ErrorMessage")),
        pictures=tuple(Picture(f"{sid}/{place}") for place in range(pictures)),
        opted_out=code == twilio_errors.OPTED_OUT,
    )


def _error(state: DeliveryState | None, code: str, said: str) -> str:
    return twilio_errors.in_words(code, said) if state is DeliveryState.FAILED else ""


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
