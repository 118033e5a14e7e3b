"""The built-in SMTP listener: takes mail that is forwarded from a support address (RFC 5321)."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageError, StorageFullError
from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.email.limits import MAX_MAIL_BYTES
from inbox_desktop.sync.email.message_ids import ascii_domain
from inbox_desktop.sync.errors import KEPT, RETRIED, ChannelError, Fault

Keep = Callable[[bytes, datetime], Awaitable[None]]
"""Stores a raw mail durably, with the moment (UTC) at which it came; raises StorageError when it cannot."""

MOST_CONNECTIONS = 20
MOST_RECIPIENTS = 100
MOST_HOPS = 100  # RFC 5321, section 6.3: fewer could be an honest long way
SILENCE_SECONDS = 300.0  # section 4.5.3.2.7

_TRACE = re.compile(
    rb"Return-Path: <[^\r\n]*>\r\n(?:Delivered-To: [^\r\n]*\r\n)*"
    rb"Received: from [^\r\n]* by inbox-desktop with ESMTP; [^\r\n]*\r\n"
)

log = logging.getLogger(__name__)


def without_trace(raw: bytes) -> bytes:
    """The mail as its sender handed it over: without the lines that the listener puts in front of it."""
    trace = _TRACE.match(raw)
    return raw[trace.end() :] if trace else raw


def closed_to_strangers(server: Server) -> str | None:
    """Why the listener may not listen there, or None: without TLS it is for this computer only."""
    if server.security is Security.NONE and not server.is_loopback:
        return (
            f"Mail would travel to {server} unencrypted, so nothing listens there. {KEPT} Listen on "
            "127.0.0.1, or choose TLS or STARTTLS."
        )
    return None


class Listener:
    """Listens at `server` for mail to `addresses`, and hands each mail to `keep` before it answers 250.

    `certificate` is a PEM file with a private key and its certificate, needed for TLS and STARTTLS.
    """

    def __init__(
        self,
        server: Server,
        addresses: frozenset[str],
        keep: Keep,
        certificate: Path,
        *,
        most_bytes: int = MAX_MAIL_BYTES,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        self._server = server
        self._handler = _Handler(frozenset(address.lower() for address in addresses), keep)
        self._certificate = certificate
        self._most_bytes = most_bytes
        self._most_connections = most_connections
        self._domain = ascii_domain(min(addresses, default="").rpartition("@")[2])
        self._connections: set[_Connection] = set()
        self._listening: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that it listens on, also when the settings left the choice to the system (0)."""
        if self._listening is None:
            return self._server.port
        port: int = self._listening.sockets[0].getsockname()[1]
        return port

    async def open(self) -> None:
        """Begin to listen, on the running loop.

        Raises:
            ChannelError: it may not or cannot listen there.
        """
        if reason := closed_to_strangers(self._server):
            raise ChannelError(Fault.SETTINGS, reason)
        context = None if self._server.security is Security.NONE else _server_context(self._certificate)
        loop = asyncio.get_running_loop()
        try:
            self._listening = await loop.create_server(
                lambda: self._protocol(context),
                self._server.host,
                self._server.port,
                ssl=context if self._server.security is Security.TLS else None,
                start_serving=False,
            )
            # A step of its own: cancelled while it begins to serve, create_server would keep the port.
            await self._listening.start_serving()
        except asyncio.CancelledError:
            await self.close()
            raise
        except OSError as error:
            await self.close()
            raise ChannelError(
                Fault.PORT,
                f"Nothing can listen at {self._server} ({error.strerror or type(error).__name__}). {KEPT} "
                f"Check that no other program uses this port, or choose another one. {RETRIED}",
            ) from error

    async def close(self) -> None:
        """Stop listening and end every connection; what was answered with 250 is stored."""
        if self._listening is None:
            return
        listening, self._listening = self._listening, None
        listening.close()
        for connection in tuple(self._connections):
            connection.abort()
        while self._connections:
            await asyncio.gather(*(connection.ended.wait() for connection in tuple(self._connections)))
        await listening.wait_closed()

    def _protocol(self, context: ssl.SSLContext | None) -> asyncio.BaseProtocol:
        if len(self._connections) >= self._most_connections:
            return _Busy(self._domain)
        starttls = context if self._server.security is Security.STARTTLS else None
        return _Connection(
            self._connections,
            self._handler,
            hostname=self._domain,
            ident="ready",
            data_size_limit=self._most_bytes,
            enable_SMTPUTF8=True,
            tls_context=starttls,
            require_starttls=starttls is not None,
            timeout=SILENCE_SECONDS,
            loop=asyncio.get_running_loop(),
        )


