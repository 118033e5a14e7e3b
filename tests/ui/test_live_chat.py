"""The window, the engine and a relay together: connect, make a chat, and talk with somebody who visits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.relay.access import invite
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.sync.engine import Engine
from inbox_desktop.ui.connect.chat_page import ChatPage
from inbox_desktop.ui.connect.settings import SettingsDialog
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.places import UNASSIGNED
from inbox_desktop.ui.thread.chat_bubble import ChatBubble
from inbox_desktop.ui.thread.thumbnail import Thumbnail
from inbox_desktop.ui.window import MainWindow, build_window
from tests.models.samples import add_agent, open_store
from tests.relay.running import ORIGIN, RunningRelay, VisitorClient
from tests.sync.chat.desks import MemorySecrets
from tests.ui.fingers import CTRL, click, press, write
from tests.ui.thread.test_pictures import encoded

PATIENCE_MS = 30_000
pytestmark = pytest.mark.expects_log("propagateSizeHints")  # Qt's plugin for tests


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    with RunningRelay(RelayConfig(tmp_path / "relay")) as running:
        yield running


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    store = open_store(tmp_path)
    add_agent(store, "Julia Mendes")
    engine = Engine(store, MemorySecrets())
    made = build_window(store, engine, theme())
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    engine.start()
    yield made
    made.close()
    made.shut_down()
    engine.stop()
    store.close()


def settings_of(qtbot: QtBot, window: MainWindow) -> tuple[SettingsDialog, ChatPage]:
    dialog = SettingsDialog(window._bridge, theme(), window)
    dialog.open()
    dialog.show_page(2)
    return dialog, dialog.chats


def connect(qtbot: QtBot, page: ChatPage, relay: RunningRelay) -> None:
    """As a person does it: the address, the code, Connect."""
    qtbot.waitUntil(page.relay.form.isVisible, timeout=PATIENCE_MS)
    write(page.relay.form.url, relay.url)
    write(page.relay.form.code, relay.relay.database.write(invite))
    with qtbot.waitSignal(page.relay.form.connected, timeout=PATIENCE_MS):
        click(page.relay.form.connect_button)
    assert page.relay.form.steps.failed == ()
    qtbot.waitUntil(lambda: page.relay.state.state.text().startswith("Synced"), timeout=PATIENCE_MS)


def make_chat(qtbot: QtBot, page: ChatPage) -> str:
    """A chat by the settings page; the relay's id of it."""
    click(page.add_button)
    qtbot.waitUntil(lambda: page.editor is not None, timeout=PATIENCE_MS)
    editor = page.editor
    assert editor is not None
    write(editor.look.name, "Harbor")
    editor.look.origins.setPlainText(ORIGIN)
    with qtbot.waitSignal(editor.seen, timeout=PATIENCE_MS):
        click(editor.save_button)
    tag = editor.install.tag.toPlainText()
    assert "widget.js" in tag
    editor.reject()
    qtbot.waitUntil(lambda: page.editor is None, timeout=PATIENCE_MS)
    return tag.partition('data-chat="')[2].partition('"')[0]


def open_newest(qtbot: QtBot, window: MainWindow) -> None:
    """What a visitor writes belongs to nobody yet."""
    window.show_place(UNASSIGNED)
    qtbot.waitUntil(lambda: bool(window.tickets.model.rows), timeout=PATIENCE_MS)
    window.open_ticket(window.tickets.model.rows[0].id)


def bubbles(window: MainWindow) -> list[ChatBubble]:
    return [card for card in window.thread_pane._column.cards if isinstance(card, ChatBubble)]


