"""Links in text from outside: where they are, where they really lead, and which ones may be opened."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
LONGEST_LINK: Final = 2_000
_WEB = r"(?:https?://|www\.)[^\s<>\"'`{}|\\^\u2028\u2029]{2,2000}"
_ADDRESS = r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}"
_LINK = re.compile(rf"(?P<web>\b{_WEB})|(?P<address>\b{_ADDRESS}\b)", re.IGNORECASE)
_TRAILING = ".,;:!?\"'»”’…*_~"
_PAIRS = {")": "(", "]": "["}
# They may make an address look like another one: right-to-left marks, zero-width and control characters.
_DECEIVING = re.compile("[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: characters `start` to `end`, and the address that it leads to."""

    start: int
    end: int
    url: str


def find_links(text: str) -> Iterator[Link]:
    """Web and e-mail addresses in plain text; marks of the sentence around them stay outside."""
    for found in _LINK.finditer(text):
        shown = _without_trailing(found.group())
        if found.group("web"):
            url = shown if "://" in shown else f"https://{shown}"
            if "." not in url and "localhost" not in url:
                continue
        else:
            url = f"mailto:{shown}"
        yield Link(found.start(), found.start() + len(shown), url)


def _without_trailing(text: str) -> str:
    while text:
        last = text[-1]
        opening = _PAIRS.get(last)
        if last not in _TRAILING and (opening is None or text.count(last) <= text.count(opening)):
            break
        text = text[:-1]
    return text


def safe_url(address: str) -> QUrl | None:
    """The address as it may be opened: http, https, mailto or tel, with a host; None for all others."""
    address = address.strip()
    if len(address) > LONGEST_LINK or _DECEIVING.search(address):
        return None
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme().lower() not in SAFE_SCHEMES:
        return None
    if url.scheme().lower() in {"http", "https"} and not url.host():
        return None
    return url


def shown_address(address: str) -> str:
    """Where a link leads, for people: hosts in their real (ASCII) form, so that look-alikes show."""
    url = safe_url(address)
    if url is None:
        return "This link cannot be opened from here."
    return bytes(url.toEncoded().data()).decode("ascii", "replace")


def open_link(address: str) -> bool:
    """Open the address with the system's program for it, if it may be opened. Returns whether it was."""
    url = safe_url(address)
    return url is not None and QDesktopServices.openUrl(url)
