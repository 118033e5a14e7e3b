"""The toast: one at a time, in order, with something to do."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.kit import Theme, Toast
from inbox_desktop.ui.kit.buttons import Button


@pytest.fixture
def toast(look: Theme, qtbot: QtBot) -> Iterator[Toast]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    with qtbot.waitExposed(window):
        window.show()
    yield Toast(window)
    window.close()


def _shown(toast: Toast) -> str:
    return toast.current.text if toast.current else ""


def test_a_message_floats_in_the_window(toast: Toast) -> None:
    assert toast.isHidden()
    toast.show_message("Closed #1042", "Undo", seconds=0)
    window = toast.parentWidget()
    assert window is not None
    assert toast.isVisible()
    assert window.rect().contains(toast.geometry())
    assert toast.geometry().left() > 60, "beside the rail"
    assert toast.geometry().right() < window.width()
    assert toast.accessibleName() == "Closed #1042"


def test_messages_queue_in_order(toast: Toast) -> None:
    for number in (1, 2, 3):
        toast.show_message(f"Closed #{number}", seconds=0)
    assert (_shown(toast), toast.waiting) == ("Closed #1", 2)
    toast.dismiss()
    assert (_shown(toast), toast.waiting) == ("Closed #2", 1)
    toast.dismiss()
    toast.dismiss()
    assert (_shown(toast), toast.waiting) == ("", 0)
    assert toast.isHidden()


def test_the_action_runs_once_and_closes(toast: Toast, qtbot: QtBot) -> None:
    done: list[str] = []
    toast.show_message("Closed #1042", "Undo", lambda: done.append("undo"), seconds=0)
    undo = next(button for button in toast.findChildren(Button) if button.text() == "Undo")
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert done == ["undo"]
    assert toast.isHidden()


def test_an_action_may_show_the_next_message(toast: Toast, qtbot: QtBot) -> None:
    toast.show_message("Closed", "Undo", lambda: toast.show_message("Opened again", seconds=0), seconds=0)
    undo = next(button for button in toast.findChildren(Button) if button.text() == "Undo")
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert _shown(toast) == "Opened again"


def test_it_goes_by_itself(toast: Toast, qtbot: QtBot) -> None:
    toast.show_message("Saved", seconds=0.05)
    toast.show_message("Saved again", seconds=0.05)
    qtbot.waitUntil(lambda: toast.isHidden() and toast.current is None, timeout=5000)


def test_clear_takes_everything_away(toast: Toast) -> None:
    toast.show_message("One", seconds=0)
    toast.show_message("Two", seconds=0)
    toast.clear()
    assert toast.isHidden()
    assert toast.waiting == 0


def test_it_follows_the_windows_size(toast: Toast, qtbot: QtBot) -> None:
    toast.show_message("A long message " * 12, "Undo", seconds=0)
    window = toast.parentWidget()
    assert window is not None
    window.resize(380, 300)
    qtbot.waitUntil(lambda: window.rect().contains(toast.geometry()), timeout=2000)


def test_moving_in_ends_at_the_same_place(toast: Toast, look: Theme, qtbot: QtBot) -> None:
    toast.show_message("Still", seconds=0)
    still = toast.pos()
    toast.clear()
    look.set_reduced_motion(reduced=False)
    toast.show_message("Still", seconds=0)
    qtbot.waitUntil(lambda: toast.pos() == still, timeout=3000)
