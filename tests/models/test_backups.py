"""The daily backup: a whole copy that nobody waits for, and that sends nothing twice when it is restored."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.backups import KEPT, back_up, daily_backups, has_backup
from inbox_desktop.models.check import check
from inbox_desktop.models.errors import StorageError, StorageFullError
from inbox_desktop.models.kinds import DeliveryState
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
