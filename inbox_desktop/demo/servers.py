"""Web servers on loopback in threads of their own, and the end of a connection in the middle."""

from __future__ import annotations

import asyncio
import socket
import threading

import uvicorn
from starlette.types import ASGIApp, Send

from inbox_desktop.relay.listening import listening_socket

_GRACE_SECONDS = 5.0


class ThreadServer:
    """Runs a uvicorn server on a socket that listens already, in a thread of its own, until it is stopped."""

    def __init__(self, server: uvicorn.Server, name: str, listening: socket.socket) -> None:
        self._server = server
        self._socket = listening
        self._thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name=name, daemon=True
        )

    def start(self) -> None:
        """Begin to serve. Whoever connected before waits a moment."""
        self._thread.start()

    def stop(self) -> None:
        """End every connection and the thread."""
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(_GRACE_SECONDS)
        self._socket.close()


class LoopbackServer(ThreadServer):
    """Serves an ASGI application on 127.0.0.1, until it is stopped.

    `listening` is a socket that listens there already; without one it takes a free port.
    """

    def __init__(self, app: ASGIApp, name: str, listening: socket.socket | None = None) -> None:
        taken = listening or listening_socket("127.0.0.1", 0)
        self.port: int = taken.getsockname()[1]
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",  # what goes wrong is kept by the application, as a violation
            access_log=False,
            date_header=False,  # the simulated clock says the date
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(uvicorn.Server(config), name, taken)

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


async def drop_connection(send: Send) -> None:
    """End the connection to which an answer would go, without a word.

    ASGI knows no such thing, so the transport is taken from uvicorn's own cycle of request and response.
    """
    cycle = getattr(send, "__self__", None)
    transport: asyncio.Transport | None = getattr(cycle, "transport", None)
    if transport is None:
        raise RuntimeError("this server's connections cannot be dropped")
    transport.abort()
    for _ in range(10):  # rounds of the loop, in which uvicorn hears of it, and answers no more
        await asyncio.sleep(0)
