"""The hours editor: time zone, week, days that are other, public holidays, and what follows from them now."""

from functools import partial
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.rules.business_hours import BusinessHours
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.holiday_field import HolidayField
from inbox_desktop.ui.connect.chat.hours_words import HoursNow, hours_now, zone_words
from inbox_desktop.ui.connect.chat.special_days import SpecialDays
from inbox_desktop.ui.connect.chat.week import WeekEdit
from inbox_desktop.ui.connect.chat.zone_field import ZoneField
from inbox_desktop.ui.connect.choices import ChoiceRow
from inbox_desktop.ui.kit import Label, StatusDot, Tone
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT, GAP_WIDE
from inbox_desktop.ui.snooze import local_zone

_SOON_MS: Final = 150
_AGAIN_MS: Final = 20_000


class HoursEditor(QWidget):
    """Edits business hours, and says in words what they mean now.

    Signals:
        changed: there are other hours now.
        told(bool): whether it is open now by these hours.
    """

    changed = Signal()
    told = Signal(bool)

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.now = StatusDot("", Tone.NEUTRAL, self)
        self.zone = ZoneField(self)
        self.always = QCheckBox(self)
        self.week = WeekEdit(self)
        self.days = SpecialDays(self)
        self.holidays = HolidayField(bridge, self)
        self.zone.changed.connect(self._edited)
        self.always.toggled.connect(self._edited)
        for part in (self.week, self.days, self.holidays):
            part.changed.connect(self._edited)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SOON_MS)
        self._later.timeout.connect(self._ask)
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._ask)
        self._again.start()
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.now)
        self._zone_row = ChoiceRow("Time zone", " ", self.zone, self)
        column.addWidget(self._zone_row)
        column.addWidget(
            ChoiceRow("Always open", "Day and night, on every day of the week.", self.always, self)
        )
        column.addWidget(self.week)
        column.addSpacing(GAP_WIDE)
        column.addWidget(self._heading("Days that are different"))
        words = "On these days the hours of the week do not count: a fair, stocktaking, a short Friday."
        column.addWidget(Label(words, "secondary", "text_2", wrap=True, parent=self))
        column.addSpacing(GAP_TIGHT)
        column.addWidget(self.days)
        column.addSpacing(GAP_WIDE)
        self._holiday_row = ChoiceRow("Public holidays", "Closed on public holidays of", self.holidays, self)
        column.addWidget(self._holiday_row)

    def _heading(self, words: str) -> Label:
        return Label(words, "text", weight=600, parent=self)

    def set_hours(self, hours: BusinessHours) -> None:
        """Show these hours. Sends no `changed`."""
        self.blockSignals(True)
        self.zone.set_zone(hours.time_zone)
        self.always.blockSignals(True)
        self.always.setChecked(hours.always)
        self.always.blockSignals(False)
        self.week.set_week(hours.week)
        self.days.set_exceptions(hours.exceptions)
        self.holidays.set_code(hours.holidays)
        self.blockSignals(False)
        self._follow()
        self._ask()

    def hours(self) -> BusinessHours:
        """The hours as they stand; ask `problem` first."""
        return BusinessHours(
            time_zone=self.zone.zone,
            week=self.week.week(),
            exceptions=self.days.exceptions(),
            holidays=self.holidays.code,
            always=self.always.isChecked(),
        )

    @property
    def problem(self) -> str:
        """Why these hours cannot be used, in words; empty when they can as far as is seen here."""
        return ("" if self.always.isChecked() else self.week.problem) or self.days.problem

    def _edited(self) -> None:
        self._follow()
        self._later.start()
        self.changed.emit()

    def order_stops(self) -> None:
        """Let Tab go from above to below: what is made later would be its last stop."""
        holidays = (self.holidays.country, self.holidays.part)
        stops = [self.zone, self.always, *self.week.stops, *self.days.stops, *holidays]
        for before, stop in pairwise(stops):
            QWidget.setTabOrder(before, stop)

    def _follow(self) -> None:
        """Show what depends on the choices."""
        self.order_stops()
        self.week.setVisible(not self.always.isChecked())
        offset = zone_words(self.zone.zone, now())
        self._zone_row.explain(
            f"All hours are by the clock there (now {offset}), summer time included."
            if offset
            else "No such time zone is known. Type a city and choose one that is offered."
        )

    # What follows from the hours

    def _ask(self) -> None:
        if self.problem:
            self.now.set_status("These hours cannot be used yet.", Tone.WARN)
            return
        here = local_zone()
        question = partial(hours_now, self.hours(), now(), here if isinstance(here, ZoneInfo) else None)
        self._bridge.in_background(question, self._tell, self._no_answer)

    def _tell(self, found: HoursNow) -> None:
        self.now.set_status(found.words, Tone.GOOD if found.is_open else Tone.NEUTRAL)
        self._holiday_row.explain(found.holiday or "The shop is open on public holidays, too.")
        self.told.emit(found.is_open)

    def _no_answer(self, words: str) -> None:
        self.now.set_status(words, Tone.WARN)
