"""Closing the window over a draft that the disk did not take."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.errors import StorageFullError
from inbox_desktop.models.queries.drafts import draft
from inbox_desktop.ui.composer import draft_keeper
from inbox_desktop.ui.kit import Question, theme
from inbox_desktop.ui.window import MainWindow, build_window
from tests.ui.fingers import write
from tests.ui.worlds import World

pytestmark = [
    pytest.mark.qt_log_ignore("does not support", "propagateSizeHints"),
    pytest.mark.expects_log("propagateSizeHints"),
]


@pytest.fixture
def window(world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window with "Precious" in the reply to the first ticket, which the full disk does not take."""
    monkeypatch.setattr(draft_keeper, "TRY_AGAIN_MS", 40)
    made = build_window(world.store, world.engine, theme())
    qtbot.addWidget(made, before_close_func=give_up)
    with qtbot.waitSignal(made.content_shown):
        made.show()
    made.open_ticket(world.tickets[0])
    composer = made.thread_pane.composer
    qtbot.waitUntil(lambda: not composer._pad.editor.isReadOnly())
    made.thread_pane.focus_reply()
    world.engine.failing = StorageFullError("The disk is full.")
    write(composer._pad.editor, "Precious")
    with qtbot.waitSignal(made.thread_pane.notice):
        composer.save_now()
    yield made
    made.shut_down()


def give_up(window: QWidget) -> None:
    assert isinstance(window, MainWindow)
    window.leaving.asks = False


def question(window: MainWindow) -> Question | None:
    return next((one for one in window.findChildren(Question) if one.isVisible()), None)


def test_a_draft_that_was_never_stored_keeps_the_window_open(window: MainWindow) -> None:
    assert not window.close()
    asked = question(window)
    assert asked is not None
    assert "The disk is full." in asked.words
    asked.reject()
    assert window.isVisible()
    assert window.thread_pane.composer._pad.editor.text() == "Precious"


def test_the_draft_may_be_given_up(window: MainWindow, qtbot: QtBot) -> None:
    window.close()
    asked = question(window)
    assert asked is not None
    with qtbot.waitSignal(window.closed):
        asked.verb.click()


def test_the_window_closes_by_itself_once_the_draft_is_stored(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    window.close()
    with qtbot.waitSignal(window.closed):
        world.engine.failing = None
    with world.store.read() as reader:
        kept = draft(reader, world.tickets[0], False)
    assert kept is not None
    assert kept.text == "Precious"


def test_an_emptied_draft_is_missed_by_nobody(window: MainWindow, qtbot: QtBot) -> None:
    composer = window.thread_pane.composer
    composer._pad.editor.selectAll()
    composer._pad.editor.textCursor().removeSelectedText()
    composer.save_now()
    qtbot.waitUntil(lambda: not composer.drafts.failures)
    assert window.close()


def test_who_ends_the_program_from_outside_is_not_asked(window: MainWindow) -> None:
    give_up(window)
    assert window.close()
    assert question(window) is None
