"""The header block of a mail: unfolded fields, decoded words (RFC 2047), parameters (RFC 2231) and ids."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from inbox_desktop.sync.email.charsets import decode, has_controls, single_line
from inbox_desktop.sync.email.limits import MAX_HEADER_BYTES, MAX_REFERENCES, MAX_SUBJECT_CHARS
from inbox_desktop.sync.email.remembering import remembered

_END_OF_HEADERS = re.compile(rb"\n\r?\n")
_FIELD = re.compile(r"^([!-9;-~]{1,200})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_ENCODED_RUN = re.compile(r"(?:=\?[^?\s]{1,100}\?[bBqQ]\?[^?]*\?=[ \t\r\n]*)+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_AFTER_TOKEN = re.compile(r"[;(]")
_FOLDING = re.compile(r"\r*\n[ \t]*")
_SURROGATE = re.compile("[\udc80-\udcff]")
_USUAL_DATE = re.compile(
    r"[A-Z][a-z]{2}, ([0-9]{1,2}) ([A-Z][a-z]{2}) ([12][0-9]{3}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) "
    r"([+-])([01][0-9]|2[0-3])([0-5][0-9])(?: \([^()]*\))?"
)
_MONTHS: Final = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_CONTENT_FIELDS: Final = (
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
)


@dataclass(frozen=True, slots=True)
class Headers:
    r"""The fields of one header block in their order.

    `fields` holds (lower-case name, value) with folding undone into `\\n` + whitespace and bytes that are no
    UTF-8 as lone surrogates; use the readers below to get clean text. `malformed` tells that lines without a
    colon stood between them; `cut` that the block was longer than the cap.
    """

    fields: tuple[tuple[str, str], ...]
    malformed: bool
    cut: bool = False
    index: dict[str, list[str]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.fields:
            self.index.setdefault(name, []).append(value)

    def all(self, name: str) -> list[str]:
        """Every value of a field (lower-case name), raw, in order."""
        return self.index.get(name, [])

    def first(self, name: str) -> str | None:
        """The first value of a field, raw, or None."""
        values = self.index.get(name)
        return values[0] if values else None

    def text(self, name: str) -> str:
        """The first value of a field as decoded, clean text; "" if there is none."""
        value = self.first(name)
        return "" if value is None else single_line(decode_words(value))

    def token(self, name: str) -> str:
        """The first value of a field, lower-case, without comment or parameters: `auto-replied`, `bulk`."""
        value = self.first(name)
        return "" if value is None else single_line(_AFTER_TOKEN.split(value, 1)[0]).lower()


def split_mail(raw: bytes) -> tuple[Headers, bytes]:
    """Split raw bytes into the header block, read, and the body.

    A leading mbox separator (`From x Mon ...`) is left out. A block longer than MAX_HEADER_BYTES is cut at
    its last whole line within the cap, and the rest counts as body.
    """
    start = 0
    if raw.startswith((b"From ", b">From ")):
        start = raw.find(b"\n") + 1 or len(raw)
    if raw.startswith((b"\r\n", b"\n"), start):
        return Headers((), malformed=True), raw[start:].lstrip(b"\r\n")
    end = _END_OF_HEADERS.search(raw, start, start + MAX_HEADER_BYTES)
    if end is not None:
        return read_headers(raw[start : end.start()].removesuffix(b"\r")), raw[end.end() :]
    if len(raw) - start <= MAX_HEADER_BYTES:
        return _headers_without_end(raw[start:])
    cut = raw.rfind(b"\n", start, start + MAX_HEADER_BYTES) + 1 or start + MAX_HEADER_BYTES
    headers = read_headers(raw[start:cut])
    return Headers(headers.fields, malformed=True, cut=True), raw[cut:]


def _headers_without_end(data: bytes) -> tuple[Headers, bytes]:
    """Bytes without an empty line: all header if they begin like one, all body otherwise."""
    headers = read_headers(data)
    first_line = data.split(b"\n", 1)[0]
    if headers.fields and re.match(rb"[!-9;-~]+[ \t]*:", first_line):
        return headers, b""
    return Headers((), malformed=True), data


def read_headers(block: bytes) -> Headers:
    """Read a header block without its empty line."""
    text = block.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    found = _FIELD.findall(text)
    lines = sum(value.count("\n") for _, value in found) + len(found)
    fields = tuple([(name.lower(), value) for name, value in found])
    return Headers(fields, malformed=lines != text.rstrip("\n").count("\n") + 1)


def content_headers(headers: Headers) -> bytes:
    """The header block that a MIME parser needs for the body, written anew from the first field of each kind.

    So every parser sees the same few fields, and none sees the hostile rest.
    """
    lines = []
    for name in _CONTENT_FIELDS:
        value = headers.first(name)
        if value is not None:
            flat = " ".join(value.split()).encode("utf-8", "surrogateescape")
            lines.append(name.encode() + b": " + flat + b"\r\n")
    return b"".join(lines) + b"\r\n"


def decode_words(value: str) -> str:
    """Decode the encoded words of a field (RFC 2047); what is broken is left as it is.

    Folding is undone first, so that control characters in the result are the sender's own.
    """
    if "\n" in value:
        value = _FOLDING.sub(" ", value)
    if "=?" in value:
        value = _ENCODED_RUN.sub(lambda run: _decode_run(run.group()), value)
    if not value.isascii() and _SURROGATE.search(value):
        value = decode(value.encode("utf-8", "surrogateescape"), "")[0]
    return value


@remembered(most=1024, chars=1_000)
def _decode_run(run: str) -> str:
    """Decode neighbouring encoded words; the bytes of one charset are joined before they are decoded.

    (RFC 2047 forbids characters that are split between words, and many programs split them.)
    """
    pieces: list[tuple[str, bytearray]] = []
    for word in _ENCODED_WORD.finditer(run):
        charset, encoding, payload = word.groups()
        data = _decode_q(payload) if encoding in "qQ" else decode_base64(payload)
        if data is None:
            return run
        if pieces and pieces[-1][0] == charset.lower():
            pieces[-1][1].extend(data)
        else:
            pieces.append((charset.lower(), bytearray(data)))
    tail = run[len(run.rstrip()) :]
    return "".join(decode(bytes(data), charset)[0] for charset, data in pieces) + tail if pieces else run


def _decode_q(payload: str) -> bytes:
    """Decode the Q encoding of RFC 2047."""
    return binascii.a2b_qp(payload.encode("utf-8", "surrogateescape"), header=True)


def decode_base64(payload: str) -> bytes | None:
    """Decode base64 leniently (foreign characters skipped, padding added); None if nothing is left."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", payload.encode("utf-8", "surrogateescape"))
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    try:
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return None


