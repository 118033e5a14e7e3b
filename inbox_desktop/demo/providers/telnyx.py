"""A simulated Telnyx: messages, detail records and the numbers set up for texts, of its API version 2."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

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
from inbox_desktop.demo.providers.texts import Progress, SimPicture, SimText

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PROFILE = "30ef55db-c4a2-4c4a-9804-a68077973d07"
HELD = timedelta(days=10)
"""So long a message can be read."""

_PHONE = r"\+[1-9]\d{6,14}"
_DAY = r"\d{4}-\d\d-\d\d"
_PAGING = {"page[number]": r"[1-9]\d{0,6}", "page[size]": r"[1-9]|[1-4]\d|50"}
_RECORDS = {
    "filter[record_type]": "messaging",
    "filter[direction]": "inbound|outbound",
    "filter[created_at][gte]": _DAY,
    "filter[created_at][lt]": _DAY,
    "filter[cld][contains]": r"\d+",
    "filter[cli][contains]": r"\d+",
    "sort": "-?created_at",
    **_PAGING,
}
_NUMBERS = {"filter[phone_number]": _PHONE, **_PAGING}
_SEND: dict[str, type] = {"from": str, "to": str, "text": str, "media_urls": list, "webhook_url": str}

_STATUS = {
    Progress.QUEUED: "queued",
    Progress.SENT: "sent",
    Progress.DELIVERED: "delivered",
    Progress.FAILED: "delivery_failed",
}


class TelnyxSimulator(Simulator):
    """Telnyx with one number that can receive texts and pictures. It has no name for its account."""

    name = "Telnyx"

    def __init__(self, secret: str, number: str, account: str = "shop", clock: Clock | None = None) -> None:
        super().__init__(account, secret, number, clock)
        self.features: dict[str, object] = {"sms": _feature(), "mms": _feature()}
        self.profile: str | None = PROFILE

    def format_id(self, kind: str, count: int) -> str:
        """A UUID."""
        return f"{count:08x}-0000-4000-8000-{count:012x}"

    def routes(self) -> list[Route]:
        """The part of the interface that is simulated."""
        uuid = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
        return [
            ("POST", re.compile("/v2/messages"), self._send),
            ("GET", re.compile(f"/v2/messages/{uuid}"), self._message),
            ("GET", re.compile("/v2/detail_records"), self._records),
            ("GET", re.compile("/v2/phone_numbers/messaging"), self._numbers),
            ("GET", re.compile(f"/media/{uuid}"), self._media),
        ]

    def not_allowed(self, why: str) -> Response:
        """Telnyx's answer to a request that is not well-formed."""
        return _error(400, "10015", "Bad Request", why)

    @property
    def public_key(self) -> str:
        """What its webhooks are checked with: 32 bytes in base64, as its portal shows them."""
        return base64.b64encode(self._signing_key().public_key().public_bytes_raw()).decode()

    def webhook(self, url: str, text: SimText) -> Signed:
        """An event in JSON, with its signature in two headers.

        Source: developers.telnyx.com/api-reference/callbacks/inbound-message, /delivery-update.
        """
        resource = {**self._resource(text), "webhook_url": url}
        if text.is_inbound:
            kind = "message.received"
            resource["to"] = [{"phone_number": text.recipient, "status": "webhook_delivered"}]
        else:
            is_final = self.pace.progress(text, self.now) in {Progress.DELIVERED, Progress.FAILED}
            kind = "message.finalized" if is_final else "message.sent"
        event = {
            "event_type": kind,
            "id": self.new_id("EV"),
            "occurred_at": _iso(self.now),
            "payload": resource,
            "record_type": "event",
        }
        body = json.dumps({"data": event, "meta": {"attempt": 1, "delivered_to": url}}).encode()
        sent = str(int(self.now.timestamp()))
        signature = self._signing_key().sign(sent.encode() + b"|" + body)
        headers = {
            "Content-Type": "application/json",
            "telnyx-timestamp": sent,
            "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
        }
        return Signed(body, headers)

    def _signing_key(self) -> Ed25519PrivateKey:
        # An extra of the relay's, which a demo without one does not need.
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.secret.encode()).digest())

    def _send(self, call: Call) -> Response:
        self._sign_in(call)
        values = _body(call)
        text, to, urls = str(values.get("text", "")), str(values["to"]), list(values.get("media_urls", []))
        if not text and not urls:
            raise Refusal(_error(422, "40316", "No content provided", "The message has no content."))
        if not re.fullmatch(_PHONE, to):
            raise Refusal(_error(422, "40310", "Invalid 'to' address", "The 'to' address is invalid."))
        if values["from"] != self.number:
            raise Refusal(_error(400, "40305", "Invalid 'from' address", "The 'from' address is not yours."))
        if to in self.opted_out:
            raise Refusal(_error(403, "40300", "Blocked due to STOP message", "The person texted STOP."))
        kept = self.take(
            SimText(
                id="",
                is_inbound=False,
                sender=self.number,
                recipient=to,
                text=text,
                at=self.now,
                listed_at=self._clock(),
                pictures=[SimPicture(self.new_id("ME"), str(url).encode(), "image/jpeg") for url in urls],
                failure=self.failing.get(to, ""),
            ),
            str(values.get("webhook_url", "")) or self.webhook_url,
        )
        return json_response({"data": self._resource(kept)})

    def _message(self, call: Call, identity: str) -> Response:
        self._sign_in(call)
        if call.query:
            raise Violation("a message is asked for without parameters")
        text = self.find(identity)
        if text is None or self.now - text.at > HELD:
            raise Refusal(_error(404, "10005", "Resource not found", "The message was not found."))
        return json_response({"data": self._resource(text)})

    def _records(self, call: Call) -> Response:
        self._sign_in(call)
        values = check_names(call.query, _RECORDS, ("filter[record_type]",))
        found = [text for text in self.listed() if _matches(text, values)]
        if values.get("sort") == "created_at":
            found.reverse()
        return self._page(values, [self._detail(text) for text in found])

    def _numbers(self, call: Call) -> Response:
        self._sign_in(call)
        values = check_names(call.query, _NUMBERS)
        number: dict[str, object] = {
            "record_type": "messaging_settings",
            "id": "1293384261075731499",
            "phone_number": self.number,
            "messaging_profile_id": self.profile,
            "country_code": "US",
            "type": "long-code",
            "features": dict(self.features),
        }
        is_asked = values.get("filter[phone_number]", self.number) == self.number
        return self._page(values, [number] if is_asked else [])

    def _page(self, values: Mapping[str, str], items: Sequence[dict[str, object]]) -> Response:
        size = min(int(values.get("page[size]", "20")), self.page_size)
        place = int(values.get("page[number]", "1"))
        meta = {
            "page_number": place,
            "page_size": size,
            "total_pages": -(-len(items) // size),
            "total_results": len(items),
        }
        return json_response({"data": list(items[(place - 1) * size : place * size]), "meta": meta})

    def _media(self, call: Call, identity: str) -> Response:
        if "authorization" in call.headers:
            raise Violation("the API key went to another server")
        for text in self.texts:
            for picture in text.pictures:
                if picture.id == identity:
                    return Response(picture.content, media_type=picture.content_type)
        raise Refusal(Response(b"", 404))

    def _resource(self, text: SimText) -> dict[str, object]:
        progress = self.pace.progress(text, self.now)
        to: dict[str, object] = {"phone_number": text.recipient}
        if not text.is_inbound:
            to["status"] = _STATUS[progress]
        return {
            "record_type": "message",
            "direction": "inbound" if text.is_inbound else "outbound",
            "id": text.id,
            "type": "MMS" if text.pictures else "SMS",
            "messaging_profile_id": PROFILE,
            "from": {"phone_number": text.sender},
            "to": [to],
            "text": text.text,
            "media": [self._file(picture) for picture in text.pictures],
            "parts": text.parts,
            "tags": [],
            "received_at": _iso(text.at),
            "errors": [_error_of(text.failure)] if progress is Progress.FAILED else [],
        }

    def _file(self, picture: SimPicture) -> dict[str, object]:
        # Another name of this machine, so that a key which follows there would be seen.
        url = f"{self.url.replace('127.0.0.1', 'localhost')}/media/{picture.id}"
        return {"url": url, "content_type": picture.content_type, "size": len(picture.content)}

    def _detail(self, text: SimText) -> dict[str, object]:
        progress = self.pace.progress(text, self.now)
        record: dict[str, object] = {
            "record_type": "message_detail_record",
            "uuid": text.id,
            "created_at": _iso(text.at),
            "cli": text.sender,
            "cld": text.recipient,
            "direction": "inbound" if text.is_inbound else "outbound",
            "message_type": "MMS" if text.pictures else "SMS",
            "parts": text.parts,
            "profile_id": PROFILE,
            "errors": [text.failure] if progress is Progress.FAILED else [],
        }
        final = {
            Progress.RECEIVED: "received",
            Progress.DELIVERED: "delivered",
            Progress.FAILED: "failed",
        }.get(progress)
        return {**record, "status": final} if final else record

    def _sign_in(self, call: Call) -> None:
        scheme, _, key = call.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            raise Violation("the request has no sign-in")
        if key != self.secret:
            raise Refusal(_error(401, "10009", "Authentication failed", "The API key is not valid."))


def _body(call: Call) -> dict[str, list[object] | str]:
    if call.headers.get("content-type") != "application/json":
        raise Violation("a message is sent as JSON")
    values = json.loads(call.content)
    if not isinstance(values, dict):
        raise Violation("a message is an object")
    for name, value in values.items():
        if name not in _SEND or not isinstance(value, _SEND[name]):
            raise Violation(f"{name!r} is unknown or of another type")
    if not {"from", "to"} <= values.keys() or "" in (
        values.get("text"),
        values.get("webhook_url"),
        *values.get("media_urls", ["-"]),
    ):
        raise Violation("from and to are there, and nothing that is there is empty")
    return values


def _matches(text: SimText, values: Mapping[str, str]) -> bool:
    day = text.at.astimezone(UTC).strftime("%Y-%m-%d")
    direction = "inbound" if text.is_inbound else "outbound"
    return (
        values.get("filter[direction]", direction) == direction
        and values.get("filter[created_at][gte]", day) <= day < values.get("filter[created_at][lt]", "9999")
        and values.get("filter[cld][contains]", "") in text.recipient
        and values.get("filter[cli][contains]", "") in text.sender
    )


def _feature() -> dict[str, bool]:
    return {"domestic_two_way": True, "international_inbound": True, "international_outbound": True}


def _error(status: int, code: str, title: str, detail: str) -> Response:
    return json_response({"errors": [{"code": code, "title": title, "detail": detail}]}, status)


def _error_of(code: str) -> dict[str, str]:
    return {"code": code, "title": "Not delivered"}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
