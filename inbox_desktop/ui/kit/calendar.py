"""A month to pick a day from, in the kit's own look."""

from typing import Final

from PySide6.QtCore import QDate, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton, QWidget

from inbox_desktop.ui.kit.icons import icon
from inbox_desktop.ui.kit.painting import CENTER, draw_line_of_text, rounded
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import RADIUS

_ARROWS: Final = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}
_LEAST: Final = (308, 252)


class Calendar(QCalendarWidget):
    """A calendar whose days outside of its range look as if they could not be picked, which is so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self.setMinimumSize(theme().px(_LEAST[0]), theme().px(_LEAST[1]))
        theme().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        for name, arrow in _ARROWS.items():
            button = self.findChild(QToolButton, name)
            if button is not None:
                button.setIcon(icon(arrow))
        names = QTextCharFormat()
        names.setForeground(theme().colour("text_2"))
        names.setBackground(theme().colour("surface"))
        names.setFont(theme().font("small", 500))
        self.setHeaderTextFormat(names)
        for day in Qt.DayOfWeek:
            # Qt writes the days of the weekend in red, which is kept for what went wrong.
            self.setWeekdayTextFormat(day, names)
        self.updateCells()

    def paintCell(self, painter: QPainter, rect: QRect, date: QDate) -> None:
        """Paint one day."""
        chosen, today = date == self.selectedDate(), date == QDate.currentDate()
        open_to_pick = self.minimumDate() <= date <= self.maximumDate()
        painter.fillRect(rect, theme().colour("surface"))
        side = min(rect.width(), rect.height()) - 2
        disc = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
        if chosen:
            rounded(painter, disc, RADIUS, theme().colour("accent"))
        elif today:
            rounded(painter, disc, RADIUS, None, theme().colour("line_strong"))
        is_of_month = date.month() == self.monthShown()
        ink = "text_3" if not open_to_pick else "text_1" if is_of_month else "text_2"
        font = theme().font("text", 600 if chosen else 400, tabular=True)
        colour = theme().colour("on_accent" if chosen else ink)
        draw_line_of_text(painter, QRectF(rect), str(date.day()), font, colour, CENTER)
