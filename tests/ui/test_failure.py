"""The window that stands in for an inbox that cannot be opened."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.failure import FailureWindow
from inbox_desktop.ui.kit import theme

REASON = (
    "The profile /home/julia/.local/share/inbox-desktop is in use by another Inbox Desktop. Nothing was "
    "changed. Close that one first, or choose another profile with --profile. " * 2
)


def test_the_whole_reason_can_be_read(qtbot: QtBot) -> None:
    theme().install("light")
    window = FailureWindow(REASON)
    qtbot.addWidget(window)
    window.resize(10, 10)
    window.show()
    said = next(label for label in window.findChildren(QLabel) if label.text() == REASON)
    qtbot.waitUntil(lambda: said.height() >= said.heightForWidth(said.width()))


def test_closing_ends_it(qtbot: QtBot) -> None:
    window = FailureWindow(REASON)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.closed):
        window.close()
