"""The overview over a real store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QSettings, Qt
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import Refusal, agent
from inbox_desktop.models.actions.tickets import AddTag
from inbox_desktop.models.clock import now
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Button, KeyValueRow, theme
from inbox_desktop.ui.overview.head import since_words
from inbox_desktop.ui.overview.history import SummaryRow
from inbox_desktop.ui.overview.pane import OverviewPane
from inbox_desktop.ui.overview.tags import TagButton
from tests.models.samples import done
from tests.ui.fingers import click, press, write
from tests.ui.worlds import World

LOCALE = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge) -> Iterator[OverviewPane]:
    made = OverviewPane(bridge, theme())
    qtbot.addWidget(made)
    made.resize(284, 700)
    made.show()
    yield made
    made.hide()


def show(qtbot: QtBot, pane: OverviewPane, ticket_id: str) -> None:
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.overview is not None and pane.overview.ticket.id == ticket_id)


def facts(pane: OverviewPane) -> dict[str, str]:
    rows = pane._ticket.findChildren(KeyValueRow)
    return {row._name.text(): row.value() for row in rows}


def tags(pane: OverviewPane) -> list[str]:
    return [button.tag for button in pane._ticket._tags._buttons]


def test_the_tickets_facts(qtbot: QtBot, pane: OverviewPane, world: World) -> None:
    ticket = world.tickets[0]
    show(qtbot, pane, ticket)
    shown = facts(pane)
    assert shown["Number"] == f"#{world.row(ticket).number}"
    assert shown["Status"] == "Open"
    assert shown["Channel"] == "E-mail"
    world.close(ticket)
    qtbot.waitUntil(lambda: facts(pane)["Status"] == "Closed")


def test_tags_are_added_and_taken_off(qtbot: QtBot, pane: OverviewPane, world: World) -> None:
    ticket = world.arrive()
    show(qtbot, pane, ticket)
    row = pane._ticket._tags
    click(row._add)
    assert pane.focusWidget() is row._field
    write(row._field, " Order  tracking ")
    press(row._field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tags(pane) == ["Order tracking"])
    assert world.row(ticket).tags == ("Order tracking",)
    button = row.findChild(TagButton)
    assert button is not None
    press(button, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: tags(pane) == [])
    assert world.row(ticket).tags == ()


def test_escape_leaves_the_tag_alone(qtbot: QtBot, pane: OverviewPane, world: World) -> None:
    ticket = world.arrive()
    show(qtbot, pane, ticket)
    row = pane._ticket._tags
    row.begin()
    write(row._field, "x")
    press(row._field, Qt.Key.Key_Escape)
    assert row._field.isHidden()
    assert not row._add.isHidden()
    assert world.row(ticket).tags == ()


def test_many_tags_stay_within_the_card(qtbot: QtBot, pane: OverviewPane, world: World) -> None:
    ticket = world.arrive()
    for number in range(9):
        done(
            world.store, AddTag(actor=agent(world.julia), ticket_id=ticket, tag=f"A rather long tag {number}")
        )
    show(qtbot, pane, ticket)
    qtbot.waitUntil(lambda: len(tags(pane)) == 9)
    row = pane._ticket._tags
    for button in row._buttons:
        assert row.rect().contains(button.geometry())


def test_other_tickets_of_the_customer_open_by_a_click(
    qtbot: QtBot, pane: OverviewPane, world: World
) -> None:
    older = world.arrive(sent_at=now() - timedelta(days=3), subject="Earlier question")
    newer = world.arrive(subject="Now")
    show(qtbot, pane, newer)
    rows = pane._history.findChildren(SummaryRow)
    assert [row._subject for row in rows] == ["Earlier question"]
    with qtbot.waitSignal(pane.open_ticket) as opened:
        click(rows[0])
    assert opened.args == [older]


def test_a_ticket_that_may_belong_to_another_says_so(qtbot: QtBot, pane: OverviewPane, world: World) -> None:
    first = world.mail(sent_at=now(), subject="Broken jacket")
    stranger = world.mail.answer(first, sent_at=now(), author_address="else@x.example", author_name="Else")
    assert stranger.ticket_id is not None
    assert stranger.ticket_id != first.ticket_id
    show(qtbot, pane, stranger.ticket_id)
    assert pane._possibly is not None
    assert "Broken jacket" in pane._possibly.accessibleName()
    link = pane._possibly.findChild(Button)
    assert link is not None
    with qtbot.waitSignal(pane.open_ticket) as opened:
        click(link)
    assert opened.args == [first.ticket_id]


def test_folded_cards_are_remembered(qtbot: QtBot, bridge: Bridge, world: World, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    first = OverviewPane(bridge, theme(), settings=settings)
    qtbot.addWidget(first)
    first._history.set_folded(folded=True)
    second = OverviewPane(bridge, theme(), settings=settings)
    qtbot.addWidget(second)
    assert second._history.is_folded
    assert not second._ticket.is_folded


def test_a_refused_tag_is_told(qtbot: QtBot, pane: OverviewPane, world: World) -> None:
    show(qtbot, pane, world.arrive())
    with qtbot.waitSignal(pane.performed) as told:
        pane._add_tag("x" * 100)
    assert told.args is not None
    assert isinstance(told.args[0][0], Refusal)
    assert isinstance(world.do(AddTag(actor=agent(world.julia), ticket_id="gone", tag="x")), Refusal)


def test_nothing_to_show_is_empty(pane: OverviewPane) -> None:
    pane.show_ticket(None)
    assert pane.overview is None


def test_since_when_somebody_is_a_customer() -> None:
    here = datetime(2025, 11, 20, 12, tzinfo=UTC)
    assert since_words(here, here, LOCALE) == "new today"
    assert since_words(here.replace(month=3), here, LOCALE) == "customer since March"
    assert since_words(here.replace(year=2023), here, LOCALE) == "customer since 2023"
