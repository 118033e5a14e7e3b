"""What may happen to a request on its way: the provider's bad days, one request at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Fate(Enum):
    """What happens to a request."""

    DROPPED_BEFORE = auto()
    """The connection ends before the provider did anything."""
    DROPPED_AFTER = auto()
    """The provider did it, and the connection ends before the answer."""
    CUT_SHORT = auto()
    """The provider did it, and the connection ends in the middle of the answer."""
    SLOW_AFTER = auto()
    """The provider did it at once, and answers after `seconds`."""
    ANSWERED = auto()
    """Nothing is done: `status`, `headers` and `body` are the answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fate for the next `times` requests whose path holds `path` and that have the method ("" for any)."""

    fate: Fate
    path: str = ""
    method: str = ""
    times: int = 1
    seconds: float = 0.0
    status: int = 503
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def meets(self, method: str, path: str) -> bool:
        """Whether a request is among those that it is for."""
        return self.path in path and self.method in {"", method}
