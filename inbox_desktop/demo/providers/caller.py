"""How a simulated provider calls webhooks: from its own thread, when each is due, never again."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

_ANSWER_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Signed:
    """What is posted."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made: `status` is None when nobody answered."""

    url: str
    signed: Signed
    status: int | None


Make = Callable[[], Signed]
"""Makes what is posted at the moment in which it is: it says and signs the time."""


class Caller:
    """Calls web addresses from `start` to `stop`. May be used from any thread."""

    def __init__(self, name: str) -> None:
        self.made: list[Made] = []
        """Every call, in order."""
        self._due: list[tuple[float, int, str, Make]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._ended = False

    def start(self) -> None:
        """Begin to call."""
        self._thread.start()

    def call(self, url: str, make: Make, after: timedelta = timedelta(0)) -> None:
        """Call `url` after a while."""
        with self._changed:
            if self._ended:
                return
            due = time.monotonic() + after.total_seconds()
            heapq.heappush(self._due, (due, next(self._count), url, make))
            self._changed.notify_all()

    def stop(self) -> None:
        """Call nobody any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(2 * _ANSWER_SECONDS)

    def _run(self) -> None:
        task = self._next()
        if task is None:  # there was nobody to call: a client alone takes 50 ms to read whom it may trust
            return
        with httpx.Client(trust_env=False, timeout=_ANSWER_SECONDS) as client:
            while task is not None:
                url, make = task
                signed = make()
                try:
                    status = client.post(url, content=signed.body, headers=dict(signed.headers)).status_code
                except httpx.HTTPError:
                    status = None
                self.made.append(Made(url, signed, status))
                task = self._next()

    def _next(self) -> tuple[str, Make] | None:
        with self._changed:
            while not self._ended:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, _, url, make = heapq.heappop(self._due)
                    return url, make
                self._changed.wait(wait)
        return None
