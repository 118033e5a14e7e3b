"""The health board: one state a channel, whatever its parts say."""

from __future__ import annotations

import pytest

from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.sync.health_board import HealthBoard


def health(state: ChannelState, reason: str = "", channel: str = "one") -> Health:
    return Health(channel, ChannelKind.EMAIL, "support@shop.example", state, reason)


def test_the_part_that_needs_attention_is_shown() -> None:
    board, heard = HealthBoard(), list[Health]()
    board.subscribe(heard.append)
    board.voice(0)(health(ChannelState.CONNECTED))
    board.voice(1)(health(ChannelState.OFFLINE, "the listener"))
    board.voice(1)(health(ChannelState.CONNECTED))
    assert [h.state for h in heard] == [
        ChannelState.CONNECTED,
        ChannelState.OFFLINE,
        ChannelState.CONNECTED,
    ]


def test_a_problem_with_sending_is_added_until_it_is_over() -> None:
    board = HealthBoard()
    board.voice(0)(health(ChannelState.CONNECTED, "Two mails aside."))
    board.sending_problem("one", "Nothing leaves.")
    assert [h.reason for h in board.all()] == ["Two mails aside. Nothing leaves."]
    board.sending_problem("one", None)
    assert [h.reason for h in board.all()] == ["Two mails aside."]


def test_what_keeps_a_channel_from_receiving_and_from_sending_is_said_once() -> None:
    board = HealthBoard()
    board.voice(0)(health(ChannelState.OFFLINE, "The relay can't be reached."))
    board.sending_problem("one", "Not sent yet. The relay can't be reached.")
    assert [h.reason for h in board.all()] == ["The relay can't be reached."]
    board.voice(0)(health(ChannelState.CONNECTED))
    assert [h.reason for h in board.all()] == ["Not sent yet. The relay can't be reached."]


def test_a_removed_channel_says_so_once_and_is_gone() -> None:
    board, heard = HealthBoard(), list[Health]()
    board.voice(0)(health(ChannelState.CONNECTED))
    stop = board.subscribe(heard.append)
    board.forget("one")
    assert [h.state for h in heard] == [ChannelState.STOPPED]
    assert board.all() == ()
    stop()
    stop()  # twice is no harm
    board.voice(0)(health(ChannelState.CONNECTED))
    assert len(heard) == 1


@pytest.mark.expects_log("a listener of the channels' health failed")
def test_a_listener_that_fails_harms_no_other() -> None:
    board, heard = HealthBoard(), list[Health]()

    def fail(_health: Health) -> None:
        raise KeyError("a bug")

    board.subscribe(fail)
    board.subscribe(heard.append)
    board.voice(0)(health(ChannelState.CONNECTED))
    assert len(heard) == 1


def test_what_concerns_the_whole_inbox_every_channel_says() -> None:
    board = HealthBoard()
    board.voice(0)(health(ChannelState.CONNECTED))
    heard: list[Health] = []
    board.subscribe(heard.append)
    board.notice("No backup today.")
    board.notice("No backup today.")
    assert [one.reason for one in heard] == ["No backup today."]
    assert [one.reason for one in board.all()] == ["No backup today."]
    board.notice(None)
    assert [one.reason for one in board.all()] == [""]