def test_a_visitor_is_answered_and_sees_it(qtbot: QtBot, window: MainWindow, relay: RunningRelay) -> None:
    dialog, page = settings_of(qtbot, window)
    connect(qtbot, page, relay)
    chat_id = make_chat(qtbot, page)
    dialog.accept()
    ana: VisitorClient = relay.visitor(chat_id, name="Ana Souza", email="ana@mail.example")
    with ana.socket() as browser:
        browser.until("ready")
        taken = ana.write("Is the jacket back?", page_url=f"{ORIGIN}/jacket", locale="en-GB")
        open_newest(qtbot, window)
        pane = window.thread_pane
        said = ["Is the jacket back?", *(message["text"] for message in taken["automatic"])]
        qtbot.waitUntil(lambda: [one.message.text for one in bubbles(window)] == said, timeout=PATIENCE_MS)
        facts = pane._header
        qtbot.waitUntil(lambda: facts.facts_words.startswith("Here now"), timeout=PATIENCE_MS)
        browser.send("typing")
        qtbot.waitUntil(lambda: facts.facts_words.startswith("Typing"), timeout=PATIENCE_MS)

        editor = pane.composer._pads[0].editor
        qtbot.waitUntil(lambda: not editor.isReadOnly(), timeout=PATIENCE_MS)
        write(editor, "Yes, since today")
        assert browser.until("typing")["agent_name"] == "Julia Mendes"
        press(editor, Qt.Key.Key_Return, CTRL)
        message = browser.until("message")["message"]
        assert (message["text"], message["agent_name"]) == ("Yes, since today", "Julia Mendes")

        def arrived() -> bool:
            delivery = bubbles(window)[-1].message.delivery
            return delivery is not None and delivery.state is DeliveryState.SENT

        qtbot.waitUntil(arrived, timeout=PATIENCE_MS)
        browser.send("seen", message_id=message["id"])
        qtbot.waitUntil(lambda: bubbles(window)[-1].is_seen, timeout=PATIENCE_MS)
    ana.post("leave", {"token": ana.token})
    qtbot.waitUntil(lambda: facts.facts_words.startswith("Left"), timeout=PATIENCE_MS)


def test_files_go_both_ways(qtbot: QtBot, window: MainWindow, relay: RunningRelay, tmp_path: Path) -> None:
    dialog, page = settings_of(qtbot, window)
    connect(qtbot, page, relay)
    chat_id = make_chat(qtbot, page)
    dialog.accept()
    ana = relay.visitor(chat_id, name="Ana Souza")
    put = ana.put_file(encoded(60, 40), "crack.png")
    assert put.status_code == 201, put.text
    ana.write("Look at this", file_ids=[put.json()["file_id"]])
    open_newest(qtbot, window)
    pane = window.thread_pane
    qtbot.waitUntil(lambda: bool(pane._column.findChildren(Thumbnail)), timeout=PATIENCE_MS)

    composer = pane.composer
    qtbot.waitUntil(lambda: not composer._pads[0].editor.isReadOnly(), timeout=PATIENCE_MS)
    (tmp_path / "label.txt").write_text("Return label")
    composer._pads[0].attach([tmp_path / "label.txt"])
    qtbot.waitUntil(lambda: len(composer._pads[0].tray.files()) == 1, timeout=PATIENCE_MS)
    write(composer._pads[0].editor, "Here is your label")
    press(composer._pads[0].editor, Qt.Key.Key_Return, CTRL)

    def received() -> list[str]:
        messages = ana.get("conversation").json()["messages"]
        return [
            file["name"] for message in messages if message["author"] == "agent" for file in message["files"]
        ]

    qtbot.waitUntil(lambda: received() == ["label.txt"], timeout=PATIENCE_MS)


@pytest.mark.expects_log
def test_a_relay_that_goes_away_is_told_of(qtbot: QtBot, window: MainWindow, relay: RunningRelay) -> None:
    dialog, page = settings_of(qtbot, window)
    connect(qtbot, page, relay)
    chat_id = make_chat(qtbot, page)
    dialog.accept()
    relay.visitor(chat_id, name="Ana Souza").write("Is the jacket back?")
    open_newest(qtbot, window)
    qtbot.waitUntil(lambda: bool(bubbles(window)), timeout=PATIENCE_MS)
    relay._server.should_exit = True
    relay._thread.join()
    relay._socket.close()
    banner = window.thread_pane.live.banner
    qtbot.waitUntil(lambda: "can't be reached" in banner.words, timeout=PATIENCE_MS)
    assert "outbox" in banner.words
    qtbot.waitUntil(lambda: any(words.startswith("Chat offline") for words in window.status.words()))
