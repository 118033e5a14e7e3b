"""Connecting a number for texts, changing one, and what its rules say."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.sms_settings import AutoResponder, KeywordMatch, Provider, SmsSettings
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.page import ConnectPage
from inbox_desktop.ui.connect.settings import SettingsDialog
from inbox_desktop.ui.connect.sms_form import SmsForm
from inbox_desktop.ui.connect.sms_page import SmsPage
from inbox_desktop.ui.connect.sms_values import MATCHES, PROVIDERS, RESPONDERS, keyword_answers_words
from inbox_desktop.ui.kit import Button, Question, theme
from tests.models.texting import NUMBER, Phones
from tests.ui.fingers import click, press, write
from tests.ui.worlds import World, here

ACCOUNT = "AC" + "0" * 32


def ended(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future


class Outside:
    """The provider as the engine would reach it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps = [TestStep("number", ok=True, detail="Signed in to Twilio.")]
        self.tested: list[tuple[Any, str, str | None]] = []
        self.connected: list[tuple[Any, str, str | None]] = []
        self.changed: list[tuple[str, Any, str | None]] = []
        self.answer: Any = "c9"
        monkeypatch.setattr(world.engine, "test", self.test)
        monkeypatch.setattr(world.engine, "connect", self.connect)
        monkeypatch.setattr(world.engine, "change_channel", self.change)

    def test(
        self, settings: ChannelSettings, address: str, secret: str | None, step: Callable[[TestStep], None]
    ) -> "Future[Any]":
        self.tested.append((settings, address, secret))
        for one in self.steps:
            step(one)
        return ended(all(one.ok for one in self.steps))

    def connect(self, settings: ChannelSettings, address: str, secret: str | None) -> "Future[Any]":
        self.connected.append((settings, address, secret))
        return ended(self.answer)

    def change(self, channel_id: str, settings: ChannelSettings, secret: str | None) -> "Future[Any]":
        self.changed.append((channel_id, settings, secret))
        return ended(None)


@pytest.fixture
def outside(world: World, monkeypatch: pytest.MonkeyPatch) -> Outside:
    return Outside(world, monkeypatch)


@pytest.fixture
def form(qtbot: QtBot, bridge: Bridge, outside: Outside) -> SmsForm:
    theme().install("light")
    made = SmsForm(bridge, None)  # type: ignore[arg-type]  # alone, as no page has it
    qtbot.addWidget(made)
    made.resize(560, 500)
    made.show()
    return made


def fill(form: SmsForm, number: str = "+1 415 555 0100", secret: str = "token") -> None:
    write(form.number, number)
    write(form.account, ACCOUNT)
    write(form.secret, secret)


# Connecting


def test_a_number_is_connected_by_keyboard_alone(qtbot: QtBot, form: SmsForm, outside: Outside) -> None:
    fill(form)
    with qtbot.waitSignal(form.connected) as told:
        press(form.secret, Qt.Key.Key_Return)
    settings = SmsSettings(Provider.TWILIO, ACCOUNT, NUMBER)
    assert outside.tested == [(settings, NUMBER, "token")]
    assert outside.connected == [(settings, NUMBER, "token")]
    assert told.args == ["c9"]
    assert form.secret.text() == ""


def test_testing_alone_connects_nothing(qtbot: QtBot, form: SmsForm, outside: Outside) -> None:
    fill(form)
    click(form.test_button)
    qtbot.waitUntil(lambda: bool(form.steps.steps) and form.test_button.isEnabled())
    assert [step.detail for step in form.steps.steps] == ["Signed in to Twilio."]
    assert outside.connected == []


def test_the_step_that_failed_is_named_and_nothing_is_connected(
    qtbot: QtBot, form: SmsForm, outside: Outside
) -> None:
    outside.steps = [TestStep("sign-in", ok=False, detail="Twilio did not accept the sign-in.")]
    fill(form)
    click(form.connect_button)
    qtbot.waitUntil(lambda: bool(form.problem_words))
    assert "Nothing was connected" in form.problem_words
    assert form.steps.failed == tuple(outside.steps)
    assert outside.connected == []
    assert form.secret.text() == "token"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("HARBOR", "sender's name"),
        ("555 0100", "has no country code"),
        ("+1 415", "too short"),
    ],
)
def test_what_is_no_number_is_refused_in_words(
    qtbot: QtBot, form: SmsForm, outside: Outside, number: str, words: str
) -> None:
    fill(form, number)
    click(form.connect_button)
    qtbot.waitUntil(lambda: bool(form.problem_words))
    assert words in form.problem_words
    assert outside.tested == []
    assert form.connect_button.isEnabled()


def test_without_the_secret_the_form_says_what_it_is_called(form: SmsForm, outside: Outside) -> None:
    form.provider.set_current(2)
    fill(form, secret="")
    click(form.connect_button)
    assert form.problem_words.startswith("Write the API key of the account.")
    assert outside.tested == []


