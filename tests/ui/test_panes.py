"""Panes fold when the window is narrow and come back as they were; the views pane shows places and counts."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.rows import ChannelRow, ViewCounts
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.kit.tokens import GAP, ICON
from inbox_desktop.ui.panes import LEAST, Panes
from inbox_desktop.ui.places import ALL, MINE
from inbox_desktop.ui.rail import Rail
from inbox_desktop.ui.views_pane import ViewsPane
from tests.ui.fingers import click, press, write
from tests.ui.test_menus import JULIA

pytestmark = pytest.mark.qt_log_ignore("does not support")

CHANNELS = (
    ChannelRow("c1", ChannelKind.EMAIL, "Support", "support@shop.example", enabled=True),
    ChannelRow("c2", ChannelKind.SMS, "Texts", "+1 415 555 0188", enabled=True),
    ChannelRow("c3", ChannelKind.EMAIL, "Old", "old@shop.example", enabled=False),
)


class House(QWidget):
    """Four empty panes."""

    def __init__(self) -> None:
        super().__init__()
        self.views, self.list, self.thread_pane, self.overview = (QWidget() for _ in range(4))
        self.panes = Panes(self.views, self.list, self.thread_pane, self.overview)
        self.panes.setParent(self)

    def fit(self, width: int) -> None:
        self.resize(width, 700)
        self.panes.resize(width, 700)

    def seen(self) -> str:
        names = {"v": self.views, "l": self.list, "t": self.thread_pane, "o": self.overview}
        return "".join(name for name, pane in names.items() if pane.isVisible())


@pytest.fixture
def house(qtbot: QtBot) -> House:
    made = House()
    qtbot.addWidget(made)
    made.fit(1380)
    made.show()
    return made


def test_what_folds_at_which_width(house: House) -> None:
    assert house.seen() == "vlto"
    house.fit(1000)
    assert house.seen() == "vlt"
    house.fit(800)
    assert house.seen() == "lt"
    house.fit(1000)
    assert house.seen() == "vlt"
    house.fit(1380)
    assert house.seen() == "vlto"


def test_widths_come_back_after_folding(house: House) -> None:
    house.panes.set_widths([180, 380, 520, 297])
    before = house.panes.widths
    for width in (1000, 700, 1000, 1380):
        house.fit(width)
    assert [round(now / 4) for now in house.panes.widths] == [round(then / 4) for then in before]


def test_no_pane_becomes_narrower_than_it_can_be_used(house: House) -> None:
    house.fit(640)
    assert house.list.width() >= LEAST[1]
    assert house.thread_pane.width() >= LEAST[2]


def test_no_view_loses_letters_where_the_views_are_narrowest(qtbot: QtBot) -> None:
    theme().install("light")
    views = ViewsPane()
    qtbot.addWidget(views)
    views.resize(LEAST[0], 500)
    views.show()
    around = theme().px(10 + ICON + 10 + 10) + GAP
    for button in views._buttons:
        count = text_width("1204", theme().font("secondary", 600, tabular=True)) + 1
        words = text_width(button.place.title, theme().font("text", 600))
        assert around + words + count <= button.width()


def test_the_folded_views_open_at_their_button(house: House, qtbot: QtBot) -> None:
    house.fit(800)
    button = QPushButton(house)
    house.panes.open_views(button)
    assert house.views.isVisible()
    house.panes.close_views()
    assert not house.views.isVisible()
    house.fit(1380)
    assert house.seen() == "vlto"


def test_the_overview_can_be_hidden_and_is_shown_in_a_narrow_window_on_request(house: House) -> None:
    house.panes.toggle_overview()
    assert house.seen() == "vlt"
    assert not house.panes.overview_wanted
    house.panes.toggle_overview()
    house.fit(1000)
    house.panes.toggle_overview()
    assert house.seen() == "lto"
    house.fit(1380)
    assert house.seen() == "vlto"


@pytest.fixture
def views(qtbot: QtBot) -> ViewsPane:
    made = ViewsPane()
    qtbot.addWidget(made)
    made.set_channels(CHANNELS)
    made.set_counts(ViewCounts(12, 4, 982, 0, 7, (("c1", 641),)))
    made.show()
    return made


def test_places_and_their_counts(views: ViewsPane) -> None:
    shown = [(button.place.title, button.count) for button in views._buttons]
    assert shown == [
        ("My inbox", 12),
        ("Unassigned", 4),
        ("All tickets", 982),
        ("Snoozed", None),
        ("support@shop.example", 641),
        ("+1 415 555 0188", None),
    ]


def test_one_place_is_lit(views: ViewsPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(views.chosen) as told:
        click(views._buttons[2])
    assert told.args == [ALL]
    assert [button.isChecked() for button in views._buttons] == [False, False, True, False, False, False]
    views.set_channels(CHANNELS[:1])
    assert [button.isChecked() for button in views._buttons] == [False, False, True, False, False]
    views.set_place(None)
    assert not any(button.isChecked() for button in views._buttons)


def test_the_search_field_leads_into_the_results(views: ViewsPane, qtbot: QtBot) -> None:
    views.focus_search()
    with qtbot.waitSignal(views.searched) as told:
        write(views.search.edit, "o")
    assert told.args == ["o"]
    with qtbot.waitSignal(views.results_wanted):
        press(views.search.edit, Qt.Key.Key_Down)
    press(views.search.edit, Qt.Key.Key_Escape)
    assert views.search.text() == ""
    with qtbot.waitSignal(views.search_left):
        press(views.search.edit, Qt.Key.Key_Escape)


def test_the_rail_says_how_many_are_unread(qtbot: QtBot) -> None:
    rail = Rail(JULIA)
    qtbot.addWidget(rail)
    rail.set_unread(120)
    assert rail.inbox.count == 120
    assert rail.inbox.accessibleName() == "Inbox, 120 unread"
    click(rail.inbox)
    assert rail.inbox.isChecked()


def test_my_inbox_is_a_place() -> None:
    assert MINE.key == "my"
