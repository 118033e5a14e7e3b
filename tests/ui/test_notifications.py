"""Who is told of a new message, and how."""

from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.tickets import Assign
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.notifications import Notifier, announcement, is_news
from tests.ui.kit.samples import NOW, make_row
from tests.ui.worlds import World

START = NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({}, True),
        ({"assignee_id": "me"}, True),
        ({"assignee_id": "tom"}, False),
        ({"unread": False}, False),
        ({"status": TicketStatus.CLOSED}, False),
        ({"customer_blocked": True}, False),
        ({"last_inbound_at": None}, False),
        ({"last_inbound_at": START - timedelta(seconds=1)}, False),
    ],
)
def test_what_is_news(changes: dict, news: bool) -> None:
    row = make_row(**{"unread": True, "last_inbound_at": NOW, **changes})
    assert is_news(row, "me", START, NOW) is news


def test_words() -> None:
    rows = [make_row(customer_name=name) for name in ("Ana", "Bo", "Cy", "Di")]
    assert announcement(rows[:1]) == ("Ana", rows[0].subject)
    assert announcement(rows) == ("4 new messages", "Ana, Bo, Cy and 1 more")


@pytest.fixture
def told(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> list[list[TicketRow]]:
    heard: list[list[TicketRow]] = []
    monkeypatch.setattr(Notifier, "announce", lambda _self, rows: heard.append(list(rows)))
    return heard


def test_a_new_message_is_told_once(bridge: Bridge, world: World, told: list, qtbot: QtBot) -> None:
    _keep = Notifier(bridge, lambda: None)
    ticket = world.arrive(author_address="new@mail.example", subject="Hello")
    qtbot.waitUntil(lambda: bool(told))
    world.do(Assign(actor=agent(world.tom), ticket_id=ticket, assignee_id=world.julia))
    qtbot.wait(900)
    assert [[row.id for row in rows] for rows in told] == [[ticket]]


def test_what_one_looks_at_is_not_told(bridge: Bridge, world: World, told: list, qtbot: QtBot) -> None:
    shown: list[str] = []
    _keep = Notifier(bridge, lambda: shown[0] if shown else None)
    shown.append(world.arrive(author_address="new@mail.example"))
    qtbot.wait(900)
    assert told == []


def test_a_synchronisation_is_no_news(bridge: Bridge, world: World, told: list, qtbot: QtBot) -> None:
    _keep = Notifier(bridge, lambda: None)
    for number in range(5):
        world.arrive(author_address=f"{number}@mail.example", history=True, sent_at=NOW - timedelta(days=400))
    qtbot.wait(900)
    assert told == []
