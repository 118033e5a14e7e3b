"""The first-start page: finding servers, testing, connecting, by keyboard alone."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea
from pytestqt.qtbot import QtBot

from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.queries.directory import channels
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.page import ConnectPage
from inbox_desktop.ui.kit import theme
from tests.ui.fingers import click, press, write
from tests.ui.worlds import World

FOUND = MailSettings(
    imap=Server("mail.shop.example", 993),
    smtp=Server("mail.shop.example", 587, Security.STARTTLS),
    user="support",
)


@dataclass(frozen=True)
class Found:
    settings: MailSettings | None
    source: str = "the provider"
    note: str = ""


def ended(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future


class Outside:
    """The servers as the engine would find and test them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found: Any = Found(FOUND)
        self.steps: list[TestStep] = [TestStep("Sign-in", ok=True, detail="accepted")]
        self.tested: list[tuple[Any, str, str | None]] = []
        world.engine.discover_email = lambda address: ended(self.found)  # type: ignore[method-assign]
        world.engine.test = self.test  # type: ignore[method-assign]

    def test(
        self, settings: ChannelSettings, address: str, secret: str | None, step: Callable[[TestStep], None]
    ) -> "Future[bool]":
        self.tested.append((settings, address, secret))
        for one in self.steps:
            step(one)
        return ended(all(one.ok for one in self.steps))


@pytest.fixture
def outside(world: World) -> Outside:
    return Outside(world)


@pytest.fixture
def page(qtbot: QtBot, bridge: Bridge, outside: Outside) -> ConnectPage:
    made = ConnectPage(bridge, theme())
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.show()
    return made


def fill(page: ConnectPage, address: str = "orders@shop.example", password: str = "secret") -> None:
    write(page.form.address, address)
    write(page.form.secret, password)


def test_a_mailbox_is_connected_by_keyboard_alone(
    qtbot: QtBot, page: ConnectPage, outside: Outside, world: World
) -> None:
    page.form.name.setFocus()
    fill(page)
    with qtbot.waitSignal(page.connected):
        press(page.form.secret, Qt.Key.Key_Return)
    assert outside.tested == [(FOUND, "orders@shop.example", "secret")]
    with world.store.read() as reader:
        assert "orders@shop.example" in {channel.address for channel in channels(reader)}
    assert page.form.secret.text() == ""


def test_the_name_becomes_that_of_whoever_sits_here(
    qtbot: QtBot, page: ConnectPage, bridge: Bridge, outside: Outside, world: World
) -> None:
    page.form.name.setText("Julia M.")
    fill(page)
    with qtbot.waitSignal(page.connected):
        click(page.form.connect_button)
    from tests.ui.worlds import here

    assert here(world.store).name == "Julia M."
    assert here(world.store).id == bridge.me.id


def test_a_corrected_address_forgets_the_servers_of_the_wrong_one(
    qtbot: QtBot, page: ConnectPage, outside: Outside
) -> None:
    outside.found = Found(None, note="Nothing found.")
    for address in ("orders@shpo.example", "orders@shop.example"):
        page.form.address.clear()
        write(page.form.address, address)
        page.form.address.editingFinished.emit()
        qtbot.waitUntil(lambda: page.form._found.text() == "Nothing found.")
        page.form._say("")
    values = page.form.values()
    assert (values.imap_host, values.smtp_host) == ("imap.shop.example", "smtp.shop.example")
    assert values.user == "orders@shop.example"


def test_what_was_typed_about_servers_is_kept_when_the_look_up_ends(
    qtbot: QtBot, page: ConnectPage, outside: Outside
) -> None:
    write(page.form.address, "orders@shop.example")
    page.form.show_servers(shown=True)
    page.form.address.editingFinished.emit()
    host = page.form.servers.findChildren(QLineEdit)[0]
    write(host, "my.server.example")
    qtbot.waitUntil(lambda: page.form._found.text().startswith("Found"))
    assert page.form.values().imap_host == "my.server.example"


def test_enter_in_a_server_field_connects(qtbot: QtBot, page: ConnectPage) -> None:
    fill(page)
    page.form.address.editingFinished.emit()
    qtbot.waitUntil(lambda: page.form._found.text().startswith("Found"))
    page.form.show_servers(shown=True)
    with qtbot.waitSignal(page.connected):
        press(page.form.servers.findChildren(QLineEdit)[0], Qt.Key.Key_Return)


def test_tab_reaches_the_servers_through_their_heading(page: ConnectPage) -> None:
    page.form.show_servers(shown=True)
    assert page.form.secret.nextInFocusChain() is page.form._unfold


def test_the_problem_is_scrolled_into_sight(qtbot: QtBot, page: ConnectPage, outside: Outside) -> None:
    outside.steps = [TestStep(f"Step {number}", ok=False, detail="no") for number in range(12)]
    page.resize(700, 420)
    fill(page)
    page.form.show_servers(shown=True)
    click(page.form.test_button)
    area = page.findChild(QScrollArea)
    assert area is not None
    qtbot.waitUntil(lambda: page.form._problem is not None)
    qtbot.waitUntil(lambda: area.verticalScrollBar().value() > 0)
    problem = page.form._problem
    assert problem is not None
    qtbot.waitUntil(lambda: not problem.visibleRegion().isEmpty())