def test_a_channel_that_cannot_be_added_says_why(qtbot: QtBot, form: SmsForm, outside: Outside) -> None:
    outside.answer = InboxError("+14155550100 is already connected. Nothing was added.")
    fill(form)
    click(form.connect_button)
    qtbot.waitUntil(lambda: "already connected" in form.problem_words)


def test_each_provider_calls_its_fields_by_its_own_names(form: SmsForm) -> None:
    for place, words in enumerate(PROVIDERS.values()):
        form.provider.set_current(place)
        assert (form.account.accessibleName(), form.secret.accessibleName()) == (words.account, words.secret)
        assert form._where.text() == words.where


def test_only_telnyx_is_asked_for_a_public_key(form: SmsForm) -> None:
    form.webhook_key.setText("KEY=")
    for place, provider in enumerate(PROVIDERS):
        form.provider.set_current(place)
        is_telnyx = provider is Provider.TELNYX
        assert form.webhook_key.isHidden() is not is_telnyx
        assert form.values().webhook_key == ("KEY=" if is_telnyx else "")


# Rules


def test_each_choice_says_what_follows_from_it(form: SmsForm) -> None:
    rules = form.rules
    form.show_rules(shown=True)
    for choice, row, table in (
        (rules.match, rules._match_row, MATCHES),
        (rules.responder, rules._responder_row, RESPONDERS),
    ):
        for place, (_words, consequence) in enumerate(table.values()):
            choice.setCurrentIndex(place)
            choice.activated.emit(place)
            assert row._explanation.text() == consequence
    rules.responder.setCurrentIndex(0)
    rules.responder.activated.emit(0)
    assert rules.text.isHidden() or not rules.text.isVisible()


def test_answers_to_keywords_are_left_to_a_provider_that_answers_them() -> None:
    assert "Twilio answers" in keyword_answers_words(None, Provider.TWILIO)
    assert "Telnyx answers STOP" in keyword_answers_words(None, Provider.TELNYX)
    assert "from here" in keyword_answers_words(None, Provider.VONAGE)
    assert "from here" in keyword_answers_words(True, Provider.TWILIO)
    assert "no answer" in keyword_answers_words(False, Provider.VONAGE)


def test_the_auto_responder_is_previewed_as_it_is_typed(qtbot: QtBot, form: SmsForm) -> None:
    rules = form.rules
    form.show_rules(shown=True)
    write(rules.brand, "Harbor")
    write(rules.contact, "help@harbor.example")
    wanted = "Harbor: We can't reply because you have not consented to SMS. For help contact us at "
    qtbot.waitUntil(lambda: rules.preview.text == f"{wanted}help@harbor.example.")
    rules.text.setPlainText("Hi {{ first_name }}")
    qtbot.waitUntil(lambda: rules.preview.text == "Hi Ana")
    assert "8 / 160" not in rules.preview._length.text()
    assert "6 / 160 · 1 segment" in rules.preview._length.text()
    rules.text.setPlainText("Hi {{ first_nam }}")
    qtbot.waitUntil(lambda: "Did you mean {{ first_name }}?" in rules.preview.text)


def test_the_preview_is_never_cut(qtbot: QtBot, bridge: Bridge, outside: Outside) -> None:
    theme().install("light")
    area = QScrollArea()
    qtbot.addWidget(area)
    page = SmsPage(bridge, area)
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.resize(540, 440)
    area.show()
    page.show_form(shown=True)
    assert page.form is not None
    rules = page.form.rules
    page.form.show_rules(shown=True)
    write(rules.contact, "help@harbor.example")
    qtbot.waitUntil(lambda: "help@harbor.example" in rules.preview.text)
    words = rules.preview._text
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))
    assert rules.height() >= rules.heightForWidth(rules.width())
    above = rules.text.geometry().bottom()
    assert all(above < box.geometry().top() for box in rules._text_box.findChildren(Button))


@pytest.mark.parametrize("is_new", [True, False])
def test_a_connected_number_keeps_its_provider(
    qtbot: QtBot, bridge: Bridge, outside: Outside, is_new: bool
) -> None:
    former = None if is_new else SmsSettings(Provider.TELNYX, "shop", NUMBER)
    made = SmsForm(bridge, None, channel_id="c9", settings=former)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show()
    assert made.provider.isVisible() is is_new
    assert made.values().provider is (Provider.TWILIO if is_new else Provider.TELNYX)


def test_a_variable_is_put_in_by_its_button(form: SmsForm) -> None:
    form.rules.text.setPlainText("")
    form.rules._put_in("{{ email }}")
    assert form.rules.text.toPlainText() == "{{ email }}"


def test_the_rules_are_part_of_what_is_connected(qtbot: QtBot, form: SmsForm, outside: Outside) -> None:
    fill(form)
    rules = form.rules
    rules.match.setCurrentIndex(1)
    rules.responder.setCurrentIndex(1)
    rules.answers.setCurrentIndex(2)
    rules.notify.setChecked(False)
    rules.hours.setValue(48)
    rules.shorten.setChecked(False)
    rules.brand.setText("Harbor")
    with qtbot.waitSignal(form.connected):
        click(form.connect_button)
    settings = outside.connected[0][0]
    assert (settings.keyword_match, settings.auto_responder) == (KeywordMatch.EXACT, AutoResponder.ALL)
    assert (settings.notify, settings.attribution_hours, settings.shorten_links) == (False, 48, False)
    assert (settings.brand, settings.answer_keywords) == ("Harbor", False)


