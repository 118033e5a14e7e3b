"""Bringing a database up to date: back up, migrate a copy, check it, replace."""

import logging
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from inbox_desktop.models import sqlite
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.profile import Profile

log = logging.getLogger(__name__)

HEAD = "0005"
"""The revision that this version of the program works with."""

_STEPS_BETWEEN_LOOKS = 20_000


def bring_up_to_date(profile: Profile) -> None:
    """Create the database, or migrate it; a current one is left alone and costs no import of Alembic.

    Raises:
        StorageError: it was written by a newer version, or the migrated copy does not check out.
            The database that was there stays as it was.
    """
    path = profile.database
    found = revision(path)
    if found == HEAD:
        return
    fresh = path.with_suffix(".new")
    _discard(fresh)
    if found is None:
        if path.exists() and path.stat().st_size > 0:
            raise StorageError(
                f"{path} is not a database of Inbox Desktop. Nothing was changed. "
                "Move the file away, or choose another profile with --profile."
            )
    else:
        require_known(found)
        profile.backups.mkdir(exist_ok=True)
        backup = profile.backups / f"before-{HEAD}-{now():%Y%m%d-%H%M%S}.db"
        copy_database(path, backup)
        log.info("migrating from revision %s to %s; backup in %s", found, HEAD, backup)
        copy_database(path, fresh)
    _upgrade(fresh)
    if problem := integrity_problem(fresh):
        raise StorageError(
            f"The migrated copy of the database does not check out ({problem}). The database itself was not "
            "touched. Keep using the earlier version of the program and write to support."
        )
    put_in_place(fresh, path)


def require_current(profile: Profile) -> None:
    """Refuse to read a database that is absent or of another version.

    Raises:
        StorageError: with what to do.
    """
    found = revision(profile.database)
    if found is None:
        raise no_inbox(profile)
    if found != HEAD:
        require_known(found)
        raise StorageError(
            f"The inbox in {profile.folder} is of an earlier version. "
            "Start the program once to bring it up to date."
        )


def no_inbox(profile: Profile) -> StorageError:
    """What is said where a database is wanted and none is there."""
    return StorageError(
        f"There is no inbox in {profile.folder} yet. Start the program once, or add a channel with "
        "'inbox-desktop channel add'."
    )


def revision(path: Path) -> str | None:
    """The Alembic revision of the database, or None when there is none."""
    if not path.exists():
        return None
    with closing(sqlite.connect_to_read(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE name = 'alembic_version'"
        ).fetchall()
        if not tables:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def copy_database(source: Path, target: Path, stopped: Callable[[], bool] | None = None) -> None:
    """A consistent copy of a database, durable when this returns. Whoever writes meanwhile is not held up.

    `stopped` is asked every now and then whether to break the copying off, which raises the driver's error.
    """
    _discard(target)
    with closing(sqlite.driver.connect(str(source))) as connection:
        connection.set_progress_handler(stopped, _STEPS_BETWEEN_LOOKS)
        connection.execute("VACUUM INTO ?", (str(target),))
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def put_in_place(fresh: Path, path: Path) -> None:
    """Let a database take the place of the one at `path`, which nobody has open."""
    _discard_side_files(path)  # a write-ahead log that is left would be played into the new one
    fresh.replace(path)


def integrity_problem(path: Path) -> str | None:
    """The first thing that SQLite finds wrong with the file, or None."""
    with closing(sqlite.driver.connect(str(path))) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if found != "ok":
        return str(found)
    return f"a row of {broken[0]} refers to nothing" if broken else None


def require_known(found: str) -> None:
    """Refuse a database of a revision that comes after this version of the program.

    Raises:
        StorageError: with what to do.
    """
    if found > HEAD:
        raise StorageError(
            f"The inbox was written by a newer version of the program (data version {found}, this one knows "
            f"{HEAD}). Nothing was changed. Install the newer version."
        )


def _upgrade(path: Path) -> None:
    from alembic import command  # noqa: PLC0415 - 150 ms that only a migration needs
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = sqlite.writer_engine(str(path))
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
            connection.commit()
    finally:  # closing the last connection brings the write-ahead log into the file
        engine.dispose()


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)
    _discard_side_files(path)


def _discard_side_files(path: Path) -> None:
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
