"""What is made of the texts that a provider lists: people's, ours, and those of other programs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.deliveries import RetryDelivery
from inbox_desktop.models.kinds import DeliveryState
from tests.models.samples import done
from tests.sync.sms.desk import CUSTOMER, NUMBER, SECRET
from tests.sync.sms.line import SECRET_VARIABLE, Line


@pytest.fixture
def sim() -> Iterator[TwilioSimulator]:
    with TwilioSimulator(SECRET, NUMBER) as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def line(tmp_path: Path, sim: TwilioSimulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    made = Line(tmp_path, sim)
    await made.poll()  # what comes from now on is no history
    yield made
    made.close()


@pytest.mark.parametrize("minutes", [-45, 0, 45])
async def test_a_text_is_new_by_the_provider_s_clock_whatever_ours_says(
    line: Line, sim: TwilioSimulator, minutes: int
) -> None:
    sim.skew = timedelta(minutes=minutes)
    sim.text_from(CUSTOMER, "Where is my order?")
    await line.poll()
    assert sorted(line.kinds()) == ["auto_reply", "message"]


async def test_a_text_that_lay_there_for_an_hour_is_not_answered_by_itself(
    line: Line, sim: TwilioSimulator
) -> None:
    sim.skew = timedelta(minutes=45)
    sim.text_from(CUSTOMER, "Where is my order?", at=sim.now - timedelta(hours=1))
    await line.poll()
    assert line.kinds() == ["message"]


# What of the listed texts is ours


async def written(line: Line, sim: TwilioSimulator, words: str = "It is on its way.") -> str:
    """A reply to a subscriber, which nobody sends; returns the id of its delivery."""
    sim.text_from(CUSTOMER, "START")
    sim.text_from(CUSTOMER, "Where is my order?")
    await line.poll()
    return line.reply(words)


async def test_a_text_of_unknown_end_is_sent_once_it_is_listed(line: Line, sim: TwilioSimulator) -> None:
    delivery_id = await written(line, sim)
    line.attempt(delivery_id, DeliveryState.UNKNOWN)
    sim.campaign(CUSTOMER, "It is on its way.", at=sim.now - timedelta(seconds=5))
    await line.poll()
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_a_text_that_a_person_settled_is_recognised_when_it_is_listed(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await written(line, sim)
    line.attempt(delivery_id, DeliveryState.UNKNOWN)
    line.finish(delivery_id, DeliveryState.SENT)  # "It was sent"
    sim.campaign(CUSTOMER, "It is on its way.", at=sim.now - timedelta(seconds=5))
    await line.poll()
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_a_text_that_waits_to_be_sent_once_more_is_not_when_the_first_one_is_listed(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await written(line, sim)
    line.attempt(delivery_id, DeliveryState.UNKNOWN)
    done(line.store, RetryDelivery(actor=agent(line.julia), delivery_id=delivery_id))
    sim.campaign(CUSTOMER, "It is on its way.")
    sim.pace.sent = timedelta(0)
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.SENT
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_a_text_that_was_sent_twice_because_somebody_said_so_is_no_campaign(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await written(line, sim)
    line.attempt(delivery_id, DeliveryState.UNKNOWN)
    done(line.store, RetryDelivery(actor=agent(line.julia), delivery_id=delivery_id))
    sim.campaign(CUSTOMER, "It is on its way.", at=sim.now - timedelta(seconds=9))
    second = sim.campaign(CUSTOMER, "It is on its way.", at=sim.now - timedelta(seconds=5))
    line.attempt(delivery_id, DeliveryState.SENT, second.id)
    await line.poll()
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_what_left_with_a_short_link_is_recognised(line: Line, sim: TwilioSimulator) -> None:
    delivery_id = await written(line, sim, "See https://shop.example/orders/20417?from=text.")
    line.attempt(delivery_id, DeliveryState.UNKNOWN)
    sim.campaign(CUSTOMER, "See https://shop.link/a7f.", at=sim.now - timedelta(seconds=5))
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED


async def test_what_another_program_says_in_the_words_of_an_answer_is_a_campaign(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await written(line, sim)
    sent = sim.campaign(CUSTOMER, "It is on its way.", at=sim.now - timedelta(seconds=9))
    line.attempt(delivery_id, DeliveryState.SENT, sent.id)
    sim.campaign(CUSTOMER, "It is on its way.", at=sim.now - timedelta(seconds=5))
    await line.poll()
    assert sorted(line.kinds()) == ["campaign", "keyword", "message", "reply"]


async def test_what_was_never_tried_is_not_taken_for_a_campaign_of_the_same_words(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await written(line, sim)
    sim.campaign(CUSTOMER, "It is on its way.", at=sim.now - timedelta(seconds=5))
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.QUEUED
    assert sorted(line.kinds()) == ["campaign", "keyword", "message", "reply"]
