"""The part of the desktops' interface that texts use: numbers whose webhooks are taken, links, pictures."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inbox_desktop.models.clock import now
from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.relay.access import DesktopRow
from inbox_desktop.relay.api import bodies
from inbox_desktop.relay.api.context import relay_of
from inbox_desktop.relay.api.errors import ApiError, bad_request, not_found
from inbox_desktop.relay.api.sign_in import Handler, for_desktops
from inbox_desktop.relay.chats import moment
from inbox_desktop.relay.links import LONGEST_URL, MOST_URLS, Clicks, clicks_of, shorten
from inbox_desktop.relay.numbers import ID_FORM, NUMBER_FORM, KnownNumber, delete_number, put_number
from inbox_desktop.relay.pictures import CONTENT_TYPES, LARGEST, Published, put_picture
from inbox_desktop.relay.signatures import SignatureError, check_secret

_PREFIX: Final = "/api/v1"
_LONGEST_SECRET: Final = 500
_LONGEST_NAME: Final = 200


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    handlers: tuple[tuple[str, str, Handler], ...] = (
        ("/links", "POST", make_links),
        ("/links", "GET", read_clicks),
        ("/pictures/{sha256}", "PUT", publish_picture),
        ("/numbers/{id}", "PUT", name_number),
        ("/numbers/{id}", "DELETE", forget_number),
    )
    return [
        Route(f"{_PREFIX}{path}", for_desktops(handler), methods=[method])
        for path, method, handler in handlers
    ]


async def make_links(request: Request, _desktop: DesktopRow) -> Response:
    """Short links for the web addresses of a message; what cannot be shortened is left out."""
    relay, at = relay_of(request), now()
    given = await _fields(request, {"message_id": bodies.ident, "urls": _urls})
    codes = await relay.database.awrite(
        lambda writing: shorten(writing, given["message_id"], given["urls"], at)
    )
    links = {url: f"{relay.config.own_url}/l/{code}" for url, code in codes.items()}
    return JSONResponse({"links": links})


async def read_clicks(request: Request, _desktop: DesktopRow) -> Response:
    """How often the links of a message were followed."""
    relay = relay_of(request)
    asked = bodies.query(request.query_params, {"message_id": bodies.ident})
    if "message_id" not in asked:
        raise bad_request("Missing fields: message_id.")
    found = await relay.database.aread(lambda reading: clicks_of(reading, asked["message_id"]))
    return JSONResponse({"links": [_clicks_json(one, relay.config.own_url) for one in found]})


async def publish_picture(request: Request, _desktop: DesktopRow) -> Response:
    """Put a file at a public address from which a provider fetches it."""
    relay, at = relay_of(request), now()
    name = bodies.query(request.query_params, {"name": bodies.text(_LONGEST_NAME)}).get("name", "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in CONTENT_TYPES:
        raise ApiError(415, "bad_type", f"Files of the type {kind[:50]} are not published. Nothing was kept.")
    content = await bodies.raw_body(request, LARGEST)
    if hashlib.sha256(content).hexdigest() != request.path_params["sha256"]:
        raise bad_request("The file is not the one that was announced. Nothing was kept.")
    file = Published(name.replace("/", "_") or "file", kind, content)
    token = await relay.database.awrite(lambda writing: put_picture(writing, file, at))
    return JSONResponse({"url": f"{relay.config.own_url}/p/{token}/{quote(file.name, safe='')}"})


async def name_number(request: Request, _desktop: DesktopRow) -> Response:
    """Take a number's webhooks from now on, if they are signed with its secret."""
    relay, at = relay_of(request), now()
    given = await _fields(request, {"provider": _provider, "number": _number, "secret": _secret})
    known = KnownNumber(_number_id(request), **given)
    try:
        check_secret(known.provider, known.secret)
    except SignatureError as error:
        raise ApiError(400, "bad_secret", str(error)) from None
    await relay.database.awrite(lambda writing: put_number(writing, relay.keys, known, at))
    return JSONResponse({"webhook_url": f"{relay.config.own_url}/hooks/{known.provider.value}/{known.id}"})


async def forget_number(request: Request, _desktop: DesktopRow) -> Response:
    """Take a number's webhooks no more."""
    relay, number_id = relay_of(request), _number_id(request)
    if not await relay.database.awrite(lambda writing: delete_number(writing, number_id)):
        raise not_found("This number")
    return JSONResponse({})


async def _fields(request: Request, required: dict[str, bodies.Check]) -> dict[str, Any]:
    return bodies.fields(await bodies.json_body(request, bodies.LARGE), required, {})


def _clicks_json(one: Clicks, own_url: str) -> dict[str, Any]:
    expires: datetime = one.expires_at
    link = f"{own_url}/l/{one.code}"
    return {"url": one.url, "link": link, "clicks": one.clicks, "expires_at": moment(expires)}


def _number_id(request: Request) -> str:
    value = str(request.path_params["id"])
    if not ID_FORM.fullmatch(value):
        raise not_found("This number")
    return value


def _urls(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_URLS:
        raise ValueError(f"a list of at most {MOST_URLS} addresses is wanted")
    if not all(isinstance(url, str) and len(url) <= LONGEST_URL for url in value):
        raise ValueError(f"texts of at most {LONGEST_URL} letters are wanted")
    return tuple(value)


def _provider(value: object) -> Provider:
    return Provider(str(value))


def _number(value: object) -> str:
    if not isinstance(value, str) or not NUMBER_FORM.fullmatch(value):
        raise ValueError("a phone number such as +14155550132 is wanted")
    return value


def _secret(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_SECRET or not value.isprintable():
        raise ValueError(f"1 to {_LONGEST_SECRET} letters are wanted")
    return value
