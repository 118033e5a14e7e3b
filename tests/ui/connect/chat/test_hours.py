"""The hours editor: times as they are typed, several a day, copied, on special days and holidays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.rules.business_hours import (
    NINE_TO_FIVE,
    BusinessHours,
    BusinessHoursError,
    DayException,
    Interval,
)
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.hours import HoursEditor
from inbox_desktop.ui.connect.chat.hours_words import country_words, hours_now, zone_words
from inbox_desktop.ui.connect.chat.intervals import MOST, IntervalsEdit
from inbox_desktop.ui.connect.chat.time_line import parse_time
from inbox_desktop.ui.kit import Tone
from tests.ui.fingers import click, press, write

LISBON = "Europe/Lisbon"
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def editor(qtbot: QtBot, bridge: Bridge) -> HoursEditor:
    made = HoursEditor(bridge, None)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.set_hours(BusinessHours(LISBON))
    return made


# Times


@pytest.mark.parametrize(
    ("typed", "is_end", "time"),
    [
        ("9", False, "09:00"),
        ("9:30", False, "09:30"),
        ("9.30", False, "09:30"),
        ("0930", False, "09:30"),
        ("930", False, "09:30"),
        ("9h30", False, "09:30"),
        ("9 pm", False, "21:00"),
        ("12am", False, "00:00"),
        ("12 p.m.", False, "12:00"),
        ("24:00", True, "24:00"),
        ("0:00", True, "24:00"),
        ("24:00", False, None),
        ("25:00", True, None),
        ("13pm", False, None),
        ("9:75", False, None),
        ("noon", False, None),
        ("", False, None),
    ],
)
def test_times_are_read_as_people_type_them(typed: str, is_end: bool, time: str | None) -> None:
    assert parse_time(typed, is_end=is_end) == time


@pytest.fixture
def day(qtbot: QtBot) -> Iterator[IntervalsEdit]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = IntervalsEdit("Monday", parent)
    made.set_intervals((Interval("09:00", "12:00"),))
    parent.show()
    yield made
    parent.close()


def test_an_arrow_goes_by_a_quarter_of_an_hour(qtbot: QtBot, day: IntervalsEdit) -> None:
    with qtbot.waitSignal(day.changed):
        press(day.lines[0].start, Qt.Key.Key_Up)
    press(day.lines[0].end, Qt.Key.Key_Down)
    assert day.intervals() == (Interval("09:15", "11:45"),)


def test_an_end_goes_up_to_midnight_and_no_further(day: IntervalsEdit) -> None:
    day.set_intervals((Interval("09:00", "23:45"),))
    press(day.lines[0].end, Qt.Key.Key_Up)
    assert day.intervals() == (Interval("09:00", "24:00"),)


def test_what_is_no_time_is_said_and_left_out(day: IntervalsEdit) -> None:
    day.lines[0].start.clear()
    write(day.lines[0].start, "noon")
    assert day.problem == "Write times such as 9:00 or 17:30."
    assert day.intervals() == ()


def test_more_hours_begin_behind_the_last_ones(day: IntervalsEdit) -> None:
    day.add()
    assert day.intervals() == (Interval("09:00", "12:00"), Interval("13:00", "17:00"))
    assert day.problem == ""


def test_hours_that_overlap_are_refused_in_words(day: IntervalsEdit) -> None:
    day.set_intervals((Interval("09:00", "13:00"), Interval("12:00", "17:00")))
    assert "overlap" in day.problem


def test_hours_over_midnight_say_so_and_overlap_nothing(day: IntervalsEdit) -> None:
    day.set_intervals((Interval("09:00", "12:00"), Interval("20:00", "02:00")))
    assert day.lines[1]._note.text() == "next day"
    assert day.lines[0]._note.text() == ""
    assert day.problem == ""


def test_a_day_does_not_take_more_hours_than_it_can_show(day: IntervalsEdit) -> None:
    for _ in range(MOST + 3):
        day.add()
    assert len(day.lines) == MOST


# The week


def test_hours_come_back_as_they_were_given(editor: HoursEditor) -> None:
    hours = BusinessHours(
        "America/Sao_Paulo",
        {0: (Interval("09:00", "12:00"), Interval("13:00", "18:00")), 4: (Interval("20:00", "02:00"),)},
        (DayException(date(2026, 12, 24), (Interval("09:00", "12:00"),), "Christmas Eve"),),
        "BR-SP",
    )
    editor.set_hours(hours)
    assert editor.hours() == hours
    assert editor.problem == ""


def test_a_day_that_is_closed_by_mistake_gets_its_hours_back(editor: HoursEditor) -> None:
    editor.week.set_week({0: (Interval("10:00", "11:00"),)})
    check = editor.week.check_of(0)
    check.setChecked(False)
    assert editor.hours().week == {}
    check.setChecked(True)
    assert editor.hours().week == {0: (Interval("10:00", "11:00"),)}


def test_a_day_that_was_never_open_opens_from_nine_to_five(editor: HoursEditor) -> None:
    editor.week.check_of(6).setChecked(True)
    assert editor.hours().week[6] == NINE_TO_FIVE[0]


def test_a_day_whose_last_hours_are_removed_is_closed(editor: HoursEditor) -> None:
    click(editor.week.hours_of(0).lines[0].remove)
    assert not editor.week.check_of(0).isChecked()
    assert 0 not in editor.hours().week


def test_one_days_hours_are_copied_to_the_others(qtbot: QtBot, editor: HoursEditor) -> None:
    editor.week.set_week({2: (Interval("08:00", "16:00"),)})
    menu = editor.week.copy_menu(2)
    with qtbot.waitSignal(editor.changed):
        menu.actions()[0].trigger()
    assert set(editor.hours().week) == {0, 1, 2, 3, 4}
    menu.actions()[1].trigger()
    assert set(editor.hours().week.values()) == {(Interval("08:00", "16:00"),)}
    assert len(editor.hours().week) == 7


def test_always_open_puts_the_week_away_and_keeps_it(editor: HoursEditor) -> None:
    editor.always.setChecked(True)
    assert editor.week.isHidden()
    assert editor.hours().always
    assert editor.hours().week == dict(NINE_TO_FIVE)


def test_a_problem_names_its_day(editor: HoursEditor) -> None:
    editor.week.hours_of(1).set_intervals((Interval("09:00", "13:00"), Interval("12:00", "17:00")))
    assert editor.problem == "Tuesday: These hours overlap. Change or remove one of them."


# Special days, zone, holidays


def test_a_special_day_is_added_closed_and_can_be_opened(qtbot: QtBot, editor: HoursEditor) -> None:
    with qtbot.waitSignal(editor.changed):
        click(editor.days.add_button)
    (line,) = editor.days.days
    line.date.setDate(QDate(2027, 1, 2))
    write(line.name, "Stocktaking")
    assert editor.hours().exceptions == (DayException(date(2027, 1, 2), (), "Stocktaking"),)
    click(line.more)
    assert editor.hours().exceptions[0].intervals == (Interval("09:00", "17:00"),)
    click(line.remove)
    assert editor.hours().exceptions == ()


def test_the_same_day_twice_is_refused_in_words(editor: HoursEditor) -> None:
    click(editor.days.add_button)
    click(editor.days.add_button)
    first, second = editor.days.days
    assert second.date.date() == first.date.date().addDays(1)
    assert editor.problem == ""
    second.date.setDate(first.date.date())
    assert "twice" in editor.problem


def test_a_zone_is_found_by_its_city(editor: HoursEditor) -> None:
    editor.zone.clear()
    write(editor.zone, "sao paulo")
    assert editor.hours().time_zone == "America/Sao_Paulo"
    editor.zone.selectAll()
    write(editor.zone, "Atlantis")
    assert editor.hours().time_zone == "Atlantis"
    assert "No such time zone" in editor._zone_row._explanation.text()


def test_a_zone_that_stands_there_counts_without_being_chosen(qtbot: QtBot, editor: HoursEditor) -> None:
    editor.show()
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    editor.zone.setFocus()
    qtbot.waitUntil(editor.zone.hasFocus)
    editor.zone.setText("Asia/Tokyo")  # what the arrow keys do in the list of offers
    editor.always.setFocus()
    qtbot.waitUntil(lambda: editor.hours().time_zone == "Asia/Tokyo")
    assert editor.zone.text() == "Asia/Tokyo"


def test_holidays_are_chosen_by_country_and_part(qtbot: QtBot, editor: HoursEditor) -> None:
    field = editor.holidays
    qtbot.waitUntil(lambda: field.country.count() > 100)
    assert field.part.isHidden()
    field.country.setCurrentIndex(field.country.findData("BR"))
    field.country.activated.emit(field.country.currentIndex())
    assert editor.hours().holidays == "BR"
    assert not field.part.isHidden()
    field.part.setCurrentIndex(field.part.findData("SP"))
    field.part.activated.emit(field.part.currentIndex())
    assert editor.hours().holidays == "BR-SP"
    field.country.setCurrentIndex(0)
    field.country.activated.emit(0)
    assert editor.hours().holidays == ""


# What it means


def test_the_editor_says_whether_the_shop_is_open(qtbot: QtBot, editor: HoursEditor) -> None:
    editor.always.setChecked(True)
    qtbot.waitUntil(lambda: editor.now.text() == "Open now, around the clock.")
    assert editor.now.tone is Tone.GOOD
    editor.set_hours(BusinessHours(LISBON, {}))
    qtbot.waitUntil(lambda: editor.now.text().startswith("Never open"))
    editor.week.hours_of(0).set_intervals((Interval("09:00", "13:00"), Interval("12:00", "17:00")))
    editor._edited()
    qtbot.waitUntil(lambda: editor.now.text() == "These hours cannot be used yet.")


def test_hours_are_told_by_the_shops_clock_and_by_the_readers() -> None:
    hours = BusinessHours("America/Sao_Paulo")  # three hours behind Lisbon in November
    assert hours_now(hours, MONDAY_NOON).words == "Open now, until 17:00."
    assert hours_now(hours, MONDAY_NOON, ZoneInfo(LISBON)).words == "Open now, until 17:00 (20:00 your time)."
    early = MONDAY_NOON.replace(hour=9)
    assert hours_now(hours, early).words == "Closed now. Opens today at 09:00."
    friday = datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert hours_now(hours, friday).words == "Closed now. Opens on Monday at 09:00."


def test_hours_over_midnight_name_the_day_on_which_they_end() -> None:
    hours = BusinessHours(LISBON, {0: (Interval("10:00", "02:00"),), 1: (Interval("10:00", "24:00"),)})
    assert hours_now(hours, MONDAY_NOON).words == "Open now, until 02:00 tomorrow."
    assert hours_now(hours, MONDAY_NOON.replace(day=24)).words == "Open now, until midnight."


def test_the_next_public_holiday_is_named() -> None:
    found = hours_now(BusinessHours("America/Sao_Paulo", holidays="BR"), MONDAY_NOON)
    assert "25 December" in found.holiday
    assert hours_now(BusinessHours(LISBON), MONDAY_NOON).holiday == ""


def test_hours_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(BusinessHoursError, match="no time zone"):
        hours_now(BusinessHours("Atlantis"), MONDAY_NOON)


def test_zones_and_countries_are_named() -> None:
    assert zone_words("America/St_Johns", MONDAY_NOON) == "UTC−3:30"
    assert zone_words(LISBON, MONDAY_NOON) == "UTC+0"
    assert zone_words("Atlantis", MONDAY_NOON) == ""
    assert country_words("PT") == "Portugal"
    assert country_words("XX") == "XX"
