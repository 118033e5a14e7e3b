"""What happens between pressing Send and the answer, and to drafts that cannot be stored at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import Action, Outcome, Refusal
from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.models.errors import InboxError, StorageFullError
from inbox_desktop.models.queries.drafts import draft
from inbox_desktop.models.queries.rows import Draft
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer import draft_keeper
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.thread.pane import ThreadPane
from tests.ui.fingers import CTRL, press, write
from tests.ui.worlds import World


class BusyWriter:
    """Holds what the window wants written, in order, as an engine does that is taking in a mailbox."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self._perform, self._write = world.engine.perform, world.engine.write
        self._waiting: list[Callable[[], None]] = []
        patch.setattr(world.engine, "perform", self._held_perform)
        patch.setattr(world.engine, "write", self._held_write)
        self._patch = patch

    def _held_perform(self, actions: Sequence[Action]) -> Future[list[Outcome | Refusal]]:
        return self._hold(lambda: self._perform(actions))

    def _held_write(self, change: Callable[..., Any]) -> Future[Any]:
        return self._hold(lambda: self._write(change))

    def _hold(self, act: Callable[[], Future[Any]]) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            done = act()
            if (error := done.exception()) is not None:
                future.set_exception(error)
            else:
                future.set_result(done.result())

        self._waiting.append(run)
        return future

    def go_on(self) -> None:
        """Write everything that waits, and from now on at once."""
        self._patch.undo()
        while self._waiting:
            self._waiting.pop(0)()


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge, world: World) -> ThreadPane:
    theme().install("light")
    made = ThreadPane(bridge)
    qtbot.addWidget(made)
    made.resize(574, 800)
    made.show()
    show(qtbot, made, world.tickets[0])
    return made


def show(qtbot: QtBot, pane: ThreadPane, ticket_id: str) -> None:
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.ticket.id == ticket_id)
    qtbot.waitUntil(lambda: not pane.composer._pad.editor.isReadOnly())


def stored(world: World, ticket_id: str) -> Draft | None:
    with world.store.read() as reader:
        return draft(reader, ticket_id, False)


def type_reply(pane: ThreadPane, words: str) -> None:
    pane.focus_reply()
    write(pane.composer._pad.editor, words)


def begin_sending(pane: ThreadPane) -> None:
    type_reply(pane, "On its way")
    press(pane.composer._pad.editor, Qt.Key.Key_Return, CTRL)
    assert pane.composer._pad.editor.isReadOnly()


