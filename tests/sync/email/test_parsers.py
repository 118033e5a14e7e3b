"""The parser processes: one for a little, a second one for a lot, and results in their order."""

from __future__ import annotations

import asyncio

from inbox_desktop.sync.email.parsed import ParsedMail
from inbox_desktop.sync.email.parsers import Parsers
from tests.support.mails import mail


def pids(parsers: Parsers) -> list[int]:
    return [pool.pid for pool, _ in parsers._pools if pool.pid is not None]


async def test_batches_one_after_the_other_need_one_process() -> None:
    parsers = Parsers(2)
    for number in range(3):
        (read,) = await parsers.parse([mail(number)])
        assert isinstance(read, ParsedMail)
        assert read.subject == f"Question {number}"
    assert len(pids(parsers)) == 1
    parsers.close(5)


async def test_batches_at_once_are_shared_out() -> None:
    parsers = Parsers(2)
    batches = [[mail(number), mail(number + 100)] for number in range(4)]
    results = await asyncio.gather(*(parsers.parse(batch) for batch in batches))
    subjects = [[read.subject for read in result if isinstance(read, ParsedMail)] for result in results]
    assert subjects == [[f"Question {n}", f"Question {n + 100}"] for n in range(4)]
    assert len(pids(parsers)) == 2
    parsers.close(5)
    assert pids(parsers) == []
