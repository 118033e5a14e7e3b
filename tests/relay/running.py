"""A relay that runs on loopback inside the test's process, and the visitors and desktops that talk to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.ids import new_id
from inbox_desktop.relay.access import invite
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.listening import listening_socket
from inbox_desktop.relay.server import make_server
from inbox_desktop.relay.service import Relay
from tests.support.plain_http import NO_TLS

ORIGIN = "https://shop.example"
PATIENCE = 30.0


class RunningRelay:
    """A relay behind uvicorn on a free port, in a thread with a loop of its own. Started by `with`."""

    def __init__(self, config: RelayConfig) -> None:
        self.relay = Relay.open(config)
        self._server = make_server(self.relay)
        self._socket = listening_socket("127.0.0.1", 0)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="relay-server")
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.http = httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False, verify=NO_TLS)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            threading.Event().wait(0.002)
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
        self.relay.close()

    @property
    def websocket_url(self) -> str:
        """The same address for sockets."""
        return self.url.replace("http", "ws", 1)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET a path of this relay."""
        return self.http.get(path, **options)

    def desktop(self, name: str = "desk") -> DesktopClient:
        """A desktop that joined by an invitation."""
        code = self.relay.database.write(invite)
        answer = self.http.post("/api/v1/join", json={"code": code, "name": name})
        return DesktopClient(self, **answer.json())

    def chat(self, **site: Any) -> str:
        """A new chat; its id."""
        values = ChatSite("Shop", (ORIGIN,), support_address="help@shop.example").to_json()
        answer = self.desktop("setup").post("chats", {"site": {**values, **site}})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def visitor(self, chat_id: str, **values: Any) -> VisitorClient:
        """A new visitor of a chat."""
        answer = self.http.post(f"/chat/{chat_id}/visitor", json=values, headers={"Origin": ORIGIN})
        assert answer.status_code == 201, answer.text
        return VisitorClient(self, chat_id, answer.json()["visitor_id"], answer.json()["token"])

    def in_loop(self, coroutine: Callable[[], Any]) -> Any:
        """Run a coroutine function in the server's loop, and wait for it."""
        import asyncio

        loop = self.relay.hub._loop
        assert loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine(), loop).result(PATIENCE)


class Socket:
    """A WebSocket whose frames are JSON objects."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, kind: str, **values: Any) -> None:
        """Send one frame."""
        self.connection.send(json.dumps({"type": kind, **values}))

    def receive(self) -> dict[str, Any]:
        """The next frame."""
        frame: dict[str, Any] = json.loads(self.connection.recv(PATIENCE))
        return frame

    def until(self, kind: str) -> dict[str, Any]:
        """The next frame of this type; others are passed over."""
        while (frame := self.receive())["type"] != kind:
            pass
        return frame


class VisitorClient:
    """A visitor's browser."""

    def __init__(self, server: RunningRelay, chat_id: str, visitor_id: str, token: str) -> None:
        self.server = server
        self.chat_id = chat_id
        self.id = visitor_id
        self.token = token
        self.headers = {"Origin": ORIGIN, "Authorization": f"Bearer {token}"}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request to this visitor's chat."""
        return self.server.http.request(
            method, f"/chat/{self.chat_id}/{path}", headers=self.headers, **options
        )

    def post(self, path: str, values: Any = None) -> httpx.Response:
        """POST a JSON body."""
        return self.request("POST", path, json={} if values is None else values)

    def get(self, path: str, **query: Any) -> httpx.Response:
        """GET with a query."""
        return self.request("GET", path, params=query)

    def write(self, text: str, **values: Any) -> dict[str, Any]:
        """A message that is taken; the answer."""
        answer = self.post("messages", {"client_id": new_id(), "text": text, **values})
        assert answer.status_code in {200, 201}, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def put_file(self, content: bytes, name: str = "a.txt", client_id: str | None = None) -> httpx.Response:
        """Put up a file."""
        query = {"name": name, "client_id": client_id or new_id()}
        return self.request("PUT", "files", params=query, content=content)

    @contextmanager
    def socket(self, after: int = 0, origin: str = ORIGIN) -> Iterator[Socket]:
        """A socket that greeted."""
        url = f"{self.server.websocket_url}/chat/{self.chat_id}/socket"
        with connect(url, additional_headers={"Origin": origin}) as connection:
            opened = Socket(connection)
            opened.send("hello", token=self.token, after=after)
            yield opened


class DesktopClient:
    """A desktop of the team."""

    def __init__(self, server: RunningRelay, token: str, desktop_id: str) -> None:
        self.server = server
        self.id = desktop_id
        self.token = token
        self.headers = {"Authorization": f"Bearer {token}"}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request to the desktops' interface."""
        return self.server.http.request(method, f"/api/v1/{path}", headers=self.headers, **options)

    def get(self, path: str, **query: Any) -> httpx.Response:
        """GET with a query."""
        return self.request("GET", path, params=query)

    def post(self, path: str, values: Any = None) -> httpx.Response:
        """POST a JSON body."""
        return self.request("POST", path, json={} if values is None else values)

    def feed(self, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
        """All entries after a seq, page by page."""
        entries: list[dict[str, Any]] = []
        while True:
            page = self.get("feed", after=after, limit=limit).json()
            entries += page["entries"]
            after = page["next"]
            if not page["more"]:
                return entries

    def answer(self, conversation_id: str, text: str, **values: Any) -> dict[str, Any]:
        """An agent's message that is taken; the message."""
        body = {"client_id": new_id(), "text": text, "agent_name": "Ana", **values}
        answer = self.post(f"conversations/{conversation_id}/messages", body)
        assert answer.status_code in {200, 201}, answer.text
        message: dict[str, Any] = answer.json()["message"]
        return message

    @contextmanager
    def socket(self) -> Iterator[Socket]:
        """A socket that greeted."""
        with connect(f"{self.server.websocket_url}/api/v1/socket") as connection:
            opened = Socket(connection)
            opened.send("hello", token=self.token)
            yield opened
