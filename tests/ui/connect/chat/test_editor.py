"""The settings of a chat: shown, changed, saved, overtaken, and read-only while the relay is away."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.chat_settings import AskContact, ChatSite, Faq, Position
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import TestStep
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.editor import ChatEditor
from inbox_desktop.ui.kit import Button, Question, theme
from tests.ui.fingers import click, press, write
from tests.ui.relays import RELAY_URL, SITE
from tests.ui.worlds import World

AWAY = InboxError("The relay at chat.harbor.example can't be reached.")


@pytest.fixture
def channel_id(world: World) -> str:
    return world.engine.add_chat()


def opened(qtbot: QtBot, bridge: Bridge, channel_id: str = "", known: ChatSite | None = None) -> ChatEditor:
    theme().install("light")
    made = ChatEditor(
        bridge,
        None,
        channel_id=channel_id,
        known=known,
        addresses=("support@harbor.example", "b@x.example"),
        relay_url=RELAY_URL,
    )
    qtbot.addWidget(made, before_close_func=lambda editor: editor._leave())
    made.open()
    return made


@pytest.fixture
def editor(qtbot: QtBot, bridge: Bridge, channel_id: str) -> ChatEditor:
    made = opened(qtbot, bridge, channel_id)
    qtbot.waitUntil(lambda: made.look.name.text() == "Harbor")
    return made


def link(editor: ChatEditor, words: str) -> Button:
    return next(one for one in editor.strip.findChildren(Button) if one.text() == words)


def test_everything_comes_back_as_it_was(editor: ChatEditor) -> None:
    full = replace(
        SITE,
        origins=("https://harbor.example", "https://www.harbor.example"),
        colour="#d6336c",
        position=Position.LEFT,
        locale="pt",
        ask_contact=AskContact.REQUIRED,
        welcome={"en": "Hi", "es": "Hola"},
        faq=(Faq("Where?", "There."), Faq("When?", "Soon.")),
        follow_up=False,
        follow_up_minutes=7,
        max_file_mb=3,
        retention_days=0,
        identity_required=True,
    )
    editor._show_site(full)
    assert editor.site() == full
    assert not editor.is_changed
    assert not editor.save_button.isEnabled()


def test_a_change_is_saved_and_nothing_is_unsaved_then(
    qtbot: QtBot, editor: ChatEditor, world: World, channel_id: str
) -> None:
    write(editor.look.name, " Supply")
    assert editor.is_changed
    with qtbot.waitSignal(editor.seen):
        click(editor.save_button)
    assert world.engine.chats[channel_id].site.name == "Harbor Supply"
    assert not editor.is_changed
    assert editor._state.text() == "Saved"


def test_changes_can_be_undone(editor: ChatEditor) -> None:
    write(editor.look.name, "!")
    click(editor.discard_button)
    assert editor.look.name.text() == "Harbor"
    assert editor.discard_button.isHidden()


def test_what_somebody_else_changed_is_told_and_mine_can_be_kept(
    qtbot: QtBot, editor: ChatEditor, world: World, channel_id: str
) -> None:
    world.engine.change_there(channel_id, replace(SITE, colour="#111111"))
    write(editor.look.name, " Supply")
    click(editor.save_button)
    qtbot.waitUntil(lambda: "Somebody else changed this chat" in editor.strip.text)
    assert world.engine.chats[channel_id].site.colour == "#111111"
    with qtbot.waitSignal(editor.seen):
        click(link(editor, "Keep mine"))
    saved = world.engine.chats[channel_id].site
    assert (saved.name, saved.colour) == ("Harbor Supply", SITE.colour)


def test_what_somebody_else_changed_can_be_taken(
    qtbot: QtBot, editor: ChatEditor, world: World, channel_id: str
) -> None:
    world.engine.change_there(channel_id, replace(SITE, name="Theirs"))
    write(editor.look.name, " Mine")
    click(editor.save_button)
    qtbot.waitUntil(lambda: "Somebody else changed this chat" in editor.strip.text)
    click(link(editor, "Take theirs"))
    assert editor.look.name.text() == "Theirs"
    assert not editor.is_changed
    assert editor.strip.text == ""


def test_closing_asks_before_anything_is_lost(qtbot: QtBot, editor: ChatEditor) -> None:
    write(editor.look.name, "!")
    press(editor, Qt.Key.Key_Escape)
    question = editor.findChild(Question)
    assert question is not None
    assert editor.isVisible()
    question.reject()
    assert editor.isVisible()
    editor.close()
    question = editor.findChildren(Question)[-1]
    with qtbot.waitSignal(editor.finished):
        click(question.verb)


def test_closing_asks_nothing_when_nothing_would_be_lost(qtbot: QtBot, editor: ChatEditor) -> None:
    with qtbot.waitSignal(editor.finished):
        click(editor.close_button)


def test_without_the_relay_the_last_known_settings_are_shown_and_stay_as_they_are(
    qtbot: QtBot, bridge: Bridge, world: World, channel_id: str
) -> None:
    world.engine.unreachable = AWAY
    editor = opened(qtbot, bridge, channel_id, replace(SITE, name="As it was"))
    qtbot.waitUntil(lambda: "can't be reached" in editor.strip.text)
    assert "as this computer last saw it" in editor.strip.text
    assert editor.look.name.text() == "As it was"
    assert not editor.look.name.isEnabled()
    assert not editor.save_button.isEnabled()
    world.engine.unreachable = None
    click(link(editor, "Try again"))
    qtbot.waitUntil(lambda: editor.look.name.text() == "Harbor")
    assert editor.look.name.isEnabled()
    assert editor.strip.text == ""


def test_a_relay_that_goes_away_keeps_what_was_written(
    qtbot: QtBot, editor: ChatEditor, world: World
) -> None:
    write(editor.look.name, "!")
    world.engine.unreachable = AWAY
    click(editor.save_button)
    qtbot.waitUntil(lambda: "still stands here" in editor.strip.text)
    assert editor.look.name.text() == "Harbor!"
    assert editor.save_button.isEnabled()


def half_a_question(editor: ChatEditor) -> None:
    editor.questions.add()
    editor.questions.questions[0].question.setText("Why?")


@pytest.mark.parametrize(
    ("change", "page", "words"),
    [
        (lambda made: made.look.origins.setPlainText("https://a.example/shop"), 0, "is no page's origin"),
        (lambda made: made.look.origins.setPlainText("http://a.example"), 0, "Write https://"),
        (half_a_question, 3, "answer"),
        (lambda made: made.hours.editor.week.hours_of(0).lines[0].start.setText("x"), 2, "Write times"),
    ],
)
def test_what_cannot_be_used_is_named_on_its_page(
    qtbot: QtBot, editor: ChatEditor, change: object, page: int, words: str
) -> None:
    write(editor.look.name, "!")
    assert callable(change)
    change(editor)
    click(editor.save_button)
    qtbot.waitUntil(lambda: words in editor.strip.text)
    assert "Nothing was saved yet" in editor.strip.text
    assert editor.page == page


def test_a_text_that_cannot_be_filled_in_is_refused(qtbot: QtBot, editor: ChatEditor) -> None:
    editor.texts.fields["welcome"].setPlainText("Hi {{ first_nam }}")
    click(editor.save_button)
    qtbot.waitUntil(lambda: "Did you mean {{ first_name }}?" in editor.strip.text)


# A new one


def test_a_new_chat_is_made_and_leads_to_its_script_tag(qtbot: QtBot, bridge: Bridge, world: World) -> None:
    editor = opened(qtbot, bridge)
    assert editor.focusWidget() is editor.look.name
    assert editor.save_button.text() == "Create chat"
    assert editor.care.address.currentData() == "support@harbor.example"
    write(editor.look.name, "My shop")
    editor.look.origins.setPlainText("https://shop.example")
    with qtbot.waitSignal(editor.seen):
        click(editor.save_button)
    (chat,) = world.engine.chats.values()
    assert chat.site.name == "My shop"
    assert editor.page == 5
    assert "data-chat=" in editor.install.tag.toPlainText()
    assert editor.save_button.text() == "Save"


def test_a_new_chat_without_a_page_is_refused(qtbot: QtBot, bridge: Bridge, world: World) -> None:
    editor = opened(qtbot, bridge)
    write(editor.look.name, "My shop")
    click(editor.save_button)
    qtbot.waitUntil(lambda: "Enter the page that shows the chat" in editor.strip.text)
    assert world.engine.chats == {}


# Texts, preview


def test_each_language_has_its_own_texts(editor: ChatEditor) -> None:
    editor.texts.languages.set_current(1)
    editor.texts.fields["welcome"].setPlainText("Oi!")
    editor.texts.languages.set_current(0)
    assert editor.texts.fields["welcome"].toPlainText() == SITE.welcome["en"]
    assert editor.site().welcome == {**SITE.welcome, "pt": "Oi!"}
    editor.texts.fields["welcome"].setPlainText(" ")
    assert "en" not in editor.site().welcome


def test_a_variable_is_put_in_with_what_stands_in_for_it(editor: ChatEditor) -> None:
    editor.texts.fields["welcome"].setPlainText("")
    editor.texts._put_in(0)
    editor.texts._put_in(1)
    written = editor.texts.fields["welcome"].toPlainText()
    assert written == "{{ first_name|default('there') }}{{ opens_at|default('soon') }}"


def test_the_preview_follows_what_is_typed(qtbot: QtBot, editor: ChatEditor) -> None:
    def says(words: str) -> bool:
        shown = editor.preview.preview.shown
        return shown is not None and any(words in line.text for line in shown.lines)

    editor.texts.fields["welcome"].setPlainText("Ahoy {{ first_name }}")
    qtbot.waitUntil(lambda: says("Ahoy Ana"))
    editor.preview.state.set_current(1)
    qtbot.waitUntil(lambda: says("We're away"))
    editor.texts.languages.set_current(2)
    qtbot.waitUntil(lambda: says("Ahora no estamos"))
    editor.texts.fields["welcome"].setPlainText("{{ nobody }}")
    qtbot.waitUntil(lambda: "no variable" in editor.preview.preview.trouble)


def test_in_a_narrow_window_the_preview_has_a_page_of_its_own(qtbot: QtBot, editor: ChatEditor) -> None:
    assert editor._group.button(6).isHidden()
    editor.resize(700, 600)
    qtbot.waitUntil(lambda: not editor._group.button(6).isHidden())
    editor.show_page(6)
    assert editor.preview.isVisible()
    editor.resize(1100, 700)
    qtbot.waitUntil(lambda: editor.page == 0 and editor.preview.isVisible())


# Questions, follow-up


def test_questions_are_moved_and_removed(editor: ChatEditor) -> None:
    editor._show_site(replace(SITE, faq=(Faq("A", "a"), Faq("B", "b"), Faq("C", "c"))))
    click(editor.questions.questions[2].up)
    assert [faq.question for faq in editor.site().faq] == ["A", "C", "B"]
    click(editor.questions.questions[0].remove)
    assert [faq.question for faq in editor.site().faq] == ["C", "B"]
    assert not editor.questions.questions[0].up.isEnabled()


def test_without_a_support_address_nothing_follows_by_mail(editor: ChatEditor) -> None:
    care = editor.care
    care.address.setCurrentIndex(care.address.findData(""))
    care.address.activated.emit(0)
    assert not care.follow_up.isEnabled()
    assert care._minutes_row.isHidden()
    assert editor.site().support_address == ""


def test_a_support_address_that_is_not_connected_here_stays(editor: ChatEditor) -> None:
    editor._show_site(replace(SITE, support_address="elsewhere@harbor.example"))
    assert editor.site().support_address == "elsewhere@harbor.example"


# Install


def test_the_script_tag_is_copied(editor: ChatEditor) -> None:
    editor.show_page(5)
    click(editor.install.copy_tag)
    assert QGuiApplication.clipboard().text() == editor.install.tag.toPlainText()
    assert editor.install.copy_tag.text() == "Copied"


def test_the_secret_is_shown_when_asked_for_and_can_be_renewed(qtbot: QtBot, editor: ChatEditor) -> None:
    install = editor.install
    editor.show_page(5)
    assert "s3cret" not in install.secret.text()
    click(install.show_button)
    assert install.secret.text() == "s3cret-1"
    install._ask_renew()
    question = install.findChild(Question)
    assert question is not None
    assert "no longer count" in question.words
    with qtbot.waitSignal(install.renewed):
        click(question.verb)
    qtbot.waitUntil(lambda: install._secret == "s3cret-2")
    assert install.is_secret_hidden


def test_the_way_to_the_relay_is_tested_step_by_step(qtbot: QtBot, editor: ChatEditor, world: World) -> None:
    world.engine.relay_steps = [TestStep("certificate", ok=False, detail="It has expired.")]
    editor.show_page(5)
    click(editor.install.test_button)
    qtbot.waitUntil(editor.install.test_button.isEnabled)
    assert [step.name for step in editor.install.steps.failed] == ["certificate"]
    assert world.engine.tested == [(RELAY_URL, None)]


def test_tab_goes_through_the_look_from_above_to_below(qtbot: QtBot, editor: ChatEditor) -> None:
    editor.look.name.setFocus()
    seen: list[QWidget] = []
    while len(seen) < 3:
        press(editor.focusWidget(), Qt.Key.Key_Tab)
        at = editor.focusWidget()
        if at in {editor.look.origins, editor.look.colour.code, editor.look.language}:
            seen.append(at)
    assert seen == [editor.look.origins, editor.look.colour.code, editor.look.language]


def test_tab_goes_through_hours_that_were_added_later(qtbot: QtBot, editor: ChatEditor) -> None:
    editor.show_page(2)
    hours = editor.hours.editor
    hours.week.hours_of(0).add()
    hours.days.add()
    qtbot.waitUntil(lambda: hours.week.stops[4].isVisible() and hours.days.stops[0].isVisible())
    hours.zone.setFocus()
    for stop in (hours.always, *hours.week.stops, hours.days.stops[0]):
        if stop.isEnabled():
            press(editor.focusWidget(), Qt.Key.Key_Tab)
            assert editor.focusWidget() is stop


def test_tab_goes_from_the_pages_to_the_page_to_the_preview_to_the_foot(editor: ChatEditor) -> None:
    write(editor.look.name, "!")
    editor._group.button(0).setFocus()
    press(editor.focusWidget(), Qt.Key.Key_Tab)
    assert editor.focusWidget() is editor.look.name
    editor.look.ask.setFocus()
    press(editor.focusWidget(), Qt.Key.Key_Tab)
    assert editor.preview.state.isAncestorOf(editor.focusWidget())
    press(editor.focusWidget(), Qt.Key.Key_Tab)
    assert editor.focusWidget() is editor.discard_button
