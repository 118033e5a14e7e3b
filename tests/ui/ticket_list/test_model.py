"""The list's model changes row by row and keeps Qt's own tester content."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit import NOT_DELIVERED, NOT_SUBSCRIBED, StateRole, TicketRole
from inbox_desktop.ui.ticket_list.diff import change
from inbox_desktop.ui.ticket_list.model import MOST_STEPS, TicketListModel
from tests.ui.kit.samples import make_row


def rows(names: str) -> list:
    return [make_row(id=name, number=ord(name), subject=name) for name in names]


@pytest.fixture
def model(qtbot: QtBot) -> TicketListModel:
    made = TicketListModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setParent(made)
    return made


def update(model: TicketListModel, rows: list) -> None:
    model.update(rows, change(model.rows, rows), complete=True)


def shown(model: TicketListModel) -> str:
    rows = [model.data(model.index(place), TicketRole) for place in range(model.rowCount())]
    return "".join(row.id for row in rows if isinstance(row, TicketRow))


def test_news_never_reset_the_list(model: TicketListModel, qtbot: QtBot) -> None:
    model.start(rows("abcdef"), complete=True)
    with qtbot.assertNotEmitted(model.modelReset):
        update(model, rows("xfbad"))
    assert shown(model) == "xfbad"


def test_only_the_row_that_differs_is_painted_again(model: TicketListModel) -> None:
    model.start(rows("abc"), complete=True)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    changed = rows("abc")
    changed[1] = replace(changed[1], subject="other")
    update(model, changed)
    assert told == [(1, 1)]


@given(old=st.permutations("abcdefgh"), new=st.permutations("cdefghij"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_what_one_holds_on_to_stays_with_its_ticket(
    model: TicketListModel, old: list[str], new: list[str]
) -> None:
    model.start(rows("".join(old)), complete=True)
    held = {name: QPersistentModelIndex(model.index(place)) for place, name in enumerate(old)}
    update(model, rows("".join(new)))
    assert shown(model) == "".join(new)
    for name, index in held.items():
        assert (index.row() if index.isValid() else None) == (new.index(name) if name in new else None)


def test_a_great_upheaval_is_one_new_layout(model: TicketListModel, qtbot: QtBot) -> None:
    names = [f"t{number:03}" for number in range(3 * MOST_STEPS)]
    model.start([make_row(id=name) for name in names], complete=True)
    held = QPersistentModelIndex(model.index(0))
    with qtbot.waitSignal(model.layoutChanged), qtbot.assertNotEmitted(model.modelReset):
        update(model, [make_row(id=name) for name in reversed(names)])
    assert held.row() == len(names) - 1


def test_more_is_asked_for_only_while_there_is_more(model: TicketListModel, qtbot: QtBot) -> None:
    model.start(rows("ab"), complete=False)
    assert model.canFetchMore(QModelIndex())
    with qtbot.waitSignal(model.more_wanted):
        model.fetchMore(QModelIndex())
    model.append(rows("bc"), complete=True)
    assert shown(model) == "abc"
    assert not model.canFetchMore(QModelIndex())


def test_a_failed_delivery_is_seen_and_heard(model: TicketListModel) -> None:
    model.start([make_row(delivery_problem=True)], complete=True)
    assert model.data(model.index(0), StateRole) == NOT_DELIVERED
    assert "Not delivered" in str(model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole))


def test_whoever_may_not_be_texted_is_marked_in_the_row(model: TicketListModel) -> None:
    texts = {"may_text": False}
    model.start(
        [
            make_row(id="a", **texts),
            make_row(id="b", **texts, delivery_problem=True),
            make_row(id="c", **texts, customer_blocked=True),
            make_row(id="d", may_text=True),
        ],
        complete=True,
    )
    states = [model.data(model.index(place), StateRole) for place in range(4)]
    assert states == [NOT_SUBSCRIBED, NOT_DELIVERED, None, None]
    assert "Not subscribed." in str(model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole))
