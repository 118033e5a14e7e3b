"""What every request needs: the relay, the caller's address, tokens, and a body of limited size."""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection

from inbox_desktop.relay.service import Relay

_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{16,200})", re.IGNORECASE)


def relay_of(connection: HTTPConnection) -> Relay:
    """The relay that serves this request or socket."""
    relay: Relay = connection.app.state.relay
    return relay


def bearer_token(connection: HTTPConnection) -> str | None:
    """The token of the Authorization header (RFC 6750), or None."""
    match = _BEARER.fullmatch(connection.headers.get("authorization", "").strip())
    return match[1] if match else None


def client_address(connection: HTTPConnection) -> str:
    """Where the caller is: behind a declared proxy what that says, else the socket's other end."""
    return connection.client.host if connection.client else ""
