"""Back-off: longer each time, within its bounds, never the same for all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.sync.backoff import Backoff


def test_it_doubles_up_to_the_most_and_starts_over() -> None:
    backoff = Backoff(first=1, most=10, random_unit=lambda: 1.0)
    assert [backoff.next_wait() for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    backoff.reset()
    assert backoff.next_wait() == 1


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 2_000))
def test_every_wait_lies_between_half_a_step_and_a_step(luck: float, failures: int) -> None:
    backoff = Backoff(first=1, most=300, random_unit=lambda: luck)
    backoff._failures = failures
    step = min(300.0, 2.0 ** min(failures, 60))
    assert step / 2 <= backoff.next_wait() <= step
