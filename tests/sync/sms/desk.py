"""What the tests of the three providers share."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime, timedelta

import pytest

from inbox_desktop.demo.providers.simulator import Simulator
from inbox_desktop.models.kinds import Direction
from inbox_desktop.sync.sms.provider import Provider, ProviderError, ProviderText

NUMBER, CUSTOMER, OTHER = "+12025550100", "+12025550123", "+12025550124"
SECRET = "canary0secret0canary"


async def failure_of(work: Awaitable[object]) -> ProviderError:
    """The ProviderError that the work ends with."""
    with pytest.raises(ProviderError) as caught:
        await work
    assert SECRET not in str(caught.value)
    return caught.value


async def listed(
    provider: Provider, sim: Simulator, direction: Direction, since: datetime | None = None
) -> list[ProviderText]:
    """All texts of the last hour, oldest first."""
    since = since or sim.now - timedelta(hours=1)
    found = [text async for text in provider.texts(direction, since, sim.now + timedelta(hours=1))]
    return sorted(found, key=lambda text: (text.at, text.external_id))


class SetClock:
    """A clock that the test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)
