"""The daily backup: a copy of the database for each day, of which the last seven are kept."""

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from inbox_desktop.models import sqlite
from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.errors import StorageError, StorageFullError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.migrate import copy_database
from inbox_desktop.models.profile import Profile

KEPT = 7
"""How many daily copies there are at most."""

ROOM = 1.2
"""How much room a copy needs, as a multiple of the database's size."""

_UNFINISHED = "daily.part"
_MEGABYTE = 1024 * 1024
_PERHAPS_SENT = (
    "Perhaps sent: it waited when the backup was made from which this inbox was restored. It is not sent "
    "again by itself. Look into the Sent folder or ask the recipient, then choose whether it was sent."
)
_OPEN = (DeliveryState.QUEUED.value, DeliveryState.ATTEMPTING.value)


def daily_backups(profile: Profile) -> list[Path]:
    """The daily copies that are there, the newest first."""
    return sorted(profile.backups.glob("daily-????-??-??.db"), reverse=True)


def has_backup(profile: Profile, day: date) -> bool:
    """Whether the copy of this day is there."""
    return _path(profile, day).exists()


def back_up(profile: Profile, moment: datetime, stopped: Callable[[], bool]) -> Path:
    """Make the copy of the day of `moment` (with a time zone), and drop those that are too old.

    It may take minutes and belongs on a thread of its own; nobody who reads or writes is held up. `stopped`
    breaks it off. What waits to be sent is of unknown end in the copy: by the time when somebody restores
    it, the program may have sent it, and nothing is ever sent twice by itself.

    Raises:
        StorageFullError: the disk has too little room. StorageError: the copy could not be made, or was
            broken off. The database and the earlier copies are as they were.
    """
    unfinished = profile.backups / _UNFINISHED
    try:
        profile.backups.mkdir(exist_ok=True)
        _require_room(profile)
        try:
            copy_database(profile.database, unfinished, stopped)
            _leave_nothing_to_send(unfinished, moment)
            made = unfinished.replace(_path(profile, moment.date()))
        finally:
            unfinished.unlink(missing_ok=True)
        for old in daily_backups(profile)[KEPT:]:
            old.unlink(missing_ok=True)
    except (OSError, sqlite.driver.Error) as error:
        if "full" in str(error) or "No space" in str(error):
            raise StorageFullError(_no_room(profile)) from error
        raise StorageError(
            f"Today's backup could not be made ({error}). The inbox and its earlier backups are as they "
            f"were. Check that {profile.backups} can be written; it is tried again by itself."
        ) from error
    return made


def _path(profile: Profile, day: date) -> Path:
    return profile.backups / f"daily-{day:%Y-%m-%d}.db"


def _size(profile: Profile) -> int:
    """What a copy of the database may take at most, in bytes."""
    log = profile.database.with_name(f"{profile.database.name}-wal")
    return sum(path.stat().st_size for path in (profile.database, log) if path.exists())


def _require_room(profile: Profile) -> None:
    if shutil.disk_usage(profile.backups).free < _size(profile) * ROOM:
        raise StorageFullError(_no_room(profile))


def _no_room(profile: Profile) -> str:
    needed = int(_size(profile) * ROOM) // _MEGABYTE + 1
    free = shutil.disk_usage(profile.backups).free // _MEGABYTE
    return (
        f"There was no room for today's backup: it needs {needed} MB, and {free} MB are free on the disk "
        f"of {profile.backups}. The inbox and its earlier backups are as they were. Free some space; it is "
        "tried again by itself."
    )


def _leave_nothing_to_send(copy: Path, moment: datetime) -> None:
    states = ", ".join(f"'{state}'" for state in _OPEN)
    unknown = DeliveryState.UNKNOWN.value
    with closing(sqlite.driver.connect(str(copy))) as connection, connection:
        connection.execute(
            f"UPDATE recipients SET state = ?, detail = ? WHERE state IN ({states})",  # noqa: S608 - our own
            (unknown, _PERHAPS_SENT),
        )
        connection.execute(
            "UPDATE deliveries SET state = ?, detail = ?, not_before = NULL, finished_at = ?"  # noqa: S608
            f" WHERE state IN ({states})",
            (unknown, _PERHAPS_SENT, to_micros(moment)),
        )
