"""A time of the day as it is typed for business hours, up to 24:00."""

import re
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from inbox_desktop.ui.kit import theme

MIDNIGHT: Final = "24:00"
_DAY: Final = 24 * 60
_STEP: Final = 15
"""Minutes that an arrow key goes."""
_WIDTH: Final = 58
_TYPED: Final = re.compile(r"(\d{1,2})(?:[:.h ]?([0-5]\d))?\s*([ap])?\.?m?\.?", re.IGNORECASE)


def parse_time(text: str, *, is_end: bool = False) -> str | None:
    """A typed time as "HH:MM"; None if it is none. "9", "9.30", "0930", "9 pm" are times; 24:00 only ends.

    An interval that ends at 0:00 ends at the end of its day.
    """
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    minutes = hour * 60 + minute
    if is_end and minutes in {0, _DAY}:
        return MIDNIGHT
    return _words(minutes) if minutes < _DAY else None


def _words(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


class TimeLine(QLineEdit):
    """One end of an interval. Up and Down go by a quarter of an hour; what is no time is marked.

    Signals:
        changed: there is another time in it, or none.
    """

    changed = Signal()

    def __init__(self, time: str, name: str, parent: QWidget, *, is_end: bool = False) -> None:
        super().__init__(time, parent)
        self._is_end = is_end
        self.setProperty("tight", True)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setMaxLength(8)
        self.setAccessibleName(name)
        self.setFixedWidth(theme().px(_WIDTH))
        self.textEdited.connect(self._edited)

    @property
    def time(self) -> str | None:
        """The time as "HH:MM", or None while there is none."""
        return parse_time(self.text(), is_end=self._is_end)

    def mark(self, *, bad: bool) -> None:
        """Show whether the time can be used."""
        state = "bad" if bad else ""
        if self.property("state") != state:
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)

    def _edited(self) -> None:
        self.mark(bad=False)
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by quarters of an hour with the arrow keys."""
        step = {Qt.Key.Key_Up.value: _STEP, Qt.Key.Key_Down.value: -_STEP}.get(event.key())
        time = self.time
        if step is None or time is None:
            super().keyPressEvent(event)
            return
        hours, _, minutes = time.partition(":")
        moved = int(hours) * 60 + int(minutes) + step
        words = _words(moved % _DAY)
        self.setText(parse_time(words, is_end=self._is_end) or words)
        self.changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Write the time in full."""
        super().focusOutEvent(event)
        time = self.time
        if time is not None and time != self.text():
            self.setText(time)
        self.mark(bad=time is None)
