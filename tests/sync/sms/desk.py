"""What the tests of the three providers share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def at_desk(
    sim: Simulator, connect: Callable[[Simulator], Provider], violations: int = 0
) -> AsyncIterator[Provider]:
    """The provider over a served simulator, which afterwards has seen this many violations."""
    with sim:
        provider = connect(sim)
        try:
            yield provider
        finally:
            await provider.close()
    assert len(sim.violations) == violations, sim.violations
