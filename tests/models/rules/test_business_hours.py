"""When a shop is open: tables of moments, by the shop's own clock."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox_desktop.models.rules.business_hours import (
    NINE_TO_FIVE,
    BusinessHours,
    BusinessHoursError,
    DayException,
    Interval,
    holiday_regions,
    is_open,
    next_change,
    opens_at,
    public_holidays,
)

NEW_YORK = "America/New_York"  # 2026: clocks go forward on 8 March at 2:00, back on 1 November at 2:00
LISBON = "Europe/Lisbon"


def week(*intervals: str, days: str = "0123456") -> dict[int, tuple[Interval, ...]]:
    """The same intervals ("09:00-17:00") on each of these days."""
    return {int(day): tuple(Interval(*text.split("-")) for text in intervals) for day in days}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


SPLIT = BusinessHours(LISBON, week("09:00-12:30", "14:00-18:00", days="01234"))
NIGHT = BusinessHours("UTC", week("22:00-02:00", days="4"))
EXCEPTIONS = BusinessHours(
    "UTC",
    week("22:00-02:00", days="0123456"),
    (
        DayException(date(2026, 12, 24), (Interval("09:00", "12:00"),), "Christmas Eve"),
        DayException(date(2026, 12, 25), (), "Christmas"),
    ),
)
HOLIDAYS = BusinessHours(
    "America/Sao_Paulo",
    week("09:00-17:00", days="01234"),
    (DayException(date(2026, 4, 21), (Interval("10:00", "12:00"),), "open on Tiradentes"),),
    "BR",
)


@pytest.mark.parametrize(
    ("hours", "at", "wanted"),
    [
        # several intervals; the end is no part of one; Lisbon is an hour ahead of UTC in summer
        (SPLIT, "2026-07-01T07:59:59", False),
        (SPLIT, "2026-07-01T08:00", True),
        (SPLIT, "2026-07-01T11:30", False),
        (SPLIT, "2026-07-01T12:59", False),
        (SPLIT, "2026-07-01T13:00", True),
        (SPLIT, "2026-07-01T16:59:59", True),
        (SPLIT, "2026-07-01T17:00", False),
        (SPLIT, "2026-01-07T08:30", False),
        (SPLIT, "2026-01-07T09:00", True),
        (SPLIT, "2026-07-04T10:00", False),  # a Saturday
        # over midnight: Friday's interval goes on into Saturday, nothing begins on Saturday
        (NIGHT, "2026-07-03T21:59", False),
        (NIGHT, "2026-07-03T22:00", True),
        (NIGHT, "2026-07-04T01:59", True),
        (NIGHT, "2026-07-04T02:00", False),
        (NIGHT, "2026-07-03T01:00", False),
        # an exception stands for its own date, and what began before goes on into it
        (EXCEPTIONS, "2026-12-24T01:00", True),
        (EXCEPTIONS, "2026-12-24T10:00", True),
        (EXCEPTIONS, "2026-12-24T23:00", False),
        (EXCEPTIONS, "2026-12-25T01:00", False),
        (EXCEPTIONS, "2026-12-25T23:00", False),
        (EXCEPTIONS, "2026-12-26T01:00", False),
        (EXCEPTIONS, "2026-12-26T23:00", True),
        # public holidays: New Year closed, Tiradentes open by exception, an ordinary Tuesday
        (HOLIDAYS, "2026-01-01T15:00", False),
        (HOLIDAYS, "2026-04-21T13:30", True),
        (HOLIDAYS, "2026-04-21T16:00", False),
        (HOLIDAYS, "2026-04-28T16:00", True),
        # whole days
        (BusinessHours("UTC", week("00:00-24:00", days="0")), "2026-07-06T23:59:59", True),
        (BusinessHours("UTC", week("00:00-24:00", days="0")), "2026-07-07T00:00", False),
        (BusinessHours("UTC", week("18:00-00:00", days="0")), "2026-07-06T23:59", True),
        (BusinessHours("UTC", week("18:00-00:00", days="0")), "2026-07-07T00:00", False),
        (BusinessHours("UTC", week("09:00-09:00", days="0")), "2026-07-07T08:59", True),
        (BusinessHours("UTC", week("09:00-09:00", days="0")), "2026-07-06T08:59", False),
        # never, always, and always but for an exception
        (BusinessHours("UTC", {}), "2026-07-06T12:00", False),
        (BusinessHours("UTC", {}, always=True), "2026-07-05T03:00", True),
        (
            BusinessHours("UTC", {}, (DayException(date(2026, 7, 5)),), always=True),
            "2026-07-05T03:00",
            False,
        ),
        # the default
        (BusinessHours(), "2026-07-06T09:00", True),
        (BusinessHours(), "2026-07-06T17:00", False),
        (BusinessHours(), "2026-07-05T10:00", False),
    ],
)
def test_open_or_closed(hours: BusinessHours, at: str, wanted: bool) -> None:
    assert is_open(hours, utc(at)) is wanted


@pytest.mark.parametrize(
    ("interval", "opens", "closes"),
    [
        # 8 March 2026: 2:00 becomes 3:00 (7:00 UTC)
        ("01:00-05:00", "2026-03-08T06:00", "2026-03-08T09:00"),  # three hours long
        ("02:30-05:00", "2026-03-08T07:00", "2026-03-08T09:00"),  # opens with the change
        ("01:00-02:30", "2026-03-08T06:00", "2026-03-08T07:00"),  # closes with it
    ],
)
def test_the_hour_that_is_left_out(interval: str, opens: str, closes: str) -> None:
    hours = BusinessHours(NEW_YORK, week(interval, days="6"))
    before = utc("2026-03-08T05:30")
    assert opens_at(hours, before) == utc(opens)
    assert next_change(hours, utc(opens)) == utc(closes)
    assert is_open(hours, utc(opens))
    assert not is_open(hours, utc(opens) - timedelta(seconds=1))
    assert is_open(hours, utc(closes) - timedelta(seconds=1))
    assert not is_open(hours, utc(closes))


def test_an_interval_within_the_hour_that_is_left_out_does_not_happen() -> None:
    hours = BusinessHours(NEW_YORK, week("02:10-02:50", days="6"))
    assert opens_at(hours, utc("2026-03-08T05:30")) == local("2026-03-15T02:10", NEW_YORK)


@pytest.mark.parametrize(
    ("interval", "opens", "closes"),
    [
        # 1 November 2026: 2:00 becomes 1:00 again (6:00 UTC); 1:30 is 5:30 and 6:30 UTC
        ("00:00-03:00", "2026-11-01T04:00", "2026-11-01T08:00"),  # four hours long
        ("01:30-03:00", "2026-11-01T05:30", "2026-11-01T08:00"),  # opens at the first 1:30
        ("00:00-01:30", "2026-11-01T04:00", "2026-11-01T06:30"),  # closes at the second
    ],
)
def test_the_hour_that_happens_twice(interval: str, opens: str, closes: str) -> None:
    hours = BusinessHours(NEW_YORK, week(interval, days="6"))
    assert opens_at(hours, utc("2026-11-01T03:30")) == utc(opens)
    assert next_change(hours, utc(opens)) == utc(closes)
    moment = utc(opens)
    while moment < utc(closes):  # and stays open all the time between
        assert is_open(hours, moment)
        moment += timedelta(minutes=10)
    assert not is_open(hours, moment)


def test_a_clock_keeps_its_hour_across_the_change() -> None:
    hours = BusinessHours(NEW_YORK, week("09:00-17:00"))
    opened = [opens_at(hours, utc(f"2026-{day}T05:00")) for day in ("03-07", "03-08", "10-31", "11-01")]
    assert opened == [
        utc(text) for text in ("2026-03-07T14:00", "2026-03-08T13:00", "2026-10-31T13:00", "2026-11-01T14:00")
    ]


@pytest.mark.parametrize(
    ("hours", "at", "wanted"),
    [
        (SPLIT, "2026-07-01T06:00", "2026-07-01T08:00"),
        (SPLIT, "2026-07-01T08:00", "2026-07-01T11:30"),
        (SPLIT, "2026-07-01T11:30", "2026-07-01T13:00"),
        (SPLIT, "2026-07-03T17:00", "2026-07-06T08:00"),  # Friday evening to Monday
        (NIGHT, "2026-07-04T00:30", "2026-07-04T02:00"),
        (BusinessHours("UTC", {}), "2026-07-01T06:00", None),
        (BusinessHours("UTC", {}, always=True), "2026-07-01T06:00", None),
        # touching intervals are one time of being open
        (BusinessHours("UTC", week("09:00-12:00", "12:00-15:00")), "2026-07-01T10:00", "2026-07-01T15:00"),
        (BusinessHours("UTC", week("00:00-24:00", days="01")), "2026-07-06T10:00", "2026-07-08T00:00"),
        (
            BusinessHours("UTC", {}, (DayException(date(2026, 12, 25)),), always=True),
            "2026-07-06T10:00",
            "2026-12-25T00:00",
        ),
    ],
)
def test_what_changes_next(hours: BusinessHours, at: str, wanted: str | None) -> None:
    assert next_change(hours, utc(at)) == (utc(wanted) if wanted else None)


def test_while_open_nothing_opens() -> None:
    assert opens_at(SPLIT, utc("2026-07-01T08:00")) is None
    assert opens_at(BusinessHours("UTC", {}), utc("2026-07-01T08:00")) is None


def test_a_day_that_a_country_skipped_is_no_day() -> None:
    # Samoa went from 29 to 31 December 2011 (the IANA data base, file australasia).
    hours = BusinessHours("Pacific/Apia", week("09:00-17:00"))
    thursday_evening = local("2011-12-29T18:00", "Pacific/Apia")
    assert opens_at(hours, thursday_evening) == local("2011-12-31T09:00", "Pacific/Apia")


def test_subdivisions_have_holidays_of_their_own() -> None:
    assert date(2026, 7, 9) in public_holidays("BR-SP", 2026)  # the state's revolution of 1932
    assert date(2026, 7, 9) not in public_holidays("BR", 2026)
    assert "SP" in holiday_regions()["BR"]


def test_they_survive_json() -> None:
    for hours in (BusinessHours(), SPLIT, EXCEPTIONS, HOLIDAYS, BusinessHours(always=True)):
        assert BusinessHours.from_json(json.loads(json.dumps(hours.to_json()))) == hours


def test_checked_puts_them_in_order() -> None:
    untidy = BusinessHours(
        "UTC",
        {
            4: (Interval("14:00", "18:00"), Interval("09:00", "12:00")),
            2: (),
            0: (Interval("09:00", "24:00"),),
        },
        (DayException(date(2026, 2, 1)), DayException(date(2026, 1, 1), (), "  New   Year ")),
        " br-sp ",
    )
    tidy = untidy.checked()
    assert list(tidy.week.items()) == [
        (0, (Interval("09:00", "24:00"),)),
        (4, (Interval("09:00", "12:00"), Interval("14:00", "18:00"))),
    ]
    assert [(day.date.month, day.name) for day in tidy.exceptions] == [(1, "New Year"), (2, "")]
    assert tidy.holidays == "BR-SP"
    assert tidy.checked() == tidy


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (BusinessHours("Mars/Olympus"), "no time zone “Mars/Olympus”"),
        (BusinessHours(""), "no time zone"),
        (BusinessHours("../etc/passwd"), "no time zone"),
        (BusinessHours(week=week("9-17")), "“9” is no time"),
        (BusinessHours(week=week("24:00-02:00")), "“24:00” is no time"),
        (BusinessHours(week=week("09:00-25:00")), "“25:00” is no time"),
        (BusinessHours(week=week("09:00-12:00", "11:00-13:00")), "overlap"),
        (BusinessHours(week=week("22:00-02:00", "23:00-23:30")), "overlap"),
        (BusinessHours(week={7: ()}), "0 .Monday. to 6"),
        (BusinessHours(week=week(*["09:00-09:01"] * 13)), "at most 12"),
        (BusinessHours(holidays="Narnia"), "“NARNIA” are not known"),
        (BusinessHours(holidays="BR-XX"), "“BR-XX” are not known"),
        (
            BusinessHours(exceptions=(DayException(date(2026, 1, 1)), DayException(date(2026, 1, 1)))),
            "two exceptions for 2026-01-01",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(hours: BusinessHours, words: str) -> None:
    with pytest.raises(BusinessHoursError, match=words):
        hours.checked()


def test_the_library_of_holidays_is_loaded_when_somebody_asks_for_one() -> None:
    program = (
        "import sys; from datetime import datetime, UTC\n"
        "from inbox_desktop.models.rules.business_hours import BusinessHours, is_open\n"
        "is_open(BusinessHours().checked(), datetime(2026, 1, 1, tzinfo=UTC))\n"
        "assert 'holidays' not in sys.modules\n"
        "is_open(BusinessHours(holidays='BR').checked(), datetime(2026, 1, 1, tzinfo=UTC))\n"
        "assert 'holidays' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_the_usual_week_is_monday_to_friday() -> None:
    assert sorted(NINE_TO_FIVE) == [0, 1, 2, 3, 4]
