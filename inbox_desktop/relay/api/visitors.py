"""The visitors' HTTP interface: settings, who they are, their conversation; used without a socket, too."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from inbox_desktop.models.clock import now
from inbox_desktop.models.rules.business_hours import is_open, opens_at
from inbox_desktop.models.rules.chat import opening_words
from inbox_desktop.models.variables import render
from inbox_desktop.relay.api import bodies, conduct
from inbox_desktop.relay.api.context import bearer_token, client_address, relay_of
from inbox_desktop.relay.api.cors import for_pages
from inbox_desktop.relay.api.errors import ApiError, bad_request, unauthorized
from inbox_desktop.relay.api.files import put_visitors_file, send_file
from inbox_desktop.relay.api.visitor_socket import visitor_socket
from inbox_desktop.relay.chats import ChatRow, moment
from inbox_desktop.relay.conversations import View, view
from inbox_desktop.relay.files import FILE_TYPES
from inbox_desktop.relay.hub import Event, visitor_topic
from inbox_desktop.relay.jobs import make_transcript
from inbox_desktop.relay.service import Relay
from inbox_desktop.relay.visitors import (
    Identity,
    VisitorRow,
    change_visitor,
    create_visitor,
    identity_values,
    visitor_of,
)

LONGEST_WAIT: Final = 25
"""Seconds of a long poll."""

_IDENTITY: Final = {
    "id": bodies.text(200, blank=False),
    "email": bodies.email,
    "signature": bodies.text(64),
}
_VISITOR: Final = {
    "name": bodies.text(100),
    "email": bodies.email,
    "locale": bodies.text(35),
    "identity": lambda value: Identity(**bodies.fields(value, _IDENTITY, {"name": bodies.text(100)})),
}
_VIEW: Final = {"after": bodies.digits, "wait": bodies.digits, "conversation_id": bodies.ident}


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    handlers = (
        ("config", "GET", config),
        ("visitor", "POST", visitor),
        ("conversation", "GET", conversation),
        ("messages", "POST", messages),
        ("seen", "POST", seen),
        ("typing", "POST", typing),
        ("leave", "POST", leave),
        ("transcript", "POST", transcript),
        ("files", "PUT", files),
    )
    pages: list[BaseRoute] = [
        Route(f"/chat/{{chat_id}}/{name}", for_pages(handler), methods=[method, "OPTIONS"])
        for name, method, handler in handlers
    ]
    return [
        *pages,
        Route("/chat/{chat_id}/files/{file_id}", send_file),
        WebSocketRoute("/chat/{chat_id}/socket", visitor_socket),
    ]


async def config(_request: Request, chat: ChatRow) -> Response:
    """What the widget needs to know of the chat, and whether somebody is there now."""
    return JSONResponse(config_json(chat))


def config_json(chat: ChatRow) -> dict[str, Any]:
    """A chat's settings as far as visitors may know them; the welcome with its variables filled in."""
    site, at = chat.site, now()
    opens = opens_at(site.hours, at)
    is_open_now = is_open(site.hours, at)
    welcome = {
        locale: render(text, {"first_name": "", "opens_at": opening_words(site.hours, opens, at, locale)})
        for locale, text in site.welcome.items()
    }
    return {
        "name": site.name,
        "colour": site.colour,
        "position": site.position,
        "locale": site.locale,
        "welcome": welcome,
        "ask_contact": site.ask_contact,
        "faq": [{"question": one.question, "answer": one.answer} for one in site.faq],
        "open": is_open_now,
        "opens_at": None if is_open_now else moment(opens),
        "max_file_bytes": site.max_file_mb * 1024 * 1024,
        "file_types": list(FILE_TYPES),
        "identity_required": site.identity_required,
        "transcripts": bool(site.support_address),
    }


async def visitor(request: Request, chat: ChatRow) -> Response:
    """A new visitor, or with a token: what one says of itself."""
    relay = relay_of(request)
    given = bodies.fields(await bodies.json_body(request), {}, _VISITOR)
    identity = given.pop("identity", None)
    if identity is not None:
        secret = relay.keys.identity_secret(chat.id, chat.identity_generation)
        given |= identity_values(identity, secret)
    if request.headers.get("authorization"):
        before = await visitor_from(request, relay, chat)
        changed = await relay.database.awrite(lambda writing: change_visitor(writing, before, given))
        return JSONResponse(changed.to_json())
    relay.gate.visitor(client_address(request))
    made, token = await relay.database.awrite(lambda writing: create_visitor(writing, chat.id, given))
    return JSONResponse({**made.to_json(), "token": token}, 201)