@remembered(most=2048, chars=300)
def parse_parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """Split `text/plain; charset="x"; name*0*=utf-8''a; name*1=b` into its token and its decoded parameters.

    The token and the names are lower-case; the first of two equal parameters counts. RFC 2231 continuations
    and charsets are put together, and encoded words in a value (forbidden, common) are decoded.
    """
    head, _, _ = value.partition(";")
    token = single_line(head).lower()
    if ";" not in value:
        return token, {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, quoted, bare in _PARAMETER.findall(value):
        text = (_ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted) if quoted else bare.strip()
        key, star, number = name.lower().partition("*")
        if not star:
            plain.setdefault(key, text)
            continue
        index, encoded, _ = number.partition("*")
        order = int(index) if index.isascii() and index.isdigit() and len(index) < 4 else 0
        is_encoded = bool(encoded) or number in {"", "*"} or name.endswith("*")
        pieces.setdefault(key, {}).setdefault(order, (is_encoded, text))
    decoded = {key: decode_words(text) for key, text in plain.items()}
    return token, decoded | {key: _join_pieces(parts) for key, parts in pieces.items()}


def _join_pieces(parts: dict[int, tuple[bool, str]]) -> str:
    """Put the numbered pieces of one parameter together (RFC 2231, 3 and 4)."""
    charset = ""
    data = bytearray()
    for order, (encoded, text) in sorted(parts.items()):
        piece = text
        if encoded and order == 0 and text.count("'") >= 2:
            charset, _, piece = text.split("'", 2)
        raw = piece.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode(bytes(data), charset)[0]


def read_subject(headers: Headers) -> str:
    """The subject as one clean line of at most MAX_SUBJECT_CHARS characters."""
    return headers.text("subject")[:MAX_SUBJECT_CHARS]


def read_message_id(headers: Headers, name: str = "message-id") -> str | None:
    """The message id of a field with its angle brackets, as on the wire; None if there is none."""
    ids = read_ids(headers, name)
    if ids:
        return ids[0]
    bare = headers.text(name)
    return f"<{bare}>" if re.fullmatch(r"[^\s<>]{3,900}", bare) and "@" in bare else None


def read_ids(headers: Headers, name: str) -> tuple[str, ...]:
    """All message ids of a field in order, each once; of a longer list the first and the newest are kept."""
    value = " ".join(headers.all(name))
    if "=?" in value:  # RFC 2047 forbids encoded words here; Python's email package writes long ids as such
        value = decode_words(value)
    found = dict.fromkeys(_MESSAGE_ID.findall(value))
    ids = tuple(message_id for message_id in found if not has_controls(message_id))
    return ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[1 - MAX_REFERENCES :])


def read_date(headers: Headers) -> datetime | None:
    """The Date field in UTC; None if it is missing or no date. A date without a zone counts as UTC."""
    value = headers.text("date")
    if not value:
        return None
    try:
        usual = _USUAL_DATE.fullmatch(value)
        if usual is not None and usual.group(2) in _MONTHS:
            return _usual_date(usual)
        date = parsedate_to_datetime(value[:200])
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _usual_date(usual: re.Match[str]) -> datetime:
    """A date as nearly all programs write it; the standard library's lenient reader takes five times as long.

    Raises:
        ValueError: there is no such day or hour.
    """
    day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
    written = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return written - ahead if sign == "+" else written + ahead
