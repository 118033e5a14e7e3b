"""The hours of a week: a line for each weekday, with ways to copy one day's hours to others."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QLocale, QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QMenu, QWidget

from inbox_desktop.models.rules.business_hours import Interval
from inbox_desktop.ui.connect.chat.intervals import FIRST, IntervalsEdit
from inbox_desktop.ui.kit import IconButton, theme
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT

DAYS: Final = range(7)
"""Monday is 0, as in the rules."""
_WORKING: Final = range(5)
_ROW: Final = 24


class _Day:
    """The widgets of one weekday, and the hours that it had before it was closed."""

    def __init__(self, number: int, parent: QWidget) -> None:
        self.number = number
        self.name = QLocale().standaloneDayName(number + 1, QLocale.FormatType.LongFormat)
        self.name = self.name[:1].upper() + self.name[1:]
        self.check = QCheckBox(self.name, parent)
        self.check.setMinimumHeight(theme().px(_ROW))
        self.hours = IntervalsEdit(self.name, parent)
        self.more = IconButton("plus", f"More hours on {self.name}", parent=parent)
        self.copy = IconButton("copy", f"Copy the hours of {self.name}", parent=parent)
        for button in (self.more, self.copy):
            button.set_tight(tight=True)
        self.former: tuple[Interval, ...] = (FIRST,)


class WeekEdit(QWidget):
    """Edits which hours are open on which weekday.

    Signals:
        changed: there are other hours now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        first = QLocale().firstDayOfWeek().value - 1
        self._days = [_Day((first + number) % 7, self) for number in DAYS]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, day in enumerate(self._days):
            grid.addWidget(day.check, row, 0, top)
            grid.addWidget(day.hours, row, 1)
            grid.addWidget(day.more, row, 2, top)
            grid.addWidget(day.copy, row, 3, top)
            day.check.toggled.connect(partial(self._toggled, day))
            day.hours.changed.connect(partial(self._edited, day))
            day.more.clicked.connect(partial(self._add, day))
            day.copy.clicked.connect(partial(self._offer_copies, day))
        grid.setHorizontalSpacing(GAP_TIGHT)
        grid.setColumnMinimumWidth(0, theme().px(124))

    def hours_of(self, weekday: int) -> IntervalsEdit:
        """The editor of one weekday; Monday is 0."""
        return self._day(weekday).hours

    def check_of(self, weekday: int) -> QCheckBox:
        """What opens or closes one weekday; Monday is 0."""
        return self._day(weekday).check

    @property
    def stops(self) -> list[QWidget]:
        """What takes the keyboard, in the order in which Tab goes."""
        return [stop for day in self._days for stop in (day.check, *day.hours.stops, day.more, day.copy)]

    def _day(self, weekday: int) -> _Day:
        return next(day for day in self._days if day.number == weekday)

    def set_week(self, week: Mapping[int, tuple[Interval, ...]]) -> None:
        """Show these hours. Sends no `changed`."""
        for day in self._days:
            self._show(day, week.get(day.number, ()))

    def week(self) -> dict[int, tuple[Interval, ...]]:
        """The hours of the days that are open at all."""
        hours = {day.number: day.hours.intervals() for day in self._days}
        return {number: hours[number] for number in sorted(hours) if hours[number]}

    @property
    def problem(self) -> str:
        """What is wrong with the first day that cannot be used, in words; empty when all can."""
        for day in self._days:
            if words := day.hours.problem:
                return f"{day.name}: {words}"
        return ""

    def _show(self, day: _Day, intervals: tuple[Interval, ...]) -> None:
        day.hours.set_intervals(intervals)
        self._follow(day)

    def _follow(self, day: _Day) -> None:
        """Let the check say whether the day has hours."""
        is_open = bool(day.hours.lines)
        day.check.blockSignals(True)
        day.check.setChecked(is_open)
        day.check.blockSignals(False)
        day.copy.setEnabled(is_open)

    def _toggled(self, day: _Day, is_open: bool) -> None:
        if not is_open:
            day.former = day.hours.intervals() or (FIRST,)
        self._show(day, day.former if is_open else ())
        self.changed.emit()

    def _edited(self, day: _Day) -> None:
        self._follow(day)
        self.changed.emit()

    def _add(self, day: _Day, _checked: bool = False) -> None:
        day.hours.add()

    # Copying

    def _offer_copies(self, day: _Day, _checked: bool = False) -> None:
        self.copy_menu(day.number).popup(day.copy.mapToGlobal(QPoint(0, day.copy.height())))

    def copy_menu(self, weekday: int) -> QMenu:
        """The menu of days to which the hours of one can be copied."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for words, days in (("Copy to Monday to Friday", _WORKING), ("Copy to all days", DAYS)):
            menu.addAction(words).triggered.connect(partial(self._copy, weekday, days))
        return menu

    def _copy(self, weekday: int, days: Iterable[int], _checked: bool = False) -> None:
        hours = self._day(weekday).hours.intervals()
        for number in days:
            self._show(self._day(number), hours)
        self.changed.emit()
