"""Which SQLite is used, and how its connections are set up."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

try:
    from pysqlite3 import dbapi2 as _driver
except ImportError:  # no wheel for this platform (Intel Macs, ARM): the standard library's takes over
    import sqlite3 as _driver

driver = _driver
VERSION: tuple[int, ...] = tuple(int(part) for part in driver.sqlite_version.split("."))

# Up to 3.51.2 a checkpoint that runs beside a write can lose commits (https://sqlite.org/wal.html#walresetbug).
_CHECKPOINT_IS_SAFE = (3, 51, 3)
_MINIMUM = (3, 38, 0)  # from here on json_each is part of every build
_READERS = 4
BUSY_TIMEOUT_MS = 10_000
# With a driver that has the bug, the writer itself checkpoints, between its transactions.
needs_own_checkpoints = VERSION < _CHECKPOINT_IS_SAFE


def version_problem() -> str | None:
    """Why this SQLite cannot be used, in words, or None."""
    if VERSION < _MINIMUM:
        found = ".".join(map(str, VERSION))
        return f"This Python comes with SQLite {found}, which is too old. Install a Python from python.org."
    return None


def writer_engine(path: str) -> Engine:
    """The one connection that writes. Every transaction is BEGIN IMMEDIATE, durable when it returns."""
    engine = create_engine(
        URL.create("sqlite", database=path),  # a path may hold what means something else in a URL
        module=driver,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-32000",
            "temp_store=MEMORY",
            f"wal_autocheckpoint={0 if needs_own_checkpoints else 4000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader_engine(path: str) -> Engine:
    """Query-only connections, one for each thread that reads at the same time."""
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: connect_to_read(Path(path)),
        poolclass=QueuePool,
        pool_size=_READERS,
        max_overflow=_READERS,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "query_only=ON",
            "cache_size=-16000",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def connect_to_read(path: Path) -> Any:
    """A connection of the driver for somebody who only reads, perhaps in a folder that cannot be written.

    There SQLite cannot make the side files of a database in WAL mode, and does without them only when it is
    told that nobody changes the file: true while there is no log beside it.
    """
    may_write = os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
    if may_write or path.with_name(f"{path.name}-wal").exists():
        return driver.connect(str(path), check_same_thread=False)
    return driver.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, check_same_thread=False)


def checkpoint(writer: Engine) -> None:
    """Move the write-ahead log into the database; only between the writer's transactions."""
    connection = writer.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.close()
