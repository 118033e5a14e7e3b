"""Bringing the relay's database up to date, on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from inbox_desktop.models import sqlite
from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.migrate import copy_database
from inbox_desktop.relay.config import RelayConfig, RelayError
from inbox_desktop.relay.database import Database, advisory_lock
from inbox_desktop.relay.keys import Keys
from inbox_desktop.relay.tables import Head

log = logging.getLogger(__name__)

HEAD: Final = "0001"
"""The revision that this version of the relay works with."""

_LOCK: Final = 0x1B0C5


def open_database(config: RelayConfig, keys: Keys) -> Database:
    """Create or migrate the database, and open it.

    Raises:
        RelayError: it cannot be reached, was written by a newer version, or belongs to another key.
    """
    if not config.is_postgresql and (problem := sqlite.version_problem()):
        raise RelayError(problem)
    if not config.is_postgresql:
        _for_its_owner_alone(config.sqlite_file)
    database = _made(config)
    try:
        _bring_up_to_date(config, database)
        database.write(lambda writing: _own(writing.connection, keys))
    except DBAPIError as error:
        database.close()
        raise RelayError(
            f"The relay's database can't be used ({_cause(error)}). Nothing was started or changed. "
            "Check --database or the data folder, and that the database server runs."
        ) from error
    except BaseException:
        database.close()
        raise
    return database


def _for_its_owner_alone(path: Path) -> None:
    """What visitors write is nobody else's on this computer; SQLite gives its other files the same rights."""
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise RelayError(
            f"The relay's database {path} can't be made or written to ({error}). Nothing was changed. Check "
            "whose the data folder is."
        ) from error


def _made(config: RelayConfig) -> Database:
    try:
        return Database(config)
    except ModuleNotFoundError as error:
        raise RelayError(
            f"PostgreSQL needs the module {error.name}, which is not installed. Nothing was started. "
            'Install it with: pip install "inbox-desktop[relay]"'
        ) from error


def renew_epoch(connection: Connection) -> str:
    """A new epoch: every desktop reads the feed from its start. Returns it."""
    epoch = new_id()
    connection.execute(update(Head).values(epoch=epoch))
    return epoch


def _bring_up_to_date(config: RelayConfig, database: Database) -> None:
    with database.writer.begin() as connection:
        advisory_lock(connection, _LOCK)  # two processes that start together: one migrates, one waits
        found = MigrationContext.configure(connection).get_current_revision()
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise RelayError(
                f"The database was written by a newer version of the relay (data version {found}, this one "
                f"knows {HEAD}). Nothing was changed. Install the newer version."
            )
        if found is not None and not config.is_postgresql:
            _back_up(config.sqlite_file, found)
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    command.upgrade(settings, HEAD)


def _back_up(path: Path, found: str) -> None:
    backup = path.with_name(f"before-{HEAD}-{now():%Y%m%d-%H%M%S}.db")
    copy_database(path, backup)
    log.info("migrating from revision %s to %s; backup in %s", found, HEAD, backup)


def _own(connection: Connection, keys: Keys) -> None:
    check = connection.execute(select(Head.key_check)).scalar_one_or_none()
    if check is None:
        connection.execute(insert(Head).values(id=1, seq=0, epoch=new_id(), key_check=keys.check))
    elif check != keys.check:
        raise RelayError(
            "This database was made with another relay key. Nothing was changed. Put the file relay.key (or "
            "INBOX_RELAY_KEY) back that belongs to it; all processes on one database need the same key."
        )


def _cause(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())[:300]
