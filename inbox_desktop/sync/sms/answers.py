"""Reading a provider's JSON: fields of the type that they should have, whatever was really sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from inbox_desktop.sync.sms.http import Answer

Record = Mapping[str, object]

_DIGITS = re.compile(r"\d{7,15}\Z", re.ASCII)


def read_record(content: bytes) -> Record | None:
    """The JSON object of an answer's body, None if it is none."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def error_record(answer: Answer) -> Record:
    """The JSON object of an answer that says what went wrong; empty for an error page of something else."""
    return read_record(answer.content) or {}


def words(record: Record, name: str) -> str:
    """A field as text; "" without it. Half a surrogate pair, which nothing could store, becomes U+FFFD."""
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(record: Record, name: str) -> int:
    """A field as a whole number, also where it came as text; 0 without it."""
    value = words(record, name)
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


def record_at(record: Record, name: str) -> Record:
    """The object in a field, an empty one without it."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def records_at(record: Record, name: str) -> list[Record] | None:
    """The objects of a list, None if the field holds no list."""
    value = record.get(name)
    if not isinstance(value, list):
        return None
    return [item for item in value if isinstance(item, dict)]


def mail_date(record: Record, name: str) -> datetime | None:
    """A moment as mails write it (RFC 2822), in UTC."""
    try:
        moment = parsedate_to_datetime(words(record, name))
    except ValueError:
        return None
    return _utc(moment)


def iso_date(record: Record, name: str) -> datetime | None:
    """A moment as ISO 8601 writes it, in UTC; without a zone it is UTC already."""
    try:
        return _utc(datetime.fromisoformat(words(record, name)))
    except ValueError:
        return None


def e164(value: str) -> str:
    """A number written without its plus sign gets it; what is no number (a short code, a name) stays."""
    return f"+{value}" if _DIGITS.match(value) else value


def _utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None
