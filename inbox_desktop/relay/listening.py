"""Sockets for servers on asyncio."""

import socket
from typing import Final

_BACKLOG: Final = 1024


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens there, on whose connections every answer leaves at once.

    asyncio switches TCP_NODELAY on where a socket says that it is TCP. Those of `socket.create_server` do
    not, and an answer's second part would wait for the other end's delayed acknowledgement, some 40 ms.

    Raises:
        OSError: nothing can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, fileno=made.detach())
