"""`open-ticket`: from choosing a ticket with 50 messages until it is painted."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.rows import Thread
from inbox_desktop.models.queries.thread import thread as read_thread
from inbox_desktop.models.store import Store
from inbox_desktop.ui.places import ALL
from tests.bench.conversations import build_conversations
from tests.bench.desk import Desk, Heartbeat, application, painted
from tests.bench.report import Report
from tests.ui.worlds import SmallEngine

TICKETS = 24
MESSAGES = 50
SEEN = 6  # how many messages fill the window


def run(report: Report) -> None:
    """Build the conversations, then measure query, browsers and the window."""
    application()
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        store = Store.open(Profile(Path(folder) / "profile"))
        try:
            tickets = build_conversations(store, TICKETS, MESSAGES)
            queries, threads = _queries(store, tickets)
            report.times("the query alone", queries)
            few = [asked + _browsers(thread, SEEN) for asked, thread in zip(queries, threads, strict=True)]
            many = [
                asked + _browsers(thread, MESSAGES) for asked, thread in zip(queries, threads, strict=True)
            ]
            with Desk(store, SmallEngine(store)) as desk:
                _open(report, desk, tickets, (few, many))
        finally:
            store.close()


def _open(
    report: Report, desk: Desk, tickets: tuple[str, ...], limits: tuple[list[float], list[float]]
) -> None:
    """Choose each ticket as a click does, twice over."""
    desk.window.show_place(ALL)
    desk.wait(lambda: desk.window.tickets.model.rowCount() == TICKETS)
    desk.settle(1.0)
    beat = Heartbeat()
    beat.start()
    first, whole = [], []
    for ticket_id in tickets * 2:
        began = time.perf_counter()
        desk.window.open_ticket(ticket_id)
        desk.wait(partial(_is_shown, desk, ticket_id))
        painted(desk.window.thread_pane)
        first.append(time.perf_counter() - began)
        desk.wait(lambda: desk.window.thread_pane._column.is_complete)
        painted(desk.window.thread_pane)
        whole.append(time.perf_counter() - began)
        desk.settle(0.1)
    late = beat.stop()
    report.times(
        f"window: until the newest messages are painted (limit: query and {SEEN} browsers)", first, limits[0]
    )
    report.times(
        f"window: until all {MESSAGES} are there (limit: query and {MESSAGES} browsers)", whole, limits[1]
    )
    report.times("window: lateness of a 10 ms timer meanwhile", late)


def _is_shown(desk: Desk, ticket_id: str) -> bool:
    thread = desk.window.thread_pane.thread
    return thread is not None and thread.ticket.id == ticket_id


def _queries(store: Store, tickets: tuple[str, ...]) -> tuple[list[float], list[Thread]]:
    times, threads = [], []
    for ticket_id in tickets * 2:
        began = time.perf_counter()
        with store.read() as reader:
            found = read_thread(reader, ticket_id, store.profile.attachments)
        times.append(time.perf_counter() - began)
        assert found is not None
        assert len(found.messages) == MESSAGES
        threads.append(found)
    return times, threads


def _browsers(thread: Thread, count: int) -> float:
    """Build and paint bare QTextBrowsers with the newest messages, one below the other."""
    began = time.perf_counter()
    canvas = QWidget()
    column = QVBoxLayout(canvas)
    for message in thread.messages[-count:]:
        browser = QTextBrowser(canvas)
        html = message.visible_html or message.html
        if html:
            browser.setHtml(html)
        else:
            browser.setPlainText(message.visible_text)
        browser.document().setTextWidth(600)
        browser.setFixedHeight(round(browser.document().size().height()))
        column.addWidget(browser)
    canvas.resize(640, 900)
    canvas.show()
    painted(canvas)
    seconds = time.perf_counter() - began
    canvas.close()
    canvas.deleteLater()
    return seconds
