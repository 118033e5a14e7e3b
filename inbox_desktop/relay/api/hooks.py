"""What the world asks for by addresses that texts need: providers' webhooks, short links, pictures."""

from __future__ import annotations

import logging
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from inbox_desktop.models.clock import now
from inbox_desktop.relay.api import bodies
from inbox_desktop.relay.api.context import client_address, relay_of
from inbox_desktop.relay.api.errors import ApiError, not_found
from inbox_desktop.relay.link_pages import link_page
from inbox_desktop.relay.links import Followed, count_click, find_link, is_person, location
from inbox_desktop.relay.numbers import KnownNumber, find_number
from inbox_desktop.relay.pictures import find_picture
from inbox_desktop.relay.signatures import SignatureError, SignedRequest, check_signature
from inbox_desktop.relay.webhooks import LARGEST_BODY, read_webhook, store_webhook

log = logging.getLogger(__name__)

# Twilio wants to be told what to answer: nothing. The others read no answer.
_NO_ANSWER: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_IN_PLACE: Final = ("image/", "audio/", "video/")
_HARMLESS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'",
    "X-Robots-Tag": "noindex",
}


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [
        Route("/hooks/{provider}/{number_id}", take_webhook, methods=["POST"]),
        Route("/l/{code}", lead_on),
        Route("/p/{token}/{name}", show_picture),
    ]


async def take_webhook(request: Request) -> Response:
    """A provider tells something. It is acknowledged when it is stored, or was before."""
    relay = relay_of(request)
    known = await _number(request)
    signed = await _signed(request)
    at = now()
    try:
        check_signature(known.provider, known.secret, signed, at)
        told = read_webhook(known.provider, signed)
    except SignatureError as error:
        log.warning("a webhook for a number of %s was refused: %s", known.provider.value, error)
        raise ApiError(
            403, "bad_signature", "The signature is missing or wrong. Nothing was stored."
        ) from None
    if told is not None:
        await relay.database.awrite(lambda writing: store_webhook(writing, known.id, told, at))
    return Response(_NO_ANSWER, media_type="text/xml")


async def lead_on(request: Request) -> Response:
    """Follow a short link, and count it."""
    relay, code, at = relay_of(request), request.path_params["code"], now()
    followed: Followed | None = await relay.database.aread(lambda connection: find_link(connection, code, at))
    if followed is None:
        relay.gate.guess(client_address(request))
    if followed is None or followed.expired:
        page = link_page(request.headers.get("accept-language", ""), expired=followed is not None)
        return HTMLResponse(page, 404 if followed is None else 410, _HARMLESS)
    if is_person(request.method, request.headers):
        await relay.database.awrite(lambda writing: count_click(writing, code))
    headers = {
        "Location": location(followed.url),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    return Response(status_code=302, headers=headers)


async def show_picture(request: Request) -> Response:
    """A picture (or another file) of a text, while a provider may fetch it."""
    relay, token, at = relay_of(request), request.path_params["token"], now()
    found = await relay.database.aread(lambda connection: find_picture(connection, token, at))
    if found is None:
        relay.gate.guess(client_address(request))
        raise not_found("This picture")
    headers = {**_HARMLESS, "Cache-Control": "private, max-age=3600"}
    if not found.content_type.startswith(_IN_PLACE):
        headers["Content-Disposition"] = "attachment"
    return Response(found.content, media_type=found.content_type, headers=headers)


async def _number(request: Request) -> KnownNumber:
    relay, number_id = relay_of(request), request.path_params["number_id"]
    known = await relay.database.aread(lambda connection: find_number(connection, relay.keys, number_id))
    if known is None or known.provider != request.path_params["provider"]:
        raise not_found("This number")
    return known


async def _signed(request: Request) -> SignedRequest:
    """The request as its provider signed it: for the public URL, whatever a proxy made of that."""
    path = request.scope.get("raw_path", request.url.path.encode("utf-8")).decode("ascii", "replace")
    query = request.scope["query_string"].decode("ascii", "replace")
    url = f"{relay_of(request).config.own_url}{path}{f'?{query}' if query else ''}"
    return SignedRequest(url, dict(request.headers), await bodies.raw_body(request, LARGEST_BODY))
