"""The lines between messages: what happened to the ticket, a new day, the way to older messages."""

from datetime import date
from typing import Final

from PySide6.QtCore import QDate, QLocale, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.queries.rows import EventRow
from inbox_desktop.ui.kit import Button, day_and_time, full_time, one_line, paint_icon, plain_tool_tip, theme
from inbox_desktop.ui.kit.painting import CENTER, KitWidget, draw_line_of_text, hairline
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.thread.words import plural

PAGE: Final = 50
_EVENT_HEIGHT: Final = 24
_DAY_HEIGHT: Final = 28
_OLDER_HEIGHT: Final = 44


class EventLine(KitWidget):
    """Something that happened, centred and faint: "Reopened by a reply · Today 10:24"."""

    def __init__(self, event: EventRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = event
        when = day_and_time(now(), event.at, QLocale())
        today = event.at.astimezone().date() == now().astimezone().date()
        self._words = f"{one_line(event.text)} · {'Today ' if today else ''}{when}"
        self.setAccessibleName(self._words)
        self.setToolTip(plain_tool_tip(full_time(event.at, QLocale())))

    def place(self, width: int) -> int:
        """One line, whatever the width."""
        return theme().px(_EVENT_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark and the words."""
        painter = QPainter(self)
        font, side = theme().font("secondary"), theme().px(14)
        room = self.width() - side - 8
        wide = min(text_width(self._words, font) + 1, room)
        left = (self.width() - wide - side - 8) / 2
        paint_icon(painter, QRectF(left, 0, side, self.height()), "clock", "text_3")
        rect = QRectF(left + side + 8, 0, wide, self.height())
        draw_line_of_text(painter, rect, self._words, font, theme().colour("text_2"))
        painter.end()


class DayLine(KitWidget):
    """The beginning of a day: its name between two hairlines."""

    def __init__(self, day: date, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = day_words(day, now().astimezone().date(), QLocale())
        self.setAccessibleName(self._words)

    def place(self, width: int) -> int:
        """One line, whatever the width."""
        return theme().px(_DAY_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint hairlines and words."""
        painter = QPainter(self)
        font = theme().font("small", 500)
        wide = text_width(self._words, font) + 1
        middle = self.height() / 2
        left, right = (self.width() - wide) / 2 - 12, (self.width() + wide) / 2 + 12
        hairline(painter, 0, left, middle, theme().colour("line"))
        hairline(painter, right, self.width(), middle, theme().colour("line"))
        draw_line_of_text(painter, QRectF(self.rect()), self._words, font, theme().colour("text_2"), CENTER)
        painter.end()


class OlderLine(QWidget):
    """The way to older messages.

    Signals:
        wanted: more of them are to be shown.
    """

    wanted = Signal()

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._button = Button("", parent=self)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self._pressed)
        self.set_count(count)

    def set_count(self, count: int) -> None:
        """Say how many there are."""
        self._button.setEnabled(True)
        self._button.setText(f"Show {plural(min(count, PAGE), 'older message')}")
        self._button.setToolTip(f"{plural(count, 'older message')} in this ticket")

    def _pressed(self) -> None:
        self._button.setEnabled(False)
        self.wanted.emit()

    def place(self, width: int) -> int:
        """Centre the button."""
        size = self._button.sizeHint()
        self._button.setGeometry((width - size.width()) // 2, 2, size.width(), size.height())
        return theme().px(_OLDER_HEIGHT)


def day_words(day: date, today: date, locale: QLocale) -> str:
    """A day's name: "Today", "Yesterday", "Friday" within a week, else the date in words."""
    ago = (today - day).days
    if ago in {0, 1}:
        return ("Today", "Yesterday")[ago]
    if 0 < ago < 7:
        return locale.dayName(day.isoweekday(), QLocale.FormatType.LongFormat)
    pattern = "d MMMM" if day.year == today.year else "d MMMM yyyy"
    return locale.toString(QDate(day.year, day.month, day.day), pattern)
