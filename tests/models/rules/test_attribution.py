"""Which texts a campaign is credited with."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox_desktop.models.rules.attribution import attributed

SENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("after", "had_inbound_since", "window", "expected"),
    [
        (timedelta(minutes=3), False, DAY, True),
        (timedelta(0), False, DAY, True),
        (DAY, False, DAY, True),
        (DAY + TICK, False, DAY, False),
        (-TICK, False, DAY, False),  # it came before the message
        (timedelta(minutes=3), True, DAY, False),  # a later text
        (DAY + TICK, True, DAY, False),
        (timedelta(hours=1), False, timedelta(hours=1), True),
        (timedelta(hours=2), False, timedelta(hours=1), False),
        (timedelta(days=30), False, timedelta(hours=720), True),
    ],
)
def test_first_text_inside_the_window(
    after: timedelta, had_inbound_since: bool, window: timedelta, expected: bool
) -> None:
    assert attributed(SENT + after, SENT, had_inbound_since, window) is expected


@pytest.mark.parametrize("had_inbound_since", [False, True])
def test_without_a_campaign_there_is_nothing_to_credit(had_inbound_since: bool) -> None:
    assert not attributed(SENT, None, had_inbound_since, DAY)
