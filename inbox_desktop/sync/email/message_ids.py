"""Our own Message-IDs, signed: whoever quotes one has received a message of ours."""

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable

_SIGNATURE_BYTES = 16
_OURS = re.compile(r"<([0-9a-f]{32})\.([0-9a-f]{32})\.([a-z2-7]{26})@([!-;=?A-~]{1,255})>")


def make_message_id(ticket_id: str, message_id: str, key: bytes, domain: str) -> str:
    """The Message-ID (RFC 5322, section 3.6.4) of one message of a ticket, angle brackets included.

    It reads `<ticket.message.signature@domain>`: two UUIDs in hexadecimal and an HMAC-SHA256, cut to
    128 bits, over both and the domain. `domain` is that of the address which the message leaves from;
    one that is not ASCII is written as IDNA.

    Raises:
        ValueError: an id is no UUID.
    """
    ticket, message = uuid.UUID(ticket_id).hex, uuid.UUID(message_id).hex
    host = ascii_domain(domain)
    return f"<{ticket}.{message}.{_signature(ticket, message, host, key)}@{host}>"


def unsigned_message_id(message_id: str, domain: str) -> str:
    """The Message-ID of a mail of ours that belongs to no ticket, so that no answer to it finds one."""
    return f"<{uuid.UUID(message_id).hex}@{ascii_domain(domain)}>"


def signed_ticket_id(ids: Iterable[str], key: bytes) -> str | None:
    """The ticket of the first Message-ID among `ids` that was made with this key, or None."""
    for candidate in ids:
        parts = _OURS.fullmatch(candidate)
        if parts is None:
            continue
        ticket, message, signature, domain = parts.groups()
        if hmac.compare_digest(signature, _signature(ticket, message, domain, key)):
            return str(uuid.UUID(ticket))
    return None


def ascii_domain(domain: str) -> str:
    """The domain as it may stand in headers and envelopes: lower-case ASCII, IDNA where needed (RFC 5890).

    What is no domain name at all becomes "localhost".
    """
    name = domain.strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            name = ""
    return name if re.fullmatch(r"[a-z0-9.\-_]{1,255}|\[[0-9a-f.:]{2,45}\]", name) else "localhost"


def _signature(ticket: str, message: str, domain: str, key: bytes) -> str:
    """26 characters of base32 in lower case: 128 bits."""
    digest = hmac.new(key, f"{ticket}.{message}@{domain}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode("ascii").rstrip("=").lower()
