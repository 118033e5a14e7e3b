"""`ingest`: a mailbox of 10,000 mails from Dovecot into the list, with the window and without."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean

from inbox_desktop.models.check import check
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.health import Health
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.kinds import ChannelState
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.counts import view_counts
from inbox_desktop.models.store import Changed, Store
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.ui.places import ALL
from tests.bench.bare_pipeline import Run, fetch_alone, run_bare_pipeline
from tests.bench.desk import Desk, Heartbeat, painted
from tests.bench.mailbox import USER, Generator, filled_mailbox
from tests.bench.mails import SUPPORT, mails
from tests.bench.personal_mails import personal_mails
from tests.bench.report import Report
from tests.support.dovecot import HOST, PASSWORD, Dovecot
from tests.support.programs import Program

MAILS = 10_000
ROUNDS = 3
KINDS: dict[str, Generator] = {"designed mails": mails, "personal mails": personal_mails}
"""Those whose HTML is laid out like a newsletter's, and those that people's mail programs write."""


@dataclass(frozen=True, slots=True)
class WindowRun:
    """One synchronisation under a real window, in seconds from connecting; `late` is each beat's lateness."""

    stored: float
    shown: float
    seconds: float
    late: list[float]


@dataclass(frozen=True, slots=True)
class HeadlessRun:
    """One `sync --once`, in seconds from starting the process; `again` is the one after it."""

    stored: float
    seconds: float
    again: float


def run(report: Report) -> None:
    """Each kind of mailbox, one after the other."""
    for kind, generate in KINDS.items():
        report.note(f"{kind.capitalize()} are {_mean_size(generate) / 1000:.1f} KB on average.")
        _measure(report, kind, generate)
    report.note("A second `sync --once` fetched nothing, each time.")


def _mean_size(generate: Generator) -> float:
    return fmean(map(len, generate(1_000)))


def _measure(report: Report, kind: str, generate: Generator) -> None:
    """Take turns between the limits and the program, so that all meet the same noise."""
    fetched, bare, beside, window, headless = [], [], [], [], []
    with filled_mailbox(MAILS, generate) as server:
        fetch_alone(HOST, server.plain_port, USER, PASSWORD)  # warms the disk cache
        for _ in range(ROUNDS):
            fetched.append(fetch_alone(HOST, server.plain_port, USER, PASSWORD))
            with _folder() as folder:
                bare.append(run_bare_pipeline(folder, HOST, server.plain_port, USER, PASSWORD))
            with _folder() as folder:
                window.append(_under_a_window(folder, server))
            with _folder() as folder:
                headless.append(_headless(folder, server))
            with _folder() as folder:
                beside += _beside_the_bare_pipeline(folder, server)
    _tell(report, kind, fetched, bare, window, headless)
    late = [lateness for one in window for lateness in one.late]
    report.times(
        f"{kind}: lateness of the window's 10 ms timer (limit: idle, bare pipeline beside it)", late, beside
    )
    slow = sum(lateness > 0.1 for lateness in late)
    report.note(f"{kind.capitalize()}: the timer came more than 100 ms late {slow} times in {len(late):,}.")


def _tell(
    report: Report,
    kind: str,
    fetched: list[Run],
    bare: list[Run],
    window: list[WindowRun],
    headless: list[HeadlessRun],
) -> None:
    alone, limit = [_rate(one.seconds) for one in fetched], [_rate(one.seconds) for one in bare]
    whole, once = [_rate(one.seconds) for one in window], [_rate(one.seconds) for one in headless]
    first = [one.first_seconds for one in bare]
    report.rate(f"{kind}: fetching alone", alone, "mails/s")
    report.rate(f"{kind}: bare pipeline (limit: fetching alone)", limit, "mails/s", alone)
    report.rate(f"{kind}: whole path under a window (limit: bare pipeline)", whole, "mails/s", limit)
    report.rate(f"{kind}: `sync --once` with its start and end", once, "mails/s", limit)
    stored, shown = [one.stored for one in window], [one.shown for one in window]
    report.times(f"{kind}, window: first tickets stored (limit: bare pipeline)", stored, first)
    report.times(f"{kind}, window: first tickets painted", shown, first)
    report.times(f"{kind}, `sync --once`: first tickets stored", [one.stored for one in headless], first)
    report.times(f"{kind}, `sync --once`, nothing new, start to end", [one.again for one in headless])


