"""Starting the program a second time brings the first one's window forward."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from inbox_desktop.doorbell import Doorbell, ring
from inbox_desktop.models.profile import Profile
from tests.support.programs import Program


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


def test_who_rings_is_heard_each_time(qtbot: QtBot, profile: Profile) -> None:
    owner = QObject()
    bell = Doorbell(profile, owner)
    for _ in range(2):
        with qtbot.waitSignal(bell.rung):
            assert ring(profile)
    owner.deleteLater()


def test_nobody_is_there_and_another_profile_is_another_door(
    qtbot: QtBot, profile: Profile, tmp_path: Path
) -> None:
    assert not ring(profile)
    owner = QObject()
    bell = Doorbell(profile, owner)
    assert not ring(Profile(tmp_path / "other"))
    with qtbot.assertNotEmitted(bell.rung, wait=50):
        pass
    owner.deleteLater()


def test_what_a_crash_has_left_does_not_stand_in_the_way(qtbot: QtBot, profile: Profile) -> None:
    owner = QObject()
    Doorbell(profile, owner)
    again = Doorbell(profile, owner)
    with qtbot.waitSignal(again.rung):
        assert ring(profile)
    owner.deleteLater()


def test_the_program_that_is_started_twice_ends_and_says_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    program = Program(tmp_path / "profile")
    with program.start() as first:
        qtbot.waitUntil(lambda: ring(Profile(tmp_path / "profile")), timeout=60_000)
        second = program()
        assert (second.out, second.err) == ("", "")
        assert not first.ended
        first.stop()


def test_a_program_without_a_window_is_no_window(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile")
    profile.create()
    lock = profile.lock()
    try:
        ended = Program(profile.folder)("--screenshot", str(tmp_path / "picture.png"), code=1)
        assert "in use by another Inbox Desktop" in ended.err
    finally:
        lock.release()
