"""The settings' page of web chat: the relay is connected, tested and left; chats open their settings."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import Health, TestStep
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.chat_sites import known_site
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat_page import ChatPage
from inbox_desktop.ui.connect.settings import SettingsDialog
from inbox_desktop.ui.kit import Question, Tone, theme
from tests.ui.fingers import click, press, write
from tests.ui.relays import CODE, RELAY_URL, SITE
from tests.ui.worlds import World


def shown(qtbot: QtBot, bridge: Bridge) -> ChatPage:
    theme().install("light")
    dialog = SettingsDialog(bridge, theme())
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.show_page(2)
    return dialog.chats


@pytest.fixture
def page(qtbot: QtBot, bridge: Bridge, world: World) -> ChatPage:
    made = shown(qtbot, bridge)
    qtbot.waitUntil(made.relay.form.isVisible)
    return made


@pytest.fixture
def connected(qtbot: QtBot, bridge: Bridge, world: World) -> ChatPage:
    world.engine.connect_relay(RELAY_URL, CODE)
    made = shown(qtbot, bridge)
    qtbot.waitUntil(made.relay.state.isVisible)
    return made


def test_a_relay_is_tested_and_connected(qtbot: QtBot, page: ChatPage, world: World) -> None:
    assert not page.add_button.isEnabled()
    write(page.relay.form.url, RELAY_URL)
    write(page.relay.form.code, CODE)
    with qtbot.waitSignal(page.relay.form.connected):
        click(page.relay.form.connect_button)
    assert world.engine.tested == [(RELAY_URL, CODE)]
    qtbot.waitUntil(lambda: page.relay.state.isVisible() and page.add_button.isEnabled())
    assert page.relay.state._name.text() == "chat.harbor.example"
    assert page.relay.form.code.text() == ""


def test_the_step_that_failed_is_named_and_nothing_is_connected(
    qtbot: QtBot, page: ChatPage, world: World
) -> None:
    world.engine.relay_steps = [
        TestStep("name", ok=True, detail="Found."),
        TestStep("certificate", ok=False, detail="It is for another name."),
    ]
    write(page.relay.form.url, RELAY_URL)
    write(page.relay.form.code, CODE)
    press(page.relay.form.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Nothing was connected" in page.relay.form.problem_words)
    assert [step.name for step in page.relay.form.steps.failed] == ["certificate"]
    assert page.relay.url == ""
    assert page.relay.form.connect_button.isEnabled()
    press(page.relay.form.url, Qt.Key.Key_Backspace)  # what was found was about another address
    assert page.relay.form.problem_words == ""
    assert page.relay.form.steps.isHidden()
    assert page.relay.form.steps.steps == ()


def test_a_code_that_is_used_up_says_so(qtbot: QtBot, page: ChatPage, world: World) -> None:
    world.engine.unreachable = InboxError("This invitation code was used already. Make another one.")
    write(page.relay.form.url, RELAY_URL)
    write(page.relay.form.code, CODE)
    click(page.relay.form.connect_button)
    qtbot.waitUntil(lambda: "used already" in page.relay.form.problem_words)


@pytest.mark.parametrize(
    ("url", "words"), [("", "Write the relay's address"), (RELAY_URL, "invitation code")]
)
def test_what_is_missing_is_asked_for(page: ChatPage, world: World, url: str, words: str) -> None:
    write(page.relay.form.url, url)
    click(page.relay.form.test_button)
    assert words in page.relay.form.problem_words
    assert world.engine.tested == []


def test_the_link_says_how_it_is(connected: ChatPage, world: World) -> None:
    assert connected.relay.state.state.text() == "Not running"
    world.engine.link = Health(
        "relay", ChannelKind.CHAT, "chat.harbor.example", ChannelState.OFFLINE, reason="Nobody answers."
    )
    connected.relay.state.refresh()
    assert connected.relay.state.state.text() == "Offline"
    assert connected.relay.state.state.tone is Tone.WARN
    assert connected.relay.state._reason.text() == "Nobody answers."


def test_leaving_the_relay_says_what_follows(qtbot: QtBot, connected: ChatPage) -> None:
    click(connected.relay.state.leave_button)
    question = connected.relay.state.findChild(Question)
    assert question is not None
    assert "The tickets stay" in question.words
    click(question.verb)
    qtbot.waitUntil(connected.relay.form.isVisible)
    assert not connected.add_button.isEnabled()


def test_a_chat_opens_its_settings_and_they_are_remembered(
    qtbot: QtBot, connected: ChatPage, world: World
) -> None:
    channel_id = world.engine.add_chat()
    world.engine.states[channel_id] = Health(
        channel_id, ChannelKind.CHAT, "Harbor", ChannelState.CONNECTED, synced_at=now()
    )
    world.engine.tell(world.engine.states[channel_id])
    connected._read()
    qtbot.waitUntil(lambda: channel_id in connected._cards)
    card = connected._cards[channel_id]
    assert card.title == "Harbor"
    card.changed.emit(channel_id)
    qtbot.waitUntil(lambda: connected.editor is not None)
    editor = connected.editor
    assert editor is not None
    qtbot.waitUntil(lambda: editor.look.name.text() == "Harbor")

    def kept() -> bool:
        with world.store.read() as reader:
            return known_site(reader, channel_id) == SITE

    qtbot.waitUntil(kept)
    assert editor.care.address.count() == 3  # none, the mailbox, and the one that is not connected here
    editor.reject()
    qtbot.waitUntil(lambda: connected.editor is None)


def test_a_new_chat_is_offered_once_there_is_a_relay(qtbot: QtBot, connected: ChatPage, world: World) -> None:
    qtbot.waitUntil(connected.add_button.isEnabled)
    click(connected.add_button)
    qtbot.waitUntil(lambda: connected.editor is not None)
    editor = connected.editor
    assert editor is not None
    assert editor.save_button.text() == "Create chat"
    editor.reject()
    qtbot.waitUntil(lambda: connected.editor is None)
    assert world.engine.chats == {}


def test_what_is_known_of_a_chat_may_be_nothing_or_damaged(world: World) -> None:
    with world.store.read() as reader:
        assert known_site(reader, "c1") is None
    world.engine._save("chat.site.c1", {"name": 3})
    with world.store.read() as reader:
        assert known_site(reader, "c1") is None


def test_the_relay_that_is_connected_can_be_tested_again(
    qtbot: QtBot, connected: ChatPage, world: World
) -> None:
    click(connected.relay.state.test_button)
    qtbot.waitUntil(connected.relay.state.test_button.isEnabled)
    assert world.engine.tested == [(RELAY_URL, None)]
    assert [step.name for step in connected.relay.state.steps.steps] == ["name", "port"]