async def conversation(request: Request, chat: ChatRow) -> Response:
    """The visitor's conversation after a position; with `wait` not before something is new."""
    relay = relay_of(request)
    asked = bodies.query(request.query_params, _VIEW)
    reader = await visitor_from(request, relay, chat)
    after, conversation_id = asked.get("after", 0), asked.get("conversation_id")
    wait = min(asked.get("wait", 0), LONGEST_WAIT)
    relay.presence.polled(reader.id)
    happened = asyncio.Event()

    def hear(_event: Event) -> None:
        happened.set()

    stop = relay.hub.subscribe(visitor_topic(reader.id), hear)
    try:
        seen = await _view(relay, reader.id, after, conversation_id)
        if wait and not seen.messages:
            try:
                await asyncio.wait_for(happened.wait(), wait)
                seen = await _view(relay, reader.id, after, conversation_id)
            except TimeoutError:
                pass
            relay.presence.polled(reader.id)
    finally:
        stop()
    relay.presence.writes_in(reader.id, seen.conversation_id)
    return JSONResponse(view_json(relay, reader.id, seen))


def view_json(relay: Relay, visitor_id: str, seen: View) -> dict[str, Any]:
    """A view as the protocol writes it."""
    return {
        "conversation_id": seen.conversation_id,
        "closed": seen.closed,
        "messages": seen.messages,
        "agent": {"typing_name": relay.agent_typing(visitor_id), "seen_id": seen.seen_id},
        "head": seen.head,
    }


async def messages(request: Request, chat: ChatRow) -> Response:
    """A message of the visitor; the same client id again is the same message."""
    relay = relay_of(request)
    draft = conduct.visitors_draft(await bodies.json_body(request))
    author = await visitor_from(request, relay, chat)
    relay.presence.polled(author.id)
    taken = await conduct.take_message(relay, chat, author.id, draft)
    return JSONResponse(conduct.taken_json(taken), 201 if taken.is_new else 200)


async def seen(request: Request, chat: ChatRow) -> Response:
    """The visitor saw everything up to a message."""
    relay = relay_of(request)
    message_id = conduct.seen_message(await bodies.json_body(request))
    reader = await visitor_from(request, relay, chat)
    await conduct.see(relay, reader.id, message_id)
    return Response(status_code=204)


async def typing(request: Request, chat: ChatRow) -> Response:
    """The visitor is typing."""
    relay = relay_of(request)
    bodies.fields(await bodies.json_body(request), {}, {})
    author = await visitor_from(request, relay, chat)
    await conduct.tell_typing(relay, author.id)
    return Response(status_code=204)


async def leave(request: Request, chat: ChatRow) -> Response:
    """The visitor's page goes away (a beacon: its token stands in the body)."""
    relay = relay_of(request)
    given = bodies.fields(await bodies.json_body(request), {"token": bodies.text(200)}, {})
    found = await _visitor_with(relay, chat, given["token"])
    relay.presence.left(found.id)
    return Response(status_code=204)


async def transcript(request: Request, chat: ChatRow) -> Response:
    """The visitor wants its conversation by e-mail."""
    relay = relay_of(request)
    given = bodies.fields(await bodies.json_body(request), {"email": bodies.email}, {})
    if not given["email"]:
        raise bad_request("An e-mail address is wanted.")
    reader = await visitor_from(request, relay, chat)
    relay.gate.transcript(reader.id, client_address(request))
    at = now()
    await relay.database.awrite(lambda writing: make_transcript(writing, reader.id, given["email"], at))
    return JSONResponse({"email": given["email"]}, 202)


async def files(request: Request, chat: ChatRow) -> Response:
    """A file of the visitor, for a message to come."""
    owner = await visitor_from(request, relay_of(request), chat)
    return await put_visitors_file(request, chat, owner)


async def visitor_from(request: Request, relay: Relay, chat: ChatRow) -> VisitorRow:
    """The visitor whose token the request carries.

    Raises:
        ApiError: 401; 403 for a blocked one.
    """
    token = bearer_token(request)
    if token is None:
        raise unauthorized()
    return await _visitor_with(relay, chat, token)


async def _visitor_with(relay: Relay, chat: ChatRow, token: str) -> VisitorRow:
    found = await relay.database.aread(lambda connection: visitor_of(connection, chat.id, token))
    if found is None:
        raise unauthorized()
    if found.blocked:
        raise ApiError(403, "blocked", "The shop does not take messages from here.")
    return found


async def _view(relay: Relay, visitor_id: str, after: int, conversation_id: str | None) -> View:
    return await relay.database.aread(
        lambda connection: view(connection, relay.keys, visitor_id, after, conversation_id)
    )
