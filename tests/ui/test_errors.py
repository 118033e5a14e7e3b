"""Whatever goes wrong is logged and told once, in words without details."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qWarning
from pytestqt.qtbot import QtBot

from inbox_desktop.models.errors import StorageError
from inbox_desktop.ui.bridge import OUR_BUG
from inbox_desktop.ui.errors import ErrorReporter


@pytest.fixture
def reporter(qtbot: QtBot) -> Iterator[ErrorReporter]:
    made = ErrorReporter()
    made.install()
    yield made
    made.remove()


def raise_and_report(reporter: ErrorReporter, error: BaseException) -> None:
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001 - what the interpreter would do with it
        sys.excepthook(type(raised), raised, raised.__traceback__)


@pytest.mark.expects_log("unhandled error")
def test_a_bug_is_logged_and_told_once(
    reporter: ErrorReporter, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    reporter.told.connect(told.append)
    for _ in range(3):
        raise_and_report(reporter, ValueError("internal detail"))
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(20)
    assert told == [OUR_BUG]
    assert caplog.text.count("internal detail") == 3


@pytest.mark.expects_log("unhandled: The disk is full")
def test_the_worlds_fault_is_told_as_it_is(reporter: ErrorReporter, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reporter.told) as told:
        raise_and_report(reporter, StorageError("The disk is full."))
    assert told.args == ["The disk is full."]


@pytest.mark.expects_log("unhandled error")
def test_a_thread_that_dies_is_heard_of_on_the_gui_thread(reporter: ErrorReporter, qtbot: QtBot) -> None:
    heard_on: list[int] = []
    reporter.told.connect(lambda _words: heard_on.append(threading.get_ident()))

    def die() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard_on))
    assert heard_on == [threading.get_ident()]


@pytest.mark.expects_log("Qt ")
def test_qts_warnings_go_into_the_log(reporter: ErrorReporter, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        qWarning("something about fonts")
    assert "something about fonts" in caplog.text


def test_an_interruption_is_no_error(reporter: ErrorReporter, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(reporter.told, wait=20):
        raise_and_report(reporter, KeyboardInterrupt())


def test_the_hooks_are_given_back(qtbot: QtBot) -> None:
    before = (sys.excepthook, threading.excepthook)
    reporter = ErrorReporter()
    reporter.install()
    assert (sys.excepthook, threading.excepthook) != before
    reporter.remove()
    assert (sys.excepthook, threading.excepthook) == before
