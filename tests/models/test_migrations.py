"""Databases of earlier versions are brought up to date, with all that is in them."""

import gzip
import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from inbox_desktop.models import migrate, sqlite
from inbox_desktop.models.check import check
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.search import search
from inbox_desktop.models.store import Store

OLD = Path(__file__).parent / "old"
REVISIONS = sorted(path.name.removesuffix(".db.gz") for path in OLD.glob("*.db.gz"))
"""Real databases, each made by the last program of its revision, in which a little of everything happened."""


def old_profile(folder: Path, revision: str) -> Profile:
    profile = Profile(folder / "profile")
    profile.create()
    profile.database.write_bytes(gzip.decompress((OLD / f"{revision}.db.gz").read_bytes()))
    return profile


def contents(path: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, by column; FTS5's own and Alembic's aside."""
    with closing(sqlite.driver.connect(str(path))) as connection:
        connection.row_factory = sqlite.driver.Row
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
            " AND name NOT LIKE 'message_search%' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        found = {}
        for row in tables:
            query = f"SELECT * FROM {row['name']} ORDER BY 1, 2"  # noqa: S608 - the database's own names
            found[row["name"]] = [dict(one) for one in connection.execute(query)]
        return found


def test_there_is_an_old_database_for_every_revision_before_this_one() -> None:
    assert [f"{number:04}" for number in range(1, int(migrate.HEAD))] == REVISIONS


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_old_database_is_migrated_with_everything_that_is_in_it(tmp_path: Path, revision: str) -> None:
    profile = old_profile(tmp_path, revision)
    before = contents(profile.database)
    store = Store.open(profile)
    try:
        assert migrate.revision(profile.database) == migrate.HEAD
        assert check(store).problems == ()
        assert check(store).integrity == "ok"
        with store.read() as connection:
            assert [row.customer_address for row in search(connection, "koln 0132")] == ["bo@example.com"]
    finally:
        store.close()
    after = contents(profile.database)
    for table, rows in before.items():
        kept = [{name: row[name] for name in old} for row, old in zip(after[table], rows, strict=True)]
        assert kept == rows, table


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_database_that_was_there_is_kept_as_a_backup(tmp_path: Path, revision: str) -> None:
    profile = old_profile(tmp_path, revision)
    before = contents(profile.database)
    Store.open(profile).close()
    (backup,) = profile.backups.iterdir()
    assert migrate.revision(backup) == revision
    assert contents(backup) == before


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = old_profile(tmp_path, "0001")
    before = contents(profile.database)
    monkeypatch.setattr(migrate, "integrity_problem", lambda _path: "a row of tickets refers to nothing")
    with pytest.raises(StorageError, match="was not touched"):
        Store.open(profile)
    assert migrate.revision(profile.database) == "0001"
    assert contents(profile.database) == before
    monkeypatch.undo()
    Store.open(profile).close()
    assert migrate.revision(profile.database) == migrate.HEAD


def test_a_migration_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    profile = old_profile(tmp_path, "0001")
    shutil.copy(profile.database, profile.database.with_suffix(".new"))  # left by a killed program
    Store.open(profile).close()
    assert migrate.revision(profile.database) == migrate.HEAD


def test_an_old_database_is_not_read_before_it_is_migrated(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="earlier version"):
        Store.open_read_only(old_profile(tmp_path, "0001"))


def test_work_goes_on_in_a_migrated_inbox(tmp_path: Path) -> None:
    store = Store.open(old_profile(tmp_path, "0001"))
    try:
        with store.write() as session:
            row = session.execute(text("SELECT settings FROM channels")).one()
            assert json.loads(row.settings)["user"] == "support@shop.example"
            assert session.execute(text("SELECT count(*) FROM consents")).scalar_one() == 0
    finally:
        store.close()
