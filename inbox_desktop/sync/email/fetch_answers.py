"""Reading the server's answer to FETCH: the usual form quickly, any other with the library's own parser.

The library's lexer looks at every character and takes longer over a mail than the network; answers to our
one question nearly always have the same simple form (RFC 3501, section 7.4.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient.datetime_util import parse_to_datetime
from imapclient.response_parser import parse_fetch_response

from inbox_desktop.models.clock import now

_FLAGS = re.compile(rb"FLAGS \(([^()]*)\)", re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_DATE = re.compile(rb'INTERNALDATE "([^"]{20,40})"', re.IGNORECASE)
_SIZE = re.compile(rb"\d+ \(UID (\d{1,10}) RFC822\.SIZE (\d{1,19})\)", re.IGNORECASE)
_USUAL_DATE = re.compile(
    rb"([ \d]\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])([01]\d|2[0-3])([0-5]\d)"
)
_MONTHS = {
    name.encode(): number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail as the server hands it out. `received_at` is its INTERNALDATE in UTC, `seen` its flag."""

    uid: int
    raw: bytes = field(repr=False)
    received_at: datetime
    seen: bool


def read_fetch_answer(data: Sequence[Any], part: bytes) -> dict[int, FetchedMail]:
    """The mails of an answer, by UID.

    `data` is what imaplib collected: for each mail a tuple of the line up to the literal and the literal,
    then the rest of the line. `part` is the body part that was asked for, `BODY[]` or `BODY[HEADER]`.

    Raises:
        ProtocolError, ValueError: the answer makes no sense.
    """
    found = _read_quickly(data)
    return found if found is not None else _read_thoroughly(data, part)


def read_size_answer(data: Sequence[Any]) -> dict[int, int]:
    """The sizes in bytes in an answer to a question for RFC822.SIZE, by UID. `data` as above.

    Raises:
        ProtocolError, ValueError: the answer makes no sense.
    """
    found: dict[int, int] = {}
    for line in data:
        usual = _SIZE.fullmatch(line) if isinstance(line, bytes) else None
        if usual is None:
            return _read_sizes_thoroughly(data)
        found[int(usual.group(1))] = int(usual.group(2))
    return found


def _read_sizes_thoroughly(data: Sequence[Any]) -> dict[int, int]:
    answer: Mapping[int, Mapping[bytes, Any]] = parse_fetch_response(list(data))
    return {uid: int(item[b"RFC822.SIZE"]) for uid, item in answer.items() if b"RFC822.SIZE" in item}


def _read_quickly(data: Sequence[Any]) -> dict[int, FetchedMail] | None:
    """As `read_fetch_answer`, or None when something is not as usual."""
    found: dict[int, FetchedMail] = {}
    position = 0
    while position < len(data):
        item = data[position]
        position += 1
        if not isinstance(item, tuple):
            if isinstance(item, bytes) and b"BODY[" in item.upper():
                return None
            continue  # another client changed a flag meanwhile, or there was nothing to fetch
        rest = data[position] if position < len(data) else None
        position += 1
        mail = _mail(item, rest) if isinstance(rest, bytes) else None
        if mail is None:
            return None
        found[mail.uid] = mail
    return found


def _mail(item: tuple[bytes, bytes], rest: bytes) -> FetchedMail | None:
    line = item[0] + rest
    flags = _FLAGS.search(line)
    if flags is None or not rest.endswith(b")"):
        return None
    others = line[: flags.start()] + line[flags.end() :]
    uid, date = _UID.search(others), _DATE.search(others)
    if uid is None or date is None:
        return None
    return FetchedMail(int(uid.group(1)), item[1], _when(date.group(1)), _is_seen(flags.group(1).split()))


def _read_thoroughly(data: Sequence[Any], part: bytes) -> dict[int, FetchedMail]:
    answer: Mapping[int, Mapping[bytes, Any]] = parse_fetch_response(list(data), normalise_times=False)
    found = {}
    for uid, item in answer.items():
        if (raw := item.get(part)) is not None:
            when = _in_utc(item.get(b"INTERNALDATE"))
            found[uid] = FetchedMail(uid, raw, when, _is_seen(item.get(b"FLAGS") or ()))
    return found


def _when(text: bytes) -> datetime:
    """An INTERNALDATE (RFC 3501, section 9: date-time)."""
    try:
        usual = _USUAL_DATE.fullmatch(text)
        if usual is None or usual.group(2) not in _MONTHS:
            return _in_utc(parse_to_datetime(text, normalise=False))
        day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
        written = datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        return written - ahead if sign == b"+" else written + ahead
    except (ValueError, TypeError, OverflowError):
        return now()


def _in_utc(moment: Any) -> datetime:
    """The moment in UTC; what makes no sense becomes the present, so that one odd mail stops no other."""
    if not isinstance(moment, datetime):
        return now()
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return now()


def _is_seen(flags: Sequence[bytes]) -> bool:
    return any(flag.lower() == rb"\seen" for flag in flags)
