"""A simulated Twilio: Messages, Media and IncomingPhoneNumbers of its REST API, version 2010-04-01."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

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

ACCOUNT = "AC" + "0" * 31 + "1"
_ROOT = "/2010-04-01/Accounts"
_PHONE = r"\+[1-9]\d{6,14}"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
_PAGING = {"PageSize": r"[1-9]\d{0,2}|1000", "Page": r"\d{1,6}", "PageToken": r"PA\w+"}
_LIST = {
    "To": _PHONE,
    "From": _PHONE,
    "DateSent": _MOMENT,
    "DateSent<": _MOMENT,
    "DateSent>": _MOMENT,
    **_PAGING,
}
_SEND = {"To": ".*", "From": ".*", "Body": ".*", "StatusCallback": "https?://.+"}
_STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
_STARTS = frozenset({"start", "unstop", "yes"})
_HELPS = frozenset({"help", "info"})
_MOST_CHARACTERS = 1_600
_MOST_PICTURES = 10

_STATUS = {
    Progress.QUEUED: "queued",
    Progress.SENT: "sent",
    Progress.DELIVERED: "delivered",
    Progress.FAILED: "undelivered",
    Progress.RECEIVED: "received",
}


class TwilioSimulator(Simulator):
    """Twilio with one account, whose number can receive texts and pictures."""

    name = "Twilio"

    def __init__(self, secret: str, number: str, account: str = ACCOUNT, clock: Clock | None = None) -> None:
        super().__init__(account, secret, number, clock)
        self.capabilities = {"voice": True, "sms": True, "mms": True, "fax": False}
        self.error_messages: dict[str, str] = {}
        self.handles_keywords = False
        """Whether it answers STOP, START and HELP itself, as a real number does by default."""

    def format_id(self, kind: str, count: int) -> str:
        """Two letters and 32 hexadecimal digits."""
        return f"{kind}{count:032x}"

    def routes(self) -> list[Route]:
        """The part of the interface that is simulated."""
        account = rf"{_ROOT}/(AC[0-9a-fA-F]{{32}})"
        message = rf"{account}/Messages/((?:SM|MM)[0-9a-fA-F]{{32}})/Media"
        return [
            ("GET", re.compile(rf"{account}/Messages\.json"), self._messages),
            ("POST", re.compile(rf"{account}/Messages\.json"), self._create),
            ("GET", re.compile(rf"{message}\.json"), self._media_list),
            ("GET", re.compile(rf"{message}/(ME[0-9a-fA-F]{{32}})"), self._media),
            ("GET", re.compile(rf"{account}/IncomingPhoneNumbers\.json"), self._numbers),
            ("GET", re.compile(r"/cdn/(ME[0-9a-fA-F]{32})"), self._content),
        ]

    def text_from(
        self,
        sender: str,
        text: str,
        pictures: Sequence[tuple[bytes, str]] = (),
        *,
        at: datetime | None = None,
        listed_after: timedelta | None = None,
    ) -> SimText:
        """Somebody texts the number; a keyword that is the whole text may be handled at once."""
        kept = super().text_from(sender, text, pictures, at=at, listed_after=listed_after)
        if self.handles_keywords:
            self._handle(kept)
        return kept

    def _handle(self, text: SimText) -> None:
        word = text.text.strip().lower()
        if word in _STOPS:
            self.opted_out.add(text.sender)
            words = "You are unsubscribed from this number. START subscribes you again."
        elif word in _STARTS:
            self.opted_out.discard(text.sender)
            words = "You are subscribed to this number. HELP gives help, STOP unsubscribes you."
        elif word in _HELPS:
            words = "STOP unsubscribes you. Rates may apply."
        else:
            return
        self.keep(
            SimText(
                id="",
                is_inbound=False,
                sender=self.number,
                recipient=text.sender,
                text=words,
                at=text.at,
                listed_at=self._clock(),
                is_answer=True,
            )
        )

    def not_allowed(self, why: str) -> Response:
        """Twilio's answer to a request that it cannot understand."""
        return _error(400, 20001, why)

    def webhook(self, url: str, text: SimText) -> Signed:
        """A form with its signature.

        Source: twilio.com/docs/messaging/guides/webhook-request, /docs/messaging/guides/
        track-outbound-message-status, /docs/usage/webhooks/webhooks-security.
        """
        resource = self._resource(text)
        fields = {
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            "From": text.sender,
            "To": text.recipient,
            "MessageSid": text.id,
            "SmsSid": text.id,
            "SmsStatus": str(resource["status"]),
        }
        if text.is_inbound:
            media = f"{self.url}{_ROOT}/{self.account}/Messages/{text.id}/Media"
            fields |= {"SmsMessageSid": text.id, "Body": text.text, "NumSegments": str(text.parts)}
            fields["NumMedia"] = str(len(text.pictures))
            for place, picture in enumerate(text.pictures):
                fields[f"MediaContentType{place}"] = picture.content_type
                fields[f"MediaUrl{place}"] = f"{media}/{picture.id}"
        else:
            fields["MessageStatus"] = str(resource["status"])
            if resource["error_code"] is not None:
                fields["ErrorCode"] = str(resource["error_code"])
        signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        digest = hmac.new(self.secret.encode(), signed.encode(), "sha1").digest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": base64.b64encode(digest).decode(),
        }
        return Signed(urlencode(fields).encode(), headers)

    def _messages(self, call: Call, account: str) -> Response:
        self._sign_in(call, account)
        values = check_names(call.query, _LIST)
        found = [text for text in self.listed() if self._matches(text, values)]
        return self._page(call, values, "messages", [self._resource(text) for text in found])

    def _matches(self, text: SimText, values: dict[str, str]) -> bool:
        sent = self.pace.sent_at(text, self.now)
        if any(name.startswith("DateSent") for name in values):
            if sent is None:
                return False
            moment = sent.replace(microsecond=0)
            if "DateSent>" in values and moment < _moment(values["DateSent>"]):
                return False
            if "DateSent<" in values and moment > _moment(values["DateSent<"]):
                return False
        return values.get("To", text.recipient) == text.recipient and (
            values.get("From", text.sender) == text.sender
        )

    def _page(
        self, call: Call, values: dict[str, str], name: str, items: Sequence[dict[str, object]]
    ) -> Response:
        if ("PageToken" in values) != (values.get("Page", "0") != "0"):
            raise Violation("a page is asked for by its token, as next_page_uri says it")
        size = min(int(values.get("PageSize", "50")), self.page_size)
        token = values.get("PageToken", "")
        start = 0
        if token:
            ids = [str(item["sid"]) for item in items]
            start = ids.index(token.removeprefix("PA")) + 1 if token.removeprefix("PA") in ids else len(ids)
        page, rest = list(items[start : start + size]), items[start + size :]
        number = int(values.get("Page", "0"))
        following = None
        if rest:
            following = self._uri(call, values, number + 1, f"PA{page[-1]['sid']}")
        return json_response(
            {
                "first_page_uri": self._uri(call, values, 0, ""),
                "end": start + max(len(page) - 1, 0),
                "next_page_uri": following,
                "page": number,
                "page_size": size,
                "previous_page_uri": None if number == 0 else self._uri(call, values, 0, ""),
                name: page,
                "start": start,
                "uri": f"{call.path}?{urlencode(call.query)}",
            }
        )

    def _uri(self, call: Call, values: dict[str, str], page: int, token: str) -> str:
        query = {**values, "Page": str(page), "PageToken": token}
        if not token:
            del query["PageToken"]
        return f"{call.path}?{urlencode(query)}"

    def _create(self, call: Call, account: str) -> Response:
        self._sign_in(call, account)
        if call.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise Violation("a message is created by a form")
        pictures = [value for name, value in call.form if name == "MediaUrl"]
        values = check_names([pair for pair in call.form if pair[0] != "MediaUrl"], _SEND, ("To", "From"))
        self._refuse_text(values, pictures)
        text = SimText(
            id="",
            is_inbound=False,
            sender=values["From"],
            recipient=values["To"],
            text=values.get("Body", ""),
            at=self.now,
            listed_at=self._clock(),
            pictures=[SimPicture(self.new_id("ME"), url.encode(), "image/jpeg") for url in pictures],
            failure=self.failing.get(values["To"], ""),
        )
        return json_response(self._resource(self.take(text, values.get("StatusCallback", ""))), 201)

    def _refuse_text(self, values: dict[str, str], pictures: Sequence[str]) -> None:
        if not pictures and not values.get("Body"):
            raise Refusal(_error(400, 21602, "Message body is required."))
        if len(values.get("Body", "")) > _MOST_CHARACTERS:
            raise Refusal(
                _error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
            )
        if not re.fullmatch(_PHONE, values["To"]):
            raise Refusal(_error(400, 21211, f"The 'To' number {values['To']} is not a valid phone number."))
        if values["From"] != self.number:
            raise Refusal(_error(400, 21660, "Mismatch between the 'From' number and the account"))
        if values["To"] in self.opted_out:
            raise Refusal(_error(400, 21610, "Attempt to send to unsubscribed recipient"))
        if len(pictures) > _MOST_PICTURES:
            raise Refusal(_error(400, 21623, "Number of media files exceeds allowed limit"))
        if not all(url.startswith(("https://", "http://")) for url in pictures):
            raise Refusal(_error(400, 21620, "Invalid media URL(s)"))

    def _media_list(self, call: Call, account: str, message: str) -> Response:
        self._sign_in(call, account)
        values = check_names(call.query, _PAGING)
        text = self._known(message)
        media: list[dict[str, object]] = [
            {
                "account_sid": self.account,
                "content_type": picture.content_type,
                "date_created": _mail_date(text.at),
                "date_updated": _mail_date(text.at),
                "parent_sid": text.id,
                "sid": picture.id,
                "uri": f"{_ROOT}/{self.account}/Messages/{text.id}/Media/{picture.id}.json",
            }
            for picture in text.pictures
        ]
        return self._page(call, values, "media_list", media)

    def _media(self, call: Call, account: str, message: str, media: str) -> Response:
        self._sign_in(call, account)
        if all(picture.id != media for picture in self._known(message).pictures):
            raise Refusal(_error(404, 20404, "The requested resource was not found"))
        # Another name of this machine, so that a sign-in which follows there would be seen.
        return RedirectResponse(f"{self.url.replace('127.0.0.1', 'localhost')}/cdn/{media}", 307)

    def _content(self, call: Call, media: str) -> Response:
        if "authorization" in call.headers:
            raise Violation("the sign-in went to another server")
        for text in self.texts:
            for picture in text.pictures:
                if picture.id == media:
                    return Response(picture.content, media_type=picture.content_type)
        raise Refusal(Response(b"", 404))

    def _numbers(self, call: Call, account: str) -> Response:
        self._sign_in(call, account)
        values = check_names(call.query, {"PhoneNumber": r"[+*\d]+", **_PAGING})
        wanted = values.get("PhoneNumber", "").replace("*", "")
        found = [self._number_resource()] if wanted in self.number else []
        return self._page(call, values, "incoming_phone_numbers", found)

    def _known(self, message: str) -> SimText:
        text = self.find(message)
        if text is None:
            raise Refusal(_error(404, 20404, "The requested resource was not found"))
        return text

    def _sign_in(self, call: Call, account: str) -> None:
        scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            raise Violation("the request has no sign-in")
        expected = base64.b64encode(f"{self.account}:{self.secret}".encode()).decode()
        if credentials != expected or account != self.account:
            raise Refusal(_error(401, 20003, "Authenticate"))

    def _resource(self, text: SimText) -> dict[str, object]:
        progress = self.pace.progress(text, self.now)
        sent = self.pace.sent_at(text, self.now)
        code = int(text.failure) if progress is Progress.FAILED else None
        uri = f"{_ROOT}/{self.account}/Messages/{text.id}"
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": text.text,
            "date_created": _mail_date(text.at),
            "date_sent": None if sent is None else _mail_date(sent),
            "date_updated": _mail_date(sent or text.at),
            "direction": _direction(text),
            "error_code": code,
            "error_message": None if code is None else self.error_messages.get(text.failure, "Not delivered"),
            "from": text.sender,
            "messaging_service_sid": None,
            "num_media": str(len(text.pictures)),
            "num_segments": str(text.parts),
            "price": None,
            "price_unit": "USD",
            "sid": text.id,
            "status": _STATUS[progress],
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": text.recipient,
            "uri": f"{uri}.json",
        }

    def _number_resource(self) -> dict[str, object]:
        return {
            "sid": f"PN{1:032x}",
            "account_sid": self.account,
            "friendly_name": self.number,
            "phone_number": self.number,
            "capabilities": dict(self.capabilities),
            "status": "in-use",
            "api_version": "2010-04-01",
        }


def _direction(text: SimText) -> str:
    if text.is_inbound:
        return "inbound"
    return "outbound-reply" if text.is_answer else "outbound-api"


def _error(status: int, code: int, message: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return json_response({"code": code, "message": message, "more_info": more, "status": status}, status)


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _mail_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))
