"""The strips inside a message: what became of it, and what a person should know of that."""

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.queries.rows import RecipientRow
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.thread.strips import delivery_strip
from tests.ui.thread.rows import delivery

GONE = (RecipientRow("bo@x.example", DeliveryState.FAILED, "no such user"),)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, None),
        (
            {"uncopied": "The folder is full"},
            "Sent, but not copied to the Sent folder: The folder is full.",
        ),
        ({"uncopied": "The folder is full", "recipients": GONE}, "Not delivered to bo@x.example"),
    ],
)
def test_what_was_sent_says_only_what_went_wrong(
    qtbot: QtBot, values: dict[str, Any], words: str | None
) -> None:
    theme().install("light")
    host = QWidget()
    qtbot.addWidget(host)
    strip = delivery_strip(delivery(**values), lambda _what: None, host)
    assert (strip is None) == (words is None)
    if strip is not None and words is not None:
        assert words in strip.accessibleName()
