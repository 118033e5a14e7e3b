"""The desktops' HTTP interface: joining, the feed, conversations, chats, files, e-mails that are due."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

import inbox_desktop
from inbox_desktop.models.clock import now
from inbox_desktop.relay import access, chats, conversations, feed, jobs
from inbox_desktop.relay.access import DesktopRow
from inbox_desktop.relay.api import bodies
from inbox_desktop.relay.api.conduct import MOST_FILES, seen_message
from inbox_desktop.relay.api.context import client_address, relay_of
from inbox_desktop.relay.api.desktop_socket import desktop_socket
from inbox_desktop.relay.api.errors import ApiError, perhaps_stored
from inbox_desktop.relay.api.files import file_response, put_agents_file
from inbox_desktop.relay.api.sign_in import Handler, for_desktops
from inbox_desktop.relay.database import UncertainCommitError, head_of
from inbox_desktop.relay.files import file_content
from inbox_desktop.relay.service import Relay

PROTOCOL: Final = 1
_DEFAULT_PAGE: Final = 500
_HISTORY: Final = 500
_PREFIX: Final = "/api/v1"

_MESSAGE: Final = {
    "text": bodies.text(50_000, lines=True),
    "agent_name": bodies.text(100),
    "file_ids": bodies.idents(MOST_FILES),
}


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    handlers: tuple[tuple[str, str, Handler], ...] = (
        ("/me", "GET", me),
        ("/feed", "GET", read_feed),
        ("/conversations/{id}/messages", "POST", post_message),
        ("/conversations/{id}/messages", "GET", history),
        ("/conversations/{id}/seen", "POST", seen),
        ("/conversations/{id}/close", "POST", close),
        ("/files", "PUT", put_file),
        ("/files/{id}", "GET", get_file),
        ("/chats", "GET", list_chats),
        ("/chats", "POST", create_chat),
        ("/chats/{id}", "GET", get_chat),
        ("/chats/{id}", "PUT", change_chat),
        ("/chats/{id}/identity-secret", "GET", identity_secret),
        ("/chats/{id}/identity-secret", "POST", renew_identity_secret),
        ("/mail-jobs/{id}/claim", "POST", claim_job),
        ("/mail-jobs/{id}/done", "POST", job_done),
        ("/mail-jobs/{id}/failed", "POST", job_failed),
    )
    return [
        Route(f"{_PREFIX}/join", join, methods=["POST"]),
        *(
            Route(f"{_PREFIX}{path}", for_desktops(handler), methods=[method])
            for path, method, handler in handlers
        ),
        WebSocketRoute(f"{_PREFIX}/socket", desktop_socket),
    ]


async def join(request: Request) -> Response:
    """Enter an invitation code, once."""
    relay = relay_of(request)
    relay.gate.request(client_address(request))  # each code that is tried is written for
    given = bodies.fields(
        await bodies.json_body(request),
        {"code": bodies.text(100, blank=False), "name": bodies.text(100)},
        {},
    )
    try:
        joined = await relay.database.awrite(
            lambda writing: access.join(writing, given["code"], given["name"])
        )
    except UncertainCommitError as error:
        raise perhaps_stored("Try again; if the code is refused then, ask for a new one.") from error
    if joined is None:
        relay.gate.guess(client_address(request))
        message = "The invitation code is wrong, was used, or is too old. Ask for a new one."
        raise ApiError(403, "bad_code", message)
    return JSONResponse({"token": joined.token, "desktop_id": joined.desktop_id}, 201)


async def me(request: Request, desktop: DesktopRow) -> Response:
    """What this relay is, and who asks."""
    relay = relay_of(request)
    head, epoch = await relay.database.aread(head_of)
    return JSONResponse(
        {
            "protocol": PROTOCOL,
            "version": inbox_desktop.__version__,
            "epoch": epoch,
            "head": head,
            "public_url": relay.config.public_url or str(request.base_url).rstrip("/"),
            "desktop": {"id": desktop.id, "name": desktop.name},
        }
    )


async def read_feed(request: Request, _desktop: DesktopRow) -> Response:
    """What changed after a seq."""
    relay = relay_of(request)
    asked = bodies.query(
        request.query_params, {"after": bodies.digits, "epoch": bodies.ident, "limit": bodies.digits}
    )
    limit = max(1, min(asked.get("limit", _DEFAULT_PAGE), feed.LONGEST_PAGE))
    after = asked.get("after", 0)
    page = await relay.database.aread(lambda reading: feed.page(reading, relay.keys, after, limit))
    if asked.get("epoch", page.epoch) != page.epoch or page.next < after:
        message = "The relay was restored from a backup; begin anew."
        raise ApiError(409, "other_epoch", message, extra={"epoch": page.epoch})
    return JSONResponse({"epoch": page.epoch, "entries": page.entries, "next": page.next, "more": page.more})


async def post_message(request: Request, desktop: DesktopRow) -> Response:
    """An agent's answer; the same client id again is the same message."""
    relay, conversation_id = relay_of(request), bodies.path_id(request)
    given = bodies.fields(
        await bodies.json_body(request, bodies.LARGE), {"client_id": bodies.ident}, _MESSAGE
    )
    draft = conversations.Draft(**{"text": "", **given})
    taken = await relay.database.awrite(
        lambda writing: conversations.take_agents(writing, relay.keys, desktop.id, conversation_id, draft)
    )
    return JSONResponse({"message": taken.message}, 201 if taken.is_new else 200)


