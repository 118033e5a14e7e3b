"""Who did not get which mail and why, from a bounce or a complaint: RFC 3464 fields, else the wording."""

import re
from typing import Final

from inbox_desktop.sync.email.bodies import Bodies
from inbox_desktop.sync.email.charsets import single_line
from inbox_desktop.sync.email.headers import Headers, decode_words, read_headers, read_message_id, split_mail
from inbox_desktop.sync.email.parsed import Bounced

MAX_DIAGNOSTIC_CHARS: Final = 300
_MAX_REPORT_BYTES: Final = 64 * 1024
_SCANNED_CHARS: Final = 20_000
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_MESSAGE_ID = re.compile(r"^(?:> ?)?[ \t]*Message-Id:\s*(<[^<>\s]{3,500}>)", re.IGNORECASE | re.MULTILINE)
_REASON = re.compile(
    r"^.*(?:(?<!\d)[45]\d\d[ -][#\w]|\b[45]\.\d{1,3}\.\d{1,3}\b|unknown|not found|does(?: not|n't) exist|"
    r"full|quota|reject|denied|refused|"
    r"unavailable|no such|invalid|disabled|blocked|unbekannt|inexist|не существует).*$",
    re.IGNORECASE | re.MULTILINE,
)


def read_failure(headers: Headers, bodies: Bodies, text: str) -> Bounced:
    """What a bounce says: the report's fields first (RFC 3464, 2.3), then its wording."""
    report = bodies.delivery_status
    recipient = _typed_address(report_fields(report, "final-recipient", "original-recipient"))
    recipient = recipient or _first_address(headers.text("x-failed-recipients")) or _address_in(text, headers)
    diagnostic = next(
        (_untyped(value) for value in report_fields(report, "diagnostic-code") if value.strip()), ""
    )
    statuses = _STATUS.findall(" ".join(report_fields(report, "status")))
    if not statuses or statuses[0].endswith(".0.0"):
        better = _STATUS.findall(diagnostic) or ([] if statuses else _STATUS.findall(text[:_SCANNED_CHARS]))
        statuses = better or statuses
    if not diagnostic:
        reason = _REASON.search(text[:_SCANNED_CHARS])
        diagnostic = reason.group() if reason else ""
    return Bounced(
        recipient=recipient,
        status=statuses[0] if statuses else None,
        original_message_id=_original_id(headers, bodies, text),
        diagnostic=_short(diagnostic),
        is_final={value.lower() for value in report_fields(report, "action")} != {"delayed"},
    )


def read_complaint(headers: Headers, bodies: Bodies, text: str) -> Bounced:
    """What a complaint says (RFC 5965, 3.2): who complained about which mail."""
    report = bodies.feedback
    recipient = _typed_address(report_fields(report, "original-rcpt-to", "removal-recipient"))
    if recipient is None and bodies.returned:
        recipient = _first_address(split_mail(bodies.returned)[0].text("to"))
    kind = next(iter(report_fields(report, "feedback-type")), "")
    return Bounced(
        recipient=recipient,
        status=None,
        original_message_id=_original_id(headers, bodies, text),
        diagnostic=_short(kind),
    )


def report_fields(report: bytes, *names: str) -> list[str]:
    """The values of some fields in all blocks of a machine-readable report, in the order of `names`."""
    if not report:
        return []
    fields = read_headers(re.sub(rb"\n\s*\n", b"\n", report[:_MAX_REPORT_BYTES].replace(b"\r\n", b"\n")))
    return [single_line(decode_words(value)) for name in names for value in fields.all(name)]


def _untyped(value: str) -> str:
    """A value without its type: `smtp; 550 no` is `550 no`."""
    kind, found, rest = value.partition(";")
    return rest.strip() if found and len(kind) < 20 else value.strip()


def _typed_address(values: list[str]) -> str | None:
    """The first address in values such as `rfc822; a@b`."""
    return next((address for value in values if (address := _first_address(_untyped(value)))), None)


def _first_address(text: str) -> str | None:
    """The first address in a piece of text, its domain in lower case."""
    found = _ADDRESS.search(text)
    if found is None:
        return None
    local, _, domain = found.group().rpartition("@")
    return f"{local}@{domain.lower()}"


def _address_in(text: str, headers: Headers) -> str | None:
    """The address that a home-made bounce talks about: the first one that is neither its sender nor its
    receiver.
    """
    own = {
        address.lower()
        for name in ("from", "to", "reply-to", "sender")
        for address in _ADDRESS.findall(headers.text(name)[:2_000])
    }
    found = (address for address in _ADDRESS.findall(text[:_SCANNED_CHARS]) if address.lower() not in own)
    return _first_address(next(found, ""))


def _original_id(headers: Headers, bodies: Bodies, text: str) -> str | None:
    """The id of the mail that this one is about: from its returned headers, the report, the text, or the
    thread.
    """
    if bodies.returned:
        returned = split_mail(bodies.returned.lstrip())[0]
        message_id = read_message_id(returned)
        if message_id:
            return message_id
    for value in report_fields(bodies.delivery_status, "x-original-message-id", "original-message-id"):
        if re.fullmatch(r"<[^<>\s]{3,500}>", value):
            return value
    in_text = _MESSAGE_ID.search(text[: _SCANNED_CHARS * 4])
    if in_text:
        return in_text.group(1)
    return read_message_id(headers, "in-reply-to") or read_message_id(headers, "x-original-message-id")


def _short(text: str) -> str:
    """Words for people: one line, not too long."""
    text = " ".join(single_line(text).split())
    return text if len(text) <= MAX_DIAGNOSTIC_CHARS else text[: MAX_DIAGNOSTIC_CHARS - 1] + "…"
