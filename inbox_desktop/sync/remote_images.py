"""Fetching the remote images of a mail when a person asked for it: public hosts only, bounded, no traces."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urljoin

import httpcore
from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from inbox_desktop.sync.blocking import in_thread
from inbox_desktop.sync.tls import client_context

log = logging.getLogger(__name__)

MOST_IMAGES = 60
LARGEST_IMAGE = 5_000_000
ALL_SECONDS = 20.0
ONE_SECONDS = 10.0
AT_ONCE = 6
MOST_REDIRECTS = 3
_TYPES = (b"image/png", b"image/jpeg", b"image/gif", b"image/webp")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
# No cookies, no referrer, nothing that tells who or where we are.
_HEADERS = [(b"Accept", b", ".join(_TYPES)), (b"User-Agent", b"Mozilla/5.0")]

IsAllowed = Callable[[str], bool]


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet, and not in this machine's or company's network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast


class _GuardedBackend(AsyncNetworkBackend):
    """Connects to the very address that was checked, so that a name cannot change its mind in between."""

    def __init__(self, is_allowed: IsAllowed) -> None:
        self._backend = AnyIOBackend()
        self._is_allowed = is_allowed

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Look the name up; connect only if every address that it has is allowed."""
        found = await in_thread("lookup", lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        addresses = [str(item[4][0]) for item in found]
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise httpcore.ConnectError(f"{host} is no public host")
        return await self._backend.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """As httpcore asks."""
        await self._backend.sleep(seconds)


async def fetch_images(
    urls: Sequence[str], is_allowed: IsAllowed = is_public, context: ssl.SSLContext | None = None
) -> dict[str, bytes]:
    """The images behind these http and https URLs; those that could not be had are left out.

    At most MOST_IMAGES, LARGEST_IMAGE bytes each, ALL_SECONDS for all of them together.
    """
    images: dict[str, bytes] = {}
    slots = asyncio.Semaphore(AT_ONCE)

    async def fetch(pool: httpcore.AsyncConnectionPool, url: str) -> None:
        async with slots:
            try:
                content = await _fetch(pool, url)
            except (
                httpcore.NetworkError,
                httpcore.ProtocolError,
                httpcore.TimeoutException,
                OSError,
            ) as error:
                log.info("a remote image could not be fetched: %s", type(error).__name__)
            except (httpcore.UnsupportedProtocol, ValueError):
                log.info("a remote image has an address that is not fetched")
            else:
                if content is not None:
                    images[url] = content

    async with httpcore.AsyncConnectionPool(
        ssl_context=context or client_context(), network_backend=_GuardedBackend(is_allowed)
    ) as pool:
        tasks = [asyncio.create_task(fetch(pool, url)) for url in list(dict.fromkeys(urls))[:MOST_IMAGES]]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=ALL_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return images


async def _fetch(pool: httpcore.AsyncConnectionPool, url: str) -> bytes | None:
    limits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), ONE_SECONDS)}
    for _ in range(MOST_REDIRECTS + 1):
        async with pool.stream("GET", url, headers=_HEADERS, extensions=limits) as response:
            headers = {name.lower(): value for name, value in response.headers}
            if response.status in _REDIRECTS and b"location" in headers:
                url = urljoin(url, headers[b"location"].decode("ascii", "replace"))
                continue
            if response.status != _OK or not headers.get(b"content-type", b"").lower().startswith(_TYPES):
                return None
            return await _read(response)
    return None


async def _read(response: httpcore.Response) -> bytes | None:
    content = bytearray()
    async for part in response.aiter_stream():
        content += part
        if len(content) > LARGEST_IMAGE:
            return None
    return bytes(content)
