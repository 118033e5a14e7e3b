"""Deeds carry what their author has seen, and say in words what they are."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from inbox_desktop.models.actions import Action
from inbox_desktop.models.actions.tickets import Assign, Claim, Close, MarkRead
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import AgentRow, Thread
from inbox_desktop.ui import deeds
from tests.ui.kit.samples import make_row

ME = AgentRow("me", "Julia", "julia@shop.example", is_me=True)
TOM = AgentRow("tom", "Tom", "", is_me=False)
ROW = make_row(id="t1", number=7, last_inbound_id="in-list", last_message_id="last-in-list", unread=True)


def thread(**values: object) -> Thread:
    return cast("Thread", SimpleNamespace(ticket=ROW, **values))


def seen(action: Action) -> str | None:
    assert isinstance(action, Close | MarkRead)
    return action.seen_inbound_id if isinstance(action, Close) else action.seen_message_id


def test_closing_names_what_the_list_showed() -> None:
    (action,) = deeds.close([ROW], ME, None).actions
    assert seen(action) == "in-list"


def test_for_the_ticket_on_the_screen_the_thread_counts() -> None:
    (action,) = deeds.close([ROW], ME, thread(newest_inbound_id="in-thread")).actions
    assert seen(action) == "in-thread"
    (action,) = deeds.mark_read([ROW], ME, thread(messages=(SimpleNamespace(id="note"),))).actions
    assert seen(action) == "note"


def test_another_ticket_is_not_closed_by_what_this_thread_shows() -> None:
    other = replace(ROW, id="t2", last_inbound_id="other")
    (action,) = deeds.close([other], ME, thread(newest_inbound_id="in-thread")).actions
    assert seen(action) == "other"


def test_what_is_so_already_is_left_out() -> None:
    closed = replace(ROW, status=TicketStatus.CLOSED)
    assert deeds.close([closed], ME, None).actions == ()
    assert deeds.reopen([ROW], ME).actions == ()
    assert deeds.mark_unread([ROW], ME).actions == ()
    assert deeds.assign([replace(ROW, assignee_id="tom")], ME, TOM).actions == ()


def test_taking_a_ticket_is_compare_and_set() -> None:
    (mine,) = deeds.assign([replace(ROW, assignee_id="tom")], ME, ME).actions
    assert isinstance(mine, Claim)
    assert mine.seen_assignee_id == "tom"
    (given,) = deeds.assign([ROW], ME, TOM).actions
    assert isinstance(given, Assign)


def test_a_customer_is_blocked_once() -> None:
    rows = [ROW, replace(ROW, id="t2"), replace(ROW, id="t3", customer_id="p2")]
    assert len(deeds.set_blocked(rows, ME, blocked=True).actions) == 2


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (deeds.close([ROW], ME, None), "Closed #7"),
        (deeds.close([ROW, replace(ROW, id="t2")], ME, None), "Closed 2 tickets"),
        (deeds.assign([ROW], ME, TOM), "Assigned #7 to Tom"),
        (deeds.assign([ROW], ME, ME), "Assigned #7 to you"),
        (deeds.assign([replace(ROW, assignee_id="tom")], ME, None), "#7 unassigned"),
        (
            deeds.snooze([ROW], ME, datetime(2030, 1, 1, tzinfo=UTC), "Tom. 09:00"),
            "Snoozed #7 until Tom. 09:00",
        ),
        (deeds.set_blocked([ROW], ME, blocked=True), "Blocked Ana Souza"),
    ],
)
def test_words(deed: deeds.Deed, said: str) -> None:
    assert deed.said == said
