"""The daily backup: a whole copy that nobody waits for, and that sends nothing twice when it is restored."""

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from inbox_desktop.models import sqlite
from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.backups import KEPT, back_up, daily_backups, has_backup, restore, save_copy
from inbox_desktop.models.check import check
from inbox_desktop.models.errors import ProfileError, StorageError, StorageFullError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.migrate import copy_database
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Delivery, Recipient, Ticket
from tests.models.samples import Mailroom, done

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def never() -> bool:
    return False


def restored(copy: Path, folder: Path) -> Store:
    """The copy as the database of another profile."""
    profile = Profile(folder / "restored")
    profile.create()
    shutil.copy(copy, profile.database)
    return Store.open(profile)


def tickets(store: Store) -> int:
    with store.read() as connection:
        return len(connection.scalars(select(Ticket.id)).all())


def test_a_copy_is_a_whole_inbox(store: Store, receive: Mailroom, tmp_path: Path) -> None:
    receive()
    assert not has_backup(store.profile, MOMENT.date())
    copy = back_up(store.profile, MOMENT, never)
    assert has_backup(store.profile, MOMENT.date())
    assert [path.name for path in store.profile.backups.iterdir()] == ["daily-2026-03-01.db"]
    other = restored(copy, tmp_path)
    assert (tickets(other), check(other).problems, check(other).integrity) == (1, (), "ok")
    other.close()


def test_whoever_writes_meanwhile_is_not_held_up(
    store: Store, receive: Mailroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox_desktop.models.migrate._STEPS_BETWEEN_LOOKS", 10)
    receive()
    looks = 0

    def write_now_and_then() -> bool:
        nonlocal looks
        looks += 1
        if looks % 50 == 0 and looks <= 500:
            receive(text="Meanwhile")
        return False

    copy = back_up(store.profile, MOMENT, write_now_and_then)
    other = restored(copy, tmp_path)
    assert 1 <= tickets(other) < tickets(store)
    assert check(other).problems == ()
    other.close()


def test_the_last_seven_days_are_kept(store: Store) -> None:
    store.profile.backups.mkdir()
    before = store.profile.backups / "before-0002-20260101-000000.db"
    before.touch()
    for day in range(KEPT + 2):
        back_up(store.profile, MOMENT + timedelta(days=day), never)
    names = [path.name for path in daily_backups(store.profile)]
    assert names == [f"daily-2026-03-{day:02}.db" for day in range(KEPT + 2, 2, -1)]
    assert before.exists()


def test_a_short_disk_is_told_in_words_and_nothing_is_lost(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(store.profile, MOMENT, never)
    size = store.profile.database.stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, int(size * 1.1)))
    with pytest.raises(StorageFullError, match=r"needs 1 MB, and 0 MB are free .* earlier backups"):
        back_up(store.profile, MOMENT + timedelta(days=1), never)
    assert [path.name for path in store.profile.backups.iterdir()] == ["daily-2026-03-01.db"]


