"""Clocks that are set and computers that sleep: what the two clocks tell, and what the crew does then."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import pytest

from inbox_desktop.models.store import Store
from inbox_desktop.sync import crew as crew_module
from inbox_desktop.sync.clock_watch import ClockNews, ClockWatch
from inbox_desktop.sync.crew import Crew
from inbox_desktop.sync.health_board import HealthBoard
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.writer import Writer


@dataclass
class Clocks:
    """Two clocks that are set by hand, in seconds."""

    wall: float = 1_000_000.0
    monotonic: float = 50.0


@pytest.mark.parametrize(
    ("wall", "monotonic", "news"),
    [
        (5, 5, ClockNews.STEADY),
        (8, 5, ClockNews.STEADY),  # corrected a little, by a time server
        (-3595, 5, ClockNews.SET),
        (15, 5, ClockNews.SET),
        (3605, 5, ClockNews.SLEPT),  # asleep, or set ahead: nobody can tell, so the careful answer
        (3605, 3605, ClockNews.SLEPT),
        (-3595, 120, ClockNews.SLEPT),  # asleep, and set back on waking
    ],
)
def test_what_the_clocks_tell(wall: float, monotonic: float, news: ClockNews) -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall, lambda: clocks.monotonic)
    clocks.wall += wall
    clocks.monotonic += monotonic
    assert watch.look() is news
    clocks.wall += 5
    clocks.monotonic += 5
    assert watch.look() is ClockNews.STEADY


async def test_when_the_clock_is_set_back_what_was_put_off_is_tried_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Services(store, Secrets(), Writer(store))
    crew = Crew(services, HealthBoard())
    tried: asyncio.Queue[str | None] = asyncio.Queue()
    real, back = time.time, 0.0
    monkeypatch.setattr(crew, "_try_sending", tried.put_nowait)
    monkeypatch.setattr(crew_module, "CLOCK_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(time, "time", lambda: real() - back)
    watching = asyncio.create_task(crew._watch_clock())
    try:
        await asyncio.sleep(0.05)
        assert tried.empty()
        back = 3600.0
        assert await asyncio.wait_for(tried.get(), 20) is None
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        services.close(5.0)
