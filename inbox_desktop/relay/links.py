"""Short links: a code for each web address of a message, where it leads, and how often it was followed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from sqlalchemy import Connection, delete, insert, select, update

from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.tables import Link

LIVES: Final = timedelta(days=90)
"""So long a link leads on."""

REMEMBERED: Final = timedelta(days=275)
"""So long after that its page says that it has expired; then it is unknown."""

LONGEST_URL: Final = 2_000
MOST_URLS: Final = 50
"""At most so many addresses are shortened at once."""

# Without what looks alike, for people who type a link from a phone's screen. Eight of these letters have
# 10^14 values: among a million links a guess finds one in 100 million times.
_LETTERS: Final = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH: Final = 8
_CODE_FORM: Final = re.compile(rf"[{_LETTERS}]{{{_LENGTH}}}", re.ASCII)
_IN_URLS: Final = "/%#?=@[]!$&'()*+,;:~"
_ROBOTS: Final = re.compile(r"bot\b|crawl|spider|preview|facebookexternalhit|whatsapp|slurp", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a link leads; `expired` when it no longer does."""

    url: str
    expired: bool


@dataclass(frozen=True, slots=True)
class Clicks:
    """How often a link of a message was followed."""

    url: str
    code: str
    clicks: int
    expires_at: datetime


def may_shorten(url: str) -> bool:
    """Whether an address is a web page's that a short link may lead to."""
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        _port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(host) and parts.username is None


def shorten(writing: Writing, message_id: str, urls: Sequence[str], at: datetime) -> Mapping[str, str]:
    """A code for each address of a message that may be shortened: the same one at every call."""
    connection = writing.connection
    wanted = [url for url in dict.fromkeys(urls) if may_shorten(url)]
    if not wanted:
        return {}
    known = select(Link.url, Link.code).where(Link.message_id == message_id, Link.expires_at > at)
    codes = {row.url: row.code for row in connection.execute(known)}
    fresh = {url: _new_code() for url in wanted if url not in codes}
    if fresh:
        rows = [
            {"code": code, "url": url, "message_id": message_id, "created_at": at, "expires_at": at + LIVES}
            for url, code in fresh.items()
        ]
        connection.execute(insert(Link).values(clicks=0), rows)
    return {url: codes.get(url) or fresh[url] for url in wanted}


def find_link(connection: Connection, code: str, at: datetime) -> Followed | None:
    """Where a code leads; None for one that was never given, or too long ago."""
    if not _CODE_FORM.fullmatch(code):
        return None
    row = connection.execute(select(Link.url, Link.expires_at).where(Link.code == code)).first()
    return None if row is None else Followed(row.url, row.expires_at <= at)


def count_click(writing: Writing, code: str) -> None:
    """Somebody followed the link."""
    writing.connection.execute(update(Link).where(Link.code == code).values(clicks=Link.clicks + 1))


def clicks_of(connection: Connection, message_id: str) -> tuple[Clicks, ...]:
    """How often the links of a message were followed."""
    rows = connection.execute(
        select(Link.url, Link.code, Link.clicks, Link.expires_at)
        .where(Link.message_id == message_id)
        .order_by(Link.created_at, Link.code)
    )
    return tuple(Clicks(*row) for row in rows)


def forget_links(connection: Connection, at: datetime) -> int:
    """Delete what expired long ago; how many were deleted."""
    return connection.execute(delete(Link).where(Link.expires_at < at - REMEMBERED)).rowcount


def is_person(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request for a link is somebody's click, and no preview made by a program."""
    ahead = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')} {headers.get('x-purpose', '')}"
    is_ahead = "prefetch" in ahead or "preview" in ahead
    return method == "GET" and not is_ahead and not _ROBOTS.search(headers.get("user-agent", ""))


def location(url: str) -> str:
    """An address as a Location header takes it: ASCII, other characters percent-encoded (RFC 3987, 3.1)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    rest = url[url.index(parts.netloc) + len(parts.netloc) :]
    return f"{parts.scheme}://{host}{port}{quote(rest, safe=_IN_URLS)}"


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
