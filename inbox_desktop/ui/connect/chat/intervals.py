"""The hours of one day: from when to when, several times a day, over midnight, or not at all."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inbox_desktop.models.rules.business_hours import Interval
from inbox_desktop.ui.connect.chat.time_line import MIDNIGHT, TimeLine
from inbox_desktop.ui.kit import IconButton, Label
from inbox_desktop.ui.kit.tokens import GAP_TIGHT

FIRST: Final = Interval("09:00", "17:00")
MOST: Final = 6
"""As many intervals as one day may have here."""
_LATEST: Final = 24 * 60


class _Line(QWidget):
    """One interval: two times, what is said about it, and the way to take it off."""

    def __init__(self, interval: Interval, day: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.start = TimeLine(interval.start, f"{day}, from", self)
        self.end = TimeLine(interval.end, f"{day}, until", self, is_end=True)
        self.remove = IconButton("x", "Remove these hours", parent=self)
        self.remove.set_tight(tight=True)
        self._note = Label("", "secondary", "text_2", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_TIGHT + 2)
        row.addWidget(self.start)
        row.addWidget(Label("–", "text", "text_2", parent=self))
        row.addWidget(self.end)
        row.addWidget(self.remove)
        row.addWidget(self._note)
        row.addStretch(1)

    @property
    def interval(self) -> Interval | None:
        """The hours, or None while one of the times is none."""
        start, end = self.start.time, self.end.time
        return Interval(start, end) if start is not None and end is not None else None

    def explain(self) -> None:
        """Say that the hours end on the next day, where they do."""
        found = self.interval
        over = found is not None and found.end != MIDNIGHT and found.end <= found.start
        self._note.setText("next day" if over else "")


class IntervalsEdit(QWidget):
    """Edits the intervals of `day`, a name that screen readers say; no interval means closed.

    Signals:
        changed: there are other hours now.
    """

    changed = Signal()

    def __init__(self, day: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._day = day
        self._lines: list[_Line] = []
        self._closed = Label("Closed", "text", "text_2", parent=self)
        self._problem = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._problem.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP_TIGHT)
        self._column.addWidget(self._closed)
        self._column.addWidget(self._problem)

    @property
    def lines(self) -> tuple[_Line, ...]:
        """The intervals' lines, from above to below."""
        return tuple(self._lines)

    @property
    def stops(self) -> list[QWidget]:
        """What takes the keyboard, in the order in which Tab goes."""
        return [stop for line in self._lines for stop in (line.start, line.end, line.remove)]

    def set_intervals(self, intervals: Sequence[Interval]) -> None:
        """Show these hours. Sends no `changed`."""
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = []
        for interval in intervals:
            self._put(interval)
        self._refresh()

    def intervals(self) -> tuple[Interval, ...]:
        """The hours as they stand; what is no time is left out (see `problem`)."""
        return tuple(line.interval for line in self._lines if line.interval is not None)

    def add(self) -> None:
        """Another interval, behind the last one."""
        if len(self._lines) >= MOST:
            return
        line = self._put(self._next())
        self._refresh()
        self.changed.emit()
        line.start.setFocus(Qt.FocusReason.OtherFocusReason)
        line.start.selectAll()

    def _next(self) -> Interval:
        """What probably comes: an hour behind the last interval, four hours long."""
        last = self._lines[-1].interval if self._lines else None
        if last is None:
            return FIRST
        begin = min(_minutes(last.end) + 60, _LATEST - 60)
        if last.end <= last.start:
            begin = _minutes(last.end) + 60
        end = min(begin + 4 * 60, _LATEST)
        return Interval(_words(begin), _words(end))

    def _put(self, interval: Interval) -> _Line:
        line = _Line(interval, self._day, self)
        line.start.changed.connect(self._edited)
        line.end.changed.connect(self._edited)
        line.remove.clicked.connect(partial(self._take_off, line))
        self._column.insertWidget(len(self._lines), line)
        self._lines.append(line)
        return line

    def _take_off(self, line: _Line, _checked: bool = False) -> None:
        place = self._lines.index(line)
        self._lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()
        self._refresh()
        self.changed.emit()
        if self._lines:
            self._lines[min(place, len(self._lines) - 1)].remove.setFocus()

    def _edited(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        self._closed.setVisible(not self._lines)
        for line in self._lines:
            line.explain()
        problem = self.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    @property
    def problem(self) -> str:
        """Why these hours cannot be used, in words; empty when they can."""
        spans = []
        for line in self._lines:
            found = line.interval
            if found is None:
                return "Write times such as 9:00 or 17:30."
            start, end = _minutes(found.start), _minutes(found.end)
            spans.append((start, end if end > start else end + _LATEST))
        spans.sort()
        for (_, before), (start, _) in pairwise(spans):
            if start < before:
                return "These hours overlap. Change or remove one of them."
        return ""


def _minutes(time: str) -> int:
    hours, _, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)


def _words(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
