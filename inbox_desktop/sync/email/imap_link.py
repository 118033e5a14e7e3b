"""An IMAP session for the event loop: it lives on a thread of its own, and every wait can be broken off."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Concatenate, ParamSpec, TypeVar

from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.email.imap import ImapSession, News, Waker
from inbox_desktop.sync.worker import Worker

P = ParamSpec("P")
T = TypeVar("T")


class ImapLink:
    """Calls methods of one `ImapSession` on its thread; the event loop never waits for the network."""

    def __init__(self, name: str) -> None:
        self._worker = Worker(f"imap-{name}")
        self._waker = Waker()
        self._lock = threading.Lock()
        self._session: ImapSession | None = None
        self._ended = False

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, name: str, server: Server, user: str, password: Callable[[], str]
    ) -> AsyncIterator[ImapLink]:
        """A signed-in link. `password` is called on the link's thread, since keyrings may block.

        Raises:
            ChannelError: the password is missing, or the server cannot be reached or does not let us in.
        """
        link = cls(name)
        try:
            await link._worker.call(link._open, server, user, password)
            yield link
        finally:
            link._end()

    @property
    def can_idle(self) -> bool:
        """Whether the server offers IDLE."""
        return self._session is not None and self._session.can_idle

    async def call(
        self, method: Callable[Concatenate[ImapSession, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call a method of the session, as in `await link.call(ImapSession.examine, "INBOX")`."""
        session = self._session
        assert session is not None
        return await self._worker.call(method, session, *args, **kwargs)

    async def wait_for_news(self) -> News:
        """Wait in IDLE; `wake` ends it.

        Raises:
            ChannelError: the connection is dead.
        """
        return await self.call(ImapSession.wait_for_news, self._waker)

    def wake(self) -> None:
        """End a wait for news."""
        self._waker.set()

    def abort(self) -> None:
        """Break the connection off: what runs fails at once."""
        with self._lock:
            session = self._session
        if session is not None:
            session.abort()
        self._waker.set()

    def _open(self, server: Server, user: str, password: Callable[[], str]) -> None:
        session = ImapSession.open(server, user, password())
        with self._lock:
            self._session = session
            abandoned = self._ended
        if abandoned:  # nobody waited for it any longer
            session.abort()

    def _end(self) -> None:
        """Break off what runs, and let the thread close the connection and end."""
        with self._lock:
            self._ended = True
        self.abort()
        self._worker.submit(self._close)
        self._worker.close(timeout=0)

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._waker.close()
