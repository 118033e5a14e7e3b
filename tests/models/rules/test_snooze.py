"""The snooze choices, in wall-clock time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from inbox_desktop.models.rules.snooze import snooze_choices


def test_tomorrow_nine_is_the_wall_clocks_nine() -> None:
    evening = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # 19:30 in Sao Paulo
    later, tomorrow, week = snooze_choices(evening, ZoneInfo("America/Sao_Paulo"))
    assert later.until == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert tomorrow.until == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert week.until == datetime(2026, 11, 29, 22, 30, tzinfo=UTC)


def test_nine_stays_nine_over_the_end_of_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    saturday = datetime(2026, 10, 24, 20, 0, tzinfo=berlin).astimezone(UTC)
    _, tomorrow, week = snooze_choices(saturday, berlin)
    assert tomorrow.until.astimezone(berlin).hour == 9
    assert tomorrow.until == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)
    assert week.until.astimezone(berlin).hour == 20
