"""Polling a number: nothing is missed, whatever the clocks say, and little is written while nobody texts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import PollCursor
from tests.sync.sms.desk import CUSTOMER, NUMBER, OTHER, SECRET
from tests.sync.sms.line import SECRET_VARIABLE, Line


@pytest.fixture
def sim() -> Iterator[TwilioSimulator]:
    with TwilioSimulator(SECRET, NUMBER) as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def line(tmp_path: Path, sim: TwilioSimulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    made = Line(tmp_path, sim)
    yield made
    made.close()


def cursors(store: Store) -> dict[str, object]:
    with store.read() as connection:
        found = connection.execute(select(PollCursor.direction, PollCursor.at))
        return {row.direction: row.at for row in found}


@pytest.mark.parametrize("days", [-400, -3, -0.2, 0.2, 3, 400])
async def test_a_clock_that_is_wrong_by_any_time_misses_nothing(
    line: Line, sim: TwilioSimulator, days: float
) -> None:
    sim.skew = timedelta(days=days)
    await line.poll()
    for number in range(3):
        sim.text_from(CUSTOMER, f"Text {number}")
        await line.poll()
    sim.text_from(OTHER, "While nobody looked", at=sim.now - timedelta(minutes=1))
    await line.poll()
    assert line.kinds().count("message") == 4


async def test_nothing_is_written_while_nobody_texts(line: Line, sim: TwilioSimulator) -> None:
    await line.poll()
    before = cursors(line.store)
    await line.poll()
    await line.poll()
    assert cursors(line.store) == before
    sim.text_from(CUSTOMER, "Where is my order?")
    await line.poll()
    after = cursors(line.store)
    assert after["outbound"] == before["outbound"]
    assert after["inbound"] != before["inbound"]