def _under_a_window(folder: Path, server: Dovecot) -> WindowRun:
    store = open_inbox(Profile(folder / "profile"))
    engine = Engine(store, Secrets())
    engine.start()
    try:
        with Desk(store, engine) as desk:
            desk.window.show_place(ALL)
            desk.settle(1.0)
            return _connected(desk, store, engine, server)
    finally:
        engine.stop()
        _require_all(store)
        store.close()


def _connected(desk: Desk, store: Store, engine: Engine, server: Dovecot) -> WindowRun:
    """From the click on "Connect" until everything is in."""
    stored: list[float] = []
    ended: list[float] = []

    def hear_change(changed: Changed) -> None:
        if changed.kind == "ticket" and not stored:
            stored.append(time.perf_counter())

    def hear_health(health: Health) -> None:
        if health.state is ChannelState.CONNECTED and not ended:
            ended.append(time.perf_counter())

    store.subscribe(hear_change)
    engine.subscribe_health(hear_health)
    pane = desk.window.tickets
    beat = Heartbeat()
    beat.start()
    began = time.perf_counter()
    engine.connect(server.settings(USER), SUPPORT, None)
    desk.wait(lambda: pane.model.rowCount() > 0)
    painted(pane.view.viewport())
    shown = time.perf_counter()
    desk.wait(lambda: bool(ended), 300)
    late = beat.stop()
    return WindowRun(stored[0] - began, shown - began, ended[0] - began, late)


def _headless(folder: Path, server: Dovecot) -> HeadlessRun:
    program = Program(folder / "profile", is_warm=False)
    program(
        "channel",
        "add",
        "email",
        f"--address={SUPPORT}",
        f"--imap={HOST}:{server.plain_port}",
        "--imap-security=none",
        f"--smtp={HOST}:9",
        "--smtp-security=none",
        f"--user={USER}",
        "--password-env=INBOX_TEST_PASSWORD",
    )
    began = time.perf_counter()
    with program.start("sync", "--once") as running:
        while not _has_tickets(program.profile) and not running.ended:
            time.sleep(0.02)
        stored = time.perf_counter() - began
        result = running.wait(300)
        seconds = time.perf_counter() - began
    assert result.code == 0, str(result)
    began = time.perf_counter()
    again = program("sync", "--once")
    second = time.perf_counter() - began
    assert " 0 fetched" in again.out, str(again)
    store = Store.open_read_only(Profile(program.profile))
    _require_all(store)
    store.close()
    return HeadlessRun(stored, seconds, second)


def _beside_the_bare_pipeline(folder: Path, server: Dovecot) -> list[float]:
    """The lateness of the timer in a window with nothing to do while another process works as hard."""
    store = open_inbox(Profile(folder / "profile"))
    engine = Engine(store, Secrets())
    engine.start()
    work = partial(run_bare_pipeline, folder, HOST, server.plain_port, USER, PASSWORD)
    try:
        with Desk(store, engine) as desk, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            desk.settle(1.0)
            beat = Heartbeat()
            beat.start()
            working = process.submit(work)
            desk.wait(working.done, 300)
            return beat.stop()
    finally:
        engine.stop()
        store.close()


def _has_tickets(profile: Path) -> bool:
    try:
        store = Store.open_read_only(Profile(profile))
    except StorageError:
        return False
    try:
        with store.read() as reader:
            return view_counts(reader, None).all > 0
    finally:
        store.close()


def _require_all(store: Store) -> None:
    """Everything is in, once, and nothing is wrong with it."""
    found = check(store)
    assert found.ok, found.to_text()
    (ledger,) = found.ledger
    assert (ledger.total, found.messages) == (MAILS, MAILS), found.to_text()


def _rate(seconds: float) -> float:
    return MAILS / seconds


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="inbox-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
