"""The strips inside a message: what became of it, and what a person should know of that."""

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.queries.rows import RecipientRow
from inbox_desktop.ui.kit import Tone, theme
from inbox_desktop.ui.thread.strip import Strip
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


def test_links_stand_below_words_that_would_be_squeezed_beside_them(qtbot: QtBot) -> None:
    theme().install("light")
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    strip = Strip("The person's phone could not be reached. " * 3, Tone.BAD, host)
    links = [strip.add_link(words, lambda: None) for words in ("Try again", "Back to draft")]
    strip.show()
    for width, is_beside in ((380, False), (1_600, True)):
        strip.resize(*strip.fit(width))
        assert (links[0].y() > strip.height() / 2) is not is_beside
        assert links[0].geometry().right() < links[1].x()
        assert links[1].geometry().right() <= strip.width()


def test_a_few_words_that_have_no_room_beside_links_stand_above_them(qtbot: QtBot) -> None:
    theme().install("light")
    host = QWidget()
    qtbot.addWidget(host)
    strip = Strip("Queued, offline. It leaves by itself later.", Tone.NEUTRAL, host)
    links = [strip.add_link(words, lambda: None) for words in ("Undo", "Send now")]
    width, height = strip.fit(224)
    strip.resize(width, height)
    strip.show()
    host.show()
    assert width <= 224
    assert links[0].y() > height / 2
