"""The store as a reader meets it: a folder that cannot be written, a database that is damaged."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from inbox_desktop.models.check import check
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.sqlite import driver
from inbox_desktop.models.store import Store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the rights of POSIX folders")
NOBODY = 65_534


@pytest.fixture
def profile() -> Iterator[Profile]:
    """A closed inbox in a folder that everybody may read and nobody may write."""
    with tempfile.TemporaryDirectory() as folder:
        made = Profile(Path(folder) / "pro file?")
        open_inbox(made).close()
        for file in made.folder.iterdir():
            file.chmod(0o644)
        Path(folder).chmod(0o755)
        made.folder.chmod(0o555)
        try:
            yield made
        finally:
            made.folder.chmod(0o755)


@contextmanager
def without_rights() -> Iterator[None]:
    """Root may write everywhere: be nobody for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(user)


def test_a_folder_that_cannot_be_written_can_be_read(profile: Profile) -> None:
    with without_rights():
        store = Store.open_read_only(profile)
        try:
            assert check(store).ok
        finally:
            store.close()


def test_what_a_reader_cannot_read_is_told_as_such(profile: Profile) -> None:
    profile.database.chmod(0o000)
    with without_rights(), pytest.raises(StorageError, match="cannot be read") as caught:
        Store.open_read_only(profile)
    assert "not saved" not in str(caught.value)


@pytest.mark.parametrize(("free", "words"), [(0, "The disk is full"), (10**9, "cannot be read now")])
def test_a_database_that_finds_no_room_to_be_opened_says_so(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, free: int, words: str
) -> None:
    store = Store.open_read_only(profile)
    usage = shutil.disk_usage(profile.folder)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with pytest.raises(StorageError, match=words), store.read():
        raise driver.OperationalError("disk I/O error")
    store.close()


def test_a_damaged_database_names_only_copies_that_exist(profile: Profile) -> None:
    profile.database.write_bytes(b"SQLite format 3\0" + b"\xff" * 8_000)
    with pytest.raises(StorageError, match="damaged") as caught:
        Store.open_read_only(profile)
    assert "backups folder" not in str(caught.value)


def test_a_reader_changes_nothing(profile: Profile) -> None:
    store = Store.open_read_only(profile)
    try:
        with store.read() as connection, pytest.raises(Exception, match="readonly"):
            connection.execute(text("DELETE FROM agents"))
    finally:
        store.close()
