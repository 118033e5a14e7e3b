"""Times as lists show them: as short as they can be without leaving doubt."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from PySide6.QtCore import QDate, QLocale, QTime

_WEEK: Final = timedelta(days=7)
_HALF_YEAR: Final = timedelta(days=183)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def _clock(moment: datetime, locale: QLocale) -> str:
    return locale.toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)


def _day_first(locale: QLocale) -> bool:
    pattern = locale.dateFormat(QLocale.FormatType.ShortFormat)
    return pattern.find("d") < pattern.find("M")


def _date(moment: datetime, pattern: str, locale: QLocale) -> str:
    return locale.toString(QDate(moment.year, moment.month, moment.day), pattern)


def short_time(now: datetime, then: datetime, locale: QLocale, zone: tzinfo | None = None) -> str:
    """`then` as seen at `now`: "10:42" today, "Yest.", "Fri" within a week, "18 Nov", then "Nov 2025".

    Both times are aware; `zone` is where the reader is (None: this machine's zone). Times to come
    ("Tom.", "Fri", "18 Nov") follow the same steps.
    """
    here, there = now.astimezone(zone), then.astimezone(zone)
    days = (there.date() - here.date()).days
    if days == 0:
        return _clock(there, locale)
    if days in {-1, 1}:
        return "Yest." if days < 0 else "Tom."
    if abs(there.date() - here.date()) < _WEEK:
        return locale.dayName(there.isoweekday(), QLocale.FormatType.ShortFormat)
    if there.year == here.year or abs(there - here) < _HALF_YEAR:
        return _date(there, "d MMM" if _day_first(locale) else "MMM d", locale)
    return _date(there, "MMM yyyy", locale)


def day_and_time(now: datetime, then: datetime, locale: QLocale, zone: tzinfo | None = None) -> str:
    """`then` with its clock time: "10:42" today, else "Fri 09:00", "18 Nov 09:00" or "18 Nov 2025 09:00"."""
    here, there = now.astimezone(zone), then.astimezone(zone)
    clock = _clock(there, locale)
    if there.date() == here.date():
        return clock
    if there.year != here.year and abs(there - here) >= _HALF_YEAR:
        return f"{_date(there, 'd MMM yyyy' if _day_first(locale) else 'MMM d, yyyy', locale)} {clock}"
    return f"{short_time(now, then, locale, zone)} {clock}"


def full_time(then: datetime, locale: QLocale, zone: tzinfo | None = None) -> str:
    """Date and time in full, for tool tips and screen readers."""
    there = then.astimezone(zone)
    day = locale.toString(QDate(there.year, there.month, there.day), QLocale.FormatType.LongFormat)
    return f"{day} {_clock(there, locale)}"


def short_duration(seconds: float) -> str:
    """A span in its largest whole unit: "12 s", "18 min", "3 h", "2 d". Negative spans count as none."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    return f"{whole // _HOUR} h" if whole < 2 * _DAY else f"{whole // _DAY} d"
