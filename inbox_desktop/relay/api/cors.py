"""Whose pages may use a chat: the check of the origin, and the headers that tell the browser (CORS)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from inbox_desktop.relay.api.context import client_address, relay_of
from inbox_desktop.relay.api.errors import ApiError, unavailable
from inbox_desktop.relay.chats import ChatRow

Handler = Callable[[Request, ChatRow], Awaitable[Response]]
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST, PUT",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "7200",
}


def origin_of(connection: HTTPConnection, chat: ChatRow) -> str:
    """The origin of the calling page, one of those of the chat.

    Raises:
        ApiError: it is missing, or another one.
    """
    origin = connection.headers.get("origin", "")
    if origin not in chat.site.origins:
        raise ApiError(403, "origin", "This page may not use the chat; its origin is not in the settings.")
    return origin


def _for_page(response: Response, origin: str) -> Response:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    response.headers["Vary"] = "Origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def for_pages(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler for the pages of one chat: found, allowed, not too often; with the headers for browsers."""

    async def serve(request: Request) -> Response:
        relay = relay_of(request)
        try:
            if request.method != "OPTIONS":  # the browser's own question: refused, it hides why from the page
                relay.gate.request(client_address(request))
        except ApiError as error:  # whichever page asks may read when it may ask again
            return _for_page(error.response(), "*")
        chat = await relay.chats.chat(request.path_params["chat_id"])
        origin = origin_of(request, chat)
        return _for_page(await _answered(request, chat), origin)

    async def _answered(request: Request, chat: ChatRow) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT)
        try:
            return await handler(request, chat)
        except ApiError as error:
            return error.response()
        except (OperationalError, PoolTimeoutError) as error:
            return unavailable(error).response()

    return serve
