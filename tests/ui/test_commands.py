"""The table of commands holds together, and plain letters never fire while somebody types."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.ui.commands import BY_ID, COMMANDS, TICKET_MENU, Situation
from inbox_desktop.ui.kit import icon_names
from inbox_desktop.ui.shortcuts import Shortcuts, is_plain, shown_keys
from tests.ui.fingers import press, write
from tests.ui.kit.samples import make_row


def test_names_and_keys_are_given_once() -> None:
    names = Counter(command.id for command in COMMANDS)
    keys = Counter(QKeySequence(keys).toString() for command in COMMANDS for keys in command.keys)
    assert set(names.values()) == set(keys.values()) == {1}
    assert "" not in keys


def test_every_icon_and_menu_entry_exists() -> None:
    assert {command.icon for command in COMMANDS} - {""} <= set(icon_names())
    assert set(TICKET_MENU) - {""} <= set(BY_ID)


@pytest.mark.parametrize(
    "keys", ["J", "K", "E", "Shift+E", "S", "A", "I", "R", "N", "U", "/", "?", "Ctrl+Return", "Ctrl+Z"]
)
def test_the_promised_keys_are_there(keys: str) -> None:
    assert any(keys in command.keys for command in COMMANDS)


@pytest.mark.parametrize(
    ("command", "changes", "offered"),
    [
        ("close", {}, True),
        ("close", {"status": TicketStatus.CLOSED}, False),
        ("reopen", {}, False),
        ("reopen", {"status": TicketStatus.SNOOZED}, True),
        ("assign_me", {"assignee_id": "me"}, False),
        ("assign_me", {"assignee_id": "tom"}, True),
        ("unread", {"unread": True}, False),
        ("read", {"unread": True}, True),
        ("block", {"customer_blocked": True}, False),
        ("unblock", {"customer_blocked": True}, True),
    ],
)
def test_a_command_is_offered_when_it_would_do_something(command: str, changes: dict, offered: bool) -> None:
    assert BY_ID[command].enabled(Situation((make_row(**changes),), "me")) is offered
    assert not BY_ID[command].enabled(Situation((), "me"))


def test_undo_needs_something_to_undo() -> None:
    assert not BY_ID["undo"].enabled(Situation())
    assert BY_ID["undo"].enabled(Situation(can_undo=True))


@pytest.mark.parametrize(
    ("keys", "plain"),
    [
        ("J", True),
        ("Shift+E", True),
        ("/", True),
        ("?", True),
        ("1", True),
        ("F", True),
        ("F5", False),
        ("Ctrl+Z", False),
        ("Esc", False),
    ],
)
def test_which_keys_write(keys: str, plain: bool) -> None:
    assert is_plain(keys) is plain


def test_keys_are_shown_short() -> None:
    assert shown_keys("Ctrl+Shift+Return").endswith("⏎")


class Room(QWidget):
    """A window with every kind of field."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []
        self.line, self.text, self.plain = QLineEdit(self), QTextEdit(self), QPlainTextEdit(self)
        self.combo, self.browser, self.list = QComboBox(self), QTextBrowser(self), QListView(self)
        self.combo.setEditable(True)
        column = QVBoxLayout(self)
        for widget in (self.line, self.text, self.plain, self.combo, self.browser, self.list):
            column.addWidget(widget)
        Shortcuts(self, self.ran.append)


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    made = Room()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


@pytest.mark.parametrize("field", ["line", "text", "plain", "combo"])
def test_letters_write_into_fields(room: Room, qtbot: QtBot, field: str) -> None:
    widget = getattr(room, field)
    widget.setFocus()
    write(widget, "ejksainru/")
    assert room.ran == []
    written = {
        "line": room.line.text,
        "text": room.text.toPlainText,
        "plain": room.plain.toPlainText,
        "combo": room.combo.currentText,
    }
    assert written[field]() == "ejksainru/"


@pytest.mark.parametrize("field", ["browser", "list"])
def test_letters_are_commands_elsewhere(room: Room, qtbot: QtBot, field: str) -> None:
    widget = getattr(room, field)
    widget.setFocus()
    for key in (Qt.Key.Key_J, Qt.Key.Key_E, Qt.Key.Key_U):
        press(widget, key)
    press(widget, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert room.ran == ["next", "close", "unread", "close_next"]


def test_the_composers_own_keys_are_left_to_it(room: Room, qtbot: QtBot) -> None:
    room.list.setFocus()
    press(room.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert room.ran == []
