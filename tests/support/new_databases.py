"""New databases at the price of a copy: the migrations run once in a test process, not once for each test."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event

from inbox_desktop.models import migrate as profile_migrations
from inbox_desktop.relay import migrate as relay_migrations

_LOOKS = ("SELECT", "PRAGMA")


@contextmanager
def copied_databases(folder: Path) -> Iterator[None]:
    """In this block a new database is a copy of what the migrations made for the first one.

    One of an earlier version is migrated as ever. The copies' template stands in `folder`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile_migrations, "_upgrade", _copying(profile_migrations._upgrade, folder))
        patch.setattr(relay_migrations, "_upgrade", _repeating(relay_migrations._upgrade))
        yield


def _copying(upgrade: Callable[[Path], None], folder: Path) -> Callable[[Path], None]:
    """The profile's migrations: its database is a file of its own."""
    template, making = folder / "template.db", threading.Lock()

    def upgrade_or_copy(path: Path) -> None:
        if path.exists():
            upgrade(path)
            return
        with making:
            if not template.exists():
                upgrade(template)
        shutil.copyfile(template, path)

    return upgrade_or_copy


def _repeating(upgrade: Callable[[Connection], None]) -> Callable[[Connection], None]:
    """The relay's migrations, which run in a transaction on either database: their statements alone."""
    known: dict[str, list[tuple[str, Any]]] = {}

    def upgrade_or_repeat(connection: Connection) -> None:
        if MigrationContext.configure(connection).get_current_revision() is not None:
            upgrade(connection)
        elif statements := known.get(connection.dialect.name):
            for statement, parameters in statements:
                connection.exec_driver_sql(statement, parameters or None)
        else:
            known[connection.dialect.name] = _watched(connection, upgrade)

    return upgrade_or_repeat


def _watched(connection: Connection, upgrade: Callable[[Connection], None]) -> list[tuple[str, Any]]:
    """The statements with which an upgrade changed the database, and their parameters."""
    changes: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(_LOOKS):
            changes.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        upgrade(connection)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return changes
