"""A real submission server (aiosmtpd) in a thread of its own, with TLS, sign-in, and faults to order.

A fault strikes at one point of a session and is used up by it. The points, in their order: `greeting`,
`ehlo`, `starttls`, `auth`, `mail`, `rcpt`, `data` (instead of 354), `body` (after 354, before the message has
come), `content` (the whole message has come and is not taken), `accepted` (it is taken, and the reply is not
sent), `quit`. The kinds: `drop` the connection, `stall` for ever, `4xx`, `5xx`.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, TLSSetupException

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server
from tests.support.tls import CertificateFiles

HOST = "127.0.0.1"
USER, PASSWORD = "support@shop.example", "correct horse"
_PATIENCE = 10.0
_REPLIES = {"4xx": "451 4.3.0 Come back later", "5xx": "554 5.7.1 We do not want this"}

_POINT_OF = {
    "HELO": "ehlo",
    **{c.upper(): c for c in ("ehlo", "starttls", "auth", "mail", "rcpt", "data", "quit")},
}
Method = Callable[[str | None], Awaitable[None]]

POINTS = ("greeting", "ehlo", "auth", "mail", "rcpt", "data", "body", "content", "accepted", "quit")
KINDS = ("drop", "stall", "4xx", "5xx")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that the server has taken, and for whom."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class Fault:
    """What goes wrong, where, and how often. `reply` replaces the usual words of a 4xx or 5xx."""

    point: str
    kind: str
    times: int = 1
    reply: str = ""


@dataclass(slots=True)
class Behaviour:
    """What the server does. Tests change it; `recipient_replies` are used up one after the other.

    `struck` are the points at which faults have struck, `sign_ins` whether each was let in.
    """

    faults: list[Fault] = field(default_factory=list)
    recipient_replies: dict[str, list[str]] = field(default_factory=dict)
    accepted: list[Accepted] = field(default_factory=list)
    sign_ins: list[bool] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    sessions: int = 0
    hello: str = ""
    wants_sign_in: bool = False
    offers_auth: bool = True

    def take(self, point: str) -> Fault | None:
        """The fault that strikes here now."""
        for fault in self.faults:
            if fault.point == point and fault.times > 0:
                fault.times -= 1
                self.struck.append(point)
                return fault
        return None


class SmtpServer:
    """A server on a free loopback port; use it as a context manager."""

    def __init__(
        self,
        security: Security = Security.NONE,
        certificate: CertificateFiles | None = None,
        *,
        smtputf8: bool = False,
        size_limit: int = 40_000_000,
        tls_version: ssl.TLSVersion | None = None,
    ) -> None:
        self.security = security
        self.behaviour = Behaviour()
        self._context = _server_context(certificate, tls_version) if certificate else None
        self._options: dict[str, Any] = {"enable_SMTPUTF8": smtputf8, "data_size_limit": size_limit}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp server", daemon=True)
        self._listener: asyncio.Server | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.hang_up()
        asyncio.run_coroutine_threadsafe(self._end_tasks(), self._loop).result(_PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)
        self._loop.close()

    def listen(self) -> None:
        """Accept connections, on the port it had before if there was one."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(_PATIENCE)

    def hang_up(self) -> None:
        """Stop listening and drop every connection."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(_PATIENCE)

    @property
    def server(self) -> Server:
        """Where it listens, as a channel's settings say it."""
        return Server(HOST, self.port, self.security)

    @property
    def accepted(self) -> list[Accepted]:
        """What it has taken."""
        return self.behaviour.accepted

    def copies(self) -> Counter[str]:
        """How often each recipient was sent a message that was taken."""
        return Counter(address for message in self.accepted for address in message.recipients)

    def fail(self, point: str, kind: str, times: int = 1, reply: str = "") -> None:
        """Order a fault."""
        self.behaviour.faults.append(Fault(point, kind, times, reply))

    async def _listen(self) -> None:
        is_tls = self.security is Security.TLS
        self._listener = await self._loop.create_server(
            self._session, HOST, self.port, ssl=self._context if is_tls else None
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    def _session(self) -> _Session:
        starttls = self._context if self.security is Security.STARTTLS else None
        return _Session(self.behaviour, self._loop, starttls, self._options)

    async def _hang_up(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        # The loop's own list: connections whose TLS handshake goes on have told nobody else yet.
        for transport in tuple(self._loop._transports.values()):  # type: ignore[attr-defined]
            transport.abort()
        await asyncio.sleep(0)

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _QuietSession(Session):
    """Without the property that warns whenever somebody signs in."""

    login_data = None


class _Session(SMTP):
    """One connection, as the behaviour wants it."""

    def __init__(
        self,
        behaviour: Behaviour,
        loop: asyncio.AbstractEventLoop,
        starttls: ssl.SSLContext | None,
        options: dict[str, Any],
    ) -> None:
        self.behaviour = behaviour
        self._greeted = False
        super().__init__(
            self,
            loop=loop,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=self._check_password,
            auth_require_tls=starttls is not None,
            **options,
        )
        for command, point in _POINT_OF.items():
            if command in self._smtp_methods:
                method = functools.partial(self._command, point, self._smtp_methods[command])
                self._smtp_methods[command] = method
        behaviour.sessions += 1

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            if reply := await self._fault("greeting"):
                status = reply
        await super().push(status)

    def _create_session(self) -> Session:
        return _QuietSession(self.loop)

    async def _command(self, point: str, method: Method, arg: str | None) -> None:
        """A command of the client's, unless a fault answers it."""
        if point == "ehlo":
            self.behaviour.hello = arg or ""
        if point == "mail" and self._is_stranger():
            await self.push("530 5.7.0 Authentication required")
        elif not await self._struck(point):
            await (self._receive_part if point == "data" else method)(arg)

    async def _receive_part(self, arg: str | None) -> None:
        """DATA, broken off in the middle if a fault says so."""
        if fault := self.behaviour.take("body"):
            await self.push("354 Go on")
            await self._reader.readuntil(b"\r\n")
            await self._struck("body", fault)
            self._writer.close()  # what else comes of the message shall not be read as commands
            await asyncio.Event().wait()
        else:
            await self.smtp_DATA(arg)

    def _is_stranger(self) -> bool:
        assert self.session is not None
        return self.behaviour.wants_sign_in and not self.session.authenticated

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if self.behaviour.offers_auth:
            return responses
        return [line for line in responses if "AUTH" not in line]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        replies = self.behaviour.recipient_replies.get(address, [])
        if replies:
            return replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if reply := await self._fault("content"):
            return reply
        content = envelope.content
        assert isinstance(content, bytes)
        recipients = tuple(str(address) for address in envelope.rcpt_tos)
        self.behaviour.accepted.append(Accepted(str(envelope.mail_from), recipients, content))
        return await self._fault("accepted") or "250 OK"

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, TLSSetupException):  # the client did not trust the certificate
            return "454 TLS not available"
        raise error

    def _check_password(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        self.behaviour.sign_ins.append(is_right)
        return AuthResult(success=is_right, handled=False)

    async def _struck(self, point: str, fault: Fault | None = None) -> bool:
        """Whether a fault has answered in place of the server."""
        if reply := await self._fault(point, fault):
            await self.push(reply)
        return bool(reply)

    async def _fault(self, point: str, fault: Fault | None = None) -> str:
        """The reply of a fault, "" without one. What drops or stalls the session never returns."""
        fault = fault or self.behaviour.take(point)
        if fault is None:
            return ""
        if fault.kind == "drop":
            assert self.transport is not None
            self.transport.abort()  # type: ignore[attr-defined]
        if fault.kind in {"drop", "stall"}:
            await asyncio.Event().wait()  # until the end of the connection cancels this
        return fault.reply or _REPLIES[fault.kind]


def _server_context(certificate: CertificateFiles, version: ssl.TLSVersion | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if version is not None:
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context