async def history(request: Request, _desktop: DesktopRow) -> Response:
    """A conversation's messages after a position."""
    relay, conversation_id = relay_of(request), bodies.path_id(request)
    after = bodies.query(request.query_params, {"after": bodies.digits}).get("after", 0)
    found = await relay.database.aread(
        lambda reading: conversations.history(reading, relay.keys, conversation_id, after, _HISTORY + 1)
    )
    return JSONResponse({"messages": found[:_HISTORY], "more": len(found) > _HISTORY})


async def seen(request: Request, _desktop: DesktopRow) -> Response:
    """An agent saw everything up to a message."""
    relay, conversation_id = relay_of(request), bodies.path_id(request)
    message_id = seen_message(await bodies.json_body(request))
    await relay.database.awrite(lambda writing: conversations.agent_saw(writing, conversation_id, message_id))
    return JSONResponse({})


async def close(request: Request, _desktop: DesktopRow) -> Response:
    """Close a conversation, unless the visitor wrote something that the closer had not seen."""
    relay, conversation_id = relay_of(request), bodies.path_id(request)
    given = bodies.fields(await bodies.json_body(request), {"seen_message_id": bodies.ident}, {})
    await relay.database.awrite(
        lambda writing: conversations.close(writing, conversation_id, given["seen_message_id"])
    )
    return JSONResponse({})


async def put_file(request: Request, desktop: DesktopRow) -> Response:
    """A file of an agent, for a message to come."""
    return await put_agents_file(request, desktop.id)


async def get_file(request: Request, _desktop: DesktopRow) -> Response:
    """A file of any chat."""
    relay, file_id = relay_of(request), bodies.path_id(request)
    return file_response(await relay.database.aread(lambda reading: file_content(reading, file_id)))


async def list_chats(request: Request, _desktop: DesktopRow) -> Response:
    """All chats."""
    found = await relay_of(request).database.aread(chats.chats)
    return JSONResponse({"chats": [one.to_json() for one in found]})


async def create_chat(request: Request, _desktop: DesktopRow) -> Response:
    """A new chat."""
    site = chats.checked_site((await _fields(request, {"site": _as_it_is}))["site"])
    try:
        made = await relay_of(request).database.awrite(lambda writing: chats.create_chat(writing, site))
    except UncertainCommitError as error:
        raise perhaps_stored("Look whether the chat is there before you make it again.") from error
    return JSONResponse(made.to_json(), 201)


async def get_chat(request: Request, _desktop: DesktopRow) -> Response:
    """One chat."""
    return JSONResponse((await _chat(request)).to_json())


async def change_chat(request: Request, _desktop: DesktopRow) -> Response:
    """Replace a chat's settings, when the desktop had seen the present ones."""
    given = await _fields(request, {"site": _as_it_is, "version": bodies.number})
    site, chat_id = chats.checked_site(given["site"]), bodies.path_id(request)
    changed = await relay_of(request).database.awrite(
        lambda writing: chats.change_chat(writing, chat_id, site, given["version"])
    )
    return JSONResponse(changed.to_json())


async def identity_secret(request: Request, _desktop: DesktopRow) -> Response:
    """With which the shop's server signs its customers."""
    return _secret(relay_of(request), await _chat(request))


async def renew_identity_secret(request: Request, _desktop: DesktopRow) -> Response:
    """A new identity secret; the old one is no longer believed."""
    relay, chat_id = relay_of(request), bodies.path_id(request)
    return _secret(relay, await relay.database.awrite(lambda writing: chats.renew_identity(writing, chat_id)))


async def claim_job(request: Request, desktop: DesktopRow) -> Response:
    """Take over the sending of an e-mail."""
    relay, job_id = relay_of(request), bodies.path_id(request)
    return JSONResponse(
        await relay.database.awrite(
            lambda writing: jobs.claim(writing, relay.keys, job_id, desktop.id, now())
        )
    )


async def job_done(request: Request, desktop: DesktopRow) -> Response:
    """The e-mail is sent, or on its certain way."""
    return await _finish(request, desktop, "done", {})


async def job_failed(request: Request, desktop: DesktopRow) -> Response:
    """The e-mail can't be sent."""
    return await _finish(request, desktop, "failed", {"reason": bodies.text(300)})


async def _finish(
    request: Request, desktop: DesktopRow, state: str, optional: dict[str, bodies.Check]
) -> Response:
    relay, job_id = relay_of(request), bodies.path_id(request)
    body = await bodies.raw_body(request, bodies.SMALL)
    reason = bodies.fields(bodies.parsed(body), {}, optional).get("reason", "") if body else ""
    await relay.database.awrite(lambda writing: jobs.finish(writing, job_id, desktop.id, state, reason))
    return JSONResponse({})


async def _chat(request: Request) -> chats.ChatRow:
    chat_id = bodies.path_id(request)
    return await relay_of(request).database.aread(lambda reading: chats.chat(reading, chat_id))


def _secret(relay: Relay, chat: chats.ChatRow) -> Response:
    return JSONResponse({"identity_secret": relay.keys.identity_secret(chat.id, chat.identity_generation)})


async def _fields(request: Request, required: dict[str, bodies.Check]) -> dict[str, Any]:
    return bodies.fields(await bodies.json_body(request, bodies.LARGE), required, {})


def _as_it_is(value: object) -> object:
    return value
