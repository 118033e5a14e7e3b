"""What Vonage lists in parts is put together, whatever the order, and nothing is lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.models.rules.segments import split
from inbox_desktop.sync.sms.provider import ProviderText
from inbox_desktop.sync.sms.vonage_parts import LATE_PART, join_ids, join_received, join_sent, neighbours

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = AT + LATE_PART + timedelta(seconds=30)
LONG = "A long text of a customer, who writes on and on. " * 8
EMOJI = "Ein langer Text 🙂 mit Zeichen " * 6


def received(text: str, identity: str, seconds: float = 0, sender: str = "+12025550123") -> ProviderText:
    at = AT + timedelta(seconds=seconds)
    return ProviderText(identity, Direction.INBOUND, sender, "+12025550100", text, at)


def joined(
    parts: list[ProviderText], known: set[str] | None = None, now: datetime = LATER
) -> list[ProviderText]:
    return [text for near in neighbours(parts) for text in join_received(near, known or set(), now)]


@pytest.mark.parametrize("text", [LONG, EMOJI, "x" * 161, "€" * 100, "é" * 160 + "ç"])
def test_the_parts_of_a_long_text_are_one(text: str) -> None:
    parts = [received(part, str(place), place) for place, part in enumerate(split(text))]
    assert len(parts) > 1
    [whole] = joined(parts)
    assert whole.text == text
    assert whole.external_id == join_ids(str(place) for place in range(len(parts)))
    assert whole.at == AT


def test_the_last_part_may_overtake_the_others() -> None:
    first, last = split("y" * 160 + "the end")
    for places in permutations(["a", "b"]):
        [whole] = joined([received(first, places[0], 1), received(last, places[1], 0)])
        assert whole.text == "y" * 160 + "the end"


def test_texts_on_their_own_stay_so() -> None:
    parts = [
        received("Hi", "1", 0),
        received("there", "2", 1),
        received("x" * 160, "3", 2),
        received("!", "4", 3),
    ]
    assert [text.text for text in joined(parts)] == ["Hi", "there", "x" * 160, "!"]


def test_a_short_text_before_a_long_one_stays_alone() -> None:
    first, last = split(LONG[:200])
    parts = [received("Hi", "1", 0), received(first, "2", 8), received(last, "3", 9)]
    assert [text.text for text in joined(parts)] == ["Hi", LONG[:200]]


def test_a_part_is_joined_with_the_same_persons_only() -> None:
    first, last = split(LONG[:200])
    parts = [received(first, "1"), received(last, "2", sender="+12025550199")]
    assert sorted(text.text for text in joined(parts)) == sorted([first, last])


def test_what_comes_much_later_is_another_text() -> None:
    first, last = split(LONG[:200])
    assert len(joined([received(first, "1"), received(last, "2", 60)])) == 2


def test_a_full_segment_waits_a_while_for_its_rest() -> None:
    first, _ = split(LONG[:200])
    soon = AT + timedelta(seconds=20)
    assert joined([received(first, "1")], now=soon) == []
    assert [text.text for text in joined([received(first, "1")], now=LATER)] == [first]


def test_what_was_taken_alone_stays_alone_when_the_rest_shows_up() -> None:
    first, last = split(LONG[:200])
    parts = [received(first, "1"), received(last, "2", 1)]
    for known in ({"1"}, {"2"}, {"1", "2"}):
        found = joined(parts, known)
        assert sorted((text.external_id, text.text) for text in found) == [("1", first), ("2", last)]


def sent(
    text: str, identity: str, state: DeliveryState, reference: str = "r", seconds: float = 0
) -> ProviderText:
    at = AT + timedelta(seconds=seconds)
    return ProviderText(
        identity, Direction.OUTBOUND, "+12025550100", "+12025550123", text, at, state, reference=reference
    )


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ((DeliveryState.DELIVERED, DeliveryState.DELIVERED), DeliveryState.DELIVERED),
        ((DeliveryState.DELIVERED, DeliveryState.SENT), DeliveryState.SENT),
        ((DeliveryState.SENT, DeliveryState.FAILED), DeliveryState.FAILED),
    ],
)
def test_a_sent_text_arrived_when_every_part_did(
    states: tuple[DeliveryState, DeliveryState], whole: DeliveryState
) -> None:
    first, last = split(LONG[:200])
    [text] = join_sent([sent(first, "1", states[0]), sent(last, "2", states[1], seconds=1)])
    assert (text.state, text.text, text.external_id) == (whole, LONG[:200], "1+2")


def test_a_text_that_is_listed_whole_with_every_part_is_not_repeated() -> None:
    [text] = join_sent([sent(LONG, "1", DeliveryState.SENT), sent(LONG, "2", DeliveryState.SENT)])
    assert text.text == LONG


def test_sent_texts_without_a_reference_stay_alone() -> None:
    parts = [sent("a", "1", DeliveryState.SENT, ""), sent("b", "2", DeliveryState.SENT, "")]
    assert len(list(join_sent(parts))) == 2
