"""How one channel stands: what it tells, and how long it waits."""

import asyncio

import pytest

from inbox_desktop.models.errors import InboxError, StorageError
from inbox_desktop.models.health import Health, Progress
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.sync.errors import SIGN_IN_AGAIN_SECONDS, ChannelError, Fault
from inbox_desktop.sync.standing import STORAGE_AGAIN_SECONDS, Standing


@pytest.fixture
def told() -> list[Health]:
    return []


@pytest.fixture
def standing(told: list[Health]) -> Standing:
    return Standing("channel", ChannelKind.SMS, "Shop", told.append)


async def waited(standing: Standing, error: InboxError, patch: pytest.MonkeyPatch) -> float:
    """For how many seconds it would wait."""
    seconds: list[float] = []

    async def sleep(_self: Standing, wanted: float) -> None:
        seconds.append(wanted)

    patch.setattr(Standing, "sleep", sleep)
    await standing.wait_out(error)
    return seconds[0]


async def test_growing_waits_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing("relay", ChannelKind.CHAT, "Relay", lambda _health: None, 30.0)
    offline = ChannelError(Fault.NAME, "No such name.")
    seconds = [await waited(standing, offline, monkeypatch) for _ in range(12)]
    assert max(seconds) <= 30.0
    assert seconds[0] <= 1.0


class TestTelling:
    async def test_what_is_connected_says_since_when(self, standing: Standing, told: list[Health]) -> None:
        standing.tell(ChannelState.SYNCING, progress=Progress(1, 2))
        standing.tell_connected("One is missing.")
        syncing, connected = told
        assert (syncing.state, syncing.progress) == (ChannelState.SYNCING, Progress(1, 2))
        assert (connected.state, connected.progress) == (ChannelState.CONNECTED, None)
        assert connected.reason == "One is missing."
        assert connected.synced_at is not None

    async def test_trouble_is_over_once_it_works(self, standing: Standing, told: list[Health]) -> None:
        standing.tell_trouble(ChannelError(Fault.SIGN_IN, "No."), retry_in=5)
        standing.tell(ChannelState.SYNCING)
        before, after = told
        assert before.needs_person
        assert before.retry_at is not None
        assert (after.needs_person, after.retry_at, after.reason) == (False, None, "")

    @pytest.mark.parametrize(
        ("error", "state", "needs_person"),
        [
            (ChannelError(Fault.NAME, "No such name."), ChannelState.OFFLINE, False),
            (ChannelError(Fault.CERTIFICATE, "Expired."), ChannelState.FAILED, True),
            (StorageError("Full."), ChannelState.FAILED, False),
        ],
    )
    async def test_what_trouble_means(
        self,
        standing: Standing,
        told: list[Health],
        error: ChannelError,
        state: ChannelState,
        needs_person: bool,
    ) -> None:
        standing.tell_trouble(error)
        assert [(h.state, h.needs_person, h.reason) for h in told] == [(state, needs_person, str(error))]


class TestWaiting:
    async def test_a_refused_sign_in_is_not_repeated_soon(
        self, standing: Standing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        error = ChannelError(Fault.SIGN_IN, "No.")
        assert await waited(standing, error, monkeypatch) == SIGN_IN_AGAIN_SECONDS

    async def test_a_full_disk_is_looked_at_again(
        self, standing: Standing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert await waited(standing, StorageError("Full."), monkeypatch) == STORAGE_AGAIN_SECONDS

    async def test_each_wait_is_longer_until_it_works(
        self, standing: Standing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        error = ChannelError(Fault.CLOSED, "Gone.")
        waits = [await waited(standing, error, monkeypatch) for _ in range(5)]
        assert waits[4] >= 8.0  # half of the fifth step of Backoff
        standing.worked()
        assert await waited(standing, error, monkeypatch) <= 1.0

    async def test_a_wait_can_be_ended(self, standing: Standing) -> None:
        waiting = asyncio.create_task(standing.sleep(600))
        await asyncio.sleep(0)
        standing.wake()
        await asyncio.wait_for(waiting, 10)

    async def test_who_wakes_before_the_wait_ends_it_too(self, standing: Standing) -> None:
        standing.wake()
        await asyncio.wait_for(standing.sleep(600), 10)

    async def test_a_wake_that_was_served_ends_no_other_wait(self, standing: Standing) -> None:
        standing.wake()
        standing.forget_wake()
        waiting = asyncio.create_task(standing.sleep(600))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        standing.wake()
        await waiting
