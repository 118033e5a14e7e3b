"""The socket to the relay: it says that there is news, who is there and who types. Nothing depends on it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from inbox_desktop.sync.blocking import connected_socket
from inbox_desktop.sync.relay.client import CONNECT_SECONDS, RelayClient
from inbox_desktop.sync.relay.live import LiveBoard
from inbox_desktop.sync.tasks import end
from inbox_desktop.sync.web import server_of

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS: Final = 20.0
"""A link that is silent for twice as long is dead, whatever the computer says of it."""

# They tell each frame at DEBUG, and every handshake at INFO.
for _name in ("websockets.client", "websockets.protocol"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class RelaySocket:
    """One connection after the other. `news` is called when the relay has something; on the event loop."""

    def __init__(self, live: LiveBoard, news: Callable[[], None]) -> None:
        self._live = live
        self._news = news
        self._connection: ClientConnection | None = None
        self._changed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the relay would tell us of news."""
        return self._connection is not None

    async def run(self, client: RelayClient) -> None:
        """Connect, and listen until the connection ends. What ends it is told by nothing but the return."""
        url = httpx.URL(f"{client.url}/api/v1/socket")
        is_safe = url.scheme == "https"
        try:
            raw = await connected_socket(server_of(url), CONNECT_SECONDS)
        except OSError as error:
            log.info("no socket to the relay: %s", type(error).__name__)
            return
        options: dict[str, Any] = {"sock": raw, "proxy": None, "compression": None}
        if is_safe:
            options |= {"ssl": client.context, "server_hostname": url.host}
        try:
            async with connect(
                str(url.copy_with(scheme="wss" if is_safe else "ws")),
                open_timeout=CONNECT_SECONDS,
                ping_interval=HEARTBEAT_SECONDS,
                ping_timeout=HEARTBEAT_SECONDS,
                close_timeout=2.0,
                **options,
            ) as connection:
                await connection.send(json.dumps({"type": "hello", "token": client.token}))
                await self._listen(connection)
        except (OSError, WebSocketException, TimeoutError, EOFError) as error:
            log.info("the socket to the relay ended: %s", type(error).__name__)
        finally:
            raw.close()

    async def type(self, conversation_id: str, agent_name: str) -> None:
        """An agent types. Without a connection nobody hears of it."""
        frame = {"type": "typing", "conversation_id": conversation_id, "agent_name": agent_name}
        if self._connection is not None:
            with suppress(ConnectionClosed, OSError):
                await self._connection.send(json.dumps(frame))

    def drop(self) -> None:
        """Do not trust the connection: the computer has slept."""
        if self._connection is not None and self._connection.transport is not None:
            self._connection.transport.abort()

    async def _listen(self, connection: ClientConnection) -> None:
        self._connection = connection
        typing = asyncio.create_task(self._end_typing(), name="visitors' typing")
        try:
            async for frame in connection:
                self._take(frame)
        finally:
            self._connection = None
            await end([typing])
            self._live.forget()

    def _take(self, frame: str | bytes) -> None:
        try:
            told = json.loads(frame)
            kind = told["type"]
            if kind == "news":
                self._news()
            elif kind == "presence":
                self._live.present(str(told["conversation_id"]), present=bool(told["present"]))
            elif kind == "typing":
                self._live.typing(str(told["conversation_id"]))
                self._changed.set()
        except (ValueError, KeyError, TypeError):
            log.info("the relay said something that cannot be read")

    async def _end_typing(self) -> None:
        """Nobody says that a visitor stopped typing."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._live.look_again()):
                    await self._changed.wait()
            self._changed.clear()
