"""How long to wait before trying again: longer each time, never all at the same moment."""

import random
from collections.abc import Callable


class Backoff:
    """Exponential back-off with jitter: about 1, 2, 4 ... seconds up to five minutes.

    Each wait lies between half of the step and the whole of it, so that many clients of a server that
    comes back do not all return at once.
    """

    def __init__(
        self, first: float = 1.0, most: float = 300.0, random_unit: Callable[[], float] = random.random
    ) -> None:
        self._first = first
        self._most = most
        self._random_unit = random_unit
        self._failures = 0

    def next_wait(self) -> float:
        """Seconds to wait after one more failure."""
        step = min(self._most, self._first * 2.0 ** min(self._failures, 60))
        self._failures += 1
        return step * (0.5 + self._random_unit() / 2)

    def reset(self) -> None:
        """It worked: the next failure waits little again."""
        self._failures = 0
