"""When the ticket on the screen counts as read, which nobody had asked for."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.tickets import MarkUnread
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.window import MainWindow, build_window
from tests.ui.worlds import World

pytestmark = [
    # The offscreen platform cannot raise windows, and says so.
    pytest.mark.qt_log_ignore("does not support", "propagateSizeHints"),
    pytest.mark.expects_log("does not support"),
]

PATIENCE_MS = 8000


@pytest.fixture
def window(world: World, qtbot: QtBot) -> Iterator[MainWindow]:
    for ticket in world.tickets:
        world.do(MarkUnread(actor=agent(world.julia), ticket_id=ticket))
    window = build_window(world.store, world.engine, theme())
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.content_shown):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.tickets.focus()
    yield window
    window.close()
    window.shut_down()


def first(window: MainWindow) -> str:
    """The ticket that came up by itself; an unread one."""
    row = window.tickets.current
    assert row is not None
    assert row.unread
    return row.id


def test_it_is_read_once_its_row_is_pressed(window: MainWindow, world: World, qtbot: QtBot) -> None:
    ticket = first(window)
    view = window.tickets.view
    at = view.visualRect(view.index_of(ticket)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: not world.row(ticket).unread, timeout=PATIENCE_MS)


def test_it_is_read_once_somebody_writes_in_it(window: MainWindow, world: World, qtbot: QtBot) -> None:
    ticket = first(window)
    window.run("reply")
    qtbot.waitUntil(lambda: not world.row(ticket).unread, timeout=PATIENCE_MS)


def test_what_was_marked_unread_by_hand_stays_so_though_one_writes_in_it(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    ticket = first(window)
    window.run("reply")
    qtbot.waitUntil(lambda: not (window.tickets.current or world.row(ticket)).unread, timeout=PATIENCE_MS)
    window.run("unread")
    qtbot.waitUntil(lambda: world.row(ticket).unread, timeout=PATIENCE_MS)
    window.run("reply")
    qtbot.wait(1300)
    assert world.row(ticket).unread
