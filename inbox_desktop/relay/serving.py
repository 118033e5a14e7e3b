"""Running a relay until it is told to end: one process on a SQLite file, an invitation at the first start."""

from __future__ import annotations

import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy.exc import DBAPIError

from inbox_desktop import garbage
from inbox_desktop.models.hosts import is_loopback
from inbox_desktop.relay.access import desktops, invite
from inbox_desktop.relay.config import RelayConfig, RelayError
from inbox_desktop.relay.listening import listening_socket
from inbox_desktop.relay.server import make_server
from inbox_desktop.relay.service import Relay, make_folder

_SWITCH_SECONDS: Final = 0.0005


def serve(config: RelayConfig, say: Callable[[str], None]) -> int:
    """Serve until SIGINT or SIGTERM; `say` gets the lines for people. Returns the exit code.

    Raises:
        RelayError: it cannot be started.
    """
    _try_certificate(config)
    make_folder(config.data)
    # Each answer of the database needs the interpreter back from a loop that is busy with many sockets:
    # at the usual 5 ms a transaction of ten statements would wait for 50.
    sys.setswitchinterval(_SWITCH_SECONDS)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)  # uvicorn raises it again when it has ended in order
    with _alone(config), _listening(config) as listener:
        relay = Relay.open(config)
        try:
            server = make_server(relay)
            say(f"The relay serves {_address(config, listener)}")
            if not config.public_url and (config.proxies or not is_loopback(config.host)):
                say(
                    "It does not know the name by which visitors reach it. Webhooks, short links and "
                    "pictures need --public-url, as in https://chat.shop.example"
                )
            _invite_the_first(relay, say)
            garbage.look_seldom()
            server.run([listener])
        finally:
            relay.close()
    return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _try_certificate(config: RelayConfig) -> None:
    if config.tls_cert is None or config.tls_key is None:
        return
    try:  # a key with a password is refused: nobody would be there to type it
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(config.tls_cert, config.tls_key, str)
    except (OSError, ValueError) as error:
        raise RelayError(
            f"{config.tls_cert} and {config.tls_key} can't be used ({error}). They must be a certificate "
            "chain and its own private key without a password, both in PEM, that this user may read. "
            "Nothing was started."
        ) from error


def _alone(config: RelayConfig) -> AbstractContextManager[object]:
    """On SQLite the news stay inside one process: a second one would leave its visitors without them."""
    if config.is_postgresql:
        return nullcontext()
    lock = FileLock(config.data / "relay.lock")
    try:
        return lock.acquire(timeout=0)
    except Timeout as error:
        raise RelayError(
            f"Another relay serves {config.data} already. Nothing was started. End it first; several "
            "processes need PostgreSQL (--database)."
        ) from error
    except OSError as error:
        raise RelayError(
            f"The data folder {config.data} can't be written to ({error}). Nothing was started. Check whose "
            "it is and whether its disk is full, or give another --data."
        ) from error


def _listening(config: RelayConfig) -> socket.socket:
    try:
        return listening_socket(config.host, config.port)
    except OSError as error:
        raise RelayError(
            f"The relay can't listen on {config.host}:{config.port} ({error.strerror or error}). "
            "Nothing was started. End what uses that address, or choose another with --listen."
        ) from error


def _address(config: RelayConfig, listener: socket.socket) -> str:
    if config.public_url or config.port:
        return config.own_url
    return f"http://{config.host}:{listener.getsockname()[1]}"


def _invite_the_first(relay: Relay, say: Callable[[str], None]) -> None:
    if relay.database.read(desktops):
        return
    try:
        code = relay.database.write(invite)
    except DBAPIError as error:
        raise RelayError(f"The first invitation could not be stored ({error.orig}).") from error
    say("No desktop has joined yet. In Inbox Desktop, connect to this relay with this code, within 24 hours:")
    say(f"  {code}")
