"""Blocking calls from a coroutine, on a thread that never keeps the program from ending."""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import TypeVar

from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.worker import Worker

T = TypeVar("T")


async def in_thread(name: str, call: Callable[[], T]) -> T:
    """What a blocking call returns. When the coroutine is cancelled the call runs on, and nobody listens.

    Not the event loop's own threads: Python waits for those before it ends, however long a server takes.
    """
    worker = Worker(name)
    try:
        return await worker.call(call)
    finally:
        worker.close(timeout=0)


async def connected_socket(server: Server, seconds: float) -> socket.socket:
    """A TCP connection to the server, for whoever asks to close. Looking the name up is part of it.

    Raises:
        OSError: there is none; TimeoutError among them.
    """
    abandoned = threading.Event()
    made: list[socket.socket] = []

    def connect() -> socket.socket:
        connection = socket.create_connection((server.host, server.port), timeout=seconds)
        made.append(connection)
        if abandoned.is_set():
            connection.close()
        return connection

    try:
        async with asyncio.timeout(seconds):
            connection = await in_thread(f"connecting to {server}", connect)
    except BaseException:
        abandoned.set()
        for late in made:  # it was there in the very moment in which nobody wanted it any more
            late.close()
        raise
    connection.setblocking(False)
    return connection