def test_what_was_sent_never_comes_back_as_a_draft(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = BusyWriter(world, monkeypatch)
    begin_sending(pane)
    qtbot.wait(2 * draft_keeper.SAVE_AFTER_MS)
    with qtbot.waitSignal(pane.sent):
        busy.go_on()
    qtbot.wait(50)
    assert stored(world, world.tickets[0]) is None
    assert pane.composer._pad.is_blank


def test_sending_can_be_undone_from_another_ticket(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = BusyWriter(world, monkeypatch)
    begin_sending(pane)
    show(qtbot, pane, world.tickets[1])
    with qtbot.waitSignal(pane.sent):
        busy.go_on()
    qtbot.wait(50)
    assert stored(world, world.tickets[0]) is None


def test_a_failure_is_told_with_the_ticket_that_it_is_about(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = BusyWriter(world, monkeypatch)
    begin_sending(pane)
    show(qtbot, pane, world.tickets[1])
    type_reply(pane, "Something else")
    told: list[str] = []
    pane.notice.connect(told.append)
    world.engine.failing = InboxError("The disk is gone.")
    busy.go_on()
    number = world.row(world.tickets[0]).number
    qtbot.waitUntil(lambda: any(f"The answer was not sent in #{number};" in words for words in told))
    assert pane.composer._strip.text == ""
    assert not pane.composer._pad.editor.isReadOnly()


def test_a_file_that_comes_late_is_attached_to_the_ticket_that_it_was_given_to(
    qtbot: QtBot, pane: ThreadPane, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"content")
    may_arrive = Event()
    put = AttachmentStore.put

    def put_late(store: AttachmentStore, content: bytes) -> str:
        assert may_arrive.wait(30)
        return put(store, content)

    monkeypatch.setattr(AttachmentStore, "put", put_late)
    first, second = world.tickets[:2]
    pad = pane.composer._pad
    pad.attach([tmp_path / "plan.pdf"])
    assert pad.is_busy
    show(qtbot, pane, second)
    assert not pad.is_busy
    may_arrive.set()
    qtbot.waitUntil(lambda: stored(world, first) is not None)
    kept = stored(world, first)
    assert kept is not None
    assert [file.filename for file in kept.files] == ["plan.pdf"]
    assert pad.tray.files() == ()


def test_a_draft_that_could_not_be_stored_is_stored_later_and_never_lost(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_keeper, "TRY_AGAIN_MS", 40)
    first, second = world.tickets[:2]
    told: list[str] = []
    pane.notice.connect(told.append)
    world.engine.failing = StorageFullError("The disk is full.")
    type_reply(pane, "Precious")
    show(qtbot, pane, second)
    show(qtbot, pane, first)
    qtbot.waitUntil(lambda: pane.composer._pad.editor.text() == "Precious")
    show(qtbot, pane, second)
    qtbot.wait(200)
    assert len(told) == 1
    world.engine.failing = None
    qtbot.waitUntil(lambda: (kept := stored(world, first)) is not None and kept.text == "Precious")


def test_what_is_typed_while_a_reply_is_being_taken_stands_in_the_next_one(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = BusyWriter(world, monkeypatch)
    begin_sending(pane)
    write(pane.composer._pad.editor, "PS: see")
    assert pane.composer._pad.editor.text() == "On its way"
    with qtbot.waitSignal(pane.sent):
        busy.go_on()
    assert pane.composer._pad.editor.text() == "PS: see"
    qtbot.waitUntil(lambda: (kept := stored(world, world.tickets[0])) is not None and kept.text == "PS: see")


def test_what_is_typed_before_the_ticket_is_there_is_meant_for_that_ticket(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    first, second = world.tickets[:2]
    type_reply(pane, "For the first")
    pane.show_ticket(second)
    type_reply(pane, " and for the second")
    press(pane.composer._pad.editor, Qt.Key.Key_Return, CTRL)
    show(qtbot, pane, second)
    qtbot.waitUntil(lambda: pane.composer._pad.editor.text() == " and for the second")
    qtbot.waitUntil(lambda: (kept := stored(world, first)) is not None and kept.text == "For the first")
    assert not world.engine.performed


def test_there_and_back_again_one_can_write(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    first, second = world.tickets[:2]
    type_reply(pane, "Begun")
    pane.show_ticket(second)
    show(qtbot, pane, first)
    qtbot.waitUntil(lambda: pane.composer._pad.editor.text() == "Begun")
    type_reply(pane, " and ended")
    assert pane.composer._pad.editor.text() == "Begun and ended"


def test_a_note_begun_before_the_ticket_is_there_stays_a_note(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    pane.activateWindow()
    pane.show_ticket(world.tickets[1])
    pane.focus_note()
    write(pane.composer._pad.editor, "Ask Tom")
    show(qtbot, pane, world.tickets[1])
    qtbot.waitUntil(lambda: pane.composer._pad.editor.text() == "Ask Tom")
    assert pane.composer._pad.is_note


def test_nothing_is_sent_to_nobody(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    type_reply(pane, "Hello")
    composer = pane.composer
    composer._addressing.summary.setChecked(True)
    composer._addressing.fields._fields["To"].setText("")
    composer._addressing.fields._typed()
    composer.send()
    assert composer._strip.text == "Nobody is in To. Write an address there; nothing was sent."
