"""The settings dialog: e-mail, SMS, web chat, appearance, general."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.appearance_page import AppearancePage
from inbox_desktop.ui.connect.channels_page import ChannelsPage
from inbox_desktop.ui.connect.chat_page import ChatPage
from inbox_desktop.ui.connect.general_page import GeneralPage
from inbox_desktop.ui.connect.kind_page import KindPage
from inbox_desktop.ui.connect.sms_page import SmsPage
from inbox_desktop.ui.kit import Button, Density, Divider, Label, NavButton, Theme
from inbox_desktop.ui.kit.tokens import EDGE, EDGE_WIDE, GAP, GAP_TIGHT

_SIZE: Final = (760, 560)
_KINDS: Final = 3
"""How many of the pages are about channels; they come first."""
_PAGES: Final = (
    ("mail", "E-mail"),
    ("phone", "SMS"),
    ("chat", "Web chat"),
    ("sun", "Appearance"),
    ("settings", "General"),
)


class SettingsDialog(QDialog):
    """Everything that can be set. Show it with `open()`; every change takes effect at once.

    Signals:
        density_changed(Density): the list's rows are to be of this height.
    """

    density_changed = Signal(object)

    def __init__(
        self,
        bridge: Bridge,
        look: Theme,
        parent: QWidget | None = None,
        density: Density = Density.COMFORTABLE,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Channels and settings")
        self.resize(look.px(_SIZE[0]), look.px(_SIZE[1]))
        # In the order of Tab: the list of pages, the page, Done.
        self._group = self._list_of_pages(look)
        self.channels = ChannelsPage(bridge, self)
        self.texts = SmsPage(bridge, self)
        self.chats = ChatPage(bridge, self)
        self.appearance = AppearancePage(look, density, self)
        self.appearance.density_changed.connect(self.density_changed)
        self.general = GeneralPage(bridge, self)
        self._title = Label("", "page", weight=600, parent=self)
        self._pages = QStackedWidget(self)
        for page in (*self._kinds, self.appearance, self.general):
            self._pages.addWidget(_scrolling(page))
        self._lay_out()
        self.show_page(0)
        self._group.button(0).setFocus()

    @property
    def _kinds(self) -> tuple[KindPage, ...]:
        return self.channels, self.texts, self.chats

    def _list_of_pages(self, look: Theme) -> QButtonGroup:
        group = QButtonGroup(self)
        for number, (mark, words) in enumerate(_PAGES):
            button = NavButton(mark, words, parent=self)
            button.setFixedWidth(look.px(164))
            group.addButton(button, number)
        group.idClicked.connect(self.show_page)
        return group

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(GAP, EDGE_WIDE, GAP, GAP)
        side.setSpacing(GAP_TIGHT)
        for button in self._group.buttons():
            side.addWidget(button)
        side.addStretch(1)
        self._done = done = Button("Done", parent=self)
        done.clicked.connect(self.accept)
        for number, page in enumerate(self._kinds):
            page.stops_changed.connect(partial(self._end_with, number))
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(done)
        right = QVBoxLayout()
        right.setContentsMargins(EDGE_WIDE, EDGE_WIDE, EDGE_WIDE, EDGE)
        right.setSpacing(EDGE)
        right.addWidget(self._title)
        right.addWidget(self._pages, 1)
        right.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(side)
        row.addWidget(Divider(vertical=True, parent=self))
        row.addLayout(right, 1)

    def show_page(self, number: int) -> None:
        """Show e-mail (0), SMS (1), web chat (2), appearance (3) or general (4)."""
        self._group.button(number).setChecked(True)
        self._title.setText(_PAGES[number][1])
        self._pages.setCurrentIndex(number)
        if number < _KINDS:
            self._kinds[number].order_stops()

    def _end_with(self, page: int, last: QWidget) -> None:
        """Let Tab end at Done, behind the last stop of the page that is shown."""
        if page == self._pages.currentIndex():
            QWidget.setTabOrder(last, self._done)

    def hideEvent(self, event: QHideEvent) -> None:
        """Save what was typed last."""
        super().hideEvent(event)
        self.general.save_now()


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area
