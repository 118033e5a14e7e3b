"""What is done is told and can be taken back; what is refused is told in words."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import Refusal
from inbox_desktop.models.errors import StorageFullError
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.ui import deeds
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Toast, ToastMessage, Tone
from inbox_desktop.ui.undo import Door
from tests.ui.worlds import World


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 500)
    return made


@pytest.fixture
def toast(window: QWidget) -> Toast:
    return Toast(window)


@pytest.fixture
def door(bridge: Bridge, toast: Toast, window: QWidget) -> Door:
    return Door(bridge, toast, window)


def statuses(world: World, *tickets: str) -> list[TicketStatus]:
    return [world.row(ticket).status for ticket in tickets]


def shown(toast: Toast) -> ToastMessage:
    assert toast.current is not None
    return toast.current


def text(toast: Toast) -> str:
    return toast.current.text if toast.current else ""


def test_closing_is_told_and_taken_back(
    door: Door, toast: Toast, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    ticket = world.tickets[0]
    door.perform(deeds.close([world.row(ticket)], bridge.me, None))
    qtbot.waitUntil(lambda: text(toast) == "Closed #8")
    assert statuses(world, ticket) == [TicketStatus.CLOSED]
    assert shown(toast).action_text == "Undo"
    undo = shown(toast).on_action
    assert undo is not None
    with qtbot.waitSignal(door.undone) as told:
        undo()
    assert told.args == [ticket]
    assert statuses(world, ticket) == [TicketStatus.OPEN]
    assert not door.can_undo


def test_ctrl_z_takes_back_one_deed_after_the_other(
    door: Door, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    first, second = world.tickets[0], world.tickets[2]
    for ticket in (first, second):
        with qtbot.waitSignal(door.performed):
            door.perform(deeds.close([world.row(ticket)], bridge.me, None))
    with qtbot.waitSignal(door.undone):
        door.undo_last()
    assert statuses(world, first, second) == [TicketStatus.CLOSED, TicketStatus.OPEN]
    with qtbot.waitSignal(door.undone):
        door.undo_last()
    assert statuses(world, first, second) == [TicketStatus.OPEN, TicketStatus.OPEN]


def test_a_refusal_is_said_in_words_and_the_rest_is_done(
    door: Door, toast: Toast, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    rows = [world.row(ticket) for ticket in (world.tickets[0], world.tickets[2])]
    world.arrive(
        author_address=rows[0].customer_address,
        references=(world.mail_ids[rows[0].id],),
        in_reply_to=world.mail_ids[rows[0].id],
    )
    with qtbot.waitSignal(door.performed) as told:
        door.perform(deeds.close(rows, bridge.me, None))
    assert [isinstance(result, Refusal) for result in told.args[0]] == [True, False]
    assert text(toast) == "Closed 2 tickets, all but 1"
    toast.dismiss()
    assert text(toast).startswith("1 of 2: The customer has written since.")
    assert shown(toast).tone is Tone.WARN


def test_a_full_disk_is_said_and_nothing_is_remembered(
    door: Door, toast: Toast, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    world.engine.failing = StorageFullError("The disk is full. The last change was not saved.")
    door.perform(deeds.close([world.row(world.tickets[0])], bridge.me, None))
    qtbot.waitUntil(lambda: text(toast).startswith("The disk is full."))
    assert not door.can_undo


def test_undo_is_refused_when_it_would_bury_a_new_message(
    door: Door, toast: Toast, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    ticket = world.tickets[0]
    world.close(ticket)
    with qtbot.waitSignal(door.performed):
        door.perform(deeds.reopen([world.row(ticket)], bridge.me))
    sent = world.mail_ids[ticket]
    world.arrive(author_address=world.row(ticket).customer_address, references=(sent,), in_reply_to=sent)
    with qtbot.waitSignal(door.undone):
        door.undo_last()
    assert text(toast).startswith("The customer has written since.")
    assert statuses(world, ticket) == [TicketStatus.OPEN]


def test_nothing_to_do_says_nothing(door: Door, toast: Toast, world: World, bridge: Bridge) -> None:
    door.perform(deeds.reopen([world.row(world.tickets[0])], bridge.me))
    assert toast.current is None
    assert world.engine.performed == []
