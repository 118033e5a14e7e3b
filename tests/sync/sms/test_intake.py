"""What is made of the texts that a provider lists: people's, ours, and those of other programs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from inbox_desktop.demo.providers.texts import SimPicture, SimText
from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.deliveries import RetryDelivery
from inbox_desktop.models.actions.texts import receive_texts
from inbox_desktop.models.check import check
from inbox_desktop.models.kinds import DeliveryState, MessageKind
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Attachment, Message
from tests.models.samples import done
from tests.sync.sms.desk import CUSTOMER, NUMBER, OTHER, SECRET
from tests.sync.sms.line import SECRET_VARIABLE, Line

WORDS = "It is on its way."


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


async def test_a_campaign_s_picture_is_fetched_for_whoever_has_a_ticket(
    line: Line, sim: TwilioSimulator
) -> None:
    sim.text_from(CUSTOMER, "Hello")
    await line.poll()
    for number, phone in enumerate((CUSTOMER, OTHER)):
        picture = SimPicture(f"ME{number:032x}", b"a picture", "image/png")
        campaign = sim.campaign(phone, "Sale", at=sim.now - timedelta(seconds=9))
        campaign.pictures.append(picture)
    await line.poll()
    with line.store.write() as session:
        campaigns = select(Message.to, Attachment.filename).join(Attachment)
        found = session.execute(campaigns.where(Message.kind == MessageKind.CAMPAIGN)).all()
    assert [tuple(row) for row in found] == [([CUSTOMER], "picture-1.png")]
    assert line.kinds().count("campaign") == 2


async def test_what_no_phone_writes_is_cleaned_and_cut(line: Line, sim: TwilioSimulator) -> None:
    sim.text_from(CUSTOMER, "\x00Hello\x1b[31m\r\nthere\x07")
    sim.text_from(OTHER, "A" * 1_000_000)
    await line.poll()
    with line.store.write() as session:
        found = session.scalars(select(Message).where(Message.kind == MessageKind.MESSAGE)).all()
    assert {message.text[:20] for message in found} == {"Hello[31m\nthere", "A" * 20}
    (warned,) = [message for message in found if message.warnings]
    assert (len(warned.text), warned.warnings) == (
        20_000,
        ["The text has 1,000,000 characters; only the first ones are shown."],
    )


@pytest.mark.parametrize("sender", ["AMAZON", "12345", NUMBER])
async def test_whoever_takes_no_texts_gets_no_automatic_answer(
    line: Line, sim: TwilioSimulator, sender: str
) -> None:
    sim.text_from(sender, "Your code is 1234")
    sim.text_from(sender, "stop it")
    await line.poll()
    assert line.kinds() == ["message", "keyword"]


@pytest.mark.expects_log("could not be written")
async def test_a_text_that_breaks_the_program_stops_no_other_and_is_on_record(
    line: Line, sim: TwilioSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, real = "inbox_desktop.sync.sms.intake.receive_texts", receive_texts

    def broken(session: WriteSession, *given: Any, **named: Any) -> Any:
        if any(message.text == "Bad" for message in given[2]):
            raise ZeroDivisionError("a fault of ours")
        return real(session, *given, **named)

    monkeypatch.setattr(where, broken)
    sim.text_from(CUSTOMER, "Good")
    bad = sim.text_from(CUSTOMER, "Bad")
    report = await line.poll()
    assert (report.counts.quarantined, line.kinds().count("message")) == (1, 1)
    (told,) = check(line.store).quarantined_texts
    assert (told.external_id, told.phone) == (bad.id, CUSTOMER)
    assert told.reason == "ZeroDivisionError: a fault of ours"
    assert "was not taken in: ZeroDivisionError" in check(line.store).to_text()

    monkeypatch.setattr(where, real)
    await line.poll()
    assert line.kinds().count("message") == 2
    assert check(line.store).quarantined_texts == ()


async def test_a_list_that_says_nothing_new_writes_nothing(
    line: Line, sim: TwilioSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_as_sent(sim, "Sale", seconds=9)
    delivery_id = await written(line, sim)
    sent = list_as_sent(sim)
    line.attempt(delivery_id, DeliveryState.SENT, sent.id)
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED

    def refuse(*_given: object) -> None:
        raise AssertionError("something was written")

    monkeypatch.setattr(type(line.services), "write", refuse)
    await line.poll()


# What of the listed texts is ours


async def written(line: Line, sim: TwilioSimulator, words: str = WORDS) -> str:
    """A reply to a subscriber, which nobody sends; returns the id of its delivery."""
    sim.text_from(CUSTOMER, "START")
    sim.text_from(CUSTOMER, "Where is my order?")
    await line.poll()
    return line.reply(words)


async def of_unknown_end(line: Line, sim: TwilioSimulator) -> str:
    """Such a reply that was tried, and nobody knows whether it left."""
    delivery_id = await written(line, sim)
    line.attempt(delivery_id, DeliveryState.UNKNOWN)
    return delivery_id


def list_as_sent(sim: TwilioSimulator, words: str = WORDS, seconds: int = 5) -> SimText:
    """The provider lists a text to the customer that was sent so many seconds ago."""
    return sim.campaign(CUSTOMER, words, at=sim.now - timedelta(seconds=seconds))


async def test_a_text_of_unknown_end_is_sent_once_it_is_listed(line: Line, sim: TwilioSimulator) -> None:
    delivery_id = await of_unknown_end(line, sim)
    list_as_sent(sim)
    await line.poll()
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_a_text_that_a_person_settled_is_recognised_when_it_is_listed(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await of_unknown_end(line, sim)
    line.finish(delivery_id, DeliveryState.SENT)  # "It was sent"
    list_as_sent(sim)
    await line.poll()
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_a_text_that_waits_to_be_sent_once_more_is_not_when_the_first_one_is_listed(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await of_unknown_end(line, sim)
    done(line.store, RetryDelivery(actor=agent(line.julia), delivery_id=delivery_id))
    sim.campaign(CUSTOMER, WORDS)
    sim.pace.sent = timedelta(0)
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.SENT
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_a_text_that_was_sent_twice_because_somebody_said_so_is_no_campaign(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await of_unknown_end(line, sim)
    done(line.store, RetryDelivery(actor=agent(line.julia), delivery_id=delivery_id))
    list_as_sent(sim, seconds=9)
    second = list_as_sent(sim)
    line.attempt(delivery_id, DeliveryState.SENT, second.id)
    await line.poll()
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED
    assert line.kinds() == ["keyword", "message", "reply"]


async def test_what_left_with_a_short_link_is_recognised(line: Line, sim: TwilioSimulator) -> None:
    delivery_id = await written(line, sim, "See https://shop.example/orders/20417?from=text.")
    line.attempt(delivery_id, DeliveryState.UNKNOWN)
    list_as_sent(sim, "See https://shop.link/a7f.")
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.DELIVERED


async def test_what_another_program_says_in_the_words_of_an_answer_is_a_campaign(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await written(line, sim)
    sent = list_as_sent(sim, seconds=9)
    line.attempt(delivery_id, DeliveryState.SENT, sent.id)
    list_as_sent(sim)
    await line.poll()
    assert sorted(line.kinds()) == ["campaign", "keyword", "message", "reply"]


async def test_what_was_never_tried_is_not_taken_for_a_campaign_of_the_same_words(
    line: Line, sim: TwilioSimulator
) -> None:
    delivery_id = await written(line, sim)
    list_as_sent(sim)
    await line.poll()
    assert line.delivery(delivery_id) is DeliveryState.QUEUED
    assert sorted(line.kinds()) == ["campaign", "keyword", "message", "reply"]
