"""Keys and clicks as a person makes them, with types."""

from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

T = TypeVar("T", bound=QWidget)

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, key, held)


def write(widget: QWidget, words: str) -> None:
    """Type words."""
    QTest.keyClicks(widget, words)


def click(
    widget: QWidget, at: QPoint | None = None, button: Qt.MouseButton = Qt.MouseButton.LeftButton
) -> None:
    """Click into the middle of a widget, or at a point of it."""
    QTest.mouseClick(widget, button, NONE, at or widget.rect().center())


def only(parent: QWidget, kind: type[T]) -> T:
    """The one child of a kind."""
    found = parent.findChildren(kind)
    assert len(found) == 1, found
    return found[0]
