"""Questions run elsewhere and their answers come home; what is stale or orphaned is dropped."""

import threading
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import Outcome, agent
from inbox_desktop.models.actions.tickets import MarkUnread
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.counts import view_counts
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import OUR_BUG, Bridge
from tests.ui.worlds import World


def test_a_question_is_asked_on_another_thread_and_answered_on_this_one(
    bridge: Bridge, world: World, qtbot: QtBot
) -> None:
    told: list[tuple[int, int, int]] = []

    def ask(reader: Reader) -> tuple[int, int]:
        return view_counts(reader, world.julia).all, threading.get_ident()

    bridge.query(ask, lambda answer: told.append((*answer, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(told))
    count, asked_on, answered_on = told[0]
    assert count == len(world.tickets)
    assert answered_on == threading.get_ident() != asked_on


def test_a_newer_question_makes_the_older_answer_void(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[int] = []
    gate = threading.Event()

    def slow(_reader: Reader) -> int:
        gate.wait(5)
        return 1

    bridge.query(slow, told.append, key="list")
    bridge.query(lambda _reader: 2, told.append, key="list")
    qtbot.waitUntil(lambda: told == [2])
    gate.set()
    bridge.query(lambda _reader: 3, told.append)
    qtbot.waitUntil(lambda: 3 in told)
    assert told == [2, 3]


def test_what_the_disk_says_reaches_the_asker(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[str] = []

    def fails(_reader: Reader) -> None:
        raise StorageError("The disk is gone.")

    bridge.query(fails, lambda _answer: None, told.append)
    qtbot.waitUntil(lambda: told == ["The disk is gone."])


@pytest.mark.expects_log("a question or change of the window failed")
def test_a_bug_is_logged_and_told_without_its_details(bridge: Bridge, qtbot: QtBot) -> None:
    def fails(_reader: Reader) -> None:
        raise ZeroDivisionError("secret detail")

    with qtbot.waitSignal(bridge.trouble) as told:
        bridge.query(fails, lambda _answer: None)
    assert told.args == [OUR_BUG]


def test_an_answer_for_a_widget_that_is_gone_is_dropped(bridge: Bridge, qtbot: QtBot) -> None:
    class Asker(QObject):
        def take(self, _answer: int) -> None:
            told.append("taken by the dead")

    told: list[str] = []
    asker = Asker()
    gate = threading.Event()
    bridge.query(lambda _reader: 1 if gate.wait(5) else 0, asker.take)
    asker.deleteLater()
    qtbot.waitSignal(asker.destroyed)
    qtbot.wait(10)
    gate.set()
    bridge.query(lambda _reader: "later", told.append)
    qtbot.waitUntil(lambda: "later" in told)
    qtbot.wait(20)
    assert told == ["later"]


def test_actions_are_performed_and_their_news_come_by_id(bridge: Bridge, world: World, qtbot: QtBot) -> None:
    ticket = world.tickets[0]
    results: list[list] = []
    with qtbot.waitSignal(bridge.changed, check_params_cb=lambda news: ticket in news.ids) as told:
        bridge.perform([MarkUnread(actor=agent(world.julia), ticket_id=ticket)], results.append)
    assert isinstance(told.args[0], Changed)
    qtbot.waitUntil(lambda: bool(results))
    assert isinstance(results[0][0], Outcome)
    assert world.row(ticket).unread


def test_a_change_that_fails_says_so_and_nothing_else_happens(
    bridge: Bridge, world: World, qtbot: QtBot
) -> None:
    world.engine.failing = StorageError("The disk is full.")
    told: list[str] = []
    bridge.perform([MarkUnread(actor=agent(world.julia), ticket_id=world.tickets[0])], None, told.append)
    qtbot.waitUntil(lambda: told == ["The disk is full."])


def test_a_future_that_ends_elsewhere_comes_home(bridge: Bridge, qtbot: QtBot) -> None:
    future: Future[str] = Future()
    told: list[tuple[str, int]] = []
    bridge.call(future, lambda answer: told.append((answer, threading.get_ident())))
    worker = threading.Thread(target=future.set_result, args=("done",))
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: told == [("done", threading.get_ident())])


def test_a_file_goes_into_the_store(bridge: Bridge, world: World, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(b"%PDF-1.7")
    told: list = []
    bridge.store_file(path, told.append, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert (told[0].filename, told[0].content_type, told[0].size) == ("invoice.pdf", "application/pdf", 8)
    assert world.store.attachments.get(told[0].sha256) == b"%PDF-1.7"


def test_a_file_that_is_gone_is_named(bridge: Bridge, tmp_path: Path, qtbot: QtBot) -> None:
    told: list = []
    bridge.store_file(tmp_path / "gone.pdf", told.append, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].startswith("gone.pdf could not be read")


def test_health_arrives_and_is_remembered(bridge: Bridge, world: World, qtbot: QtBot) -> None:
    health = Health("c9", ChannelKind.EMAIL, "Sales", ChannelState.OFFLINE, reason="No network.")
    with qtbot.waitSignal(bridge.health) as told:
        world.engine.tell(health)
    assert told.args == [health]
    assert health in bridge.healths


def test_after_closing_nothing_comes_any_more(bridge: Bridge, world: World, qtbot: QtBot) -> None:
    told: list[object] = []
    bridge.changed.connect(told.append)
    bridge.query(lambda _reader: 1, told.append)
    bridge.close()
    world.do(MarkUnread(actor=agent(world.julia), ticket_id=world.tickets[0]))
    qtbot.wait(30)
    assert told == []
    assert world.engine.listeners == []
