"""`list`: 100,000 tickets: pages, scrolling, switching views, news and search, beside bare SQL."""

from __future__ import annotations

import operator
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QScrollBar

from inbox_desktop.models import sqlite
from inbox_desktop.models.actions import Action, agent
from inbox_desktop.models.actions.tickets import MarkRead, MarkUnread
from inbox_desktop.models.queries.counts import view_counts
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.queries.filters import Sort, StatusFilter, TicketFilter, View
from inbox_desktop.models.queries.search import search
from inbox_desktop.models.queries.tickets import ticket_rows
from inbox_desktop.models.store import Reader, Store
from inbox_desktop.ui.places import ALL, MINE, SNOOZED, UNASSIGNED
from tests.bench.big_inbox import big_inbox
from tests.bench.desk import Desk, Heartbeat, painted
from tests.bench.report import Report
from tests.models.samples import done
from tests.ui.worlds import SmallEngine

PAGE = 100
TIMES = 40
SCROLLS = 400
WORDS = ("parcel", "refund blue", "jacket size", "tracking")
_COLUMNS = (
    "t.id, t.number, t.subject, t.snippet, t.status, t.unread, t.customer_address, c.name, a.name, "
    "t.last_message_at, t.waiting_since, t.message_count"
)
_FROM = "FROM tickets t JOIN customers c ON c.id = t.customer_id LEFT JOIN agents a ON a.id = t.assignee_id"
_ORDER = f"ORDER BY t.last_message_at DESC, t.id DESC LIMIT {PAGE}"
_BARE = {
    "all": f"SELECT {_COLUMNS} {_FROM} {_ORDER}",
    "open": f"SELECT {_COLUMNS} {_FROM} WHERE t.status = 'open' {_ORDER}",
    "mine": f"SELECT {_COLUMNS} {_FROM} WHERE t.status = 'open' AND t.assignee_id = :me {_ORDER}",
}
_COUNTING = "SELECT status, assignee_id, count(*) FROM tickets GROUP BY 1, 2"
_BARE_SEARCH = (
    f"SELECT {_COLUMNS} {_FROM} WHERE t.id IN (SELECT d.ticket_id FROM message_search s "  # noqa: S608
    f"JOIN search_documents d ON d.id = s.rowid WHERE message_search MATCH :words) {_ORDER}"
)


def run(report: Report) -> None:
    """Measure the queries alone, then the same in the window."""
    profile = big_inbox()
    store = Store.open(profile)
    bare = sqlite.driver.connect(str(profile.database))
    try:
        _queries(report, store, bare)
        with Desk(store, SmallEngine(store)) as desk:
            _scroll(report, desk)
            _switch(report, desk)
            _news(report, desk, store)
            _type(report, desk)
    finally:
        bare.close()
        store.close()


def _queries(report: Report, store: Store, bare: Any) -> None:
    with store.read() as reader:
        here = me(reader)
    assert here is not None
    filters = {
        "all": TicketFilter(View.ALL),
        "open": TicketFilter(View.ALL, StatusFilter.OPEN),
        "mine": TicketFilter(View.MINE, me=here.id),
    }
    for name, wanted in filters.items():
        ours = _asked(store, partial(ticket_rows, wanted=wanted, sort=Sort.NEWEST, limit=PAGE))
        limit = _timed(partial(_fetch, bare, _BARE[name], me=here.id))
        report.times(f"query: first page, {name}", ours, limit)
    report.times("query: pages 1 to 40, all", list(_pages(store)), None)
    counts = _asked(store, lambda reader: view_counts(reader, here.id))
    limit = _timed(partial(_fetch, bare, _COUNTING), 5)
    report.times("query: counts of all views (limit: counting)", counts, limit)
    for words in WORDS:
        _search(report, store, bare, words)


def _search(report: Report, store: Store, bare: Any, words: str) -> None:
    """As it is typed: from the third letter on, each letter is a question."""
    ours: list[float] = []
    limit: list[float] = []
    for end in range(3, len(words) + 1):
        typed = words[:end].strip()
        expression = " ".join(f'"{word}"' for word in typed.split()) + "*"
        ours += _asked(store, partial(search, query=typed, limit=PAGE), 2)
        limit += _timed(partial(_fetch, bare, _BARE_SEARCH, words=expression), 2)
    report.times(f"query: search as “{words}” is typed", ours, limit)


def _pages(store: Store) -> Iterable[float]:
    after = None
    for _ in range(TIMES):
        began = time.perf_counter()
        with store.read() as reader:
            rows = ticket_rows(reader, TicketFilter(View.ALL), Sort.NEWEST, PAGE, after)
        yield time.perf_counter() - began
        after = rows[-1].page_key


