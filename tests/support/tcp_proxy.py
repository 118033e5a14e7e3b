"""A way to a server on loopback that a test can cut: refused, or with every answer lost."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from enum import Enum
from typing import Self


class Way(Enum):
    """What the way does with connections: let them through, cut them, or lose what the server answers."""

    OPEN = "open"
    CUT = "cut"
    DEAF = "deaf"


class TcpProxy:
    """Forwards connections to `port`. `with` starts it; every change of `way` ends what is open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._way = Way.OPEN
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.answers_lost = 0
        """How many connections had an answer that never arrived."""

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._end_all()
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        """Where clients find the server."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def way(self) -> Way:
        """What happens to connections now."""
        return self._way

    @way.setter
    def way(self, way: Way) -> None:
        self._way = way
        self._end_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listening.accept()
            except OSError:
                return
            if self._way is Way.CUT:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._port))
            with self._lock:
                self._open |= {client, server}
            self._start(self._forward, client, server, False)
            self._start(self._forward, server, client, self._way is Way.DEAF)

    def _forward(self, source: socket.socket, target: socket.socket, is_lost: bool) -> None:
        with suppress(OSError):
            while content := source.recv(65_536):
                if is_lost:
                    self.answers_lost += 1
                    break
                target.sendall(content)
        self._end(source, target)

    def _end(self, *sockets: socket.socket) -> None:
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        with self._lock:
            self._open -= set(sockets)

    def _end_all(self) -> None:
        with self._lock:
            sockets = tuple(self._open)
        self._end(*sockets)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
