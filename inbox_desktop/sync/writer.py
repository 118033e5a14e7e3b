"""The engine's one writer: a thread of its own, on which people's actions pass what the channels bring."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.sync.worker import Worker

T = TypeVar("T")


class Writer:
    """Runs changes one after the other, each in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._worker = Worker("writer")

    def submit(self, change: Callable[[WriteSession], T], *, urgent: bool = False) -> Future[T]:
        """Have `change` called in a write transaction; the future ends when it is durable.

        The future raises what `change` raises, or StorageError when it could not be stored.

        Raises:
            RuntimeError: the writer was closed.
        """
        return self._worker.submit(lambda: self._write(change), urgent=urgent)

    async def write(self, change: Callable[[WriteSession], T]) -> T:
        """As `submit`, awaited, after all that is urgent.

        Raises:
            StorageError: it could not be stored.
        """
        return await asyncio.wrap_future(self.submit(change))

    async def write_urgently(self, change: Callable[[WriteSession], T]) -> T:
        """As `write`, but before all that is not urgent.

        Raises:
            StorageError: it could not be stored.
        """
        return await asyncio.wrap_future(self.submit(change, urgent=True))

    def close(self, timeout: float | None = None) -> bool:
        """Finish what was submitted and end. Returns whether that was done in time."""
        return self._worker.close(timeout)

    def _write(self, change: Callable[[WriteSession], T]) -> T:
        with self._store.write() as session:
            return change(session)
