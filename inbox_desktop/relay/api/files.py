"""Files by HTTP: taken as a raw body of limited size, given out so that no browser runs them."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inbox_desktop.models.chat_settings import LARGEST_FILE_MB
from inbox_desktop.relay.api import bodies
from inbox_desktop.relay.api.context import client_address, relay_of
from inbox_desktop.relay.api.errors import ApiError, bad_request, not_found
from inbox_desktop.relay.chats import ChatRow
from inbox_desktop.relay.files import SHOWN, Content, examined, file_content, store_file
from inbox_desktop.relay.messages import FILE_PURPOSE
from inbox_desktop.relay.visitors import VisitorRow

MEGABYTE: Final = 1024 * 1024
_QUERY: Final = {"name": bodies.text(1_000), "client_id": bodies.ident}
_HARMLESS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=86400, immutable",
}


async def put_visitors_file(request: Request, chat: ChatRow, owner: VisitorRow) -> Response:
    """Take a visitor's file.

    Raises:
        ApiError: it is too large, of no type that is taken, or one too many.
    """
    relay_of(request).gate.file(owner.id, client_address(request))
    return await _put(request, owner.id, chat.site.max_file_mb, chat.id)


async def put_agents_file(request: Request, desktop_id: str) -> Response:
    """Take a desktop's file. It belongs to a chat when a message takes it.

    Raises:
        ApiError: it is too large, or of no type that is taken.
    """
    return await _put(request, desktop_id, LARGEST_FILE_MB, None)


async def send_file(request: Request) -> Response:
    """Give out a file to whoever has its signed address."""
    relay = relay_of(request)
    relay.gate.request(client_address(request))
    chat_id, file_id = bodies.path_id(request, "chat_id"), bodies.path_id(request, "file_id")
    key = request.query_params.get("key", "")
    if not key.isascii() or not relay.keys.is_signed(FILE_PURPOSE, file_id, key):
        raise not_found("This file")
    found = await relay.database.aread(lambda connection: file_content(connection, file_id, chat_id))
    return file_response(found)


def file_response(found: Content) -> Response:
    """A file as an answer: shown in place only when it is a plain picture."""
    disposition = "inline" if found.content_type in SHOWN else "attachment"
    headers = {
        **_HARMLESS,
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(found.name, safe='')}",
    }
    return Response(found.content, headers=headers, media_type=found.content_type)


async def _put(request: Request, owner: str, megabytes: int, chat_id: str | None) -> Response:
    relay = relay_of(request)
    asked = bodies.query(request.query_params, _QUERY)
    if "client_id" not in asked:
        raise bad_request("The parameter client_id is missing.")
    limit = megabytes * MEGABYTE
    try:
        content = await bodies.raw_body(request, limit)
    except ApiError as error:
        message = f"Files of up to {megabytes} MB are taken."
        raise ApiError(413, "file_size", message, extra={"limit": limit}) from error
    upload = examined(asked.get("name", ""), content)
    stored, is_new = await relay.database.awrite(
        lambda writing: store_file(writing, owner, asked["client_id"], upload, chat_id)
    )
    answer = {
        "file_id": stored.id,
        "name": stored.name,
        "content_type": stored.content_type,
        "size": stored.size,
    }
    return JSONResponse(answer, 201 if is_new else 200)
