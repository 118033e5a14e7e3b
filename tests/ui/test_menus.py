"""Choosing a person and a time."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt, QTime
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.clock import now
from inbox_desktop.models.queries.rows import AgentRow
from inbox_desktop.ui.cheat_sheet import CheatSheet, KeyCap
from inbox_desktop.ui.commands import COMMANDS
from inbox_desktop.ui.people_picker import PeoplePicker, matching
from inbox_desktop.ui.popover import Popover
from inbox_desktop.ui.snooze import SnoozeDialog, snooze_menu
from tests.ui.fingers import press, write

# The offscreen platform cannot raise windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("does not support")

JULIA = AgentRow("julia", "Julia Mendes", "julia@shop.example", is_me=True)
TOM = AgentRow("tom", "Tom Kern", "tom@shop.example", is_me=False)
MARTA = AgentRow("marta", "Marta Tomczak", "marta@shop.example", is_me=False)
TEAM = (JULIA, MARTA, TOM)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


@pytest.mark.parametrize(
    ("words", "found"),
    [("", TEAM), ("tom", (TOM, MARTA)), ("TOM K", (TOM,)), ("marta@", (MARTA,)), ("x", ())],
)
def test_people_are_found_by_any_part_of_their_name(words: str, found: tuple[AgentRow, ...]) -> None:
    assert matching(TEAM, words) == found


def test_typing_and_enter_choose_a_person(window: QWidget, qtbot: QtBot) -> None:
    picker = PeoplePicker(TEAM, "julia", window)
    picker.open_at(QPoint(10, 10))
    assert picker.shown() == ["Julia Mendes (me)", "Marta Tomczak", "Tom Kern", "Nobody"]
    write(picker.search.edit, "tom")
    assert picker.shown() == ["Tom Kern", "Marta Tomczak"]
    press(picker.search.edit, Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.chosen) as told:
        press(picker.search.edit, Qt.Key.Key_Return)
    assert told.args == [MARTA]
    assert not picker.isVisible()


def test_nobody_can_be_chosen(window: QWidget, qtbot: QtBot) -> None:
    picker = PeoplePicker(TEAM, "julia", window)
    write(picker.search.edit, "nob")
    with qtbot.waitSignal(picker.chosen) as told:
        press(picker.search.edit, Qt.Key.Key_Return)
    assert told.args == [None]


def test_names_are_no_markup(window: QWidget) -> None:
    evil = AgentRow("e", "<b>Eve</b>\nline", "", is_me=False)
    assert PeoplePicker((evil,), None, window).shown() == ["<b>Eve</b> line", "Nobody"]


def test_a_popover_stays_on_the_screen(window: QWidget) -> None:
    popover = Popover("Far away", window)
    popover.setFixedSize(200, 100)
    popover.open_at(QPoint(100_000, 100_000))
    assert window.screen().availableGeometry().contains(popover.geometry())
    popover.hide()


def test_the_snooze_menu_hands_over_the_time(window: QWidget) -> None:
    picked: list[datetime] = []
    other: list[bool] = []
    menu = snooze_menu(window, picked.append, lambda: other.append(True))
    later, tomorrow, week, _line, date = menu.actions()
    for action in (later, tomorrow, week, date):
        action.trigger()
    moment = now()
    assert [round((time - moment).total_seconds() / 3600) for time in (picked[0], picked[2])] == [3, 7 * 24]
    assert (picked[1].astimezone().hour, picked[1].astimezone().minute) == (9, 0)
    assert picked[1].astimezone().date() == (moment.astimezone() + timedelta(days=1)).date()
    assert other == [True]


def test_a_day_and_a_time_can_be_picked(window: QWidget, qtbot: QtBot) -> None:
    dialog = SnoozeDialog(window)
    dialog.time.setTime(QTime(14, 30))
    with qtbot.waitSignal(dialog.picked) as told:
        dialog.accept()
    local = told.args[0].astimezone()
    assert (local.date() - now().astimezone().date()).days == 1
    assert (local.hour, local.minute) == (14, 30)
    assert told.args[0].tzinfo is UTC


def test_the_past_cannot_be_picked(window: QWidget) -> None:
    dialog = SnoozeDialog(window)
    dialog.calendar.setSelectedDate(dialog.calendar.minimumDate())
    dialog.time.setTime(QTime(0, 0))
    assert not dialog._accept.isEnabled()
    assert dialog._until.text() == "This time has passed"


def test_the_cheat_sheet_shows_every_key(window: QWidget) -> None:
    sheet = CheatSheet(window)
    assert len(sheet.findChildren(KeyCap)) == sum(len(command.keys) for command in COMMANDS)
