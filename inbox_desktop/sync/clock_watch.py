"""Noticing that the computer has slept, or that somebody has set its clock: by comparing its two clocks."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

CLOCK_LOOK_SECONDS = 5.0
"""How often to look."""

_SLEPT_SECONDS = 25.0
_SET_SECONDS = 5.0  # time servers correct by less


class ClockNews(Enum):
    """What happened between two looks."""

    STEADY = "steady"
    SET = "set"
    SLEPT = "slept"


class ClockWatch:
    """Compares the wall clock with the one that only goes forward; both count seconds."""

    def __init__(
        self, wall: Callable[[], float] | None = None, monotonic: Callable[[], float] | None = None
    ) -> None:
        self._wall = wall or time.time
        self._monotonic = monotonic or time.monotonic
        self._last = self._wall(), self._monotonic()

    def look(self) -> ClockNews:
        """What happened since the last look. A clock that was set far ahead looks like sleep."""
        before, self._last = self._last, (self._wall(), self._monotonic())
        wall, monotonic = self._last[0] - before[0], self._last[1] - before[1]
        # Some systems' monotonic clock stands still in sleep, others' goes on: look at both.
        if max(wall, monotonic) > _SLEPT_SECONDS:
            return ClockNews.SLEPT
        return ClockNews.SET if abs(wall - monotonic) > _SET_SECONDS else ClockNews.STEADY
