"""Writing in a web chat: plain, at once, and the visitor sees that somebody writes; notes tell nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.chat_sites import site_setting_key
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer import chat as chat_mode
from inbox_desktop.ui.composer.chat import too_large
from inbox_desktop.ui.composer.composer import NOTE, REPLY, Composer
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.thread.pane import ThreadPane
from tests.models.chatting import ChatRoom
from tests.ui.fingers import CTRL, press, write
from tests.ui.relays import SITE
from tests.ui.worlds import World


@pytest.fixture
def ticket(world: World) -> str:
    room = ChatRoom(world.store, world.julia)
    room.clock = now() - timedelta(minutes=20)
    world.engine._save(site_setting_key(room.channel_id), replace(SITE, max_file_mb=1).to_json())
    conversation = room.conversation(name="Ana Souza")
    ticket_id = room.write(conversation, "Is the jacket back?").ticket_id
    assert ticket_id is not None
    world.engine.tell(Health(room.channel_id, ChannelKind.CHAT, "Harbor", ChannelState.CONNECTED))
    return ticket_id


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge) -> ThreadPane:
    theme().install("light")
    made = ThreadPane(bridge)
    qtbot.addWidget(made)
    made.resize(574, 800)
    made.show()
    return made


@pytest.fixture
def composer(qtbot: QtBot, pane: ThreadPane, ticket: str) -> Composer:
    pane.show_ticket(ticket)
    qtbot.waitUntil(lambda: pane.thread is not None and not pane.composer._pads[REPLY].editor.isReadOnly())
    return pane.composer


def test_a_chat_is_written_in_plain_words_to_one_person(composer: Composer) -> None:
    pad = composer._pads[REPLY]
    assert pad.editor.placeholderText() == "Message Ana…"
    assert composer._addressing.summary.isHidden()
    assert [tool.isVisible() for tool in composer._toolbar._tools] == [True, False, False, False, False]
    assert composer._toolbar.length == ""


def test_an_answer_leaves_at_once_and_as_text(
    qtbot: QtBot, pane: ThreadPane, composer: Composer, world: World, ticket: str
) -> None:
    editor = composer._pads[REPLY].editor
    editor.setFocus()
    write(editor, "On Thursday")
    with qtbot.waitSignal(pane.sent), qtbot.assertNotEmitted(pane.written):
        press(editor, Qt.Key.Key_Return, CTRL)
    assert editor.hasFocus()  # one writes on
    (reply,) = (action for action in world.engine.performed if isinstance(action, Reply))
    assert (reply.text, reply.html, reply.not_before) == ("On Thursday", None, None)
    assert (reply.to, reply.ticket_id) == ((), ticket)


def test_the_visitor_is_told_now_and_then_that_somebody_writes(
    qtbot: QtBot, composer: Composer, world: World, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(chat_mode, "monotonic", lambda: clock[0])
    editor = composer._pads[REPLY].editor
    write(editor, "On Thurs")
    assert world.engine.typed == [ticket]
    clock[0] += chat_mode.EVERY_SECONDS - 0.1
    write(editor, "d")
    assert world.engine.typed == [ticket]
    clock[0] += 0.2
    write(editor, "a")
    assert world.engine.typed == [ticket, ticket]
    with qtbot.waitSignal(composer.sent):
        composer.send()
    write(editor, "P")
    assert world.engine.typed == [ticket] * 3


def test_an_answer_that_is_taken_back_to_nothing_tells_nothing(composer: Composer, world: World) -> None:
    editor = composer._pads[REPLY].editor
    write(editor, "a")
    composer.chats._told_at = -chat_mode.EVERY_SECONDS
    press(editor, Qt.Key.Key_Backspace)
    assert len(world.engine.typed) == 1


def test_a_note_tells_the_visitor_nothing(composer: Composer, world: World) -> None:
    composer.focus_note()
    write(composer._pads[NOTE].editor, "Ask the warehouse")
    assert world.engine.typed == []
    assert composer._toolbar._tools[1].isVisible()


def test_a_mail_tells_nobody_that_somebody_writes(
    qtbot: QtBot, composer: Composer, pane: ThreadPane, world: World
) -> None:
    pane.show_ticket(world.tickets[0])
    qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.ticket.id == world.tickets[0])
    qtbot.waitUntil(lambda: not composer._pads[REPLY].editor.isReadOnly())
    write(composer._pads[REPLY].editor, "Dear Ana")
    assert world.engine.typed == []
    assert composer._toolbar._tools[1].isVisible()


def test_a_file_that_is_too_large_for_the_chat_is_refused_in_words(composer: Composer, world: World) -> None:
    write(composer._pads[REPLY].editor, "See here")
    composer._pads[REPLY].tray.set_files((DraftFile("film.mp4", "video/mp4", 3_000_000, "0" * 64),))
    composer.send()
    assert "film.mp4 is 3.0 MB; this chat takes files up to 1.0 MB." in composer._strip.text
    assert not [action for action in world.engine.performed if isinstance(action, Reply)]


def test_without_knowing_the_limit_every_size_is_tried() -> None:
    assert too_large((DraftFile("film.mp4", "video/mp4", 3_000_000, "0" * 64),), 0) == ""
