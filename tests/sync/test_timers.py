"""The timers of the inbox: the daily backup is made by itself, and what keeps it from that is told."""

from __future__ import annotations

import shutil
from typing import NamedTuple

import pytest

from inbox_desktop.models.backups import daily_backups
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.store import Store
from inbox_desktop.sync import timers
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.health_board import HealthBoard
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.timers import BackupTimer
from inbox_desktop.sync.writer import Writer
from tests.sync.email.mailbox_desk import eventually


class Usage(NamedTuple):
    total: int = 0
    used: int = 0
    free: int = 0


def a_timer(store: Store, board: HealthBoard) -> BackupTimer:
    return BackupTimer(Services(store, Secrets(), Writer(store)), board)


def test_a_running_program_makes_the_days_backup(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "BACKUP_AFTER_SECONDS", 0.0)
    engine.start()
    eventually(lambda: daily_backups(store.profile), "the backup")


def test_a_synchronisation_comes_first(store: Store) -> None:
    board = HealthBoard()
    timer = a_timer(store, board)
    assert not timer._is_busy()
    board.voice(0)(Health("1", ChannelKind.EMAIL, "Support", ChannelState.SYNCING))
    assert timer._is_busy()


@pytest.mark.expects_log("no room for today's backup")
async def test_a_short_disk_is_told_until_there_is_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = HealthBoard()
    board.voice(0)(Health("1", ChannelKind.EMAIL, "Support", ChannelState.CONNECTED))
    timer = a_timer(store, board)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _path: Usage())
        await timer.back_up_once_a_day()
    (health,) = board.all()
    assert "There was no room for today's backup" in health.reason
    await timer.back_up_once_a_day()
    assert [health.reason for health in board.all()] == [""]
    (backup,) = daily_backups(store.profile)
    made = backup.stat().st_mtime_ns
    await timer.back_up_once_a_day()
    assert backup.stat().st_mtime_ns == made
