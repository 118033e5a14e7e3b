"""Number and date fields whose text stands where that of the other fields stands."""

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QDateTimeEdit, QSpinBox, QTimeEdit, QWidget

_INDENT = 8


class NumberField(QSpinBox):
    """A whole number between two limits, with its unit behind it ("30 s")."""

    def __init__(self, low: int, high: int, *, suffix: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setSuffix(suffix)
        # Qt's style sheets pad every line edit but the one inside a spin box.
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)


class TimeField(QTimeEdit):
    """A time of the day."""

    def __init__(self, time: QTime, parent: QWidget | None = None) -> None:
        super().__init__(time, parent)
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)


class DateTimeField(QDateTimeEdit):
    """A date with its time, and a calendar to choose from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCalendarPopup(True)
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)
