"""The list pane: what it shows, and that one stays where one is while the world changes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.tickets import Assign, MarkUnread
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.queries.filters import Sort, StatusFilter
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Button, EmptyState, ErrorState, theme
from inbox_desktop.ui.places import ALL, MINE, SNOOZED, UNASSIGNED
from inbox_desktop.ui.ticket_list import TicketListPane
from inbox_desktop.ui.ticket_list.question import Question
from tests.ui.fingers import click, only, press
from tests.ui.worlds import World, copy_of, here, make_world

Many = tuple[World, TicketListPane]


@pytest.fixture
def pane(bridge: Bridge, qtbot: QtBot) -> TicketListPane:
    return open_pane(bridge, qtbot)


@pytest.fixture(scope="module")
def great_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("great"), tickets=250)
    made.store.close()
    return made


@pytest.fixture
def many(tmp_path: Path, great_world: World, qtbot: QtBot) -> Iterator[Many]:
    """250 tickets, which are three pages."""
    world = copy_of(great_world, tmp_path / "many")
    bridge = Bridge(world.store, world.engine, here(world.store))
    yield world, open_pane(bridge, qtbot)
    bridge.close()
    world.store.close()


def open_pane(bridge: Bridge, qtbot: QtBot) -> TicketListPane:
    pane = TicketListPane(bridge)
    qtbot.addWidget(pane)
    pane.resize(330, 600)
    pane.show()
    with qtbot.waitSignal(pane.shown):
        pane.show_place(ALL)
    return pane


def ids(pane: TicketListPane) -> list[str]:
    return [row.id for row in pane.model.rows]


def go(pane: TicketListPane, qtbot: QtBot, act: Callable[[], object]) -> None:
    with qtbot.waitSignal(pane.shown):
        act()


def page(pane: TicketListPane) -> QWidget:
    shown = pane._stack.currentWidget()
    assert shown is not None
    return shown


def test_the_newest_ticket_stands_first(pane: TicketListPane, world: World) -> None:
    assert ids(pane) == world.tickets


def test_a_view_shows_its_own(pane: TicketListPane, world: World, qtbot: QtBot) -> None:
    go(pane, qtbot, lambda: pane.show_place(UNASSIGNED))
    assert {row.assignee_id for row in pane.model.rows} == {None}
    go(pane, qtbot, lambda: pane.show_place(MINE))
    assert {row.assignee_id for row in pane.model.rows} == {world.julia}


def test_filter_and_order_are_remembered_for_each_view(pane: TicketListPane, qtbot: QtBot) -> None:
    go(pane, qtbot, lambda: pane.ask(replace(pane.question, status=StatusFilter.SNOOZED, sort=Sort.OLDEST)))
    go(pane, qtbot, lambda: pane.show_place(MINE))
    assert pane.question.status is StatusFilter.DEFAULT
    go(pane, qtbot, lambda: pane.show_place(ALL))
    assert (pane.question.status, pane.question.sort) == (StatusFilter.SNOOZED, Sort.OLDEST)


def test_a_new_message_brings_its_ticket_up_and_the_selection_stays(
    pane: TicketListPane, world: World, qtbot: QtBot
) -> None:
    pane.select(world.tickets[2])
    new = world.arrive(author_address="new@mail.example", subject="Hello")
    with qtbot.assertNotEmitted(pane.current_changed), qtbot.assertNotEmitted(pane.model.modelReset):
        qtbot.waitUntil(lambda: ids(pane)[0] == new)
    assert [row.id for row in pane.selected()] == [world.tickets[2]]


def test_a_burst_of_changes_is_read_a_few_times(pane: TicketListPane, world: World, qtbot: QtBot) -> None:
    updates: list[object] = []
    pane._feeder.updated.connect(updates.append)
    for number in range(20):
        world.arrive(author_address=f"{number}@mail.example")
    qtbot.waitUntil(lambda: pane.model.rowCount() == len(world.tickets) + 20)
    assert len(updates) < 10


def test_a_closed_ticket_leaves_and_its_neighbour_is_shown(
    pane: TicketListPane, world: World, qtbot: QtBot
) -> None:
    go(pane, qtbot, lambda: pane.show_place(MINE))
    mine = ids(pane)
    pane.select(mine[1])
    with qtbot.waitSignal(pane.current_changed) as told:
        world.close(mine[1])
    assert told.args[0].id == mine[2]
    assert [row.id for row in pane.selected()] == [mine[2]]


def test_at_the_end_of_the_list_the_neighbour_is_above(
    pane: TicketListPane, world: World, qtbot: QtBot
) -> None:
    go(pane, qtbot, lambda: pane.show_place(MINE))
    mine = ids(pane)
    pane.select(mine[-1])
    with qtbot.waitSignal(pane.current_changed) as told:
        world.close(mine[-1])
    assert told.args[0].id == mine[-2]


def test_the_last_ticket_gone_nothing_is_shown(pane: TicketListPane, world: World, qtbot: QtBot) -> None:
    go(pane, qtbot, lambda: pane.show_place(UNASSIGNED))
    (only,) = ids(pane)
    pane.select(only)
    with qtbot.waitSignal(pane.current_changed) as told:
        world.close(only)
    assert told.args == [None]
    assert isinstance(page(pane), EmptyState)


def test_a_ticket_that_i_take_stays_on_the_screen(pane: TicketListPane, world: World, qtbot: QtBot) -> None:
    go(pane, qtbot, lambda: pane.show_place(UNASSIGNED))
    (only,) = ids(pane)
    pane.select(only)
    with qtbot.assertNotEmitted(pane.current_changed), qtbot.waitSignal(pane.row_changed) as told:
        world.do(Assign(actor=agent(world.julia), ticket_id=only, assignee_id=world.julia))
    assert told.args[0].assignee_id == world.julia


def test_j_and_k_stop_at_the_ends(pane: TicketListPane, world: World) -> None:
    shown: list[TicketRow] = []
    pane.current_changed.connect(shown.append)
    pane.step(-1)
    assert shown[-1].id == world.tickets[-1]
    pane.step(1)
    assert shown[-1].id == world.tickets[-1]
    pane.step(-1)
    assert shown[-1].id == world.tickets[-2]


def test_pages_come_as_one_scrolls(many: Many, qtbot: QtBot) -> None:
    world, pane = many
    assert pane.model.rowCount() == 100
    bar = pane.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: pane.model.rowCount() == 200)
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: pane.model.rowCount() == 250)
    assert ids(pane) == world.tickets
    assert pane.model.complete


def test_news_do_not_move_what_one_reads(many: Many, qtbot: QtBot) -> None:
    world, pane = many
    pane.view.verticalScrollBar().setValue(30 * pane.view.delegate.row_height + 7)
    before = pane.view.anchor()
    assert before is not None
    world.arrive(author_address="new@mail.example")
    qtbot.waitUntil(lambda: ids(pane)[0] not in world.tickets)
    assert pane.view.anchor() == before


def test_at_the_top_the_new_ticket_is_seen(many: Many, qtbot: QtBot) -> None:
    world, pane = many
    new = world.arrive(author_address="new@mail.example")
    qtbot.waitUntil(lambda: ids(pane)[0] == new)
    assert pane.view.indexAt(QPoint(5, 5)).row() == 0


def test_the_scroll_bar_lies_over_the_rows_and_moves_them(many: Many) -> None:
    _world, pane = many
    bar, real = pane.view._bar, pane.view.verticalScrollBar()
    assert bar.isVisible()
    assert pane.view.viewport().width() == pane.view.width()
    bar.setValue(500)
    assert real.value() == 500
    real.setValue(900)
    assert bar.value() == 900


def test_what_lies_far_below_is_let_go_again(many: Many, qtbot: QtBot) -> None:
    world, pane = many
    bar = pane.view.verticalScrollBar()
    while pane.model.rowCount() < 250:
        bar.setValue(bar.maximum())
        qtbot.wait(10)
    bar.setValue(0)
    world.arrive(author_address="new@mail.example")
    qtbot.waitUntil(lambda: pane.model.rowCount() <= 210)
    assert not pane.model.complete


def test_a_ticket_read_elsewhere_changes_in_place(pane: TicketListPane, world: World, qtbot: QtBot) -> None:
    ticket = next(row.id for row in pane.model.rows if not row.unread)
    with qtbot.assertNotEmitted(pane.model.rowsRemoved), qtbot.waitSignal(pane.model.dataChanged):
        world.do(MarkUnread(actor=agent(world.julia), ticket_id=ticket))
    row = next(row for row in pane.model.rows if row.id == ticket)
    assert row.unread


def test_words_are_searched_when_typing_pauses(
    pane: TicketListPane, world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = pane._feeder.ask

    def listen(question: Question) -> None:
        asked.append(question.words)
        ask(question)

    monkeypatch.setattr(pane._feeder, "ask", listen)
    for words in ("w", "wh", "whole"):
        pane.search(words)
    with qtbot.waitSignal(pane.shown):
        pass
    assert asked == ["whole"]
    assert [row.subject for row in pane.model.rows] == ["Wholesale prices for 40 pieces"]
    assert pane.header._title.text() == "Search"
    colour = theme().colour("found")
    assert _has(pane, colour)
    go(pane, qtbot, lambda: pane.search(""))
    assert not _has(pane, colour)
    assert ids(pane) == world.tickets


def _has(pane: TicketListPane, colour: QColor) -> bool:
    """Whether the list shows a colour."""
    picture = pane.view.viewport().grab().toImage()
    places = product(range(picture.width()), range(picture.height()))
    return any(picture.pixelColor(x, y) == colour for x, y in places)


def test_several_tickets_bring_up_what_can_be_done_with_them(pane: TicketListPane, qtbot: QtBot) -> None:
    pane.view.select_place(0)
    select = QItemSelectionModel.SelectionFlag.Select
    pane.view.selectionModel().select(pane.model.index(2), select)
    assert pane.header._count.text() == "2 selected"
    assert pane.header.currentIndex() == 1
    with qtbot.waitSignal(pane.command) as told:
        pane.header._bulk_pressed("close", pane)
    assert told.args[0] == "close"
    pane.header.selection_cleared.emit()
    assert len(pane.selected()) == 1


@pytest.mark.parametrize(
    ("ask", "title", "action"),
    [
        (lambda pane: pane.search("zebra"), "Nothing found", "Clear search"),
        (
            lambda pane: pane.ask(replace(pane.question, status=StatusFilter.CLOSED)),
            "No closed tickets",
            "Clear filter",
        ),
        (
            lambda pane: pane.ask(replace(pane.question, status=StatusFilter.CLOSED, unread_only=True)),
            "No unread closed tickets",
            "Clear filter",
        ),
    ],
)
def test_an_empty_list_says_why_and_what_to_do(
    pane: TicketListPane, qtbot: QtBot, ask: Callable[[TicketListPane], object], title: str, action: str
) -> None:
    go(pane, qtbot, lambda: ask(pane))
    empty = page(pane)
    assert isinstance(empty, EmptyState)
    assert (empty.accessibleName(), empty.button.text()) == (title, action)


def test_clear_filter_clears_it(pane: TicketListPane, world: World, qtbot: QtBot) -> None:
    go(pane, qtbot, lambda: pane.ask(replace(pane.question, status=StatusFilter.CLOSED)))
    go(pane, qtbot, only(page(pane), Button).click)
    assert ids(pane) == world.tickets


def test_what_cannot_be_read_is_said_and_can_be_tried_again(
    pane: TicketListPane, world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise StorageError("The disk cannot be read.")

    monkeypatch.setattr("inbox_desktop.ui.ticket_list.feeder.first_rows", broken)
    pane.show_place(SNOOZED)
    qtbot.waitUntil(lambda: isinstance(page(pane), ErrorState))
    assert page(pane).accessibleDescription() == "The disk cannot be read."
    monkeypatch.undo()
    go(pane, qtbot, only(page(pane), Button).click)
    assert page(pane) is pane.view


def test_enter_goes_into_the_ticket(pane: TicketListPane, qtbot: QtBot) -> None:
    pane.view.select_place(0)
    with qtbot.waitSignal(pane.opened):
        press(pane.view, Qt.Key.Key_Return)


def test_a_right_click_selects_and_offers_the_menu(pane: TicketListPane, world: World, qtbot: QtBot) -> None:
    at = pane.view.visualRect(pane.model.index(3)).center()
    click(pane.view.viewport(), at, Qt.MouseButton.RightButton)
    assert [row.id for row in pane.selected()] == [world.tickets[3]]


def test_the_keyboards_coming_chooses_no_ticket(qtbot: QtBot, pane: TicketListPane) -> None:
    pane.clear_choice()
    pane.setFocus()
    pane.activateWindow()
    pane.focus()
    qtbot.waitUntil(pane.view.hasFocus)
    assert pane.view.current_place() is None
    assert pane.current is None
