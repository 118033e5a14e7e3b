"""Talking with a relay: what its answers and silences mean, in words and without secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from inbox_desktop.sync.relay.client import RelayClient, RelayError, relay_url
from inbox_desktop.sync.relay.desk import is_code, script_tag

TOKEN = "a-very-secret-token-of-forty-three-letters-x"
ME = {
    "protocol": 1,
    "version": "1.0",
    "epoch": "e1",
    "head": 7,
    "public_url": "https://chat.shop.example",
    "desktop": {"id": "d1", "name": "Julia's"},
}


@asynccontextmanager
async def served(answer: Callable[[Request], Response]) -> AsyncIterator[str]:
    """A web server on loopback that answers everything with `answer`."""
    import asyncio
    import socket

    async def endpoint(request: Request) -> Response:
        return answer(request)

    app = Starlette(routes=[Route("/{path:path}", endpoint, methods=["GET", "POST", "PUT", "DELETE"])])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


async def asked(answer: Callable[[Request], Response]) -> Any:
    """What `me` says to such an answer."""
    async with served(answer) as url:
        client = RelayClient(url, TOKEN)
        try:
            return await client.me()
        finally:
            await client.close()


async def refused(answer: Callable[[Request], Response]) -> RelayError:
    with pytest.raises(RelayError) as caught:
        await asked(answer)
    assert TOKEN not in str(caught.value)
    return caught.value


async def test_who_the_relay_is() -> None:
    seen: list[str] = []

    def answer(request: Request) -> Response:
        seen.append(f"{request.url.path} {request.headers['authorization']}")
        return JSONResponse(ME)

    me = await asked(answer)
    assert (me.version, me.epoch, me.head, me.desktop_name) == ("1.0", "e1", 7, "Julia's")
    assert seen == [f"/api/v1/me Bearer {TOKEN}"]


@pytest.mark.parametrize(
    ("answer", "words", "is_final", "needs_person"),
    [
        (JSONResponse({"error": "unauthorized", "message": "No."}, 401), "does not know this desktop", 0, 1),
        (
            JSONResponse({"error": "not_found", "message": "This chat is not here."}, 404),
            "said no: This chat is not here",
            1,
            0,
        ),
        (JSONResponse({"error": "slow", "message": "Slowly."}, 429), "asks to go slower: Slowly", 0, 0),
        (JSONResponse({"error": "unavailable", "message": "Later."}, 503), "can't do it now: Later", 0, 0),
        (PlainTextResponse("oops", 500), "can't do it now", 0, 0),
        (PlainTextResponse("<html>", 200), "no relay of Inbox Desktop", 0, 0),
        (PlainTextResponse("not here", 404), "no relay of Inbox Desktop (HTTP 404)", 0, 0),
        (RedirectResponse("https://login.example/"), "no relay of Inbox Desktop (HTTP 307)", 0, 0),
        (JSONResponse({}), "no relay of Inbox Desktop", 0, 0),
        (JSONResponse({**ME, "protocol": 9}), "speaks version 9", 0, 1),
    ],
)
async def test_what_a_refusal_means(answer: Response, words: str, is_final: bool, needs_person: bool) -> None:
    error = await refused(lambda _request: answer)
    assert words in str(error)
    # A 404 without the relay's own words is another server's: nothing may be given up because of it.
    assert error.is_final is bool(is_final)
    assert error.needs_person is bool(needs_person)


async def test_how_long_it_wants_to_be_left_alone() -> None:
    busy = JSONResponse({"error": "slow", "message": "Slowly."}, 429, headers={"Retry-After": "17"})
    assert (await refused(lambda _request: busy)).rest == 17.0


async def test_nothing_answers() -> None:
    async with served(lambda _request: JSONResponse(ME)) as url:
        pass
    client = RelayClient(url, TOKEN)
    try:
        with pytest.raises(RelayError) as caught:
            await client.get("me")
    finally:
        await client.close()
    words = str(caught.value)
    assert words.startswith(f"The relay at {url.removeprefix('http://')} can't be reached: Nothing answers")
    assert "Visitors' messages wait there or in their browsers; your answers wait in the outbox" in words
    assert caught.value.status is None
    assert not caught.value.is_final


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://Chat.Shop.example/", "https://chat.shop.example"),
        (" https://chat.shop.example:8443 ", "https://chat.shop.example:8443"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://localhost:8765/", "http://localhost:8765"),
        ("chat.shop.example", "https://chat.shop.example"),
        ("chat.shop.example:8443/", "https://chat.shop.example:8443"),
        ("localhost:8765", "http://localhost:8765"),
        ("[::1]:8765", "http://[::1]:8765"),
    ],
)
def test_a_relays_address(text: str, wanted: str) -> None:
    assert relay_url(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no relay's address"),
        ("a relay", "no relay's address"),
        ("https://", "no relay's address"),
        ("http://", "no relay's address"),
        ("xn--", "no relay's address"),
        ("https://\ud800", "no relay's address"),
        ("mailto:help@shop.example", "no relay's address"),
        ("ftp://chat.shop.example", "no relay's address"),
        ("https://user:pw@chat.shop.example", "no relay's address"),
        ("https://chat.shop.example?x=1", "no relay's address"),
        ("https://chat.shop.example/relay", "no path"),
        ("http://chat.shop.example", "plain text"),
        ("http://192.168.0.4:8765", "plain text"),
    ],
)
def test_what_is_none(text: str, words: str) -> None:
    with pytest.raises(RelayError, match=words) as caught:
        relay_url(text)
    assert caught.value.needs_person


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ABCDE-FGHIJ-KLMNO-PQRST-UVWXY-2", True),
        ("abcde-fghij-klmno-pqrst-uvwxy-2", True),
        ("ABCDEFGHIJKLMNOPQRSTUVWXY2", True),
        (TOKEN, False),
        ("Zx8_-" * 8 + "abc", False),
        ("", False),
    ],
)
def test_an_invitation_is_told_from_a_token(text: str, wanted: bool) -> None:
    assert is_code(text) is wanted


def test_the_script_tag() -> None:
    assert (
        script_tag("https://c.example", "abc")
        == '<script src="https://c.example/widget.js" data-chat="abc" async></script>'
    )