# Changing


@pytest.fixture
def dialog(qtbot: QtBot, bridge: Bridge, world: World, outside: Outside) -> SettingsDialog:
    theme().install("light")
    phones = Phones(world.store, world.julia, base_url="http://127.0.0.1:9/")
    made = SettingsDialog(bridge, theme())
    qtbot.addWidget(made)
    made.open()
    made.show_page(1)
    qtbot.waitUntil(lambda: phones.channel_id in made.texts._cards)
    return made


def begin_change(qtbot: QtBot, dialog: SettingsDialog) -> SmsForm:
    card = next(iter(dialog.texts._cards.values()))
    card.changed.emit(card.channel.id)
    qtbot.waitUntil(lambda: dialog.texts.form is not None)
    assert dialog.texts.form is not None
    return dialog.texts.form


def test_texts_stand_on_a_page_of_their_own(dialog: SettingsDialog) -> None:
    (card,) = dialog.texts._cards.values()
    assert card.title == "(415) 555-0100"
    assert card.channel.id not in dialog.channels._cards


def test_rules_are_saved_without_asking_the_provider(
    qtbot: QtBot, dialog: SettingsDialog, outside: Outside
) -> None:
    form = begin_change(qtbot, dialog)
    assert not form.number.isEnabled()
    form.rules.hours.setValue(72)
    with qtbot.waitSignal(form.saved):
        click(form.connect_button)
    ((_channel, settings, secret),) = outside.changed
    assert (settings.attribution_hours, settings.base_url, secret) == (72, "http://127.0.0.1:9", None)
    assert outside.tested == []
    assert dialog.texts.form is None


def test_another_secret_is_tested_before_it_is_saved(
    qtbot: QtBot, dialog: SettingsDialog, outside: Outside
) -> None:
    outside.steps = [TestStep("sign-in", ok=False, detail="No.")]
    form = begin_change(qtbot, dialog)
    write(form.secret, "another")
    click(form.connect_button)
    qtbot.waitUntil(lambda: "Nothing was saved" in form.problem_words)
    assert outside.changed == []
    outside.steps = [TestStep("number", ok=True, detail="Yes.")]
    with qtbot.waitSignal(form.saved):
        click(form.connect_button)
    assert outside.changed[0][2] == "another"


def test_a_secret_from_the_environment_is_not_asked_for(
    qtbot: QtBot, bridge: Bridge, outside: Outside
) -> None:
    settings = SmsSettings(Provider.TWILIO, ACCOUNT, NUMBER, secret_env="TWILIO_TOKEN")
    form = SmsForm(bridge, None, channel_id="c1", settings=settings)  # type: ignore[arg-type]
    qtbot.addWidget(form)
    assert not form.secret.isEnabled()
    assert form.secret.placeholderText() == "Read from the variable TWILIO_TOKEN"
    assert form.values().secret_env == "TWILIO_TOKEN"


def test_what_webhooks_are_checked_with_stays_when_the_rules_are_changed(
    qtbot: QtBot, bridge: Bridge, outside: Outside
) -> None:
    for settings in (
        SmsSettings(Provider.TELNYX, "shop", NUMBER, webhook_key="KEY="),
        SmsSettings(Provider.VONAGE, "abcd1234", NUMBER, webhook_secret_env="VONAGE_SIGNS"),
    ):
        form = SmsForm(bridge, None, channel_id="c1", settings=settings)  # type: ignore[arg-type]
        qtbot.addWidget(form)
        kept = (form.values().webhook_key, form.values().webhook_secret_env)
        assert kept == (settings.webhook_key, settings.webhook_secret_env)


def test_removing_a_number_says_what_stays(dialog: SettingsDialog) -> None:
    card = next(iter(dialog.texts._cards.values()))
    card.removed.emit(card.channel.id)
    question = dialog.findChild(Question)
    assert question is not None
    assert "everybody's consent stay here" in question.words
    question.reject()


# First start


def test_the_first_page_offers_texts_too(
    qtbot: QtBot, bridge: Bridge, outside: Outside, world: World
) -> None:
    page = ConnectPage(bridge, theme())
    qtbot.addWidget(page)
    page.resize(900, 900)
    page.show()
    write(page.form.address, "half@typed")
    click(page.other)
    assert page.texts is not None
    assert page.form.isHidden()
    page.texts.name.setText("Julia M.")
    fill(page.texts)
    with qtbot.waitSignal(page.connected):
        click(page.texts.connect_button)
    assert here(world.store).name == "Julia M."
    click(page.other)
    assert page.texts.isHidden()
    assert page.form.address.text() == "half@typed"
