"""Choosing the profile that is the same person: found as one types."""

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from inbox_desktop.models.queries.find_profiles import ProfileRow, find_profiles
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Button, Label, SearchField, one_line, theme
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_WIDE
from inbox_desktop.ui.people_picker import list_style
from inbox_desktop.ui.thread.words import plural

_SIZE: Final = (460, 440)
_AFTER_MS: Final = 120
_ROW: Final = 44
_PROFILE: Final = Qt.ItemDataRole.UserRole


def profile_words(row: ProfileRow) -> str:
    """A profile on two lines: the name, then how it is reached and how many tickets it has."""
    name = one_line(row.name) or one_line(row.reachable_at[0] if row.reachable_at else "") or "No name"
    known = [one_line(one) for one in row.reachable_at[:2] if one != name]
    return f"{name}\n{' · '.join([*known, plural(row.tickets, 'ticket')])}"


class MergeDialog(QDialog):
    """Looks for a profile by name, address or phone.

    Signals:
        chosen(ProfileRow): this is the same person.
    """

    chosen = Signal(object)

    def __init__(self, bridge: Bridge, customer_id: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Merge with another profile")
        self.resize(theme().px(_SIZE[0]), theme().px(_SIZE[1]))
        self._bridge = bridge
        self._customer_id = customer_id
        self.search = SearchField("Name, address or phone", hint="", parent=self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_MS)
        self._later.timeout.connect(self._ask)
        self.search.text_changed.connect(lambda _words: self._later.start())
        self.search.submitted.connect(lambda _words: self._accept())
        self.search.edit.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setStyleSheet(list_style())
        self.list.setAccessibleName("Profiles")
        self.list.currentItemChanged.connect(lambda _now, _before: self._refresh())
        self.list.itemDoubleClicked.connect(lambda _item: self._accept())
        self._said = Label("", "secondary", "text_2", wrap=True, parent=self)
        self.verb = Button("Merge", variant="primary", parent=self)
        self.verb.clicked.connect(lambda _checked=False: self._accept())
        self._lay_out(name)
        self._show(())
        self.search.edit.setFocus()
        self.finished.connect(self.deleteLater)

    def _lay_out(self, name: str) -> None:
        words = (
            f"Who is the same person as {one_line(name)}? Tickets, addresses, phones and consents of both "
            "come together. Nothing is lost, and it can be undone."
        )
        cancel = Button("Cancel", parent=self)
        cancel.clicked.connect(lambda _checked=False: self.reject())
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self._said, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.verb)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_WIDE, EDGE_WIDE, EDGE_WIDE, EDGE_WIDE)
        column.setSpacing(GAP_WIDE)
        column.addWidget(Label("Merge with another profile", "title", weight=600, parent=self))
        column.addWidget(Label(words, "text", "text_2", wrap=True, parent=self))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    def shown(self) -> list[str]:
        """The profiles as they are shown."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _ask(self) -> None:
        words = self.search.edit.text()
        question = partial(_find, words=words, customer_id=self._customer_id)
        self._bridge.query(question, self._show, self._failed, key=(id(self), "profiles"))

    def _show(self, found: tuple[ProfileRow, ...]) -> None:
        self.list.clear()
        for row in found:
            item = QListWidgetItem(profile_words(row))
            item.setSizeHint(QSize(0, theme().px(_ROW)))
            item.setData(_PROFILE, row)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        typed = bool(self.search.edit.text().strip())
        self._said.setText(
            "Nobody found. Try another name, address or number." if typed and not found else ""
        )
        self._refresh()

    def _failed(self, words: str) -> None:
        self._said.setText(words)

    def _refresh(self) -> None:
        self.verb.setEnabled(self.list.currentItem() is not None)

    def _accept(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(item.data(_PROFILE))
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if by is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())
                return True
        return super().eventFilter(watched, event)


def _find(reader: Reader, words: str, customer_id: str) -> tuple[ProfileRow, ...]:
    return find_profiles(reader, words, (customer_id,))