class _Connection(SMTP):
    """One conversation; it stands in `connections` as long as it lasts."""

    def __init__(self, connections: set[_Connection], handler: _Handler, **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._connections = connections
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called again when STARTTLS has changed the transport."""
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The end of it."""
        super().connection_lost(error)
        self._connections.discard(self)
        self.ended.set()

    def abort(self) -> None:
        """End it at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class _Busy(asyncio.Protocol):
    """Turns a caller away for now."""

    def __init__(self, domain: str) -> None:
        self._domain = domain

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say why, and hang up."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(f"421 4.3.2 {self._domain} has too many connections; try again later\r\n".encode())
        transport.close()


class _Handler:
    """Answers MAIL, RCPT and DATA; the names are aiosmtpd's."""

    def __init__(self, addresses: frozenset[str], keep: Keep) -> None:
        self._addresses = addresses
        self._keep = keep

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """No AUTH is offered: nobody needs to sign in to write to a support address."""
        session.host_name = hostname
        return [line for line in responses if not line[4:].startswith("AUTH")]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only the channel's own addresses; this is no relay (section 3.6.2)."""
        if address.lower() not in self._addresses:
            return "550 5.1.1 No such address here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """250 is a promise (section 6.1): the mail lies on the disk when it is given."""
        content = envelope.content
        assert isinstance(content, bytes)
        if _hops(content) > MOST_HOPS:
            return "554 5.4.6 Too many hops; this mail goes in circles"
        moment = now()
        try:
            await self._keep(_trace(session, envelope, moment) + content, moment)
        except StorageFullError:
            return "451 4.3.1 The disk is full here and the mail was not taken; try again later"
        except StorageError as error:
            log.info("a forwarded mail could not be stored: %s", error)
            return "451 4.3.0 The mail could not be stored here and was not taken; try again later"
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        """Our own bug: said in the log, and the sender keeps the mail."""
        log.error("the SMTP listener failed", exc_info=error)
        return "451 4.3.0 Something went wrong here and the mail was not taken; try again later"


def _trace(session: Session, envelope: Envelope, moment: datetime) -> bytes:
    """The lines that the last server puts in front (sections 4.4 and 4.1.1.1)."""
    peer = (session.peer or ("unknown",))[0]
    greeting = _word(session.host_name or "unknown")
    lines = [f"Return-Path: <{_word(envelope.mail_from or '').strip('<>')}>"]
    lines += [f"Delivered-To: {_word(address)}" for address in dict.fromkeys(envelope.rcpt_tos)]
    came = f"from {greeting} ([{peer}]) by inbox-desktop with ESMTP; {format_datetime(moment)}"
    lines.append(f"Received: {came}")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")


def _word(text: str) -> str:
    """The text as one word of a header: nothing in it can end the line."""
    return "".join(c if c.isprintable() and c != " " else "?" for c in text)


def _hops(content: bytes) -> int:
    """How many servers the mail has passed."""
    header = content.partition(b"\r\n\r\n")[0]
    return sum(line[:9].lower() == b"received:" for line in header.split(b"\r\n"))


def _server_context(certificate: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate and key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as error:
        raise ChannelError(
            Fault.CERTIFICATE,
            f"The listener needs a certificate with its private key, and {certificate} cannot be used "
            f"({error.strerror or type(error).__name__}). {KEPT} Put both, unencrypted, into this file.",
        ) from error
    return context
