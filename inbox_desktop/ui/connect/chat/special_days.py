"""Days that are other than the week says: a fair with longer hours, a day on which the shop is closed."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.models.rules.business_hours import DayException
from inbox_desktop.ui.connect.chat.intervals import IntervalsEdit
from inbox_desktop.ui.kit import Button, Calendar, IconButton, Label, theme
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT

_DATE_WIDTH: Final = 128
_NAME_LENGTH: Final = 80


class DateField(QDateEdit):
    """A day, with a calendar to choose from."""

    def __init__(self, day: date, parent: QWidget) -> None:
        super().__init__(QDate(day.year, day.month, day.day), parent)
        self.setDisplayFormat("d MMM yyyy")
        self.setCalendarPopup(True)
        self.setCalendarWidget(Calendar())
        self.lineEdit().setTextMargins(8, 0, 0, 0)
        self.setFixedWidth(theme().px(_DATE_WIDTH))


class _Day(QWidget):
    """One such day: its date, its name, its hours."""

    changed = Signal()

    def __init__(self, exception: DayException, parent: QWidget) -> None:
        super().__init__(parent)
        self.date = DateField(exception.date, self)
        self.date.setAccessibleName("Date")
        self.name = QLineEdit(exception.name, self)
        self.name.setPlaceholderText("What it is (optional)")
        self.name.setAccessibleName("Name of the day")
        self.name.setMaxLength(_NAME_LENGTH)
        self.hours = IntervalsEdit("This day", self)
        self.hours.set_intervals(exception.intervals)
        self.more = IconButton("plus", "Open on this day", parent=self)
        self.more.set_tight(tight=True)
        self.more.clicked.connect(lambda _checked=False: self.hours.add())
        self.remove = IconButton("trash", "Remove this day", parent=self)
        self.remove.set_tight(tight=True)
        self.date.dateChanged.connect(lambda _date: self.changed.emit())
        self.name.textEdited.connect(lambda _text: self.changed.emit())
        self.hours.changed.connect(self.changed)
        first = QHBoxLayout()
        first.setSpacing(GAP)
        first.addWidget(self.date)
        first.addWidget(self.name, 1)
        first.addWidget(self.remove)
        second = QHBoxLayout()
        second.setSpacing(GAP)
        second.setContentsMargins(2, 0, 0, 0)
        second.addWidget(self.hours, 1)
        second.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_TIGHT)
        column.addLayout(first)
        column.addLayout(second)

    def exception(self) -> DayException:
        """The day as it stands."""
        picked = self.date.date()
        day = date(picked.year(), picked.month(), picked.day())
        return DayException(day, self.hours.intervals(), " ".join(self.name.text().split()))


class SpecialDays(QWidget):
    """Edits the dated exceptions.

    Signals:
        changed: there are others now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._days: list[_Day] = []
        self._problem = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._problem.hide()
        self.add_button = Button("Add a day", icon_name="plus", parent=self)
        self.add_button.set_tight(tight=True)
        self.add_button.clicked.connect(lambda _checked=False: self.add())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP + 2)
        self._column.addWidget(self._problem)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def days(self) -> tuple[_Day, ...]:
        """The lines, from above to below."""
        return tuple(self._days)

    @property
    def stops(self) -> list[QWidget]:
        """What takes the keyboard, in the order in which Tab goes."""
        own = [
            stop
            for day in self._days
            for stop in (day.date, day.name, day.remove, *day.hours.stops, day.more)
        ]
        return [*own, self.add_button]

    def set_exceptions(self, exceptions: Sequence[DayException]) -> None:
        """Show these days in their order. Sends no `changed`."""
        for day in self._days:
            self._drop(day)
        self._days = []
        for exception in sorted(exceptions, key=lambda one: one.date):
            self._put(exception)
        self._refresh()

    def exceptions(self) -> tuple[DayException, ...]:
        """The days as they stand, in their order."""
        return tuple(sorted((day.exception() for day in self._days), key=lambda one: one.date))

    def add(self) -> None:
        """Another day: the one behind the last, closed."""
        tomorrow = QDate.currentDate().addDays(1)
        last = max((day.date.date() for day in self._days), default=tomorrow.addDays(-1))
        begin = max(last.addDays(1), tomorrow)
        day = self._put(DayException(date(begin.year(), begin.month(), begin.day()), (), ""))
        self._refresh()
        self.changed.emit()
        day.date.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put(self, exception: DayException) -> _Day:
        day = _Day(exception, self)
        day.changed.connect(self._edited)
        day.remove.clicked.connect(partial(self._take_off, day))
        self._column.insertWidget(len(self._days), day)
        self._days.append(day)
        return day

    def _take_off(self, day: _Day, _checked: bool = False) -> None:
        self._days.remove(day)
        self._drop(day)
        self._edited()
        self.add_button.setFocus()

    def _drop(self, day: _Day) -> None:
        self._column.removeWidget(day)
        day.hide()
        day.deleteLater()

    def _edited(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        problem = self.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    @property
    def problem(self) -> str:
        """Why these days cannot be used, in words; empty when they can."""
        dates = [day.exception().date for day in self._days]
        if len(set(dates)) < len(dates):
            return "The same day stands here twice. Change one of the dates."
        return next((day.hours.problem for day in self._days if day.hours.problem), "")
