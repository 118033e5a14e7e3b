"""The cheat sheet: every key of the command table."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.ui.commands import COMMANDS, Command, Section
from inbox_desktop.ui.kit import Button, Label, theme
from inbox_desktop.ui.kit.painting import CENTER, KitWidget, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.shortcuts import shown_keys

_LEFT = (Section.MOVE, Section.GENERAL)
_RIGHT = (Section.TRIAGE, Section.WRITE)


class KeyCap(KitWidget):
    """A key as it stands on a keyboard."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        height = theme().px(22)
        width = text_width(self._words, theme().font("secondary", 500)) + theme().px(14)
        return QSize(max(height, round(width)), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        rounded(painter, rect, 5, theme().colour("raised"), theme().colour("line_strong"))
        font = theme().font("secondary", 500)
        draw_line_of_text(painter, rect, self._words, font, theme().colour("text_2"), CENTER)
        painter.end()


class CheatSheet(QDialog):
    """All keys at a glance. Show it with open()."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        columns = QHBoxLayout()
        columns.setSpacing(48)
        for sections in (_LEFT, _RIGHT):
            columns.addLayout(self._column(sections))
        close = Button("Close", parent=self)
        close.clicked.connect(lambda _checked=False: self.accept())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(28, 24, 28, 20)
        outer.setSpacing(20)
        outer.addWidget(Label("Keyboard shortcuts", "page", weight=600, parent=self))
        outer.addLayout(columns)
        outer.addStretch(1)
        outer.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _column(self, sections: tuple[Section, ...]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(20)
        for section in sections:
            grid = QGridLayout()
            grid.setHorizontalSpacing(32)
            grid.setVerticalSpacing(6)
            grid.addWidget(Label(section.value, "secondary", "text_2", weight=600, parent=self), 0, 0)
            for command in COMMANDS:
                if command.section is section and command.keys:
                    self._line(grid, command)
            column.addLayout(grid)
        column.addStretch(1)
        return column

    def _line(self, grid: QGridLayout, command: Command) -> None:
        row = grid.rowCount()
        grid.addWidget(Label(command.title, parent=self), row, 0)
        caps = QHBoxLayout()
        caps.setSpacing(4)
        caps.addStretch(1)
        for keys in command.keys:
            caps.addWidget(KeyCap(shown_keys(keys), self))
        grid.addLayout(caps, row, 1)
