"""What is made of the texts that a provider lists: people's, ours, and those of other programs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from inbox_desktop.demo.providers.twilio import TwilioSimulator
from tests.sync.sms.desk import CUSTOMER, NUMBER, SECRET
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
    await made.poll()  # what comes from now on is no history
    yield made
    made.close()


@pytest.mark.parametrize("minutes", [-45, 0, 45])
async def test_a_text_is_new_by_the_provider_s_clock_whatever_ours_says(
    line: Line, sim: TwilioSimulator, minutes: int
) -> None:
    sim.skew = timedelta(minutes=minutes)
    sim.text_from(CUSTOMER, "Where is my order?")
    await line.poll()
    assert sorted(line.kinds()) == ["auto_reply", "message"]


async def test_a_text_that_lay_there_for_an_hour_is_not_answered_by_itself(
    line: Line, sim: TwilioSimulator
) -> None:
    sim.skew = timedelta(minutes=45)
    sim.text_from(CUSTOMER, "Where is my order?", at=sim.now - timedelta(hours=1))
    await line.poll()
    assert line.kinds() == ["message"]
