"""A connection to a submission server: connected, protected, signed in (RFC 5321, RFC 6409, RFC 8314)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server, insecure_reason
from inbox_desktop.sync.blocking import connected_socket
from inbox_desktop.sync.email.smtp_faults import reply_words, smtp_fault
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.tls import client_context

_OUR_NAME = "[127.0.0.1]"  # an address literal: the name of this computer is nobody's business


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a server may take, in seconds: to connect, for a reply, and for the reply to a message.

    A message gets more time for its own length: one second for each `bytes_per_second` bytes.
    """

    connect: float = 30.0
    reply: float = 60.0
    data: float = 120.0
    bytes_per_second: int = 16_384
    quit: float = 2.0


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its password, which is never shown."""

    user: str
    password: str = field(repr=False)


@asynccontextmanager
async def smtp_session(server: Server, login: Login, timeouts: Timeouts) -> AsyncIterator[aiosmtplib.SMTP]:
    """A signed-in connection, closed at the end whatever happens.

    Raises:
        ChannelError: the server can't be reached, isn't trusted, or doesn't let us in.
    """
    async with protected_session(server, timeouts) as client:
        await sign_in(client, server, login)
        client.timeout = timeouts.reply
        yield client
        with suppress(SMTPException, OSError):
            await client.quit(timeout=timeouts.quit)


@asynccontextmanager
async def protected_session(server: Server, timeouts: Timeouts) -> AsyncIterator[aiosmtplib.SMTP]:
    """A connection that is protected as the settings ask for, and has greeted; nobody has signed in yet.

    Raises:
        ChannelError: the server can't be reached or isn't trusted.
    """
    if reason := insecure_reason(server):
        raise ChannelError(Fault.SETTINGS, reason)
    try:
        connection = await connected_socket(server, timeouts.connect)
    except OSError as error:
        raise smtp_fault(error, server) from error
    client = aiosmtplib.SMTP(
        sock=connection,
        hostname=server.host,
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=None if server.security is Security.NONE else client_context(),
        local_hostname=_OUR_NAME,
        timeout=timeouts.connect,
    )
    transport = None
    try:
        await _enter(client, server)
        transport = client.transport  # QUIT makes the client forget it
        yield client
    finally:
        transport = transport or client.transport
        client.close()
        # The loop closes the socket. Were it closed here, while TLS still says goodbye, the loop would take
        # the next socket, which gets the same number, for the old one, and never hear of it.
        if transport is not None:
            transport.abort()  # type: ignore[attr-defined]  # every stream transport has it


async def sign_in(client: aiosmtplib.SMTP, server: Server, login: Login) -> None:
    """Sign in once, by the first method that both know; a server that asks for none is used without.

    One attempt only: some servers count each method as a failure and lock the account.

    Raises:
        ChannelError: the server doesn't let us in, for now or until somebody acts.
    """
    if not login.user or not client.supports_extension("auth"):
        return
    methods = {method.upper() for method in client.server_auth_methods}
    try:
        if "PLAIN" in methods:
            await client.auth_plain(login.user, login.password)
        elif "LOGIN" in methods:
            await client.auth_login(login.user, login.password)
        elif "CRAM-MD5" in methods:
            await client.auth_crammd5(login.user, login.password)
        else:
            raise ChannelError(
                Fault.SIGN_IN,
                f"{server} does not let programs sign in with a password. Ask whoever runs it for an app "
                "password or another way in.",
            )
    except SMTPResponseException as error:
        raise _refused(error, server, login) from error
    except (SMTPException, OSError) as error:
        raise smtp_fault(error, server) from error


def _refused(error: SMTPResponseException, server: Server, login: Login) -> ChannelError:
    """Why the server did not let us in: for now (4xx; RFC 4954, section 6), or until somebody acts."""
    said = reply_words(error.code, error.message)
    if 400 <= error.code < 500:
        return ChannelError(Fault.SERVER, f"{server} cannot check the password at present: {said}.")
    return ChannelError(
        Fault.SIGN_IN,
        f"{server} refused the user name {login.user} or its password: {said}. Check both in the channel's "
        "settings; many providers want an app password.",
    )


async def _enter(client: aiosmtplib.SMTP, server: Server) -> None:
    """Connect and greet; with STARTTLS protect the connection and greet again."""
    try:
        await client.connect()
        await _greet(client)
        if server.security is not Security.STARTTLS:
            return
        if not client.supports_extension("starttls"):
            raise ChannelError(
                Fault.TLS,
                f"{server} does not offer encryption (STARTTLS), so nothing was sent there. Choose TLS in "
                "the channel's settings, usually port 465. If it worked before, somebody may be listening on "
                "this network.",
            )
        await client.starttls()
        await _greet(client)
    except SMTPResponseException as error:
        said = reply_words(error.code, error.message)
        raise ChannelError(Fault.SERVER, f"{server} is not ready to take mail: {said}.") from error
    except (SMTPException, OSError) as error:
        raise smtp_fault(error, server) from error


async def _greet(client: aiosmtplib.SMTP) -> None:
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()
