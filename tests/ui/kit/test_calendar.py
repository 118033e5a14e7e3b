"""The calendar to pick a day from."""

from PySide6.QtCore import QDate, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from inbox_desktop.ui.kit import Calendar, Theme, theme


def _inks(calendar: Calendar, day: QDate) -> set[str]:
    """The colours of a day's cell."""
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    calendar.paintCell(painter, QRect(0, 0, 40, 30), day)
    painter.end()
    return {QColor(picture.pixel(x, y)).name() for x in range(40) for y in range(30)}


def test_days_that_cannot_be_picked_are_faint_and_weekends_are_days_like_others(look: Theme) -> None:
    calendar = Calendar()
    saturday = QDate(2026, 11, 21)
    calendar.setDateRange(saturday, saturday.addDays(30))
    calendar.setSelectedDate(saturday.addDays(3))
    assert theme().tokens.text_1 in _inks(calendar, saturday)
    assert theme().tokens.text_1 not in _inks(calendar, saturday.addDays(-1))
    assert theme().tokens.accent in _inks(calendar, saturday.addDays(3))
