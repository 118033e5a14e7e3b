"""Who is there and who types, by ticket; told once, and over after a while."""

from __future__ import annotations

import pytest

from inbox_desktop.models.chat_relay import LiveChat
from inbox_desktop.sync.relay.live import TYPING_SECONDS, LiveBoard


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> LiveBoard:
    made = LiveBoard(clock)
    made.know({"c1": "t1", "c2": "t2"})
    return made


@pytest.fixture
def told(board: LiveBoard) -> list[LiveChat]:
    heard: list[LiveChat] = []
    board.subscribe(heard.append)
    return heard


def brief(heard: list[LiveChat]) -> list[tuple[str, bool, bool]]:
    return [(one.ticket_id, one.present, one.typing) for one in heard]


def test_nobody_is_there_at_first(board: LiveBoard) -> None:
    assert board.live("t1") == LiveChat("t1")
    assert board.live("another") == LiveChat("another")


def test_coming_typing_and_going(board: LiveBoard, told: list[LiveChat], clock: Clock) -> None:
    board.present("c1", present=True)
    board.present("c1", present=True)  # said twice, told once
    board.typing("c1")
    assert board.live("t1") == LiveChat("t1", present=True, typing=True)
    board.present("c1", present=False)
    assert brief(told) == [("t1", True, False), ("t1", True, True), ("t1", False, False)]
    assert told[-1].left_at is not None


def test_typing_ends_by_itself(board: LiveBoard, told: list[LiveChat], clock: Clock) -> None:
    board.present("c1", present=True)
    board.typing("c1")
    assert board.look_again() == pytest.approx(TYPING_SECONDS)
    clock.at += TYPING_SECONDS + 0.1
    assert board.look_again() is None
    assert brief(told)[-1] == ("t1", True, False)


def test_who_wrote_types_no_longer(board: LiveBoard, told: list[LiveChat]) -> None:
    board.typing("c1")
    board.wrote("c1")
    assert brief(told) == [("t1", True, True), ("t1", True, False)]


def test_a_visitor_is_known_before_the_ticket(board: LiveBoard, told: list[LiveChat]) -> None:
    board.present("c3", present=True)
    assert told == []
    board.know({"c3": "t3"})
    assert brief(told) == [("t3", True, False)]


def test_a_visitor_stays_known_until_the_ticket_comes(board: LiveBoard, told: list[LiveChat]) -> None:
    board.present("c3", present=True)
    board.know({"c1": "t1", "c2": "t2"})  # a page of the feed that has nothing of them yet
    board.know({"c1": "t1", "c2": "t2", "c3": "t3"})
    assert brief(told) == [("t3", True, False)]


def test_who_is_in_a_conversation_that_ended_is_forgotten(board: LiveBoard, told: list[LiveChat]) -> None:
    board.present("c1", present=True)
    board.know({"c2": "t2"})
    board.know({"c1": "t9", "c2": "t2"})
    assert not board.live("t9").present


def test_a_conversation_goes_on_in_another_ticket(board: LiveBoard, told: list[LiveChat]) -> None:
    board.present("c1", present=True)
    board.know({"c1": "t9"})
    assert brief(told)[1:] == [("t1", False, False), ("t9", True, False)] or brief(told)[1:] == [
        ("t9", True, False),
        ("t1", False, False),
    ]
    assert board.conversation_of("t9") == "c1"
    assert board.conversation_of("t1") is None


def test_without_a_socket_nobody_knows(board: LiveBoard, told: list[LiveChat]) -> None:
    board.present("c1", present=True)
    board.present("c2", present=True)
    board.forget()
    assert sorted(brief(told)[2:]) == [("t1", False, False), ("t2", False, False)]


def test_who_listens_no_longer_hears_nothing(board: LiveBoard) -> None:
    heard: list[LiveChat] = []
    stop = board.subscribe(heard.append)
    stop()
    stop()
    board.present("c1", present=True)
    assert heard == []