def test_a_copy_that_is_broken_off_leaves_nothing_behind(
    store: Store, receive: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox_desktop.models.migrate._STEPS_BETWEEN_LOOKS", 10)
    receive()
    with pytest.raises(StorageError, match="could not be made"):
        back_up(store.profile, MOMENT, lambda: True)
    assert list(store.profile.backups.iterdir()) == []
    receive()


def test_what_waited_to_be_sent_is_never_sent_by_a_restored_inbox(
    store: Store, julia: str, receive: Mailroom, tmp_path: Path
) -> None:
    ticket_id = str(receive().ticket_id)
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Hello", seen_message_id=None))
    other = restored(back_up(store.profile, MOMENT, never), tmp_path)
    with store.read() as connection:
        assert connection.scalars(select(Delivery.state)).all() == [DeliveryState.QUEUED]
    with other.read() as connection:
        (delivery,) = connection.execute(select(Delivery.state, Delivery.detail))
        states = connection.scalars(select(Recipient.state)).all()
    assert (delivery.state, states) == (DeliveryState.UNKNOWN, [DeliveryState.UNKNOWN])
    assert "not sent again by itself" in delivery.detail
    assert check(other).problems == ()
    other.close()


def test_going_back_to_a_copy_keeps_what_was_there(
    store: Store, julia: str, receive: Mailroom, tmp_path: Path
) -> None:
    profile = store.profile
    ticket_id = str(receive().ticket_id)
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Hello", seen_message_id=None))
    save_copy(profile, tmp_path / "copy.db", MOMENT)
    receive(author_address="bo@example.com")
    store.close()
    kept = restore(profile, tmp_path / "copy.db", MOMENT)
    assert kept == profile.backups / "before-restore-20260301-120000.db"
    again = Store.open(profile)
    assert (tickets(again), check(again).problems) == (1, ())
    with again.read() as connection:
        assert connection.scalars(select(Delivery.state)).all() == [DeliveryState.UNKNOWN]
    again.close()
    restore(profile, kept, MOMENT + timedelta(hours=1))
    again = Store.open(profile)
    assert tickets(again) == 2
    again.close()


def test_a_copy_from_before_a_migration_sends_nothing_twice_either(
    store: Store, julia: str, receive: Mailroom, tmp_path: Path
) -> None:
    ticket_id = str(receive().ticket_id)
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Hello", seen_message_id=None))
    copy_database(store.profile.database, tmp_path / "before-0004.db")
    store.close()
    restore(store.profile, tmp_path / "before-0004.db", MOMENT)
    again = Store.open(store.profile)
    with again.read() as connection:
        assert connection.scalars(select(Delivery.state)).all() == [DeliveryState.UNKNOWN]
    again.close()


def test_a_broken_inbox_is_replaced_and_kept_with_its_log(tmp_path: Path, store: Store) -> None:
    profile = store.profile
    save_copy(profile, tmp_path / "copy.db", MOMENT)
    store.close()
    log = profile.database.with_name("inbox.db-wal")
    profile.database.write_bytes(b"SQLite format 3\0 and no more")
    log.write_bytes(b"left behind")
    kept = restore(profile, tmp_path / "copy.db", MOMENT)
    assert kept is not None
    assert kept.read_bytes().endswith(b"and no more")
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"left behind"
    assert not log.exists()
    again = Store.open(profile)
    assert check(again).integrity == "ok"
    again.close()


def test_an_inbox_is_made_from_a_copy_in_an_empty_folder(
    store: Store, receive: Mailroom, tmp_path: Path
) -> None:
    receive()
    save_copy(store.profile, tmp_path / "copy.db", MOMENT)
    other = Profile(tmp_path / "other")
    assert restore(other, tmp_path / "copy.db", MOMENT) is None
    opened = Store.open(other)
    assert tickets(opened) == 1
    opened.close()


def test_what_cannot_be_restored_is_said_and_changes_nothing(
    store: Store, receive: Mailroom, tmp_path: Path
) -> None:
    receive()
    profile = store.profile
    copy = tmp_path / "copy.db"
    save_copy(profile, copy, MOMENT)
    with pytest.raises(ProfileError, match="in use"):
        restore(profile, copy, MOMENT)
    store.close()
    before = profile.database.read_bytes()
    (tmp_path / "words.db").write_text("No database at all. " * 50)
    newer = tmp_path / "newer.db"
    shutil.copy(copy, newer)
    broken = tmp_path / "broken.db"
    broken.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    with closing(sqlite.driver.connect(str(newer))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for file, words in (
        (tmp_path / "nothing.db", "There is no file"),
        (tmp_path / "words.db", "is no backup"),
        (newer, "newer version"),
        (broken, "could not be restored .*malformed"),
        (profile.database, "is the inbox itself"),
    ):
        with pytest.raises(StorageError, match=words):
            restore(profile, file, MOMENT)
    assert profile.database.read_bytes() == before
    assert {path.name for path in profile.folder.iterdir()}.isdisjoint({"inbox.restored", "backups"})


def test_a_copy_replaces_no_file_and_says_what_stands_in_its_way(store: Store, tmp_path: Path) -> None:
    mine = tmp_path / "mine.db"
    mine.write_text("mine")
    with pytest.raises(StorageError, match="there already"):
        save_copy(store.profile, mine, MOMENT)
    assert mine.read_text() == "mine"
    with pytest.raises(StorageError, match=r"could not be made .* has 1 MB of room"):
        save_copy(store.profile, tmp_path / "no folder" / "copy.db", MOMENT)
