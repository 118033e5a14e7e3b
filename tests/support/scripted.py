"""A server on loopback that says exactly what a test lets it say: for the lies and faults of real ones."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server

_PATIENCE_SECONDS = 20.0


class Conversation:
    """The server's side of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")

    def say(self, *lines: str | bytes) -> None:
        """Send lines; CRLF is added."""
        for line in lines:
            self._connection.sendall((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def say_raw(self, content: bytes) -> None:
        """Send bytes as they are."""
        self._connection.sendall(content)

    def hear(self) -> str:
        """The next line of the client, without CRLF; "" when it has gone."""
        return self._file.readline().decode("utf-8", "replace").rstrip("\r\n")

    def answer(self, *replies: str, ok: str = "OK done") -> str:
        """Hear an IMAP command, send untagged replies, and then its tag with `ok`. Returns the command."""
        line = self.hear()
        tag, _, command = line.partition(" ")
        if command:
            self.say(*replies, f"{tag} {ok}")
        return command

    def close(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._file.close()
        self._connection.close()


class ScriptedServer:
    """Runs `script` for each connection, on a thread of its own; the connection ends with the script."""

    def __init__(self, script: Callable[[Conversation], None]) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[Conversation] = []
        self.connections = 0

    def server(self, security: Security = Security.NONE) -> Server:
        """Its address."""
        return Server("127.0.0.1", self._listener.getsockname()[1], security)

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for conversation in self._open:
            conversation.close()
        for thread in self._threads:
            thread.join(_PATIENCE_SECONDS)

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="scripted server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(_PATIENCE_SECONDS)
            conversation = Conversation(connection)
            self._open.append(conversation)
            self.connections += 1
            self._run(lambda conversation=conversation: self._converse(conversation))  # type: ignore[misc]

    def _converse(self, conversation: Conversation) -> None:
        with suppress(OSError, ValueError):  # the client has gone, or the test is over
            self._script(conversation)
        with suppress(OSError, ValueError):
            conversation.close()
