"""How often somebody may do something: token buckets in memory, one set a process."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from typing import Final

from inbox_desktop.models.hosts import is_loopback
from inbox_desktop.relay.api.errors import ApiError
from inbox_desktop.relay.config import Limits

_MANY: Final = 10_000


class Buckets:
    """One bucket for each key. It holds `size` tokens and gets `per_second` new ones."""

    def __init__(self, per_second: float, size: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._size = max(1.0, size)
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> float:
        """Take one token: 0, or in how many seconds there will be one."""
        now = self._clock()
        level = self._level(key, now)
        if level < 1:
            self._levels[key] = level, now
            return (1 - level) / self._per_second
        if len(self._levels) > _MANY:
            self._forget_the_full(now)
        self._levels[key] = level - 1, now
        return 0.0

    def _level(self, key: str, now: float) -> float:
        level, since = self._levels.get(key, (self._size, now))
        return min(self._size, level + (now - since) * self._per_second)

    def _forget_the_full(self, now: float) -> None:
        self._levels = {
            key: value for key, value in self._levels.items() if self._level(key, now) < self._size
        }


class Gate:
    """All limits of one process. Each method raises ApiError 429 when it is too much."""

    def __init__(self, limits: Limits) -> None:
        self._free = limits.loopback_is_free
        self._limits = limits
        self._messages = Buckets(limits.messages_per_minute / 60, limits.messages_at_once)
        self._frames = Buckets(limits.frames_per_minute / 60, limits.frames_per_minute)
        self._files = Buckets(limits.files_per_hour / 3600, limits.files_per_hour)
        by_address = limits.files_per_hour_and_address
        self._files_of_address = Buckets(by_address / 3600, by_address)
        self._transcripts = Buckets(limits.transcripts_per_hour / 3600, limits.transcripts_per_hour)
        self._visitors = Buckets(limits.new_visitors_per_minute / 60, limits.new_visitors_per_minute)
        self._requests = Buckets(limits.requests_per_minute / 60, limits.requests_per_minute)
        self._guesses = Buckets(10 / 60, 10)
        self._typing = Buckets(0.5, 2)
        self._sockets: dict[str, int] = {}

    def message(self, visitor_id: str) -> None:
        """A visitor's message."""
        _require(self._messages.take(visitor_id))

    def frame(self, visitor_id: str) -> None:
        """A frame of a visitor's socket."""
        _require(self._frames.take(visitor_id))

    def file(self, visitor_id: str, address: str) -> None:
        """A visitor's file; whoever becomes a new visitor again and again comes from one address."""
        _require(self._files.take(visitor_id))
        if not self._is_free(address):
            _require(self._files_of_address.take(_place(address)))

    def typing(self, who: str) -> bool:
        """Whether another sign of typing should be told; too many are left out, not refused."""
        return not self._typing.take(who)

    def transcript(self, visitor_id: str, address: str) -> None:
        """An e-mail that a visitor asks for: the only way to make the shop write to somebody."""
        _require(self._transcripts.take(visitor_id))
        if not self._is_free(address):
            _require(self._transcripts.take(_place(address)))

    def visitor(self, address: str) -> None:
        """A new visitor."""
        if not self._is_free(address):
            _require(self._visitors.take(_place(address)))

    def request(self, address: str) -> None:
        """Any request of a visitor, or of a desktop that wants to join."""
        if not self._is_free(address):
            _require(self._requests.take(_place(address)))

    def guess(self, address: str) -> None:
        """A code or token that was wrong; also on loopback."""
        _require(self._guesses.take(_place(address)))

    def enter(self, visitor_id: str, address: str) -> Callable[[], None]:
        """A visitor's socket. Returns what to call when it ends."""
        wanted = {f"visitor/{visitor_id}": self._limits.sockets_per_visitor}
        if not self._is_free(address):
            wanted[f"address/{_place(address)}"] = self._limits.sockets_per_address
        if any(self._sockets.get(key, 0) >= most for key, most in wanted.items()):
            raise ApiError(429, "too_many_sockets", "Too many windows are open.", retry_after=30)
        for key in wanted:
            self._sockets[key] = self._sockets.get(key, 0) + 1

        def leave() -> None:
            for key in wanted:
                self._sockets[key] -= 1
                if not self._sockets[key]:
                    del self._sockets[key]

        return leave

    def _is_free(self, address: str) -> bool:
        return self._free and is_loopback(address)


def _place(address: str) -> str:
    """What counts as one address: an IPv6 customer has a whole /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _require(wait: float) -> None:
    if wait > 0:
        raise ApiError(429, "rate_limited", "This is too often; wait a moment.", retry_after=math.ceil(wait))
