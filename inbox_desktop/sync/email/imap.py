"""A connection to an IMAP server: opened safely, read-only, every call with a time-out. All of it blocks."""

from __future__ import annotations

import imaplib
import re
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server, insecure_reason
from inbox_desktop.sync.email.fetch_answers import FetchedMail, read_fetch_answer, read_size_answer
from inbox_desktop.sync.errors import (
    KEPT,
    RESTS,
    RETRIED,
    ChannelError,
    Fault,
    closed_error,
    connection_error,
    quoted,
    stripped_error,
)
from inbox_desktop.sync.tls import client_context

TIMEOUT_SECONDS = 30.0
IDLE_ROUND_SECONDS = 25.0
"""How long IDLE runs before the server has to prove that it is there; far below the 29 minutes of
RFC 2177."""

_MOST_LISTED = 50_000  # imaplib refuses lines over 1 MB, and SEARCH answers in one line
_TEMPORARY = re.compile(r"\[(UNAVAILABLE|INUSE|SERVERBUG)\]|temporar|try again|unavailable", re.IGNORECASE)
_LIMITED = re.compile(r"\[(LIMIT|OVERQUOTA)\]|too many|limit|rate|throttl", re.IGNORECASE)


class News(Enum):
    """How a wait for new mail ended."""

    MAIL = "mail"
    QUIET = "quiet"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Examined:
    """A folder as the server describes it when it is opened read-only (RFC 3501, section 6.3.2)."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a batch brought: mails, UIDs that vanished, and UIDs that the server keeps back (with words)."""

    mails: tuple[FetchedMail, ...]
    gone: tuple[int, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


class GarbledError(ChannelError):
    """The server's answer could not be understood; the connection is of no use any more."""

    def __init__(self, server: Server) -> None:
        super().__init__(
            Fault.CLOSED,
            f"What {server} answered could not be understood. {KEPT} The connection is made anew.",
        )


class RefusedError(ChannelError):
    """The server hands out none of the mails asked for; `fetched` holds its words for each."""

    def __init__(self, trouble: ChannelError, fetched: Fetched) -> None:
        super().__init__(trouble.fault, str(trouble))
        self.fetched = fetched


def connect_imap(server: Server, *, timeout: float = TIMEOUT_SECONDS) -> IMAPClient:
    """A connection that is encrypted as the settings ask, not yet signed in.

    Raises:
        ChannelError: the settings are unsafe, or the server cannot be reached, trusted or understood.
    """
    if reason := insecure_reason(server):
        raise ChannelError(Fault.SETTINGS, f"{reason} {KEPT}")
    with faults(server):
        client = IMAPClient(
            server.host,
            port=server.port,
            ssl=server.security is Security.TLS,
            ssl_context=client_context() if server.security is Security.TLS else None,
            timeout=SocketTimeout(timeout, timeout),
        )
    client.normalise_times = False  # times keep their zone
    client._imap.debug = 0
    if server.security is Security.STARTTLS:
        _start_tls(client, server)
    with suppress(OSError):
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return client


def sign_in(client: IMAPClient, server: Server, user: str, password: str) -> None:
    """Sign in, in whichever way the server offers.

    Raises:
        ChannelError: the server does not let us in, or the connection failed.
    """
    if client._imap.state == "AUTH":
        return
    with faults(server):
        by_plain = client.has_capability("AUTH=PLAIN")
        if client.has_capability("LOGINDISABLED") and not by_plain:
            raise ChannelError(
                Fault.SIGN_IN,
                f"{server} does not allow signing in with a password here. {KEPT} Choose TLS in the "
                "channel's settings, or ask the provider how mail programs sign in.",
            )
        try:
            if by_plain:
                client.plain_login(user, password)
            else:
                client.login(user, password)
        except IMAPClientError as error:
            if isinstance(error, IMAPClientAbortError) or isinstance(error.__context__, IMAPClientAbortError):
                raise closed_error(server) from error
            raise _sign_in_error(server, user, str(error)) from error
        except UnicodeEncodeError as error:
            raise _sign_in_error(server, user, "the password has characters that it does not take") from error


def open_imap(server: Server, user: str, password: str, *, timeout: float = TIMEOUT_SECONDS) -> IMAPClient:
    """A signed-in connection. Whoever opens it ends it, with `close_imap`.

    Raises:
        ChannelError: as `connect_imap` and `sign_in`.
    """
    client = connect_imap(server, timeout=timeout)
    try:
        sign_in(client, server, user, password)
    except BaseException:
        close_imap(client)
        raise
    return client


def close_imap(client: IMAPClient, *, politely: bool = False) -> None:
    """End a connection, whatever state it is in; `politely` says LOGOUT first and may wait for the answer."""
    if politely:
        with suppress(IMAPClientError, OSError, ValueError, AttributeError):
            client.logout()
            return
    with suppress(IMAPClientError, OSError, ValueError, AttributeError):
        client.shutdown()


@contextmanager
def faults(server: Server) -> Iterator[None]:
    """Turn the errors of a conversation with `server` into ChannelError; our own bugs pass."""
    try:
        yield
    except OSError as error:  # before ValueError: a certificate's error is both
        raise connection_error(error, server) from error
    except (ProtocolError, ValueError) as error:
        raise GarbledError(server) from error
    except IMAPClientAbortError as error:
        if "unterminated" in str(error) or "unexpected response" in str(error):
            raise GarbledError(server) from error
        raise closed_error(server) from error
    except IMAPClientError as error:
        raise _refused(server, str(error)) from error


class ImapSession:
    """A signed-in connection for one thread. Only `abort` may be called from another one."""

    def __init__(self, client: IMAPClient, server: Server, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = client
        self._server = server
        self._timeout = timeout
        self.can_idle = bool(client.has_capability("IDLE"))

    @classmethod
    def open(cls, server: Server, user: str, password: str, *, timeout: float = TIMEOUT_SECONDS) -> Self:
        """Connect and sign in. `timeout` (seconds) holds for every answer of the server.

        Raises:
            ChannelError: it did not work; the text says at which step and what to do.
        """
        client = open_imap(server, user, password, timeout=timeout)
        with faults(server):
            return cls(client, server, timeout)

    def examine(self, folder: str) -> Examined:
        """Open a folder read-only: nothing that is done here changes a flag on the server.

        Raises:
            ChannelError: there is no such folder, or the connection failed.
        """
        with faults(self._server):
            try:
                answer = self._client.select_folder(folder, readonly=True)
            except IMAPClientError as error:
                if isinstance(error, IMAPClientAbortError) or _TEMPORARY.search(str(error)):
                    raise
                raise self._folder_error(folder, str(error)) from error
        return Examined(
            int(answer.get(b"UIDVALIDITY", 0)), int(answer.get(b"UIDNEXT", 0)), int(answer.get(b"EXISTS", 0))
        )

    def uids(self, exists: int) -> list[int]:
        """All UIDs of the open folder, which holds `exists` mails.

        Raises:
            ChannelError: the connection failed.
        """
        if exists == 0:
            return []
        with faults(self._server):
            if exists <= _MOST_LISTED:
                return list(self._client.search("ALL"))
            found: set[int] = set()
            for first in range(1, exists + 1, _MOST_LISTED):
                last = min(exists, first + _MOST_LISTED - 1)
                found.update(self._client.search(f"{first}:{last if last < exists else '*'}"))
            return sorted(found)

    def uids_from(self, first: int) -> list[int]:
        """The UIDs of the open folder that are `first` or higher.

        Raises:
            ChannelError: the connection failed.
        """
        with faults(self._server):
            # `n:*` always names the last mail, even if its UID is below n (RFC 3501, section 6.4.8).
            return [uid for uid in self._client.search(f"UID {first}:*") if uid >= first]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """The size in bytes of each of these mails that is still there.

        Raises:
            ChannelError: the connection failed.
        """
        with faults(self._server):
            return read_size_answer(self._ask(uids, "(RFC822.SIZE)"))

    def fetch(self, uids: Sequence[int], *, header_only: bool = False) -> Fetched:
        """These mails, without marking them seen.

        Raises:
            RefusedError: the server is there and hands out none of them.
            ChannelError: the connection failed, or the server wants to be asked later.
        """
        found: dict[int, FetchedMail] = {}
        words: dict[int, str] = {}
        with faults(self._server):
            try:
                found = self._fetch(uids, header_only=header_only)
            except IMAPClientError as error:
                if not _is_refusal(error):
                    raise
                words = dict.fromkeys(uids, str(error))
            missing = [uid for uid in uids if uid not in found]
            listed = set(self._client.search(f"UID {_set(missing)}")) if missing else set()
            for uid in missing:
                if uid in listed:
                    found |= self._fetch_alone(uid, words, header_only=header_only)
        gone = tuple(uid for uid in missing if uid not in listed)
        refused = tuple((uid, words.get(uid, "")) for uid in missing if uid in listed and uid not in found)
        fetched = Fetched(tuple(found[uid] for uid in uids if uid in found), gone, refused)
        if refused and not found:
            trouble = _refused(self._server, refused[0][1])
            raise RefusedError(trouble, fetched) if trouble.fault is Fault.SERVER else trouble
        return fetched

    def wait_for_news(self, waker: Waker, seconds: float = IDLE_ROUND_SECONDS) -> News:
        """Wait in IDLE (RFC 2177) until mail comes, `waker` is set, or the time is over.

        When it returns, the server has just proved that it is there.

        Raises:
            ChannelError: the connection is dead, or what it says is garbled.
        """
        with faults(self._server):
            self._client.idle()
            news = self._idle(waker, time.monotonic() + seconds)
            _, last_words = self._client.idle_done()
        return News.MAIL if self._names_mail(last_words) else news

    def close(self) -> None:
        """Say goodbye and end."""
        close_imap(self._client, politely=True)

    def abort(self) -> None:
        """Break the connection off, from any thread: a call that waits for the server fails at once."""
        with suppress(OSError, AttributeError):
            # The socket's own method: that of SSLSocket would take the object away under the reading thread.
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    def _fetch(self, uids: Sequence[int], *, header_only: bool) -> dict[int, FetchedMail]:
        part = "[HEADER]" if header_only else "[]"
        data = self._ask(uids, f"(INTERNALDATE FLAGS BODY.PEEK{part})")
        found = read_fetch_answer(data, f"BODY{part}".encode())
        return {uid: found[uid] for uid in uids if uid in found}

    def _ask(self, uids: Sequence[int], what: str) -> Sequence[Any]:
        """What imaplib collects of the answer to FETCH."""
        answer, data = self._client._imap.uid("FETCH", _set(uids), what)
        if answer != "OK":
            raise IMAPClientError(f"fetch failed: {quoted(data[0] or b'')}")
        found: Sequence[Any] = data
        return found

    def _fetch_alone(self, uid: int, words: dict[int, str], *, header_only: bool) -> dict[int, FetchedMail]:
        try:
            return self._fetch([uid], header_only=header_only)
        except IMAPClientError as error:
            if not _is_refusal(error):
                raise
            words[uid] = str(error)
            return {}

    def _idle(self, waker: Waker, deadline: float) -> News:
        with selectors.DefaultSelector() as selector:
            selector.register(self._client.socket(), selectors.EVENT_READ, "server")
            selector.register(waker, selectors.EVENT_READ, "waker")
            while (left := deadline - time.monotonic()) > 0:
                if self._has_unread_answer():
                    return News.QUIET  # ending IDLE reads it
                ready = {key.data for key, _ in selector.select(left)}
                if "waker" in ready:
                    waker.clear()
                    return News.INTERRUPTED
                if "server" in ready:
                    answers = self._client.idle_check(timeout=0)
                    if not answers:  # readable, and nothing to read: the connection is dead
                        raise closed_error(self._server)
                    if self._names_mail(answers):
                        return News.MAIL
        return News.QUIET

    def _has_unread_answer(self) -> bool:
        """Whether something lies in a buffer already, where waiting for the socket would not see it."""
        sock = self._client.socket()
        sock.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except OSError:
            return False
        finally:
            sock.settimeout(self._timeout)

    def _names_mail(self, answers: Iterable[Any]) -> bool:
        words = [answer for answer in answers if isinstance(answer, tuple)]
        if any(answer[0] == b"BYE" for answer in words):
            raise closed_error(self._server)
        return any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in words)

    def _folder_error(self, folder: str, words: str) -> ChannelError:
        return ChannelError(
            Fault.FOLDER,
            f"{self._server} has no folder “{folder}” that could be opened (it says: {quoted(words)}). "
            f"{KEPT} Choose its folders in the channel's settings.",
        )


class Waker:
    """Something to wait for beside a socket: `set` from any thread ends the wait."""

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)

    def fileno(self) -> int:
        """For selectors."""
        return self._reading.fileno()

    def set(self) -> None:
        """End the present wait, or else the next one."""
        with suppress(OSError):  # full: it is set already; closed: nobody waits
            self._writing.send(b"!")

    def clear(self) -> None:
        """Forget what was set."""
        with suppress(OSError):
            self._reading.recv(4096)

    def close(self) -> None:
        """Give the sockets back."""
        self._reading.close()
        self._writing.close()


