"""The choices of the snooze menu."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

MORNING_HOUR = 9


@dataclass(frozen=True, slots=True)
class SnoozeChoice:
    """A line of the menu and the moment (UTC) until which it snoozes."""

    label: str
    until: datetime


def snooze_choices(moment: datetime, zone: tzinfo) -> tuple[SnoozeChoice, ...]:
    """Later today, tomorrow at nine and in a week, as the wall clock of `zone` understands them.

    Wall-clock times stay what they are over a change to or from daylight saving time.
    """
    local = moment.astimezone(zone)
    tomorrow = (local + timedelta(days=1)).replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    return (
        SnoozeChoice("Later today", moment + timedelta(hours=3)),
        SnoozeChoice("Tomorrow 9:00", tomorrow.astimezone(moment.tzinfo)),
        SnoozeChoice("One week", (local + timedelta(days=7)).astimezone(moment.tzinfo)),
    )
