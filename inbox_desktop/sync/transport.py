"""HTTP connections whose names are looked up on a thread of their own, to addresses that are allowed."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from ipaddress import ip_address

import httpcore
import httpx
from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from inbox_desktop.sync.blocking import in_thread

IsAllowed = Callable[[str], bool]


def any_address(_address: str) -> bool:
    """Every address is allowed."""
    return True


class Transport(httpx.AsyncHTTPTransport):
    """httpx's own transport, over connections to allowed addresses only."""

    def __init__(
        self, context: ssl.SSLContext, limits: httpx.Limits, is_allowed: IsAllowed = any_address
    ) -> None:
        super().__init__(verify=context, limits=limits, trust_env=False)
        # httpx has no argument for it; httpcore's pool, which does, takes it at any time.
        self._pool._network_backend = _Backend(is_allowed)


class _Backend(AsyncNetworkBackend):
    """Tries the addresses of a name in turn.

    httpcore would look the name up on the event loop's own threads, and those hold up the program's end.
    """

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
        """Connect to the first address of the name that answers.

        Raises:
            httpcore.ConnectError, httpcore.ConnectTimeout: none did, or one of them is not allowed.
        """
        options = list(socket_options) if socket_options is not None else None
        addresses = await _addresses(host, port)
        if not all(map(self._is_allowed, addresses)):
            raise httpcore.ConnectError(f"{host} is at an address that is not allowed")
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        """As httpcore asks."""
        await self._backend.sleep(seconds)


async def _addresses(host: str, port: int) -> list[str]:
    try:
        return [str(ip_address(host))]
    except ValueError:
        pass
    try:
        found = await in_thread("lookup", lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(item[4][0]) for item in found))
