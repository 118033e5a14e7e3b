"""When a shop is open: a week of intervals in a time zone, dated exceptions, public holidays.

The `holidays` library is loaded by the first look at a public holiday: nothing else needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inbox_desktop.models.errors import InboxError

LOOK_AHEAD: Final = timedelta(days=400)
"""How far the next opening or closing is looked for."""
MOST_INTERVALS: Final = 12
"""Of one day."""
MOST_EXCEPTIONS: Final = 500

_DAY: Final = timedelta(days=1)
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MIDNIGHT: Final = "24:00"


class BusinessHoursError(InboxError):
    """Business hours cannot be used. The text says what is wrong, and what to enter instead."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to but not including `end`, both "HH:MM" by the shop's clock.

    An end that is not after the start lies on the next day. "24:00" is an end only.
    """

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class DayException:
    """What holds on one date instead of its weekday: other intervals, or none for a closed day."""

    date: date
    intervals: tuple[Interval, ...] = ()
    name: str = ""


NINE_TO_FIVE: Final[Mapping[int, tuple[Interval, ...]]] = {
    weekday: (Interval("09:00", "17:00"),) for weekday in range(5)
}


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When a shop is open.

    `time_zone` is an IANA name. `week` holds the intervals by weekday (0 is Monday); a day that is not in it
    is closed, and a week without any day is never open. `always` stands for a week that is open around the
    clock. On the date of an exception only its own intervals begin; on a public holiday none do, unless an
    exception says otherwise. An interval belongs to the day on which it begins: what goes on over midnight
    goes on into an exception or a holiday. `holidays` is a country (ISO 3166-1, "BR") or one of its
    subdivisions ("BR-SP"), "" for none.
    """

    time_zone: str = "UTC"
    week: Mapping[int, tuple[Interval, ...]] = field(default_factory=lambda: dict(NINE_TO_FIVE))
    exceptions: tuple[DayException, ...] = ()
    holidays: str = ""
    always: bool = False

    def to_json(self) -> dict[str, Any]:
        """These hours as plain JSON values."""
        return {
            "time_zone": self.time_zone,
            "week": {str(weekday): _written(intervals) for weekday, intervals in sorted(self.week.items())},
            "exceptions": [
                {"date": day.date.isoformat(), "intervals": _written(day.intervals), "name": day.name}
                for day in self.exceptions
            ],
            "holidays": self.holidays,
            "always": self.always,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> BusinessHours:
        """The hours that `to_json` wrote, unchecked; what a newer program added is left out.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: these are no business hours.
        """
        return cls(
            time_zone=str(values["time_zone"]),
            week={int(weekday): _read(intervals) for weekday, intervals in values["week"].items()},
            exceptions=tuple(
                DayException(
                    date.fromisoformat(day["date"]), _read(day["intervals"]), str(day.get("name", ""))
                )
                for day in values.get("exceptions", ())
            ),
            holidays=str(values.get("holidays", "")),
            always=bool(values.get("always", False)),
        )

    def checked(self) -> BusinessHours:
        """These hours with days and intervals in order and without closed days in the week.

        Raises:
            BusinessHoursError: they cannot be used.
        """
        _zone_checked(self.time_zone)
        if not set(self.week) <= set(range(7)):
            raise BusinessHoursError("A week has the days 0 (Monday) to 6 (Sunday).")
        if len(self.exceptions) > MOST_EXCEPTIONS:
            raise BusinessHoursError(f"There can be {MOST_EXCEPTIONS} exceptions. Remove old ones.")
        week = {day: _intervals_checked(self.week[day]) for day in sorted(self.week) if self.week[day]}
        exceptions = tuple(
            DayException(day.date, _intervals_checked(day.intervals), " ".join(day.name.split()))
            for day in sorted(self.exceptions, key=lambda day: day.date)
        )
        for one, other in pairwise(exceptions):
            if one.date == other.date:
                raise BusinessHoursError(f"There are two exceptions for {one.date}. Make them one.")
        code = self.holidays.strip().upper()
        public_holidays(code, 2024)
        return BusinessHours(self.time_zone, week, exceptions, code, self.always)


def is_open(hours: BusinessHours, at: datetime) -> bool:
    """Whether the shop is open at a moment (aware)."""
    day = at.astimezone(_zone(hours.time_zone)).date()
    return any(start <= at < end for start, end in _spans(hours, day - _DAY, day))


def next_change(hours: BusinessHours, at: datetime) -> datetime | None:
    """When the shop opens or closes next after a moment (UTC), or None: not within LOOK_AHEAD."""
    closes: datetime | None = None
    for start, end in _spans_from(hours, at):
        if closes is None:
            if start > at:
                return start
            closes = end
        elif start > closes:
            break
        else:  # two intervals that touch or overlap are one time of being open
            closes = max(closes, end)
    # Around the clock: what is known ends with the last day that was looked at.
    return closes if closes is not None and closes < at + LOOK_AHEAD else None


def opens_at(hours: BusinessHours, at: datetime) -> datetime | None:
    """When a closed shop opens next after a moment (UTC); None while it is open, or if it never opens."""
    if is_open(hours, at):
        return None
    return next((start for start, _end in _spans_from(hours, at) if start > at), None)


def public_holidays(code: str, year: int) -> Mapping[date, str]:
    """The public holidays of a country ("BR") or subdivision ("BR-SP") in a year, with their names.

    "" has none.

    Raises:
        BusinessHoursError: there is no such code.
    """
    return _holidays(code, year) if code else {}


def holiday_regions() -> Mapping[str, tuple[str, ...]]:
    """The countries whose public holidays are known (ISO 3166-1 codes), each with its subdivisions."""
    from holidays import list_supported_countries  # noqa: PLC0415 - see above

    return {country: tuple(parts) for country, parts in list_supported_countries().items()}


@lru_cache(maxsize=64)
def _holidays(code: str, year: int) -> Mapping[date, str]:
    from holidays import country_holidays  # noqa: PLC0415 - see above

    country, _, subdivision = code.partition("-")
    try:
        return dict(country_holidays(country, subdiv=subdivision or None, years=year).items())
    except NotImplementedError as error:
        raise BusinessHoursError(
            f"The public holidays of “{code[:20]}” are not known. Enter a country's code as in BR, one with "
            "a state as in BR-SP, or nothing."
        ) from error


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone_checked(name: str) -> ZoneInfo:
    try:
        return _zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BusinessHoursError(
            f"There is no time zone “{name[:60]}”. Enter one such as Europe/Lisbon or America/New_York."
        ) from error


def _written(intervals: tuple[Interval, ...]) -> list[list[str]]:
    return [[interval.start, interval.end] for interval in intervals]


def _read(intervals: Any) -> tuple[Interval, ...]:
    return tuple(Interval(str(start), str(end)) for start, end in intervals)


def _intervals_checked(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    if len(intervals) > MOST_INTERVALS:
        raise BusinessHoursError(f"A day has at most {MOST_INTERVALS} intervals.")
    for interval in intervals:
        for clock, is_end in ((interval.start, False), (interval.end, True)):
            if not _CLOCK.fullmatch(clock) and not (is_end and clock == _MIDNIGHT):
                raise BusinessHoursError(f"“{clock[:20]}” is no time. Write 09:00, and 24:00 for midnight.")
    ordered = tuple(sorted(intervals, key=lambda interval: interval.start))
    for one, other in pairwise(ordered):
        if one.end <= one.start or one.end > other.start:
            raise BusinessHoursError(
                f"{one.start}–{one.end} and {other.start}–{other.end} overlap. Make them one, or change one."
            )
    return ordered


def _intervals_on(hours: BusinessHours, day: date) -> tuple[Interval, ...]:
    """The intervals that begin on a day."""
    for exception in hours.exceptions:
        if exception.date == day:
            return exception.intervals
    if hours.holidays and day in public_holidays(hours.holidays, day.year):
        return ()
    if hours.always:
        return (Interval("00:00", _MIDNIGHT),)
    return hours.week.get(day.weekday(), ())


def _spans(hours: BusinessHours, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """The times of being open (UTC) that begin on these days, in order."""
    zone = _zone(hours.time_zone)
    day = first
    while day <= last:
        for interval in _intervals_on(hours, day):
            start = _moment(day, interval.start, zone, is_end=False)
            if interval.end == _MIDNIGHT:
                end = _moment(day + _DAY, "00:00", zone, is_end=True)
            else:
                over_midnight = interval.end <= interval.start
                end = _moment(day + _DAY if over_midnight else day, interval.end, zone, is_end=True)
            if start < end:  # an interval that lies in an hour that is left out does not happen
                yield start, end
        day += _DAY


def _spans_from(hours: BusinessHours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The times of being open that are not over at a moment."""
    day = at.astimezone(_zone(hours.time_zone)).date()
    return (span for span in _spans(hours, day - _DAY, day + LOOK_AHEAD) if span[1] > at)


def _moment(day: date, clock: str, zone: ZoneInfo, *, is_end: bool) -> datetime:
    """When the shop's clock shows a time on a day, as UTC.

    A time that the clock shows twice opens at the first and closes at the second; one that it leaves out is
    the moment of the change (PEP 495 for `fold`).
    """
    wall = datetime.combine(day, time.fromisoformat(clock), zone)
    before, after = wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if before <= after:
        return after if is_end else before
    return _change_between(after, before, zone)


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock is changed; changes happen at whole seconds."""
    former = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == former:
            low = middle
        else:
            high = middle
    return high
