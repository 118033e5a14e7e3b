"""Choosing a person: the team in a list that is narrowed by typing."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from inbox_desktop.models.queries.rows import AgentRow
from inbox_desktop.ui.kit import SearchField, icon, one_line, paint_avatar, theme
from inbox_desktop.ui.popover import Popover

_WIDTH: Final = 260
_ROW: Final = 32
_MOST_SHOWN: Final = 8
_PERSON: Final = Qt.ItemDataRole.UserRole


def matching(people: Sequence[AgentRow], words: str) -> tuple[AgentRow, ...]:
    """The people of whom every word begins a part of the name or the address; first names count first."""
    wanted = words.casefold().split()
    begin = words.strip().casefold()
    found = [person for person in people if _holds(person, wanted)]
    return tuple(sorted(found, key=lambda person: not person.name.casefold().startswith(begin)))


def _holds(person: AgentRow, words: Sequence[str]) -> bool:
    parts = [*person.name.casefold().split(), person.email.casefold()]
    return all(any(part.startswith(word) for part in parts) for word in words)


class PeoplePicker(Popover):
    """A list of people, me first, and "Nobody".

    Signals:
        chosen(AgentRow | None): a person, or nobody.
    """

    chosen = Signal(object)

    def __init__(self, people: Sequence[AgentRow], assignee_id: str | None, parent: QWidget) -> None:
        super().__init__("Assign to", parent)
        self._people = tuple(people)
        self._assignee_id = assignee_id
        self.body.setContentsMargins(8, 8, 8, 8)
        self.search = SearchField("Assign to", hint="", parent=self)
        self.search.text_changed.connect(self._fill)
        self.search.submitted.connect(lambda _words: self._accept())
        self.search.left.connect(self.hide)
        self.search.edit.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(theme().px(20), theme().px(20)))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setStyleSheet(list_style())
        self.list.setAccessibleName("People")
        self.list.itemClicked.connect(lambda _item: self._accept())
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        self.setFixedWidth(theme().px(_WIDTH))
        self._fill("")
        self.search.edit.setFocus()

    def shown(self) -> list[str]:
        """The lines as they are shown."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _fill(self, words: str) -> None:
        self.list.clear()
        for person in matching(self._people, words):
            self._add(f"{one_line(person.name)} (me)" if person.is_me else one_line(person.name), person)
        if not words.strip() or "nobody".startswith(words.casefold().strip()):
            self._add("Nobody", None)
        self.list.setCurrentRow(0)
        count = max(1, min(self.list.count(), _MOST_SHOWN))
        self.list.setFixedHeight(count * theme().px(_ROW) + 4)
        self.adjustSize()

    def _add(self, words: str, person: AgentRow | None) -> None:
        item = QListWidgetItem(words)
        item.setSizeHint(QSize(0, theme().px(_ROW)))
        item.setIcon(_avatar_icon(person.name, self.devicePixelRatioF()) if person else icon("unassigned"))
        item.setData(_PERSON, person)
        if (person.id if person else None) == self._assignee_id:
            font = item.font()
            font.setBold(True)
            item.setFont(font)
        self.list.addItem(item)

    def _accept(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.hide()
            self.chosen.emit(item.data(_PERSON))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if by is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())
                return True
        return super().eventFilter(watched, event)


def _avatar_icon(name: str, ratio: float) -> QIcon:
    side = theme().px(20)
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_avatar(painter, QRectF(0, 0, side, side), name)
    painter.end()
    return QIcon(pixmap)


def list_style() -> str:
    """The style sheet of a short list to choose from: a soft ground under the one that is chosen."""
    tokens = theme().tokens
    return (
        f"QListWidget {{ background: {tokens.raised}; }}"
        "QListWidget::item { padding: 0 6px; border-radius: 6px; }"
        f"QListWidget::item:hover {{ background: {tokens.hover}; }}"
        f"QListWidget::item:selected {{ background: {tokens.accent_soft}; color: {tokens.accent_text}; }}"
    )
