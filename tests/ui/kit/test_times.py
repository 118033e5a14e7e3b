"""Short times, where the reader is and in the reader's language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale

from inbox_desktop.ui.kit import day_and_time, full_time, short_duration, short_time

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
BRITISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
AMERICAN = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
NOW = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        (datetime(2026, 11, 18, 10, 42, tzinfo=UTC), "11:42"),
        (datetime(2026, 11, 17, 23, 30, tzinfo=UTC), "00:30"),  # today in Berlin, yesterday in UTC
        (datetime(2026, 11, 17, 22, 30, tzinfo=UTC), "Yest."),
        (datetime(2026, 11, 16, 12, 0, tzinfo=UTC), "Mon"),
        (datetime(2026, 11, 12, 12, 0, tzinfo=UTC), "Thu"),
        (datetime(2026, 11, 11, 12, 0, tzinfo=UTC), "11 Nov"),  # "Wed" would look like today
        (datetime(2026, 1, 5, 12, 0, tzinfo=UTC), "5 Jan"),
        (datetime(2025, 11, 18, 12, 0, tzinfo=UTC), "Nov 2025"),
        (datetime(2026, 11, 19, 8, 0, tzinfo=UTC), "Tom."),
        (datetime(2026, 11, 20, 8, 0, tzinfo=UTC), "Fri"),
        (datetime(2026, 12, 24, 8, 0, tzinfo=UTC), "24 Dec"),
    ],
)
def test_short_time(then: datetime, shown: str) -> None:
    assert short_time(NOW, then, BRITISH, BERLIN) == shown


def test_last_months_december_still_has_its_day_in_january() -> None:
    january = datetime(2027, 1, 10, 12, tzinfo=UTC)
    assert short_time(january, datetime(2026, 12, 3, 12, tzinfo=UTC), BRITISH, UTC) == "3 Dec"
    assert short_time(january, datetime(2026, 5, 3, 12, tzinfo=UTC), BRITISH, UTC) == "May 2026"


def test_the_zone_decides_what_today_is() -> None:
    late = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
    assert short_time(late, NOW, BRITISH, UTC) == "10:42"
    assert short_time(late, NOW, BRITISH, TOKYO) == "Yest."


def test_summer_time_of_then_counts_and_not_that_of_now() -> None:
    now = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)  # clocks went back in the night
    assert short_time(now, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), BRITISH, BERLIN) == "02:30"
    assert short_time(now, datetime(2026, 10, 25, 1, 30, tzinfo=UTC), BRITISH, BERLIN) == "02:30"


def test_american_dates_begin_with_the_month() -> None:
    assert short_time(NOW, datetime(2026, 3, 5, tzinfo=UTC), AMERICAN, UTC) == "Mar 5"


def test_without_a_zone_this_machines_is_taken() -> None:
    assert short_time(NOW, NOW, BRITISH) == NOW.astimezone().strftime("%H:%M")


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        (datetime(2026, 11, 18, 15, 0, tzinfo=UTC), "15:00"),
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), "Fri 09:00"),
        (datetime(2026, 12, 24, 9, 0, tzinfo=UTC), "24 Dec 09:00"),
        (datetime(2027, 12, 24, 9, 0, tzinfo=UTC), "24 Dec 2027 09:00"),
    ],
)
def test_day_and_time(then: datetime, shown: str) -> None:
    assert day_and_time(NOW, then, BRITISH, UTC) == shown


def test_full_time_names_the_weekday() -> None:
    assert full_time(NOW, BRITISH, UTC) == "Wednesday, 18 November 2026 10:42"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0 s"),
        (12.9, "12 s"),
        (60, "1 min"),
        (18 * 60, "18 min"),
        (3 * 3600, "3 h"),
        (47 * 3600, "47 h"),
        (2 * 86400, "2 d"),
    ],
)
def test_short_duration(seconds: float, shown: str) -> None:
    assert short_duration(seconds) == shown
