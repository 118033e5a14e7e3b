"""What business hours mean at a moment, in words: open until when, closed until when. No widgets."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from PySide6.QtCore import QDate, QLocale

from inbox_desktop.models.rules.business_hours import (
    BusinessHours,
    holiday_regions,
    is_open,
    next_change,
    opens_at,
    public_holidays,
)
from inbox_desktop.models.rules.chat import opening_words

_SOON: Final = timedelta(days=366)


class HoursNow(NamedTuple):
    """How things stand: whether it is open, that as a sentence, and the next public holiday as one."""

    is_open: bool
    words: str
    holiday: str


def hours_now(hours: BusinessHours, at: datetime, here: ZoneInfo | None = None) -> HoursNow:
    """What these hours mean at a moment. `here` is where the reader is; None: where the shop is.

    Slow the first time there are public holidays: no work for the window.

    Raises:
        BusinessHoursError: these hours cannot be used.
    """
    hours = hours.checked()
    holiday = _next_holiday(hours, at)
    if is_open(hours, at):
        closes = next_change(hours, at)
        if closes is None:
            return HoursNow(True, "Open now, around the clock.", holiday)
        said = _when(hours, closes, at)
        return HoursNow(True, f"Open now, until {said}{_also_here(hours, closes, here)}.", holiday)
    opens = opens_at(hours, at)
    if opens is None:
        return HoursNow(False, "Never open: everybody gets the away message.", holiday)
    said = opening_words(hours, opens, at, "en")
    return HoursNow(False, f"Closed now. Opens {said}{_also_here(hours, opens, here)}.", holiday)


def _when(hours: BusinessHours, moment: datetime, at: datetime) -> str:
    """A moment by the shop's clock: "17:00", or with its day when that is another one."""
    zone = ZoneInfo(hours.time_zone)
    local = moment.astimezone(zone)
    days = (local.date() - at.astimezone(zone).date()).days
    if days == 0 or (days == 1 and local.hour == local.minute == 0):
        return "midnight" if days else f"{local:%H:%M}"
    return f"{local:%H:%M} {opening_words(hours, moment, at, 'en').rpartition(' at ')[0]}"


def _also_here(hours: BusinessHours, moment: datetime, here: ZoneInfo | None) -> str:
    """The same moment by the reader's clock, where that shows something else."""
    if here is None:
        return ""
    there, local = moment.astimezone(ZoneInfo(hours.time_zone)), moment.astimezone(here)
    return "" if there.utcoffset() == local.utcoffset() else f" ({local:%H:%M} your time)"


def _next_holiday(hours: BusinessHours, at: datetime) -> str:
    if not hours.holidays:
        return ""
    today = at.astimezone(ZoneInfo(hours.time_zone)).date()
    own = {day.date for day in hours.exceptions}
    for day, name in _coming(hours.holidays, today):
        if day not in own:
            return f"Closed next on {_date_words(day)}: {name}."
    return "No public holiday is known for the next twelve months."


def _coming(code: str, today: date) -> list[tuple[date, str]]:
    found: dict[date, str] = {}
    for year in (today.year, today.year + 1):
        found.update(public_holidays(code, year))
    return sorted((day, name) for day, name in found.items() if today <= day <= today + _SOON)


def _date_words(day: date) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), "dddd d MMMM")


# Choices


@cache
def zone_names() -> tuple[str, ...]:
    """The time zones that can be chosen: by region and city, and UTC."""
    named = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *sorted(name for name in named if not name.startswith(("US/", "SystemV/", "posix/"))))


def zone_words(name: str, at: datetime) -> str:
    """How far a zone is from UTC at a moment: "UTC+1", "UTC−3:30"; empty when there is no such zone."""
    if name not in available_timezones():
        return ""
    offset = at.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def country_words(code: str) -> str:
    """A country's name by its ISO 3166-1 code, as this computer's language has it; else the code."""
    territory = QLocale.codeToTerritory(code)
    return QLocale.territoryToString(territory) if territory.value else code


@cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """The countries whose public holidays are known, each with its subdivisions. Slow the first time."""
    return {code: parts for code, parts in holiday_regions().items() if len(code) == 2}
