"""Servers of the test's own process that end at once: uvicorn looks ten times a second whether it shall."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import uvicorn.server

_LONGEST_SECONDS = 0.005


@contextmanager
def brisk_servers() -> Iterator[None]:
    """In this block a server's end takes a few milliseconds and not a third of a second."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, _LONGEST_SECONDS))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.server, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
        yield
