"""A simulated Vonage: its SMS API, the synchronous part of its Reports API, and the list of its numbers."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from inbox_desktop.demo.providers.caller import Signed
from inbox_desktop.demo.providers.simulator import (
    Call,
    Clock,
    Refusal,
    Route,
    Simulator,
    Violation,
    check_names,
    json_response,
)
from inbox_desktop.demo.providers.texts import Progress, SimText
from inbox_desktop.models.rules.segments import Encoding, segments, split

ACCOUNT = "abcd1234"
_DIGITS = r"\d{7,15}"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)"
_SEND = {
    "api_key": r"\w{8}",
    "api_secret": r".{6,32}",
    "from": r".+",
    "to": r".*",
    "text": r".*",
    "type": "text|unicode",
    "client-ref": r".{0,40}",
    "callback": r"https?://.{1,200}",
}
_RECORDS = {
    "account_id": r"\w{8}",
    "product": "SMS",
    "direction": "inbound|outbound",
    "date_start": _MOMENT,
    "date_end": _MOMENT,
    "include_message": "true|false",
    "show_concatenated": "true|false",
    "cursor": r"\w+",
    "iv": r"\w+",
}
_NEEDED = ("account_id", "product", "direction", "date_start", "date_end")
_NUMBERS = {"pattern": r"\d+", "search_pattern": "[012]", "size": r"\d{1,2}|100", "index": r"\d+"}
_DAY = timedelta(hours=24)

_STATUS = {
    Progress.QUEUED: "accepted",
    Progress.SENT: "buffered",
    Progress.DELIVERED: "delivered",
    Progress.FAILED: "failed",
}


class VonageSimulator(Simulator):
    """Vonage with one account, whose number can receive texts."""

    name = "Vonage"

    def __init__(self, secret: str, number: str, account: str = ACCOUNT, clock: Clock | None = None) -> None:
        super().__init__(account, secret, number, clock)
        self.features = ["SMS", "VOICE"]
        self.signature_secret = f"signed by {account}"
        self.refusals: dict[str, tuple[str, str]] = {}
        """Numbers to which nothing is sent, with the status and its text."""

    def format_id(self, kind: str, count: int) -> str:
        """Sixteen hexadecimal digits."""
        return f"{0x0A << 56 | count:016X}"

    def routes(self) -> list[Route]:
        """The part of the interfaces that is simulated."""
        return [
            ("POST", re.compile("/sms/json"), self._send),
            ("GET", re.compile("/v2/reports/records"), self._records),
            ("GET", re.compile("/account/numbers"), self._numbers),
        ]

    def not_allowed(self, why: str) -> Response:
        """Vonage's answer to parameters that it does not know."""
        return _problem(422, "Unprocessable entity", why)

    def _send(self, call: Call) -> Response:
        if call.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise Violation("a text is sent by a form")
        if "authorization" in call.headers:
            raise Violation("the key and the secret are sent twice")
        values = check_names(call.form, _SEND, ("api_key", "api_secret", "from", "to"))
        encoding = segments(values.get("text", "")).encoding
        if encoding is Encoding.UCS2 and values.get("type") != "unicode":
            raise Violation("the text needs type=unicode")
        refused = self._refused(values)
        if refused is not None:
            status, words = refused
            return json_response(
                {"message-count": "1", "messages": [{"status": status, "error-text": words}]}
            )
        reference = values.get("client-ref", "")
        parts = [self.keep(self._part(values, part, reference)) for part in split(values["text"])]
        self.on_sent(replace(parts[0], text=values["text"], parts=len(parts)))
        for part in parts:
            self.report(values.get("callback", ""), part)
        answers = [self._answer_of(part) for part in parts]
        return json_response({"message-count": str(len(parts)), "messages": answers})

    def _refused(self, values: Mapping[str, str]) -> tuple[str, str] | None:
        to = f"+{values['to']}"
        if (values["api_key"], values["api_secret"]) != (self.account, self.secret):
            return "4", "Invalid credentials"
        if not values.get("text"):
            return "2", "Missing text"
        if not re.fullmatch(_DIGITS, values["to"]):
            return "3", "Invalid to address"
        if f"+{values['from']}" != self.number:
            return "15", "Illegal Sender Address - rejected"
        if to in self.opted_out:
            return "7", "Number barred"
        return self.refusals.get(to)

    def _part(self, values: Mapping[str, str], text: str, reference: str) -> SimText:
        to = f"+{values['to']}"
        return SimText(
            id="",
            is_inbound=False,
            sender=self.number,
            recipient=to,
            text=text,
            at=self.now,
            listed_at=self._clock(),
            reference=reference,
            failure=self.failing.get(to, ""),
        )

    def _answer_of(self, part: SimText) -> dict[str, str]:
        answer = {
            "to": part.recipient.lstrip("+"),
            "message-id": part.id,
            "status": "0",
            "remaining-balance": "3.14159265",
            "message-price": "0.03330000",
            "network": "12345",
        }
        return {**answer, "client-ref": part.reference} if part.reference else answer

    def webhook(self, url: str, text: SimText) -> Signed:
        """JSON with a signature inside, by SHA-256 HMAC.

        Source: developer.vonage.com/en/messaging/sms/guides/inbound-sms, /delivery-receipts,
        /en/getting-started/concepts/signing-messages.
        """
        values = {
            "api-key": self.account,
            "messageId": text.id,
            "message-timestamp": self.now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "timestamp": str(int(self.now.timestamp())),
            "nonce": self.new_id("NO"),
            **(self._received(text) if text.is_inbound else self._receipt(text)),
        }
        parts = (f"&{name}={re.sub('[&=]', '_', values[name])}" for name in sorted(values))
        digest = hmac.new(self.signature_secret.encode(), "".join(parts).encode(), "sha256")
        body = json.dumps({**values, "sig": digest.hexdigest().upper()}, ensure_ascii=False)
        return Signed(body.encode(), {"Content-Type": "application/json"})

    def _received(self, text: SimText) -> dict[str, str]:
        is_plain = segments(text.text).encoding is Encoding.GSM7
        values = {
            "msisdn": text.sender.lstrip("+"),
            "to": text.recipient.lstrip("+"),
            "text": text.text,
            "type": "text" if is_plain else "unicode",
            "keyword": next(iter(text.text.upper().split()), ""),
        }
        if text.parts > 1:
            concat = {"concat": "true", "concat-ref": text.reference, "concat-total": str(text.parts)}
            values |= {**concat, "concat-part": str(text.place)}
        return values

    def _receipt(self, text: SimText) -> dict[str, str]:
        progress = self.pace.progress(text, self.now)
        values = {
            "msisdn": text.recipient.lstrip("+"),
            "to": text.sender.lstrip("+"),
            "network-code": "12345",
            "price": "0.03330000",
            "status": _STATUS[progress],
            "scts": self.now.astimezone(UTC).strftime("%y%m%d%H%M"),
            "err-code": text.failure if progress is Progress.FAILED else "0",
        }
        return {**values, "client-ref": text.reference} if text.reference else values

    def text_in_parts(
        self, sender: str, text: str, listed_after: Sequence[timedelta] = (), at: datetime | None = None
    ) -> list[SimText]:
        """Somebody sends a long text; its segments come as texts of their own, listed at their own times."""
        parts = split(text)
        delays = [*listed_after, *[self.listing_delay] * len(parts)]
        reference = str(sum(map(ord, text)) % 256)
        kept = [
            self.keep(
                SimText(
                    id="",
                    is_inbound=True,
                    sender=sender,
                    recipient=self.number,
                    text=part,
                    at=at or self.now,
                    listed_at=self._clock(),
                    reference=reference,
                    parts=len(parts),
                    place=place,
                ),
                delay,
            )
            for place, (part, delay) in enumerate(zip(parts, delays, strict=False), 1)
        ]
        for part in kept:
            self.tell(part)
        return kept

    def _records(self, call: Call) -> Response:
        self._sign_in(call)
        values = check_names(call.query, _RECORDS, _NEEDED)
        if values["account_id"] != self.account:
            raise Refusal(_problem(403, "Forbidden", "User not authorized to query the requested data"))
        start, end = _moment(values["date_start"]), _moment(values["date_end"])
        if not timedelta(0) <= end - start <= _DAY:
            raise Violation("date_end is at most 24 hours after date_start")
        is_inbound = values["direction"] == "inbound"
        found = [
            text
            for text in reversed(self.listed())
            if text.is_inbound is is_inbound and start <= text.at.replace(microsecond=0) < end
        ]
        return self._page(call, values, found)

    def _page(self, call: Call, values: dict[str, str], found: Sequence[SimText]) -> Response:
        if ("cursor" in values) != ("iv" in values):
            raise Violation("cursor and iv go together")
        cursor = values.pop("cursor", "")
        values.pop("iv", None)
        ids = [text.id for text in found]
        begin = ids.index(cursor) + 1 if cursor in ids else 0
        page, rest = found[begin : begin + self.page_size], found[begin + self.page_size :]
        answer: dict[str, object] = {
            "_links": {"self": {"href": f"{self.url}{call.path}?{urlencode(call.query)}"}},
            "request_id": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
            "request_status": "TRUNCATED" if rest else "SUCCESS",
            "received_at": _report_date(self.now),
            "price": 0.0,
            "currency": "EUR",
            "account_id": self.account,
            "product": "SMS",
            "direction": values["direction"],
            "include_message": values.get("include_message") == "true",
            "show_concatenated": values.get("show_concatenated") == "true",
            "items_count": len(page),
            "records": [self._resource(text, values) for text in page],
        }
        if rest:
            following = {**values, "cursor": page[-1].id, "iv": "QnJtvajk5bH0wMX"}
            answer["cursor"], answer["iv"] = following["cursor"], following["iv"]
            answer["_links"] = {"next": {"href": f"{self.url}{call.path}?{urlencode(following)}"}}
        return json_response(answer)

    def _resource(self, text: SimText, values: Mapping[str, str]) -> dict[str, object]:
        record: dict[str, object] = {
            "account_id": self.account,
            "message_id": text.id,
            "direction": values["direction"],
            "from": text.sender.lstrip("+"),
            "to": text.recipient.lstrip("+"),
            "network": "23415",
            "network_name": "A network",
            "country": "US",
            "country_name": "United States",
            "date_received": _report_date(text.at),
            "currency": "EUR",
            "total_price": 0.0333,
        }
        if values.get("include_message") == "true":
            record["message_body"] = text.text
        if text.is_inbound:
            return record
        return {**record, **self._outcome(text)}

    def _outcome(self, text: SimText) -> dict[str, object]:
        progress = self.pace.progress(text, self.now)
        outcome: dict[str, object] = {
            "status": _STATUS[progress],
            "error_code": text.failure if progress is Progress.FAILED else "0",
            "error_code_description": "Failed" if progress is Progress.FAILED else "Delivered",
        }
        if progress in {Progress.DELIVERED, Progress.FAILED}:
            outcome["date_finalized"] = _report_date(text.at + self.pace.delivered)
            outcome["latency"] = int(self.pace.delivered / timedelta(milliseconds=1))
        reference = text.reference or text.label
        return {**outcome, "client_ref": reference} if reference else outcome

    def _numbers(self, call: Call) -> Response:
        self._sign_in(call)
        values = check_names(call.query, _NUMBERS)
        digits = self.number.lstrip("+")
        if values.get("pattern", "") not in digits:
            return json_response({})
        number = {"country": "US", "msisdn": digits, "type": "mobile-lvn", "features": list(self.features)}
        return json_response({"count": 1, "numbers": [number]})

    def _sign_in(self, call: Call) -> None:
        scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            raise Violation("the request has no sign-in")
        if credentials != base64.b64encode(f"{self.account}:{self.secret}".encode()).decode():
            raise Refusal(_problem(401, "Unauthorized", "You did not provide correct credentials."))


def _problem(status: int, title: str, detail: str) -> Response:
    kind = "https://developer.nexmo.com/api-errors"
    return json_response(
        {"type": kind, "title": title, "detail": detail, "instance": "f94b4e56604e07e5e5ad5a7228618f81"},
        status,
    )


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _report_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
