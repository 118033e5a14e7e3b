"""Until when a ticket is snoozed: the menu of choices, and the dialog for any other time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime, QTimeZone, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.rules.snooze import MORNING_HOUR, snooze_choices
from inbox_desktop.ui.kit import Button, Calendar, Label, TimeField, day_and_time, icon

LONGEST_DAYS = 366 * 2


def local_zone() -> tzinfo:
    """The zone of this machine's clock with its rules, so that nine o'clock is nine in summer and winter."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.now().astimezone().tzinfo or UTC


def snooze_menu(parent: QWidget, chosen: Callable[[datetime], None], other: Callable[[], None]) -> QMenu:
    """The menu: later today, tomorrow, in a week, or a date to pick. The caller shows it with popup()."""
    menu = QMenu(parent)
    moment, locale = now(), QLocale()
    for choice in snooze_choices(moment, local_zone()):
        action = menu.addAction(
            icon("clock"), f"{choice.label}\t{day_and_time(moment, choice.until, locale)}"
        )
        action.triggered.connect(partial(_chosen, chosen, choice.until))
    menu.addSeparator()
    menu.addAction("Pick date and time…").triggered.connect(lambda _checked=False: other())
    return menu


def _chosen(chosen: Callable[[datetime], None], until: datetime, _checked: bool = False) -> None:
    chosen(until)


class SnoozeDialog(QDialog):
    """Pick a day and a time.

    Signals:
        picked(datetime): the time until which to snooze, UTC.
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Snooze until")
        today = QDate.currentDate()
        self.calendar = Calendar(self)
        self.calendar.setDateRange(today, today.addDays(LONGEST_DAYS))
        self.calendar.setSelectedDate(today.addDays(1))
        self.calendar.setAccessibleName("Day")
        self.time = TimeField(QTime(MORNING_HOUR, 0), self)
        self.time.setAccessibleName("Time")
        self._until = Label("", "text", "text_2", parent=self)
        self._accept = Button("Snooze", variant="primary", parent=self)
        self._accept.setDefault(True)
        cancel = Button("Cancel", parent=self)
        self._build(cancel)
        self.calendar.selectionChanged.connect(self._tell)
        self.time.timeChanged.connect(self._tell)
        self._accept.clicked.connect(lambda _checked=False: self.accept())
        cancel.clicked.connect(lambda _checked=False: self.reject())
        self.accepted.connect(lambda: self.picked.emit(self.until()))
        self._tell()

    def _build(self, cancel: Button) -> None:
        at = QHBoxLayout()
        at.setSpacing(8)
        at.addWidget(Label("Time", parent=self))
        at.addWidget(self.time)
        at.addStretch(1)
        at.addWidget(self._until)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self._accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.calendar)
        column.addLayout(at)
        column.addLayout(foot)

    def until(self) -> datetime:
        """The picked time, UTC."""
        picked = QDateTime(self.calendar.selectedDate(), self.time.time())
        return datetime.fromtimestamp(picked.toSecsSinceEpoch(), UTC)

    def _tell(self) -> None:
        until, moment = self.until(), now()
        possible = until > moment + timedelta(seconds=30)
        self._accept.setEnabled(possible)
        words = day_and_time(moment, until, QLocale()) if possible else "This time has passed"
        self._until.setText(words)
        self._until.set_ink("text_2" if possible else "red_text")
