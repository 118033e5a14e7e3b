"""What both kinds of sockets share: the greeting, frames in order, and a limit for who reads too slowly."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from inbox_desktop.relay.api.bodies import Check, fields, parsed
from inbox_desktop.relay.api.errors import ApiError, bad_request

HELLO_SECONDS: Final = 10.0
MOST_WAITING: Final = 200
"""So many frames wait for a reader; then its socket is ended, and it comes back for what it missed."""
_CLOSE_SECONDS: Final = 2.0

# RFC 6455, section 7.4.2: 4000 to 4999 are the application's own.
BAD_HELLO: Final = 4400
UNAUTHORIZED: Final = 4401
TOO_SLOW: Final = 4408
TOO_MANY: Final = 4429


class SocketEndError(Exception):
    """The socket is to be ended with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Line:
    """The sending half of a socket. `put` and `look_again` never wait; `run` sends until the socket ends.

    `look` is called before the next frame when `look_again` was: news are gathered while one is sent.
    """

    def __init__(self, socket: WebSocket, look: Callable[[], Awaitable[None]]) -> None:
        self._socket = socket
        self._look = look
        self._frames: deque[str] = deque()
        self._wake = asyncio.Event()
        self._is_stale = False
        self.stopped = asyncio.Event()
        self.code = 1001
        """With which the socket ends, when `stopped` is set."""

    def put(self, frame: dict[str, Any]) -> None:
        """Send this frame after those that wait."""
        if len(self._frames) >= MOST_WAITING:
            self.stop(TOO_SLOW)
        else:
            self._frames.append(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
        self._wake.set()

    def look_again(self) -> None:
        """Something changed: call `look` soon."""
        self._is_stale = True
        self._wake.set()

    def stop(self, code: int) -> None:
        """End the socket with this code."""
        self.code = code
        self.stopped.set()

    async def run(self) -> None:
        """Send what comes.

        Raises:
            WebSocketDisconnect: the socket is gone.
        """
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._is_stale:
                self._is_stale = False
                await self._look()
            while self._frames:
                await self._socket.send_text(self._frames.popleft())


async def receive(socket: WebSocket) -> dict[str, Any]:
    """The next frame: a JSON object.

    Raises:
        WebSocketDisconnect: the socket is gone.
        ApiError: it is no JSON object with a `type`.
    """
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    content = message.get("text")
    value = parsed(content) if isinstance(content, str) else None
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise bad_request("A frame is a JSON object with a type.")
    return value


async def hello(socket: WebSocket, optional: Mapping[str, Check]) -> dict[str, Any]:
    """The first frame's fields, with its token.

    Raises:
        SocketEndError: it did not come in time, or is no greeting.
        WebSocketDisconnect: the socket is gone.
    """
    try:
        frame = await asyncio.wait_for(receive(socket), HELLO_SECONDS)
        if frame.pop("type") != "hello":
            raise SocketEndError(BAD_HELLO)
        return fields(frame, {"token": _token}, optional)
    except (ApiError, TimeoutError) as error:
        raise SocketEndError(BAD_HELLO) from error


async def both_ways(socket: WebSocket, line: Line, listen: Callable[[], Awaitable[None]]) -> None:
    """Send and receive until one of both ends, or the other end reads too slowly; then end the socket."""
    tasks: set[asyncio.Future[Any]] = {
        asyncio.ensure_future(line.run()),
        asyncio.ensure_future(listen()),
    }
    tasks.add(asyncio.ensure_future(line.stopped.wait()))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, (WebSocketDisconnect, SocketEndError)):
            raise result
    codes = [result.code for result in results if isinstance(result, SocketEndError)]
    await end(socket, codes[0] if codes else line.code)


async def end(socket: WebSocket, code: int) -> None:
    """Close the socket, if it still can be."""
    with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
        await asyncio.wait_for(socket.close(code), _CLOSE_SECONDS)


def _token(value: object) -> str:
    if not isinstance(value, str) or not value.isascii() or not 16 <= len(value) <= 200:
        raise ValueError("a token is wanted")
    return value
