"""The demo's post: a thread with the server of the customers' mailboxes, and their way to write."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from inbox_desktop.demo.letters import Sealed
from inbox_desktop.demo.received import Received, read
from inbox_desktop.sync.tasks import end

HOST = "127.0.0.1"
FULL_MAILBOX = "caixacheia.example"
"""The domain whose server refuses every mail: the mailbox is full."""

_NAME = "customers.example"

T = TypeVar("T")


class Post:
    """Takes the team's mails to customers, on a thread and loop of its own; `arrived` is called there."""

    def __init__(self, arrived: Callable[[Received], None]) -> None:
        self._handler = _Mailboxes(arrived)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def port(self) -> int:
        """Where the customers' server listens, on the loopback address."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def open(self) -> None:
        """Start the thread and the server.

        Raises:
            OSError: it cannot listen.
        """
        self._thread.start()
        self.call(self._listen()).result()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the post's loop, from any other thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def keep(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine beside the others until it ends or the post closes; from the post's loop only."""
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Drop what is under way, and end server and thread. Harmless when it is closed already."""
        if not self._thread.is_alive():
            if not self._loop.is_closed():
                self._loop.close()
            return
        self.call(self._end()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(self._protocol, HOST, 0)

    def _protocol(self) -> SMTP:
        return SMTP(self._handler, hostname=_NAME, enable_SMTPUTF8=True, loop=self._loop)

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        await end(self._tasks)  # they end what they have begun, connections too
        await end(asyncio.all_tasks() - {asyncio.current_task()})


async def send(mail: Sealed, to: str, port: int) -> None:
    """Write to the team, at its listener on the loopback address.

    Raises:
        aiosmtplib.SMTPException, OSError: it was not taken.
    """
    client = aiosmtplib.SMTP(hostname=HOST, port=port, local_hostname=_NAME, start_tls=False, timeout=20)
    async with client:
        await client.sendmail(mail.sender, [to], mail.content)


class _Mailboxes:
    """Answers RCPT and DATA for all customers; the names are aiosmtpd's."""

    def __init__(self, arrived: Callable[[Received], None]) -> None:
        self._arrived = arrived

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Everybody lives here, but one mailbox is full."""
        if address.lower().endswith(f"@{FULL_MAILBOX}"):
            return "552 5.2.2 The mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Into the mailboxes."""
        content = envelope.content
        assert isinstance(content, bytes)
        self._arrived(read(content, tuple(envelope.rcpt_tos)))
        return "250 2.0.0 Delivered"
