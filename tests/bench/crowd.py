"""Visitors of a chat by the thousand, each with a socket, and a desktop that follows them: one event loop."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from inbox_desktop.models.ids import new_id

_ARRIVING_AT_ONCE = 20
_PATIENCE_SECONDS = 30.0


async def until(condition: Callable[[], bool], seconds: float = _PATIENCE_SECONDS) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it is not, after so many seconds.
    """
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.05)


class Visitor:
    """One visitor: connects again whenever the relay goes, and sends again what was not acknowledged."""

    def __init__(self, crowd: Crowd, token: str) -> None:
        self._crowd = crowd
        self._token = token
        self._unsent: dict[str, str] = {}
        self._socket: ClientConnection | None = None
        self.ready = asyncio.Event()

    async def live(self) -> None:
        """Stay connected until cancelled."""
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                await self._be_connected()
            self.ready.clear()
            self._socket = None
            await asyncio.sleep(random.uniform(0.1, 0.6))

    async def say(self, text: str) -> None:
        """Send a message, now or as soon as there is a connection."""
        client_id = new_id()
        self._unsent[client_id] = text
        if self._socket is not None:
            with suppress(WebSocketException):
                await self._send(client_id, text)

    @property
    def has_unsent(self) -> bool:
        """Whether something was not acknowledged yet."""
        return bool(self._unsent)

    async def _be_connected(self) -> None:
        url = self._crowd.next_url().replace("http", "ws", 1)
        address = f"{url}/chat/{self._crowd.chat_id}/socket"
        async with connect(address, origin=self._crowd.origin, compression=None) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps({"type": "hello", "token": self._token, "after": 0}))
            async for frame in socket:
                self._take(json.loads(frame))
                if self._socket is None and self.ready.is_set():
                    self._socket = socket
                    for client_id, text in list(self._unsent.items()):
                        await self._send(client_id, text)

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ready":
                self.ready.set()
            case "ack":
                text = self._unsent.pop(frame["client_id"], None)
                if text is not None:
                    self._crowd.acknowledged[text] = time.perf_counter()
            case "refused":
                raise AssertionError(f"the relay refused a message: {frame}")

    async def _send(self, client_id: str, text: str) -> None:
        assert self._socket is not None
        page = {"page_url": f"{self._crowd.origin}/", "locale": "en"}
        frame = {"type": "message", "client_id": client_id, "text": text, "file_ids": [], **page}
        await self._socket.send(json.dumps(frame))


class Crowd:
    """Visitors of one chat at `urls` (relays that share a database), and when what they said was sent.

    All times are `time.perf_counter`'s, by the message's text.
    """

    def __init__(self, urls: Sequence[str], chat_id: str, origin: str) -> None:
        self.urls = list(urls)
        self.chat_id = chat_id
        self.origin = origin
        self.sent: dict[str, float] = {}
        self.acknowledged: dict[str, float] = {}
        self.visitors: list[Visitor] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._turn = 0

    def next_url(self) -> str:
        """The relay that the next connection goes to: a load balancer that takes turns."""
        self._turn += 1
        return self.urls[self._turn % len(self.urls)]

    async def arrive(self, count: int) -> None:
        """Let visitors come and connect."""
        gate = asyncio.Semaphore(_ARRIVING_AT_ONCE)
        async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:

            async def come() -> None:
                async with gate:
                    answer = await client.post(
                        f"{self.next_url()}/chat/{self.chat_id}/visitor",
                        json={"name": "Visitor", "locale": "en"},
                        headers={"Origin": self.origin},
                    )
                    answer.raise_for_status()
                    visitor = Visitor(self, answer.json()["token"])
                    self._tasks.append(asyncio.create_task(visitor.live()))
                    await visitor.ready.wait()
                    self.visitors.append(visitor)

            await asyncio.gather(*(come() for _ in range(count)))

    async def chat(self, per_second: float, seconds: float) -> None:
        """Let visitors, by chance, say something at an even pace."""
        began = time.perf_counter()
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            text = f"message {len(self.sent)}"
            self.sent[text] = time.perf_counter()
            await random.choice(self.visitors).say(text)

    async def be_heard(self, seconds: float = _PATIENCE_SECONDS) -> None:
        """Wait until everything is acknowledged."""
        await until(lambda: not any(visitor.has_unsent for visitor in self.visitors), seconds)

    async def leave(self) -> None:
        """All visitors go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Listener:
    """A desktop that pulls as soon as there is news. `heard` holds when each message came, each time."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._after = 0
        self.heard: dict[str, list[float]] = defaultdict(list)
        self.connected = asyncio.Event()

    async def live(self) -> None:
        """Follow the relay until cancelled."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with httpx.AsyncClient(headers=headers, timeout=_PATIENCE_SECONDS) as client:
            while True:
                with suppress(OSError, WebSocketException, httpx.HTTPError, TimeoutError):
                    await self._follow(client)
                self.connected.clear()
                await asyncio.sleep(0.2)

    async def _follow(self, client: httpx.AsyncClient) -> None:
        address = f"{self._url.replace('http', 'ws', 1)}/api/v1/socket"
        async with connect(address, compression=None) as socket:
            await socket.send(json.dumps({"type": "hello", "token": self._token}))
            await self.pull(client)
            self.connected.set()
            async for frame in socket:
                news = json.loads(frame)
                if news["type"] == "news" and news["head"] > self._after:
                    await self.pull(client)

    async def pull(self, client: httpx.AsyncClient) -> None:
        """Take everything that is new."""
        more = True
        while more:
            params = {"after": self._after, "limit": 500}
            answer = await client.get(f"{self._url}/api/v1/feed", params=params)
            answer.raise_for_status()
            page = answer.json()
            at = time.perf_counter()
            for entry in page["entries"]:
                if entry["kind"] == "message" and entry["data"]["author"] == "visitor":
                    self.heard[entry["data"]["text"]].append(at)
            self._after, more = page["next"], page["more"]
