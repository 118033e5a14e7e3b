"""“Test connection”: each step on the way into a mailbox and out of it, told as it happens."""

from collections.abc import AsyncIterator, Callable

import aiosmtplib
from imapclient import IMAPClient

from inbox_desktop.models.health import TestStep
from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server, insecure_reason
from inbox_desktop.sync.blocking import connected_socket, in_thread
from inbox_desktop.sync.email.imap import ImapSession, close_imap, connect_imap
from inbox_desktop.sync.email.imap import sign_in as imap_sign_in
from inbox_desktop.sync.email.smtp_faults import smtp_fault
from inbox_desktop.sync.email.smtp_session import Login, Timeouts, protected_session
from inbox_desktop.sync.email.smtp_session import sign_in as smtp_sign_in
from inbox_desktop.sync.errors import KEPT, RESTS, RETRIED, ChannelError, Fault

SECONDS = 15.0
"""How long a server may take for each step."""

_IN, _OUT = "Incoming mail", "Outgoing mail"


async def connection_steps(
    settings: MailSettings, password: str, seconds: float = SECONDS
) -> AsyncIterator[TestStep]:
    """Try the mailbox, then the way out; each server as far as its first step that does not hold.

    The steps are name, port, certificate, sign-in and, for the mailbox, one for each folder. No mail is sent.
    """
    if settings.imap is not None:
        async for step in _incoming(settings, settings.imap, password, seconds):
            yield step
    async for step in _outgoing(settings, password, seconds):
        yield step


async def try_connection(settings: MailSettings, password: str, tell: Callable[[TestStep], None]) -> bool:
    """Go through all steps, telling each as it ends. Returns whether all of them held."""
    well = True
    async for step in connection_steps(settings, password):
        tell(step)
        well = well and step.ok
    return well


async def _incoming(
    settings: MailSettings, server: Server, password: str, seconds: float
) -> AsyncIterator[TestStep]:
    async for step in _reach(_IN, server, seconds):
        yield step
        if not step.ok:
            return
    client: IMAPClient | None = None
    step_name = "certificate"
    try:
        client = await in_thread("IMAP test", lambda: connect_imap(server, timeout=seconds))
        yield _held(_IN, step_name, _protection(server))
        step_name = "sign-in"
        opened = client
        await in_thread("IMAP test", lambda: imap_sign_in(opened, server, settings.user, password))
        yield _held(_IN, step_name, f"{settings.user} may sign in.")
        step_name = "folder"
        session = ImapSession(client, server)
        for folder in settings.folders:
            examined = await in_thread("IMAP test", lambda name=folder: session.examine(name))  # type: ignore[misc]
            yield _held(_IN, f"folder {folder}", f"It holds {examined.exists:,} messages.")
    except ChannelError as error:
        yield _failed(_IN, step_name, error)
    finally:
        if client is not None:
            close_imap(client)


async def _outgoing(settings: MailSettings, password: str, seconds: float) -> AsyncIterator[TestStep]:
    server = settings.smtp
    async for step in _reach(_OUT, server, seconds):
        yield step
        if not step.ok:
            return
    step_name = "certificate"
    try:
        async with protected_session(server, Timeouts(connect=seconds, reply=seconds)) as client:
            yield _held(_OUT, step_name, _protection(server))
            step_name = "sign-in"
            await smtp_sign_in(client, server, Login(settings.user, password))
            yield _held(_OUT, step_name, _signed_in(client, settings))
    except ChannelError as error:
        yield _failed(_OUT, step_name, error)


async def _reach(label: str, server: Server, seconds: float) -> AsyncIterator[TestStep]:
    """Look the name up and connect; plain text to another computer is not even tried."""
    if reason := insecure_reason(server):
        yield TestStep(f"{label}: certificate", ok=False, detail=reason)
        return
    try:
        connection = await connected_socket(server, seconds)
    except OSError as error:
        fault = smtp_fault(error, server)
        if fault.fault is not Fault.NAME:
            yield _held(label, "name", f"{server.host} is known.")
        yield _failed(label, "name" if fault.fault is Fault.NAME else "port", fault)
        return
    address = connection.getpeername()[0]
    connection.close()
    yield _held(label, "name", f"{server.host} is {address}.")
    yield _held(label, "port", f"Port {server.port} answers.")


def _protection(server: Server) -> str:
    if server.security is Security.NONE:
        return "Not encrypted; that is allowed because the server is on this computer."
    return f"It is valid for {server.host}, and the connection is encrypted."


def _signed_in(client: aiosmtplib.SMTP, settings: MailSettings) -> str:
    if not client.supports_extension("auth"):
        return "The server asks for none."
    return f"{settings.user} may sign in."


def _held(label: str, name: str, detail: str) -> TestStep:
    return TestStep(f"{label}: {name}", ok=True, detail=detail)


def _failed(label: str, name: str, error: ChannelError) -> TestStep:
    """The words of a fault, without those about a channel that runs."""
    words = str(error)
    for about_running in (KEPT, RETRIED, RESTS):
        words = words.replace(about_running, "")
    words = " ".join(words.split())
    return TestStep(f"{label}: {name}", ok=False, detail=words)
