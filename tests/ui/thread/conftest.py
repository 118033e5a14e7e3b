"""Fixtures of the thread: the pane over a small inbox, and a ticket with some messages."""

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.thread.pane import ThreadPane


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge) -> ThreadPane:
    """The pane, shown as large as in a usual window."""
    theme().install("light")
    made = ThreadPane(bridge)
    qtbot.addWidget(made)
    made.resize(574, 800)
    made.show()
    return made
