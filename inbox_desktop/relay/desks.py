"""The desktops that are connected to this process, and the end of those whose access was taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from inbox_desktop.relay.access import revoked_among
from inbox_desktop.relay.database import Database


class Desks:
    """How to end each desktop's sockets."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ends: dict[str, set[Callable[[], None]]] = defaultdict(set)

    def enter(self, desktop_id: str, end: Callable[[], None]) -> Callable[[], None]:
        """A socket of a desktop; `end` ends it. Returns what to call when it has ended."""
        self._ends[desktop_id].add(end)

        def leave() -> None:
            self._ends[desktop_id].discard(end)
            if not self._ends[desktop_id]:
                del self._ends[desktop_id]

        return leave

    async def go_round(self) -> None:
        """Every 15 seconds: end the sockets of revoked desktops."""
        present = set(self._ends)
        for desktop_id in await self._database.aread(lambda reading: revoked_among(reading, present)):
            for end in tuple(self._ends.get(desktop_id, ())):
                end()
