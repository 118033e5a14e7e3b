"""Backups: a copy of the database each day, of which seven are kept; copies on request; going back to one."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

from inbox_desktop.models import sqlite
from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.errors import StorageError, StorageFullError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.migrate import (
    copy_database,
    integrity_problem,
    put_in_place,
    require_current,
    require_known,
    revision,
)
from inbox_desktop.models.profile import Profile

KEPT = 7
"""How many daily copies there are at most."""

ROOM = 1.2
"""How much room a copy needs, as a multiple of the database's size."""

_UNFINISHED = "daily.part"
_INCOMING = "inbox.restored"
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
        made = _copy(profile, unfinished, _path(profile, moment.date()), moment, stopped)
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


def save_copy(profile: Profile, target: Path, moment: datetime) -> None:
    """Make a copy of the database at `target`, as `back_up` does; the program may run meanwhile.

    Raises:
        StorageError: there is no inbox, something is at `target` already, or the copy could not be made.
            The inbox is as it was, and so is what was at `target`.
    """
    require_current(profile)
    if target.exists():
        raise StorageError(f"{target} is there already. Nothing was changed. Choose another name.")
    unfinished = target.with_name(f"{target.name}.part")
    room = _size(profile) // _MEGABYTE + 1
    advice = f"The inbox is as it was. Choose a folder that can be written and has {room} MB of room."
    with _said(f"The backup {target} could not be made", advice):
        _copy(profile, unfinished, target, moment)


def _copy(
    profile: Profile,
    unfinished: Path,
    target: Path,
    moment: datetime,
    stopped: Callable[[], bool] | None = None,
) -> Path:
    """A whole copy at `target` that sends nothing, or none at all; it grows at `unfinished` meanwhile."""
    try:
        copy_database(profile.database, unfinished, stopped)
        _leave_nothing_to_send(unfinished, moment)
        return unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(profile: Profile, backup: Path, moment: datetime) -> Path | None:
    """Let a copy of the database take the place of the present one, which nobody may have open.

    What waits to be sent in the copy is of unknown end, as in `back_up`: copies that were made before a
    migration still have it.

    Returns:
        Where the database is kept that was there until now, even a broken one; None when there was none.

    Raises:
        ProfileError: the program runs. StorageError: the file is no backup or does not check out, or the disk
            has no room. The inbox is as it was.
    """
    profile.create()
    lock = profile.lock()
    try:
        return _restore(profile, backup, moment)
    finally:
        lock.release()


def _restore(profile: Profile, backup: Path, moment: datetime) -> Path | None:
    incoming = profile.folder / _INCOMING
    with _said(f"{backup} could not be restored", "The inbox is as it was."):
        _require_backup(profile, backup)
        try:
            copy_database(backup, incoming)
            _leave_nothing_to_send(incoming, moment)
            if problem := integrity_problem(incoming):
                raise StorageError(
                    f"{backup} does not check out ({problem}). The inbox is as it was. Choose another backup."
                )
            kept = _keep(profile, moment)
            put_in_place(incoming, profile.database)
        finally:
            incoming.unlink(missing_ok=True)
    return kept


def _require_backup(profile: Profile, backup: Path) -> None:
    if not backup.is_file():
        raise StorageError(f"There is no file {backup}. The inbox is as it was.")
    if profile.database.exists() and backup.samefile(profile.database):
        raise StorageError(f"{backup} is the inbox itself. Nothing was changed. Choose a copy of it.")
    try:
        found = revision(backup)
    except sqlite.driver.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        found = None
    if found is None:
        raise StorageError(f"{backup} is no backup of Inbox Desktop. The inbox is as it was.")
    require_known(found)


def _keep(profile: Profile, moment: datetime) -> Path | None:
    """Copy the present database byte by byte: it may be too broken for SQLite."""
    if not profile.database.exists():
        return None
    profile.backups.mkdir(exist_ok=True)
    kept = profile.backups / f"before-restore-{moment:%Y%m%d-%H%M%S}.db"
    for ending in ("", "-wal"):
        part = profile.database.with_name(profile.database.name + ending)
        if part.exists():
            shutil.copyfile(part, kept.with_name(kept.name + ending))
    return kept


@contextmanager
def _said(what: str, advice: str) -> Iterator[None]:
    """Errors of disk and database as a StorageError that says what failed, why, and what to do."""
    try:
        yield
    except (OSError, sqlite.driver.Error) as error:
        raise StorageError(f"{what} ({error}). {advice}") from error


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
