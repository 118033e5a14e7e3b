"""The sockets that servers listen on."""

from __future__ import annotations

import asyncio
import socket

import pytest

from inbox_desktop.relay.listening import listening_socket


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_what_is_answered_leaves_at_once(host: str) -> None:
    answering: list[int] = []

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection: socket.socket = writer.get_extra_info("socket")
        answering.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = listening_socket(host, 0)
    port = listening.getsockname()[1]
    async with await asyncio.start_server(serve, sock=listening):
        reader, writer = await asyncio.open_connection(host, port)
        await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answering == [1]


def test_an_address_that_is_taken_is_refused() -> None:
    with listening_socket("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listening_socket("127.0.0.1", taken.getsockname()[1])