def _start_tls(client: IMAPClient, server: Server) -> None:
    try:
        with faults(server):
            if client._imap.state == "AUTH" or not client.has_capability("STARTTLS"):
                raise stripped_error(server)
            client.starttls(client_context())
            client.socket().settimeout(TIMEOUT_SECONDS)
    except BaseException:
        close_imap(client)
        raise


def _is_refusal(error: IMAPClientError) -> bool:
    """Whether the server answered NO, as opposed to a connection that broke or made no sense."""
    return not isinstance(error, IMAPClientAbortError | ProtocolError | imaplib.IMAP4.readonly)


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _sign_in_error(server: Server, user: str, words: str) -> ChannelError:
    said = quoted(words)
    if _LIMITED.search(words):
        return ChannelError(
            Fault.LIMIT,
            f"{server} limits how often one may sign in (it says: {said}). {KEPT} Close other mail programs "
            f"that use this mailbox. {RETRIED}",
        )
    if _TEMPORARY.search(words):
        return ChannelError(
            Fault.SERVER, f"{server} cannot sign anybody in at present (it says: {said}). {KEPT} {RETRIED}"
        )
    return ChannelError(
        Fault.SIGN_IN,
        f"{server} refused the user name {user} or its password (it says: {said}). {KEPT} Check both in the "
        f"channel's settings; many providers want an app password. {RESTS}",
    )


def _refused(server: Server, words: str) -> ChannelError:
    if _LIMITED.search(words):
        return ChannelError(
            Fault.LIMIT, f"{server} allows no more at present (it says: {quoted(words)}). {KEPT} {RETRIED}"
        )
    return ChannelError(
        Fault.SERVER, f"{server} did not do what was asked (it says: {quoted(words)}). {KEPT} {RETRIED}"
    )
