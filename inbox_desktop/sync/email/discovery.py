"""Finding the servers of an address: what is known, what the domain says, and else what answers."""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Discovery, MailSettings, Server
from inbox_desktop.sync.blocking import connected_socket, in_thread
from inbox_desktop.sync.email.autoconfig import autoconfig_urls, fetch, read_autoconfig
from inbox_desktop.sync.email.message_ids import ascii_domain
from inbox_desktop.sync.email.providers import find_provider, special_case
from inbox_desktop.sync.tls import client_context

SECONDS = 5.0
"""How long each look outside may take."""

_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")

Fetch = Callable[[str], Awaitable[bytes | None]]
Probe = Callable[[Server], Awaitable[bool]]


async def discover(address: str, fetch_file: Fetch | None = None, answers: Probe | None = None) -> Discovery:
    """The servers of an e-mail address.

    First the table of large providers, then the domain's own autoconfig files, then the usual names, tried
    by connecting (only those with a valid certificate count). `settings` is None when nothing was found, and
    `note` says what to do. Nothing but the domain is told to anybody. Takes about 10 seconds at most.
    """
    address = address.strip()
    domain = ascii_domain(address.rpartition("@")[2])
    if not _ADDRESS.fullmatch(address) or not _DOMAIN.fullmatch(domain):
        return Discovery(None, "", "This is no e-mail address. Write it like name@company.example.")
    if special := special_case(domain, address):
        return Discovery(special[0], "provider", special[1])
    if provider := find_provider(domain):
        return Discovery(provider.settings(address), "provider", provider.advice)
    if settings := await _published(domain, address, fetch_file or _fetch):
        return Discovery(settings, "domain", f"{domain} publishes these settings.")
    if settings := await _guessed(domain, address, answers or _answers):
        return Discovery(settings, "guess", "These servers answer under the usual names.")
    return Discovery(
        None,
        "",
        f"No mail servers were found for {domain}. Ask whoever runs the mailbox for the names of its IMAP "
        "and SMTP servers, or check the connection to the internet.",
    )


async def _published(domain: str, address: str, fetch_file: Fetch) -> MailSettings | None:
    files = await asyncio.gather(*(fetch_file(url) for url in autoconfig_urls(domain)))
    found = (read_autoconfig(content, address) for content in files if content is not None)
    return next((settings for settings in found if settings is not None), None)


async def _guessed(domain: str, address: str, answers: Probe) -> MailSettings | None:
    imap = [Server(f"{name}.{domain}", 993, Security.TLS) for name in ("imap", "mail")]
    smtp = [
        Server(f"{name}.{domain}", port, security)
        for port, security in ((465, Security.TLS), (587, Security.STARTTLS))
        for name in ("smtp", "mail")
    ]
    held = await asyncio.gather(*(answers(server) for server in (*imap, *smtp)))
    found = {server for server, holds in zip((*imap, *smtp), held, strict=True) if holds}
    best_imap = next((server for server in imap if server in found), None)
    best_smtp = next((server for server in smtp if server in found), None)
    if best_imap is None or best_smtp is None:
        return None
    return MailSettings(best_imap, best_smtp, address)


async def _fetch(url: str) -> bytes | None:
    try:
        async with asyncio.timeout(SECONDS):
            return await in_thread("autoconfig", lambda: fetch(url, SECONDS))
    except TimeoutError:
        return None


async def _answers(server: Server) -> bool:
    """Whether a mail server is there: with TLS its certificate must hold, else it must greet."""
    try:
        async with asyncio.timeout(SECONDS):
            connection = await connected_socket(server, SECONDS)
            context = client_context() if server.security is Security.TLS else None
            name = server.host if context is not None else None
            reader, writer = await asyncio.open_connection(sock=connection, ssl=context, server_hostname=name)
            try:
                greeting = await reader.read(4)
            finally:
                writer.transport.abort()
    except (OSError, ssl.SSLError, TimeoutError):
        return False
    return greeting.startswith((b"* OK", b"220"))
