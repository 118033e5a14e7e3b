"""Links in text from outside: where they really lead, and which ones may be opened."""

import re
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
LONGEST_LINK: Final = 2_000
# They may make an address look like another one: right-to-left marks, zero-width and control characters.
_DECEIVING = re.compile("[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


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
