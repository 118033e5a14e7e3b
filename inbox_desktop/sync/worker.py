"""A thread that does blocking calls one after the other: the writer, an IMAP connection, the parser."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class _Job(NamedTuple):
    """A call that waits. Jobs sort by urgency, then by age: `number` is never the same."""

    rank: int
    number: int
    future: Future[Any]
    call: Callable[[], Any]


_URGENT, _NORMAL, _LAST = range(3)


class Worker:
    """One thread, started at the first call. Urgent calls pass those that wait, never one that runs.

    The thread is a daemon: a call that hangs in the network does not keep the program from ending.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, call: Callable[[], T], *, urgent: bool = False) -> Future[T]:
        """Have the call done.

        Raises:
            RuntimeError: the worker was closed.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError(f"{self._name} was closed")
            self._put(_URGENT if urgent else _NORMAL, future, call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        return future

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have `function` called with these arguments, and await what it returns."""
        return await asyncio.wrap_future(self.submit(lambda: function(*args, **kwargs)))

    def close(self, timeout: float | None = None, *, drop: bool = False) -> bool:
        """Take no more calls, finish (or drop) those that wait, and end. Returns whether it ended in time."""
        with self._lock:
            thread = self._thread
            if not self._closed:
                self._closed = True
                if drop:
                    self._drop_waiting()
                self._put(_LAST, Future(), _nothing)
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout)
        return not thread.is_alive()

    def _put(self, rank: int, future: Future[Any], call: Callable[[], Any]) -> None:
        self._jobs.put(_Job(rank, next(self._numbers), future, call))

    def _drop_waiting(self) -> None:
        while not self._jobs.empty():
            self._jobs.get_nowait().future.cancel()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job.rank == _LAST:
                return
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                job.future.set_result(job.call())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever awaits the call
                job.future.set_exception(error)
            del job  # else it would keep its arguments alive until the next call


def _nothing() -> None:
    """The last call of a worker."""
