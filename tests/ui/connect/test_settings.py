"""The settings dialog over a real store."""

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import agent, perform
from inbox_desktop.models.actions.channels import RemoveChannel
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.directory import setting
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.kind_page import ChannelCard
from inbox_desktop.ui.connect.settings import SettingsDialog
from inbox_desktop.ui.kit import Density, Question, theme
from tests.ui.fingers import click
from tests.ui.worlds import World, here


@pytest.fixture
def dialog(qtbot: QtBot, bridge: Bridge) -> Iterator[SettingsDialog]:
    theme().install("light")
    made = SettingsDialog(bridge, theme())
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(lambda: bool(made.channels._cards) and made.general._loaded)
    yield made
    made.close()
    theme().install("light")


def read(world: World, key: str, default: object = None) -> Any:
    with world.store.read() as reader:
        return setting(reader, key, default)


def card(dialog: SettingsDialog) -> ChannelCard:
    return next(iter(dialog.channels._cards.values()))


def test_channels_stand_there_with_their_state(qtbot: QtBot, dialog: SettingsDialog, world: World) -> None:
    assert card(dialog)._state.text().startswith("Synced ")
    world.engine.tell(
        Health(
            world.channel,
            ChannelKind.EMAIL,
            "Support",
            ChannelState.FAILED,
            reason="The password was refused.",
        )
    )
    qtbot.waitUntil(lambda: card(dialog)._state.text() == "Failed")
    assert card(dialog)._reason.text() == "The password was refused."


def test_a_channel_is_tried_again(dialog: SettingsDialog, world: World) -> None:
    card(dialog).retried.emit(world.channel)
    assert world.engine.synced == [world.channel]


def test_removing_asks_first(dialog: SettingsDialog, world: World) -> None:
    card(dialog).removed.emit(world.channel)
    question = dialog.findChild(Question)
    assert question is not None
    assert "The tickets stay here" in question.words
    question.reject()
    assert world.channel in dialog.channels._cards


def test_a_removed_channel_leaves_the_list(
    qtbot: QtBot, dialog: SettingsDialog, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove(channel_id: str) -> "Future[None]":
        with world.store.write() as session:
            perform(session, RemoveChannel(actor=agent(world.julia), channel_id=channel_id))
        future: Future[None] = Future()
        future.set_result(None)
        return future

    monkeypatch.setattr(world.engine, "remove_channel", remove)
    dialog.channels.remove(world.channel)
    qtbot.waitUntil(lambda: not dialog.channels._cards)
    assert not dialog.channels._none.isHidden()


def test_a_mailbox_can_be_added_from_here(dialog: SettingsDialog) -> None:
    click(dialog.channels.add_button)
    assert dialog.channels.form is not None
    assert dialog.channels.form.name.isHidden()
    click(dialog.channels.add_button)
    assert dialog.channels.form is None


def test_the_theme_changes_at_once(dialog: SettingsDialog) -> None:
    dialog.show_page(3)
    choice = dialog.appearance.theme_choice
    choice.setCurrentIndex(choice.findData("dark"))
    choice.activated.emit(choice.currentIndex())
    assert theme().choice == "dark"
    assert theme().tokens.dark


def test_the_density_is_told(qtbot: QtBot, dialog: SettingsDialog) -> None:
    choice = dialog.appearance.density_choice
    choice.setCurrentIndex(choice.findData("compact"))
    with qtbot.waitSignal(dialog.density_changed) as told:
        choice.activated.emit(choice.currentIndex())
    assert told.args == [Density.COMPACT]


def test_general_settings_are_saved_by_themselves(qtbot: QtBot, dialog: SettingsDialog, world: World) -> None:
    dialog.general.badge.setChecked(False)
    qtbot.waitUntil(lambda: read(world, "unread_badge") is False)
    dialog.general.undo.setValue(30)
    qtbot.waitUntil(lambda: read(world, "undo_send_seconds") == 30)


def test_what_was_typed_last_is_saved_on_closing(qtbot: QtBot, dialog: SettingsDialog, world: World) -> None:
    dialog.general.name.setText("  Julia   M. ")
    dialog.general.undo.setValue(5)
    dialog.accept()
    assert here(world.store).name == "Julia M."
    assert read(world, "undo_send_seconds") == 5


def test_a_blank_name_is_not_saved(dialog: SettingsDialog, world: World) -> None:
    dialog.general.name.setText("  ")
    dialog.general.save_now()
    assert here(world.store).name == "Julia Mendes"
    assert dialog.general.name.text() == "Julia Mendes"


def stops(dialog: SettingsDialog) -> list[str]:
    """What Tab stops at, from the list of pages on."""
    dialog.activateWindow()
    dialog._group.button(0).setFocus()
    order: list[str] = []
    while (name := dialog.focusWidget().accessibleName()) not in order:
        order.append(name)
        dialog.focusNextChild()
    return order


def test_the_keyboard_goes_from_the_list_of_pages_over_the_page_to_done(dialog: SettingsDialog) -> None:
    assert dialog.focusWidget() is dialog._group.button(0)
    channel = ["Try now", "Change support@shop.example", "Remove support@shop.example"]
    assert stops(dialog) == ["E-mail", *channel, "Add a mailbox", "Done"]
    dialog.channels.show_form(shown=True)
    order = stops(dialog)
    assert order[:7] == ["E-mail", *channel, "E-mail address", "Password", "Server settings"]
    assert order[-3:] == ["Connect", "Cancel", "Done"]
