"""The parser processes: a second one starts only when the first is busy, as in a first synchronisation."""

from __future__ import annotations

import os
from collections.abc import Sequence

from inbox_desktop.sync.email.parsed import ParsedMail, ParseFailure
from inbox_desktop.sync.email.parser_pool import ParserPool
from inbox_desktop.sync.worker import Worker

_MOST = 2  # reading takes about as long as storing: more would wait for the writer


class Parsers:
    """Reads batches of mails in up to two processes. Everything but `close` belongs to one event loop."""

    def __init__(self, number: int | None = None) -> None:
        count = number or min(_MOST, os.cpu_count() or 1)
        self._pools = [(ParserPool(), Worker(f"parser {place}")) for place in range(1, count + 1)]
        self._waiting = [0] * count

    async def parse(self, mails: Sequence[bytes]) -> list[ParsedMail | ParseFailure]:
        """The mails, read, in their order.

        Raises:
            ParserUnavailableError: the process cannot be started.
        """
        place = self._waiting.index(min(self._waiting))
        pool, worker = self._pools[place]
        self._waiting[place] += 1
        try:
            return await worker.call(pool.parse, mails)
        finally:
            self._waiting[place] -= 1

    def close(self, timeout: float) -> None:
        """End the processes and threads; what is being read is given up."""
        for pool, worker in self._pools:
            pool.close()
            worker.close(timeout, drop=True)
