"""Changing a mailbox that is connected: another password, other servers, further addresses."""

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import SYSTEM, Outcome, perform
from inbox_desktop.models.actions.channels import ChangeChannel
from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.mail_form import MailForm
from inbox_desktop.ui.connect.settings import SettingsDialog
from inbox_desktop.ui.kit import theme
from tests.ui.connect.test_form import Outside, ended
from tests.ui.fingers import click, press, write
from tests.ui.worlds import World

FORMER = MailSettings(
    imap=Server("imap.shop.example", 993),
    smtp=Server("smtp.shop.example", 587, Security.STARTTLS),
    user="support",
    folders=("INBOX", "Orders"),
    aliases=("help@shop.example",),
)
ADDRESS = "support@shop.example"

Changes = list[tuple[str, ChannelSettings, str | None]]
"""What the engine was told to change: the channel, its settings, its password."""


@pytest.fixture
def outside(world: World) -> Outside:
    return Outside(world)


@pytest.fixture
def changes(world: World, monkeypatch: pytest.MonkeyPatch) -> Changes:
    told: Changes = []

    def change(channel_id: str, settings: ChannelSettings, secret: str | None) -> "Future[None]":
        told.append((channel_id, settings, secret))
        return ended(None)

    monkeypatch.setattr(world.engine, "change_channel", change)
    return told


@pytest.fixture
def dialog(qtbot: QtBot, bridge: Bridge, world: World) -> Iterator[SettingsDialog]:
    theme().install("light")
    made = SettingsDialog(bridge, theme())
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(lambda: world.channel in made.channels._cards)
    yield made
    made.close()


def ask_to_change(dialog: SettingsDialog, world: World, settings: dict[str, Any]) -> None:
    """Press the button that changes the mailbox, which is set as `settings` say."""
    with world.store.write() as session:
        action = ChangeChannel(actor=SYSTEM, channel_id=world.channel, settings=settings)
        assert isinstance(perform(session, action), Outcome)
    dialog.channels._cards[world.channel].changed.emit(world.channel)


def form_for(qtbot: QtBot, dialog: SettingsDialog, world: World, settings: MailSettings) -> MailForm:
    ask_to_change(dialog, world, settings.to_json())
    qtbot.waitUntil(lambda: dialog.channels.form is not None)
    assert dialog.channels.form is not None
    return dialog.channels.form


@pytest.fixture
def form(qtbot: QtBot, dialog: SettingsDialog, world: World, outside: Outside) -> MailForm:
    """The form that changes the mailbox with FORMER settings."""
    return form_for(qtbot, dialog, world, FORMER)


def test_the_form_shows_how_the_mailbox_is_set(form: MailForm) -> None:
    assert form.address.text() == ADDRESS
    assert not form.address.isEnabled()
    assert form.secret.placeholderText() == "Stays as it is"
    assert not form.servers.isHidden()
    assert form.values().settings() == FORMER
    assert form.focusProxy() is form.secret


def test_another_password_is_tested_and_saved_by_keyboard(
    qtbot: QtBot, form: MailForm, dialog: SettingsDialog, world: World, outside: Outside, changes: Changes
) -> None:
    write(form.secret, "new secret")
    with qtbot.waitSignal(form.saved):
        press(form.secret, Qt.Key.Key_Return)
    assert outside.tested == [(FORMER, ADDRESS, "new secret")]
    assert changes == [(world.channel, FORMER, "new secret")]
    assert dialog.channels.form is None


def test_a_password_that_is_refused_is_not_saved(
    qtbot: QtBot, form: MailForm, outside: Outside, changes: Changes
) -> None:
    outside.steps = [TestStep("Sign-in", ok=False, detail="The password was refused.")]
    write(form.secret, "wrong")
    click(form.connect_button)
    qtbot.waitUntil(lambda: "Nothing was saved" in form.problem_words)
    assert changes == []
    assert form.secret.text() == "wrong"
    assert form.connect_button.isEnabled()


def test_further_addresses_are_saved_without_asking_the_server(
    qtbot: QtBot, form: MailForm, outside: Outside, changes: Changes
) -> None:
    write(form.servers._aliases, ", orders@shop.example")
    with qtbot.waitSignal(form.saved):
        click(form.connect_button)
    assert outside.tested == []
    ((_channel, settings, secret),) = changes
    assert isinstance(settings, MailSettings)
    assert settings.aliases == ("help@shop.example", "orders@shop.example")
    assert secret is None


def test_another_server_is_tested_with_the_password_that_is_kept(
    qtbot: QtBot, form: MailForm, outside: Outside, changes: Changes
) -> None:
    form.servers._smtp.host.selectAll()
    write(form.servers._smtp.host, "mail.shop.example")
    with qtbot.waitSignal(form.saved):
        click(form.connect_button)
    ((tested, _address, secret),) = outside.tested
    assert tested.smtp.host == "mail.shop.example"
    assert secret is None
    assert changes[0][1] == tested


def test_what_the_form_does_not_show_stays(
    qtbot: QtBot,
    dialog: SettingsDialog,
    world: World,
    outside: Outside,
    changes: Changes,
) -> None:
    """Mail that comes by forwarding needs no IMAP; a password can come from a variable."""
    forwarded = MailSettings(
        imap=None, smtp=FORMER.smtp, user="support", password_env="MAIL", listen=Server("127.0.0.1", 2525)
    )
    form = form_for(qtbot, dialog, world, forwarded)
    assert not form.secret.isEnabled()
    assert form.secret.placeholderText() == "Read from the variable MAIL"
    with qtbot.waitSignal(form.saved):
        click(form.connect_button)
    assert changes == [(world.channel, forwarded, None)]


def test_settings_that_cannot_be_read_are_told(
    qtbot: QtBot, dialog: SettingsDialog, world: World, outside: Outside
) -> None:
    ask_to_change(dialog, world, {"imap": 7})
    qtbot.waitUntil(lambda: "cannot be read" in dialog.channels._said.text())
    assert dialog.channels.form is None
