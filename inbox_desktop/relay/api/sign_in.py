"""Which desktop asks: its token looked up, wrong ones slowed down, every answer kept out of caches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import Request
from starlette.responses import Response

from inbox_desktop.models.clock import now
from inbox_desktop.relay import access
from inbox_desktop.relay.access import DesktopRow
from inbox_desktop.relay.api.context import bearer_token, client_address, relay_of
from inbox_desktop.relay.api.errors import unauthorized

Handler = Callable[[Request, DesktopRow], Awaitable[Response]]


def for_desktops(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler for a desktop that is known by its token."""

    async def serve(request: Request) -> Response:
        response = await handler(request, await desktop_from(request))
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return serve


async def desktop_from(request: Request) -> DesktopRow:
    """The desktop whose token the request carries.

    Raises:
        ApiError: 401; 429 when an address tries many wrong ones.
    """
    relay = relay_of(request)
    token = bearer_token(request)
    found = None
    if token is not None:
        found = await relay.database.aread(lambda reading: access.desktop_of(reading, token))
    if found is None:
        relay.gate.guess(client_address(request))
        raise unauthorized()
    at = now()
    if access.is_due_to_be_seen(found, at):
        with suppress(OperationalError, PoolTimeoutError):  # on a full disk a desktop can still read
            await relay.database.awrite(lambda writing: access.see_desktop(writing, found.id, at))
    return found
