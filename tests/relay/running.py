"""A relay that runs on loopback inside the test's process, and what talks to it."""

from __future__ import annotations

import socket
import threading
from typing import Any, Self

import httpx

from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.server import make_server
from inbox_desktop.relay.service import Relay

ORIGIN = "https://shop.example"


class RunningRelay:
    """A relay behind uvicorn on a free port, in a thread with a loop of its own. Started by `with`."""

    def __init__(self, config: RelayConfig) -> None:
        self.relay = Relay.open(config)
        self._server = make_server(self.relay)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="relay-server")
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

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
