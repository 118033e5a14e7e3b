"""Who did not get which mail and why, from a bounce or a complaint: RFC 3464 fields, else the wording."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from inbox_desktop.sync.email.bodies import Bodies
from inbox_desktop.sync.email.charsets import single_line
from inbox_desktop.sync.email.headers import Headers, decode_words, read_headers, read_message_id, split_mail
from inbox_desktop.sync.email.parsed import Bounced, FailedAddress

MAX_DIAGNOSTIC_CHARS: Final = 300
_MAX_REPORT_BYTES: Final = 64 * 1024
_SCANNED_CHARS: Final = 20_000
_MOST_RECIPIENTS: Final = 1_000
_NOT_FAILED: Final = frozenset({"delayed", "delivered", "relayed", "expanded"})
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_MESSAGE_ID = re.compile(r"^(?:> ?)?[ \t]*Message-Id:\s*(<[^<>\s]{3,500}>)", re.IGNORECASE | re.MULTILINE)
_REASON = re.compile(
    r"^.*(?:(?<!\d)[45]\d\d[ -][#\w]|\b[45]\.\d{1,3}\.\d{1,3}\b|unknown|not found|does(?: not|n't) exist|"
    r"full|quota|reject|denied|refused|"
    r"unavailable|no such|invalid|disabled|blocked|unbekannt|inexist|не существует).*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a bounce tells of one recipient, who may have several addresses, or of several in one."""

    addresses: tuple[str, ...]
    action: str
    statuses: list[str]
    diagnostics: list[str]


def read_failure(headers: Headers, bodies: Bodies, text: str) -> Bounced:
    """What a bounce says: the report's fields first (RFC 3464, 2.3), then its wording."""
    everything = _told(_fields(bodies.delivery_status))
    told = [one for one in map(_told, _blocks(bodies.delivery_status)) if one.addresses]
    if not told:
        addresses = _addresses(headers.text("x-failed-recipients")) or _address_in(text, headers)
        told = [replace(everything, addresses=tuple(addresses))]
    failed = [one for one in told if one.action not in _NOT_FAILED]
    first = (failed or told)[0]
    status, diagnostic = _reason(
        first.statuses or everything.statuses, first.diagnostics or everything.diagnostics, text
    )
    reasons = [
        (status, diagnostic) if one is first else _reason(one.statuses, one.diagnostics) for one in failed
    ]
    gone = [
        FailedAddress(address, *reason)
        for one, reason in zip(failed, reasons, strict=True)
        for address in one.addresses
    ]
    return Bounced(
        recipient=first.addresses[0] if first.addresses else None,
        status=status,
        original_message_id=_original_id(headers, bodies, text),
        diagnostic=diagnostic,
        failed=tuple(gone[:_MOST_RECIPIENTS]),
    )


def read_complaint(headers: Headers, bodies: Bodies, text: str) -> Bounced:
    """What a complaint says (RFC 5965, 3.2): who complained about which mail."""
    report = bodies.feedback
    fields = report_fields(report, "original-rcpt-to", "removal-recipient")
    addresses = [address for value in fields for address in _addresses(_untyped(value))]
    if not addresses and bodies.returned:
        addresses = _addresses(split_mail(bodies.returned)[0].text("to"))
    kind = next(iter(report_fields(report, "feedback-type")), "")
    return Bounced(
        recipient=next(iter(addresses), None),
        status=None,
        original_message_id=_original_id(headers, bodies, text),
        diagnostic=_short(kind),
    )


def report_fields(report: bytes, *names: str) -> list[str]:
    """The values of some fields in all blocks of a machine-readable report, in the order of `names`."""
    if not report:
        return []
    return _values(_fields(report), *names)


def _values(fields: Headers, *names: str) -> list[str]:
    return [single_line(decode_words(value)) for name in names for value in fields.all(name)]


def _untyped(value: str) -> str:
    """A value without its type: `smtp; 550 no` is `550 no`."""
    kind, found, rest = value.partition(";")
    return rest.strip() if found and len(kind) < 20 else value.strip()


def _fields(report: bytes) -> Headers:
    return read_headers(re.sub(rb"\n\s*\n", b"\n", report[:_MAX_REPORT_BYTES].replace(b"\r\n", b"\n")))


def _blocks(report: bytes) -> Iterator[Headers]:
    """The fields about each recipient (RFC 3464, 2.3). Some programs leave out the lines between them."""
    for block in re.split(rb"\n\s*\n", report[:_MAX_REPORT_BYTES].replace(b"\r\n", b"\n")):
        fields = read_headers(block).fields
        starts = [at for at, (name, _) in enumerate(fields) if name == "final-recipient"]
        ends = [*starts[1:], len(fields)]
        for start, end in zip([0, *starts[1:]], ends, strict=False):
            yield Headers(fields[start:end], malformed=False)


def _told(fields: Headers) -> _Told:
    values = _values(fields, "final-recipient", "original-recipient")
    found = (address for value in values for address in _addresses(_untyped(value))[:1])
    return _Told(
        addresses=tuple(dict.fromkeys(found)),
        action=re.split(r"[\s;(]", next(iter(_values(fields, "action")), "failed").strip().lower())[0],
        statuses=_STATUS.findall(" ".join(_values(fields, "status"))),
        diagnostics=[_untyped(value) for value in _values(fields, "diagnostic-code") if value.strip()],
    )


def _reason(statuses: list[str], diagnostics: list[str], text: str = "") -> tuple[str | None, str]:
    """The most telling status and the server's words, from the report's fields, else from the text."""
    text = text[:_SCANNED_CHARS]
    diagnostic = diagnostics[0] if diagnostics else ""
    if not statuses or statuses[0].endswith(".0.0"):
        better = _STATUS.findall(diagnostic) or ([] if statuses else _STATUS.findall(text))
        statuses = better or statuses
    if not diagnostic:
        reason = _REASON.search(text)
        diagnostic = reason.group() if reason else ""
    return statuses[0] if statuses else None, _short(diagnostic)


def _addresses(text: str) -> list[str]:
    """The addresses in a piece of text, each once, their domains in lower case."""
    pairs = (found.rpartition("@") for found in _ADDRESS.findall(text))
    return list(dict.fromkeys(f"{local}@{domain.lower()}" for local, _, domain in pairs))


def _address_in(text: str, headers: Headers) -> list[str]:
    """The address, if any, that a home-made bounce talks about: the first one that is neither its sender nor
    its receiver.
    """
    own = {
        address.lower()
        for name in ("from", "to", "reply-to", "sender")
        for address in _ADDRESS.findall(headers.text(name)[:2_000])
    }
    found = (address for address in _ADDRESS.findall(text[:_SCANNED_CHARS]) if address.lower() not in own)
    return _addresses(next(found, ""))


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
