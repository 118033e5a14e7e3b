"""“Test connection” for a relay: name, port, certificate, sign-in, protocol, each told as it ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final

import httpx

from inbox_desktop.models.health import TestStep
from inbox_desktop.sync.blocking import connected_socket, in_thread
from inbox_desktop.sync.errors import KEPT, RETRIED, connection_error
from inbox_desktop.sync.relay.client import CONNECT_SECONDS, RelayClient, RelayError
from inbox_desktop.sync.web import server_of

_NO_CODE: Final = (
    "What was entered is no invitation code, and no desktop's token that this relay knows. Compare it with "
    "what inbox-relay invite has printed: six groups of letters and digits."
)


async def try_relay(
    url: str, token: str | None, tell: Callable[[TestStep], None], *, is_typed: bool = False
) -> bool:
    """Go as far as the first step that does not hold, telling each. Returns whether all held.

    Without a token, as with an invitation that nobody has used yet, the sign-in is not tried. One that
    `is_typed` may be an invitation code with a slip in it.
    """
    async for step in _steps(url, token, is_typed=is_typed):
        tell(step)
        if not step.ok:
            return False
    return True


async def _steps(url: str, token: str | None, *, is_typed: bool) -> AsyncIterator[TestStep]:
    try:
        client = RelayClient(url, token or "")
    except RelayError as error:
        yield TestStep("address", ok=False, detail=_words(error))
        return
    try:
        async for step in _reach(client):
            yield step
            if not step.ok:
                return
        yield await _sign_in(client, token, is_typed=is_typed)
    finally:
        await client.close()


async def _reach(client: RelayClient) -> AsyncIterator[TestStep]:
    url = httpx.URL(client.url)
    server = server_of(url)
    try:
        await in_thread("lookup", lambda: socket.getaddrinfo(server.host, server.port))
    except OSError as error:
        yield TestStep("name", ok=False, detail=_words(connection_error(error, server)))
        return
    yield TestStep("name", ok=True, detail=f"{server.host} was found.")
    try:
        raw = await connected_socket(server, CONNECT_SECONDS)
    except OSError as error:
        yield TestStep("port", ok=False, detail=_words(connection_error(error, server)))
        return
    yield TestStep("port", ok=True, detail=f"{server} answers.")
    if url.scheme == "http":
        raw.close()
        yield TestStep("certificate", ok=True, detail="None is needed on this computer.")
        return
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _reader, writer = await asyncio.open_connection(
                sock=raw, ssl=client.context, server_hostname=server.host
            )
    except (OSError, TimeoutError) as error:
        raw.close()
        yield TestStep("certificate", ok=False, detail=_words(connection_error(error, server)))
        return
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(2.0):
            await writer.wait_closed()
    yield TestStep(
        "certificate", ok=True, detail="The connection is encrypted, and the certificate is valid."
    )


async def _sign_in(client: RelayClient, token: str | None, *, is_typed: bool) -> TestStep:
    try:
        me = await client.me()
    except RelayError as error:
        if token is None and error.status == 401:
            detail = "A relay answers. The invitation is used when you connect."
            return TestStep("sign-in", ok=True, detail=detail)
        if is_typed and error.status == 401:
            return TestStep("sign-in", ok=False, detail=_NO_CODE)
        name = "sign-in" if error.status == 401 else "protocol"
        return TestStep(name, ok=False, detail=_words(error))
    return TestStep(
        "sign-in", ok=True, detail=f"The relay {me.version} knows this desktop as “{me.desktop_name}”."
    )


def _words(error: Exception) -> str:
    return " ".join(str(error).replace(KEPT, "").replace(RETRIED, "").replace("channel's ", "").split())
