"""The views pane: search, the inbox's own views, and the channels, each with its count."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from inbox_desktop.models.queries.rows import ChannelRow, ViewCounts
from inbox_desktop.ui.kit import Label, NavButton, SearchField
from inbox_desktop.ui.places import VIEWS, Place, count_of, place_of


class PlaceButton(NavButton):
    """One place with its count; none is shown for nought. Arrow keys go to the neighbours."""

    def __init__(self, place: Place, hint: str, parent: QWidget) -> None:
        super().__init__(place.icon, place.title, icon_ink=place.ink or "text_2", hint=hint, parent=parent)
        self.place = place

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)


class ViewsPane(QWidget):
    """Where one is and can go.

    Signals:
        chosen(Place): a place was chosen.
        searched(str): the words in the search field have changed.
        search_left: the search field gives the keyboard back.
        results_wanted: from the search field down into the list.
    """

    chosen = Signal(object)
    searched = Signal(str)
    search_left = Signal()
    results_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = VIEWS[0]
        self._counts = ViewCounts(0, 0, 0, 0, 0, ())
        self._channels: tuple[ChannelRow, ...] = ()
        self._buttons: list[PlaceButton] = []
        self.search = SearchField(parent=self)
        self.search.text_changed.connect(self.searched)
        self.search.left.connect(self.search_left)
        self.search.moved_down.connect(self.results_wanted)
        self.search.submitted.connect(lambda _words: self.results_wanted.emit())
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        area = QScrollArea(self)
        area.setWidget(self._list)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        self._list.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 14, 10, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(area, 1)
        self._rebuild()

    def set_channels(self, channels: Sequence[ChannelRow]) -> None:
        """Show these channels."""
        present = tuple(channel for channel in channels if channel.enabled)
        if present != self._channels:
            self._channels = present
            self._rebuild()

    def set_counts(self, counts: ViewCounts) -> None:
        """Show these numbers."""
        self._counts = counts
        for button in self._buttons:
            button.set_count(count_of(button.place, counts) or None)

    def set_place(self, place: Place | None) -> None:
        """Light the place where one is; None lights none (a search)."""
        for button in self._buttons:
            button.setChecked(place is not None and button.place.key == place.key)
        if place is not None:
            self._place = place

    def places(self) -> tuple[Place, ...]:
        """All places in order."""
        return tuple(button.place for button in self._buttons)

    def focus_search(self) -> None:
        """Put the keyboard into the search field and select what is there."""
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.edit.selectAll()

    def _rebuild(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons = []
        for number, place in enumerate(VIEWS, 1):
            self._add(place, str(number))
        if self._channels:
            head = Label("Channels", "small", "text_2", weight=600, parent=self._list)
            head.setContentsMargins(10, 14, 0, 6)
            self._column.addWidget(head)
        for channel in self._channels:
            self._add(place_of(channel), "")
        self._column.addStretch(1)
        self.set_counts(self._counts)
        self.set_place(self._place)

    def _add(self, place: Place, hint: str) -> None:
        button = PlaceButton(place, hint, self._list)
        button.clicked.connect(lambda _checked=False: self._pressed(button))
        self._buttons.append(button)
        self._column.addWidget(button)

    def _pressed(self, button: PlaceButton) -> None:
        self.set_place(button.place)
        self.chosen.emit(button.place)