def _scroll(report: Report, desk: Desk) -> None:
    """Page down, page after page; a page that is not loaded yet is waited for."""
    pane = desk.window.tickets
    desk.window.show_place(ALL)
    desk.wait(lambda: pane.model.rowCount() >= PAGE)
    bar = pane.view.verticalScrollBar()
    beat = Heartbeat()
    beat.start()
    steps, paints = [], []
    for _ in range(SCROLLS):
        began = time.perf_counter()
        target = bar.value() + bar.pageStep()
        desk.wait(partial(_reaches, bar, target))
        bar.setValue(target)
        paints.append(painted(pane.view.viewport()))
        steps.append(time.perf_counter() - began)
        desk.settle(0.005)
    late = beat.stop()
    report.times(f"window: {SCROLLS} screens down, each until painted", steps)
    report.times("window: the painting alone", paints)
    report.times("window: lateness of a 10 ms timer meanwhile", late)
    report.note(f"Scrolling loaded {pane.model.rowCount():,} rows.")


def _switch(report: Report, desk: Desk) -> None:
    pane = desk.window.tickets
    shown: list[bool] = []
    pane.shown.connect(lambda: shown.append(True))
    times = []
    for number in range(TIMES):
        shown.clear()
        began = time.perf_counter()
        desk.window.show_place((MINE, UNASSIGNED, ALL, SNOOZED)[number % 4])
        desk.wait(lambda: bool(shown))
        painted(pane.view.viewport())
        times.append(time.perf_counter() - began)
        desk.settle(0.15)
    report.times("window: another view, until its list is painted", times)


def _news(report: Report, desk: Desk, store: Store) -> None:
    """A ticket in sight changes by another thread's action; the list waits 40 ms for more news."""
    pane = desk.window.tickets
    desk.window.show_place(ALL)
    desk.settle(0.5)
    by = agent(desk.window._bridge.me.id)
    times: list[float] = []
    writes: list[float] = []

    def write(action: Action) -> None:
        began = time.perf_counter()
        done(store, action)
        writes.append(time.perf_counter() - began)

    for number in range(TIMES):
        row = pane.model.rows[number % 8 + 1]
        action = (
            MarkRead(actor=by, ticket_id=row.id, seen_message_id=row.last_message_id)
            if row.unread
            else MarkUnread(actor=by, ticket_id=row.id)
        )
        began = time.perf_counter()
        writer = threading.Thread(target=write, args=(action,))
        writer.start()

        def has_changed(ticket_id: str = row.id, before: bool = row.unread) -> bool:
            place = pane.model.place_of(ticket_id)
            now = pane.model.row(place) if place is not None else None
            return now is not None and now.unread is not before

        desk.wait(has_changed)
        painted(pane.view.viewport())
        times.append(time.perf_counter() - began)
        writer.join()
        desk.settle(0.4)  # alone: a flood is looked at four times a second
    report.times("window: a change elsewhere, until it is painted (limit: the write)", times, writes)


def _type(report: Report, desk: Desk) -> None:
    """Letters at 80 ms; measured from the last one until its results are painted."""
    pane = desk.window.tickets
    shown: list[str] = []

    def note() -> None:
        asked = pane._feeder.question  # what was typed last may not have been asked for yet
        shown.append(asked.words if asked else "")

    pane.shown.connect(note)
    times = []
    beat = Heartbeat()
    beat.start()
    for words in WORDS * 5:
        for end in range(1, len(words)):
            desk.window.views.search.edit.setText(words[:end])
            desk.settle(0.08)
        shown.clear()
        began = time.perf_counter()
        desk.window.views.search.edit.setText(words)
        desk.wait(partial(operator.contains, shown, words))
        painted(pane.view.viewport())
        times.append(time.perf_counter() - began)
        desk.window.views.search.edit.setText("")
        desk.settle(0.2)
    report.times("window: the last letter of a search, until painted", times)
    report.times("window: lateness of a 10 ms timer meanwhile", beat.stop())
    report.note(
        "Typing pauses for 50 ms, and news gather for 40 ms, before a list asks again: both are inside."
    )


def _reaches(bar: QScrollBar, value: int) -> bool:
    return bar.maximum() >= value


def _fetch(bare: Any, statement: str, **values: str) -> object:
    return bare.execute(statement, values).fetchall()


def _asked(store: Store, ask: Callable[[Reader], object], times: int = TIMES) -> list[float]:
    def once() -> None:
        with store.read() as reader:
            ask(reader)

    return _timed(once, times)


def _timed(call: Callable[[], object], times: int = TIMES) -> list[float]:
    call()
    durations = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        durations.append(time.perf_counter() - began)
    return durations
