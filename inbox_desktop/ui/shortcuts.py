"""Binds the keys of the command table to a window; plain letters never fire while somebody types."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from inbox_desktop.ui.commands import COMMANDS


class Shortcuts(QObject):
    """The keys of the window's own commands. `run` gets the command's id."""

    def __init__(self, window: QWidget, run: Callable[[str], None]) -> None:
        super().__init__(window)
        self._run = run
        for command in COMMANDS:
            if command.owner != "window":
                continue
            for keys in command.keys:
                shortcut = QShortcut(QKeySequence(keys), window)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.setAutoRepeat(command.id in {"next", "previous"})
                shortcut.activated.connect(partial(self._activated, command.id, keys))

    def _activated(self, command_id: str, keys: str) -> None:
        # Editors keep plain letters for themselves already; this holds for those that do not.
        if is_plain(keys) and is_typing(QApplication.focusWidget()):
            return
        self._run(command_id)


def is_plain(keys: str) -> bool:
    """Whether the keys would write something into a text field."""
    return not keys.startswith(("Ctrl", "Alt", "Meta", "F", "Esc")) or keys == "F"


def is_typing(widget: QWidget | None) -> bool:
    """Whether the widget takes text."""
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        return not widget.isReadOnly()
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QAbstractSpinBox)


def shown_keys(keys: str) -> str:
    """The keys as this platform writes them: "Shift+E", "Ctrl+⏎", on a Mac "⌘⏎"."""
    text = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    return text.replace("Return", "⏎").replace("Enter", "⏎")
