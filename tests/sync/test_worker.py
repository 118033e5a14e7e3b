"""The worker: one call after the other, urgent ones first, and an orderly end."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from inbox_desktop.sync.worker import Worker


def test_calls_come_back_with_results_and_errors() -> None:
    worker = Worker("test")
    assert worker.submit(lambda: 7).result(5) == 7
    with pytest.raises(ZeroDivisionError):
        worker.submit(lambda: 1 / 0).result(5)
    assert worker.close(5)


def test_urgent_calls_pass_those_that_wait() -> None:
    worker = Worker("test")
    gate, order = threading.Event(), list[str]()
    worker.submit(lambda: gate.wait(5))
    for name in ("a", "b"):
        worker.submit(partial(order.append, name))
    worker.submit(partial(order.append, "urgent"), urgent=True)
    gate.set()
    assert worker.close(5)
    assert order == ["urgent", "a", "b"]


def test_close_finishes_what_waits() -> None:
    worker = Worker("test")
    done = [worker.submit(lambda: 1) for _ in range(5)]
    assert worker.close(5)
    assert [future.result(0) for future in done] == [1] * 5


def test_close_drops_what_waits_when_asked() -> None:
    worker = Worker("test")
    gate = threading.Event()
    running = worker.submit(lambda: gate.wait(5))
    waiting = worker.submit(lambda: 1)
    assert not worker.close(timeout=0, drop=True)
    assert waiting.cancelled()
    gate.set()
    assert running.result(5)
    assert worker.close(5)


def test_a_closed_worker_takes_nothing() -> None:
    worker = Worker("test")
    worker.close()
    with pytest.raises(RuntimeError, match="closed"):
        worker.submit(lambda: 1)


async def test_a_cancelled_call_that_waits_never_runs() -> None:
    worker = Worker("test")
    gate, ran = threading.Event(), threading.Event()
    running = worker.submit(lambda: gate.wait(5))
    task = asyncio.create_task(worker.call(ran.set))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()
    await asyncio.wrap_future(running)
    worker.close(5)
    assert not ran.is_set()
