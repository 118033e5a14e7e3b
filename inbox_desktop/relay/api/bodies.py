"""Reading what a client sent: JSON of limited size, known fields only, each of its type and length."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request

from inbox_desktop.models.addresses import is_address
from inbox_desktop.relay.api.errors import ApiError, bad_request, not_found

SMALL: Final = 64 * 1024
LARGE: Final = 1024 * 1024
LONGEST_MESSAGE: Final = 10_000
LONGEST_URL: Final = 2_000

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Control characters but tab and line break, and the code points that are no characters by themselves.
_UNWANTED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LARGEST_NUMBER: Final = 2**53

Check = Callable[[object], Any]
"""Gives the value as it is used, or raises ApiError."""


async def json_body(request: Request, limit: int = SMALL) -> object:
    """The body's JSON value, whatever its declared type.

    Raises:
        ApiError: it is larger than `limit` bytes, or no JSON.
    """
    return parsed(await raw_body(request, limit))


async def raw_body(request: Request, limit: int) -> bytes:
    """The body, read no further than `limit` bytes.

    Raises:
        ApiError: it is larger.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and len(declared) < 20 and int(declared) > limit:
        raise too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


def too_large(limit: int) -> ApiError:
    """More bytes than are taken."""
    message = f"This is larger than {limit:,} bytes."
    return ApiError(413, "too_large", message, extra={"limit": limit})


def parsed(text: bytes | str) -> object:
    """The JSON value of a text.

    Raises:
        ApiError: it is none.
    """
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise bad_request("The body is no JSON.") from error
    return value


def fields(value: object, required: Mapping[str, Check], optional: Mapping[str, Check]) -> dict[str, Any]:
    """The fields of an object, checked; an optional one that is missing or null is left out.

    Raises:
        ApiError: it is no object, one is missing, unknown, or not what it should be.
    """
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object.")
    known = {**required, **optional}
    if unknown := sorted(str(name)[:40] for name in value.keys() - known.keys()):
        raise bad_request(f"Unknown fields: {clean(', '.join(unknown[:5]))}.")
    given = {name: one for name, one in value.items() if one is not None or name in required}
    if missing := sorted(required.keys() - given.keys()):
        raise bad_request(f"Missing fields: {', '.join(missing)}.")
    read = {}
    for name, one in given.items():
        try:
            read[name] = known[name](one)
        except (TypeError, ValueError) as error:
            raise bad_request(f"The field {name} is not as it should be: {error}.") from error
    return read


def text(longest: int, *, blank: bool = True, lines: bool = False) -> Check:
    """A text without control characters; of one line, unless `lines`."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise TypeError("a text is wanted")
        if len(value) > longest:
            raise ValueError(f"at most {longest:,} letters are taken")
        cleaned = clean(value)
        cleaned = cleaned.strip() if lines else " ".join(cleaned.split())
        if not blank and not cleaned:
            raise ValueError("it is empty")
        return cleaned

    return check


def clean(value: str) -> str:
    """A text without what no text needs: control characters and halves of characters."""
    return _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def ident(value: object) -> str:
    """An id, ours or the client's: 1 to 64 letters, digits, - or _."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("1 to 64 letters, digits, - or _ are wanted")
    return value


def idents(most: int) -> Check:
    """A list of different ids."""

    def check(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError(f"a list of at most {most} ids is wanted")
        return tuple(dict.fromkeys(map(ident, value)))

    return check


def numbers(most: int) -> Check:
    """A list of small whole numbers from 0."""

    def check(value: object) -> tuple[int, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError(f"a list of at most {most} numbers is wanted")
        return tuple(dict.fromkeys(map(number, value)))

    return check


def number(value: object) -> int:
    """A whole number from 0."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST_NUMBER:
        raise ValueError("a whole number from 0 is wanted")
    return value


def email(value: object) -> str:
    """An e-mail address, or "" for none."""
    address = value.strip() if isinstance(value, str) else value
    if not isinstance(address, str) or (address and not is_address(clean(address))):
        raise ValueError("an e-mail address is wanted")
    return clean(address)


def page_url(value: object) -> str:
    """The address of the visitor's page without its fragment; "" for what is no web address."""
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    address = clean(value).partition("#")[0].strip()
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return ""
    return address[:LONGEST_URL] if scheme in {"http", "https"} else ""


def path_id(request: Request, name: str = "id") -> str:
    """An id in the path.

    Raises:
        ApiError: 404, when it can be nobody's id.
    """
    value = str(request.path_params[name])
    if not _ID.fullmatch(value):
        raise not_found()
    return value


def query(params: QueryParams, checks: Mapping[str, Check]) -> dict[str, Any]:
    """The parameters of the query, checked; unknown ones and repeated ones are refused.

    Raises:
        ApiError: one is not as it should be.
    """
    if len(params.multi_items()) != len(params):
        raise bad_request("A parameter stands in the address twice.")
    return fields(dict(params), {}, checks)


def digits(value: object) -> int:
    """A whole number from 0, written in digits."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 16:
        raise ValueError("a whole number from 0 is wanted")
    return number(int(value))


def _no_constant(name: str) -> None:
    raise ValueError(name)
