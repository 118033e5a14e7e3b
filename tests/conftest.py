"""What every test is held to: no unexpected log record; no thread, process, task or window left behind."""

from __future__ import annotations

import asyncio
import inspect
import logging
import multiprocessing
import os
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support import warm_start
from tests.support.brisk_servers import brisk_servers
from tests.support.new_databases import copied_databases

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
hypothesis.settings.register_profile("untimed", deadline=None)  # benchmarks measure
hypothesis.settings.load_profile("untimed")

_ROOT = Path(__file__).resolve().parent.parent
_SLOW_FOLDERS = {"stories", "simulation"}
_A_MOMENT_SECONDS = 0.002
_GRACE_SECONDS = 3.0  # what was told to end may take this long to do so


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of sample mails beside the project (or INBOX_SHARED_DATA); skips the test without it."""
    folder = Path(os.environ.get("INBOX_SHARED_DATA", _ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the shared sample data is not here")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _new_databases_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run the migrations once, not for each new profile and relay."""
    with copied_databases(tmp_path_factory.mktemp("new")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _servers_end_at_once() -> Iterator[None]:
    """Wait for no server's next look at the clock."""
    with brisk_servers():
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: not (_SLOW_FOLDERS & set(item.path.parts) or item.get_closest_marker("slow")))


class _Collector(logging.Handler):
    """Keeps every record at WARNING or above that reaches the root logger, from whatever thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that logs at WARNING or above without `@pytest.mark.expects_log(*patterns)`."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(collector)
    marker = request.node.get_closest_marker("expects_log")
    if marker is not None and not marker.args:
        return
    patterns = marker.args if marker is not None else ()
    unexpected = [
        f"{record.name} {record.levelname}: {record.getMessage()}"
        for record in collector.records
        if not any(re.search(pattern, f"{record.name}: {record.getMessage()}") for pattern in patterns)
    ]
    if unexpected:
        pytest.fail("unexpected log records:\n  " + "\n  ".join(unexpected), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest, _no_unexpected_log: None) -> Iterator[None]:
    """Fail the test that leaves a thread, child process, asyncio task or visible window, and name it."""
    threads, windows = set(threading.enumerate()), {id(window) for window in _visible_windows()}
    processes = set(multiprocessing.active_children())
    if inspect.iscoroutinefunction(getattr(request.node, "function", None)):
        request.getfixturevalue("_no_task_left")
    yield
    culprits = [*_threads_left(threads), *_processes_left(processes), *_windows_left(windows)]
    _delete_widgets()
    if culprits:
        pytest.fail("left behind:\n  " + "\n  ".join(culprits), pytrace=False)


def _threads_left(before: set[threading.Thread]) -> list[str]:
    deadline = time.monotonic() + _GRACE_SECONDS
    left = []
    for thread in set(threading.enumerate()) - before:
        if isinstance(thread, threading._DummyThread):  # a foreign thread (Qt's) that Python can't see ending
            continue
        while thread.ident is None and time.monotonic() < deadline:
            time.sleep(_A_MOMENT_SECONDS)  # somebody is starting it: until it runs it cannot be joined
        with suppress(RuntimeError):
            thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(f"thread {thread.name!r}, target {getattr(thread, '_target', None)!r}")
    return left


def _processes_left(before: set[multiprocessing.process.BaseProcess]) -> list[str]:
    deadline = time.monotonic() + _GRACE_SECONDS
    left = []
    for process in set(multiprocessing.active_children()) - before:
        if process.name.startswith(warm_start.NAME):  # a shared server that a test started again
            continue
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            left.append(f"process {process.name!r}, pid {process.pid}")
    return left


def _visible_windows() -> list[QWidget]:
    """The open top-level windows; none while nobody has imported Qt."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return [window for window in widgets.QApplication.topLevelWidgets() if window.isVisible()]


def _windows_left(before: set[int]) -> list[str]:
    left = []
    for window in _visible_windows():
        if id(window) not in before:
            left.append(f"window {type(window).__name__} {window.objectName()!r} {window.windowTitle()!r}")
            window.close()  # the next test shall not suffer from it
    return left


def _delete_widgets() -> None:
    """Delete what was told to go: without a running loop Qt would keep it, and give it each new look.

    At the end of a test pytest-qt only asks for that, and the last window would live on in many tests.
    """
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)


@pytest.fixture
async def _no_task_left() -> AsyncIterator[None]:
    """Fail the asynchronous test whose loop still has tasks of its own at the end, and name them."""
    before = asyncio.all_tasks()
    yield
    tasks = asyncio.all_tasks() - before - {asyncio.current_task()}
    if tasks:
        await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
    left = [f"task {task.get_name()!r}: {task.get_coro()!r}" for task in tasks if not task.done()]
    if left:
        pytest.fail("left behind:\n  " + "\n  ".join(left), pytrace=False)
