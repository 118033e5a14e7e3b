"""What all our HTTP clients share: one TLS context, answers of limited size, failures in words."""

from __future__ import annotations

import logging
import os
import ssl
from functools import cache

import httpx

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.errors import connection_error
from inbox_desktop.sync.tls import client_context

# httpx tells each request's address, and with it people's numbers, at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)


class TooLargeError(Exception):
    """An answer is larger than it may be."""


def web_context() -> ssl.SSLContext:
    """One context for all connections: reading the certificates of all authorities takes a while."""
    return _context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


async def whole_content(response: httpx.Response, most: int) -> bytes:
    """The body of an answer that is being streamed, of at most `most` bytes.

    Raises:
        TooLargeError: it is larger. httpx.RequestError: it did not come whole.
    """
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > most:
            raise TooLargeError
    return bytes(content)


def server_of(url: httpx.URL) -> Server:
    """Where a URL leads to."""
    is_plain = url.scheme in {"http", "ws"}
    return Server(url.host, url.port or (80 if is_plain else 443), Security.TLS)


def not_reached(error: Exception, url: httpx.URL) -> str:
    """Why there was no connection, in the words for every other server that we use."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and (cause.errno or isinstance(cause, ssl.SSLError)):
            return str(connection_error(cause, server_of(url)))
        cause = cause.__cause__ or cause.__context__
    return str(connection_error(TimeoutError(), server_of(url)))


@cache
def _context(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    return client_context()