def test_servers_are_found_when_the_address_is_left(
    qtbot: QtBot, page: ConnectPage, outside: Outside
) -> None:
    write(page.form.address, "orders@shop.example")
    page.form.address.editingFinished.emit()
    qtbot.waitUntil(lambda: page.form._found.text().startswith("Found mail.shop.example:993"))
    assert page.form.values().settings() == FOUND


def test_a_failed_step_is_named_and_nothing_is_connected(
    qtbot: QtBot, page: ConnectPage, outside: Outside, world: World
) -> None:
    outside.steps = [
        TestStep("Name mail.shop.example", ok=True, detail="found"),
        TestStep("Sign-in", ok=False, detail="The password was refused. Write it again."),
    ]
    fill(page)
    click(page.form.connect_button)
    qtbot.waitUntil(lambda: bool(page.form.steps.failed))
    qtbot.waitUntil(page.form.connect_button.isEnabled)
    assert [step.name for step in page.form.steps.failed] == ["Sign-in"]
    assert "Nothing was connected" in page.form.problem_words
    assert page.form.secret.text() == "secret"
    with world.store.read() as reader:
        assert len(channels(reader)) == 1


def test_a_test_alone_connects_nothing(
    qtbot: QtBot, page: ConnectPage, outside: Outside, world: World
) -> None:
    fill(page)
    click(page.form.test_button)
    qtbot.waitUntil(lambda: bool(page.form.steps.steps) and page.form.test_button.isEnabled())
    with world.store.read() as reader:
        assert len(channels(reader)) == 1


def test_whoever_tests_by_keyboard_goes_on_by_keyboard(
    qtbot: QtBot, page: ConnectPage, outside: Outside
) -> None:
    fill(page)
    page.form.test_button.setFocus()
    press(page.form.test_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(page.form.steps.steps) and page.form.test_button.isEnabled())
    assert page.form.test_button.hasFocus()


def test_what_goes_on_is_in_sight_after_a_test(qtbot: QtBot, page: ConnectPage, outside: Outside) -> None:
    page.resize(900, 500)
    outside.steps = [TestStep(f"Step {number}", ok=True, detail="yes") for number in range(12)]
    fill(page)
    click(page.form.test_button)
    qtbot.waitUntil(lambda: bool(page.form.steps.steps) and page.form.test_button.isEnabled())
    qtbot.wait(200)
    assert page.form.connect_button.visibleRegion().boundingRect().height() > 20


@pytest.mark.parametrize("field", ["_imap", "_user", "_folders"])
def test_a_changed_server_forgets_what_the_test_of_the_former_one_found(
    qtbot: QtBot, page: ConnectPage, outside: Outside, field: str
) -> None:
    fill(page)
    page.form.show_servers(shown=True)
    click(page.form.test_button)
    qtbot.waitUntil(lambda: bool(page.form.steps.steps) and page.form.test_button.isEnabled())
    found = getattr(page.form.servers, field)
    write(found.host if field == "_imap" else found, "x")
    assert page.form.steps.steps == ()
    assert page.form.steps.isHidden()


def test_unknown_servers_can_be_written(qtbot: QtBot, page: ConnectPage, outside: Outside) -> None:
    outside.found = Found(None, note="Nothing is known of shop.example.")
    fill(page)
    click(page.form.test_button)
    qtbot.waitUntil(lambda: bool(outside.tested))
    assert not page.form.servers.isHidden()
    settings = outside.tested[0][0]
    assert settings.imap is not None
    assert settings.imap.host == "imap.shop.example"


def test_an_error_in_looking_up_is_said(qtbot: QtBot, page: ConnectPage, outside: Outside) -> None:
    outside.found = InboxError("There is no network.")
    write(page.form.address, "orders@shop.example")
    page.form.address.editingFinished.emit()
    qtbot.waitUntil(lambda: page.form._found.text() == "There is no network.")


def test_what_is_missing_gets_the_keyboard(page: ConnectPage, outside: Outside) -> None:
    click(page.form.connect_button)
    assert "e-mail address" in page.form.problem_words
    assert page.focusWidget() is page.form.address
    assert outside.tested == []


def test_servers_that_were_written_by_hand_are_not_looked_up(
    qtbot: QtBot, page: ConnectPage, outside: Outside
) -> None:
    fill(page)
    page.form.show_servers(shown=True)
    for line in (page.form.servers._imap, page.form.servers._smtp):
        write(line.host, "own.shop.example")
    click(page.form.test_button)
    qtbot.waitUntil(lambda: bool(outside.tested))
    assert outside.tested[0][0].smtp.host == "own.shop.example"


def test_another_protection_brings_its_port(page: ConnectPage) -> None:
    line = page.form.servers._smtp
    line.security.setCurrentIndex(line.security.findData(Security.STARTTLS))
    line.security.activated.emit(1)
    assert line.value()[1:] == (587, Security.STARTTLS)
    line.port.setValue(2525)
    line.security.setCurrentIndex(line.security.findData(Security.TLS))
    line.security.activated.emit(0)
    assert line.port.value() == 2525


def test_the_password_is_never_shown(page: ConnectPage) -> None:
    assert page.form.secret.echoMode() is QLineEdit.EchoMode.Password


def test_the_demo_is_one_button_away(qtbot: QtBot, page: ConnectPage) -> None:
    with qtbot.waitSignal(page.demo_requested):
        click(page.demo)
