"""Twilio: texts in and out, what it refuses, and what becomes of a text that may have been sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from inbox_desktop.demo.providers.faults import Fate, Fault
from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.sync.sms.provider import Picture, Trouble
from inbox_desktop.sync.sms.twilio import Twilio
from tests.sync.sms.desk import CUSTOMER, NUMBER, OTHER, SECRET, SetClock, failure_of, listed

PNG = b"\x89PNG a picture"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC))


@pytest.fixture
async def sim(clock: SetClock) -> AsyncIterator[TwilioSimulator]:
    with TwilioSimulator(SECRET, NUMBER, clock=clock) as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def twilio(sim: TwilioSimulator) -> AsyncIterator[Twilio]:
    made = Twilio(sim.account, SECRET, NUMBER, sim.url)
    yield made
    await made.close()


async def test_the_number_is_found(twilio: Twilio) -> None:
    assert await twilio.check() == (
        f"Signed in to Twilio. {NUMBER} belongs to the account and can receive texts and pictures."
    )


async def test_a_number_that_cannot_receive(sim: TwilioSimulator, twilio: Twilio) -> None:
    sim.capabilities["sms"] = False
    error = await failure_of(twilio.check())
    assert error.trouble is Trouble.REFUSED
    assert "cannot receive texts" in str(error)


async def test_a_number_of_somebody_else(sim: TwilioSimulator) -> None:
    stranger = Twilio(sim.account, SECRET, OTHER, sim.url)
    error = await failure_of(stranger.check())
    assert error.trouble is Trouble.REFUSED
    assert f"has no number {OTHER}" in str(error)
    await stranger.close()


async def test_a_wrong_token(sim: TwilioSimulator) -> None:
    wrong = Twilio(sim.account, "another", NUMBER, sim.url)
    error = await failure_of(wrong.check())
    assert error.trouble is Trouble.SIGN_IN
    assert error.code == "20003"
    assert "refused the sign-in: Authenticate" in str(error)
    assert (await failure_of(wrong.send(CUSTOMER, "hello", "1"))).trouble is Trouble.SIGN_IN
    await wrong.close()


async def test_an_account_that_is_none_is_never_sent(sim: TwilioSimulator) -> None:
    wrong = Twilio("SK123/../x", SECRET, NUMBER, sim.url)
    error = await failure_of(wrong.check())
    assert error.trouble is Trouble.SIGN_IN
    assert "Account SID" in str(error)
    assert not sim.exchanges
    await wrong.close()


async def test_a_text_goes_from_queued_to_delivered(
    sim: TwilioSimulator, twilio: Twilio, clock: SetClock
) -> None:
    sent = await twilio.send(CUSTOMER, "Olá, já saiu 🙂", "ours", ["https://shop.example/a.png"])
    assert (sent.direction, sent.sender, sent.recipient) == (Direction.OUTBOUND, NUMBER, CUSTOMER)
    assert (sent.text, sent.state, sent.error) == ("Olá, já saiu 🙂", DeliveryState.SENT, "")
    assert await listed(twilio, sim, Direction.OUTBOUND) == []  # Twilio lists by when a text left
    clock.advance(seconds=1)
    [left] = await listed(twilio, sim, Direction.OUTBOUND)
    assert (left.external_id, left.state) == (sent.external_id, DeliveryState.SENT)
    clock.advance(seconds=5)
    [arrived] = await listed(twilio, sim, Direction.OUTBOUND)
    assert arrived.state is DeliveryState.DELIVERED


async def test_a_text_that_does_not_arrive_says_why(
    sim: TwilioSimulator, twilio: Twilio, clock: SetClock
) -> None:
    sim.failing = {CUSTOMER: "30003", OTHER: "39999"}
    sim.error_messages["39999"] = "Something new"
    await twilio.send(CUSTOMER, "hello", "1")
    await twilio.send(OTHER, "hello", "2")
    clock.advance(minutes=1)
    known, new = await listed(twilio, sim, Direction.OUTBOUND)
    assert (known.state, new.state) == (DeliveryState.FAILED, DeliveryState.FAILED)
    assert known.error == (
        "The person's phone could not be reached. It may be switched off or without signal. (Twilio 30003)"
    )
    assert new.error == "Something new. (Twilio 39999)"


async def test_what_twilio_answers_by_itself_is_told_from_a_campaign(
    sim: TwilioSimulator, twilio: Twilio, clock: SetClock
) -> None:
    sim.handles_keywords = True
    sim.text_from(CUSTOMER, "Stop")
    sim.campaign(OTHER, "Sale")
    clock.advance(seconds=5)
    answer, campaign = await listed(twilio, sim, Direction.OUTBOUND)
    assert (answer.recipient, answer.is_answer) == (CUSTOMER, True)
    assert (campaign.recipient, campaign.is_answer) == (OTHER, False)
    assert (await failure_of(twilio.send(CUSTOMER, "Hello", "ref"))).trouble is Trouble.OPTED_OUT
    sim.text_from(CUSTOMER, "START")
    assert (await twilio.send(CUSTOMER, "Hello", "ref")).state is DeliveryState.SENT


async def test_an_opt_out_known_from_the_list(sim: TwilioSimulator, twilio: Twilio, clock: SetClock) -> None:
    sim.failing[CUSTOMER] = "21610"
    sim.campaign(CUSTOMER, "offer")
    clock.advance(minutes=1)
    [text] = await listed(twilio, sim, Direction.OUTBOUND)
    assert text.opted_out


@pytest.mark.parametrize(
    ("to", "text", "trouble", "code", "words"),
    [
        (OTHER, "hello", Trouble.OPTED_OUT, "21610", "has opted out"),
        ("+1", "hello", Trouble.REFUSED, "21211", "not a valid phone number"),
        (CUSTOMER, "", Trouble.REFUSED, "21602", "is empty"),
        (CUSTOMER, "x" * 1601, Trouble.REFUSED, "21617", "longer than 1,600"),
    ],
)
async def test_a_refused_text(
    sim: TwilioSimulator, twilio: Twilio, to: str, text: str, trouble: Trouble, code: str, words: str
) -> None:
    sim.opted_out.add(OTHER)
    error = await failure_of(twilio.send(to, text, "1"))
    assert (error.trouble, error.code) == (trouble, code)
    assert words in str(error)
    assert sim.sent == []


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (429, {"code": 20429, "message": "Too Many Requests"}, Trouble.BUSY),
        (429, {"code": 63038, "message": "Daily limit"}, Trouble.REFUSED),
        (400, {"code": 14107, "message": "Rate"}, Trouble.BUSY),
        (503, {"code": 20503, "message": "Unavailable"}, Trouble.BUSY),
        (500, {"code": 20500, "message": "Internal"}, Trouble.AMBIGUOUS),
        (403, {"code": 20005, "message": "Account not active"}, Trouble.SIGN_IN),
        (400, {"code": 21999, "message": "News"}, Trouble.REFUSED),
    ],
)
async def test_codes_while_sending(
    sim: TwilioSimulator, twilio: Twilio, status: int, body: dict[str, object], trouble: Trouble
) -> None:
    sim.meet(
        Fault(Fate.ANSWERED, status=status, body=json.dumps(body).encode(), headers=(("retry-after", "9"),))
    )
    error = await failure_of(twilio.send(CUSTOMER, "hello", "1"))
    assert (error.trouble, error.code) == (trouble, str(body["code"]))
    assert error.retry_after == (9 if trouble is Trouble.BUSY else None)


@pytest.mark.expects_log("without an id or a time")
@pytest.mark.parametrize(
    "body", [b"<html>sign in to the hotel</html>", b'{"sid": ', b"[]", b"{}", b"[" * 100_000]
)
async def test_a_good_status_with_something_else_inside(
    sim: TwilioSimulator, twilio: Twilio, body: bytes
) -> None:
    odd = Fault(Fate.ANSWERED, status=200, body=body, headers=(("content-type", "text/html"),))
    sim.meet(odd, odd)
    sending = await failure_of(twilio.send(CUSTOMER, "hello", "1"))
    assert sending.trouble is Trouble.AMBIGUOUS
    reading = await failure_of(listed(twilio, sim, Direction.INBOUND))
    assert reading.trouble is Trouble.BUSY
    assert "web page came instead" in str(reading)


@pytest.mark.parametrize(("fate", "is_found"), [(Fate.DROPPED_AFTER, True), (Fate.DROPPED_BEFORE, False)])
@pytest.mark.parametrize("skew", [0, 90, -90])
async def test_a_text_that_may_have_been_sent_is_looked_up(
    sim: TwilioSimulator, twilio: Twilio, clock: SetClock, fate: Fate, is_found: bool, skew: int
) -> None:
    clock.now = datetime.now(UTC)  # the look-up compares with the real clock
    sim.skew = timedelta(minutes=skew)
    sim.campaign(CUSTOMER, "Yes", at=sim.now - timedelta(seconds=30))  # the same words, before
    since = clock.now
    sim.meet(Fault(fate, method="POST"))
    assert (await failure_of(twilio.send(CUSTOMER, "Yes", "1"))).trouble is Trouble.AMBIGUOUS
    found = await twilio.find_sent(CUSTOMER, "Yes", "1", since)
    assert (found is not None) is is_found
    assert await twilio.find_sent(OTHER, "Yes", "1", since) is None
    assert await twilio.find_sent(CUSTOMER, "No", "1", since) is None


async def test_a_trial_account_is_recognised_by_its_words(sim: TwilioSimulator, twilio: Twilio) -> None:
    since = sim.now - timedelta(minutes=1)
    sim.skew = sim.now - datetime.now(UTC)
    sim.campaign(CUSTOMER, "Sent from your Twilio trial account - Yes ", at=datetime.now(UTC))
    assert since < datetime.now(UTC)
    assert await twilio.find_sent(CUSTOMER, "Yes", "1", since) is not None


async def test_everything_of_a_direction_is_listed_once(
    sim: TwilioSimulator, twilio: Twilio, clock: SetClock
) -> None:
    sim.page_size = 3
    for count in range(7):
        sim.text_from(CUSTOMER, f"in {count}")
        sim.campaign(CUSTOMER, f"out {count}", "Spring")
        clock.advance(milliseconds=400)  # several in one second
    clock.advance(minutes=1)
    inbound = await listed(twilio, sim, Direction.INBOUND)
    assert [text.text for text in inbound] == [f"in {count}" for count in range(7)]
    assert {(text.sender, text.recipient, text.state) for text in inbound} == {(CUSTOMER, NUMBER, None)}
    assert [text.text for text in await listed(twilio, sim, Direction.OUTBOUND)] == [
        f"out {count}" for count in range(7)
    ]


async def test_the_window_holds_its_first_moment_and_not_its_last(
    sim: TwilioSimulator, twilio: Twilio, clock: SetClock
) -> None:
    first = clock.now.replace(microsecond=0)
    for count in range(3):
        sim.text_from(CUSTOMER, str(count), at=first + timedelta(seconds=count))
    found = twilio.texts(Direction.INBOUND, clock.now, first + timedelta(seconds=2))
    assert sorted([text.text async for text in found]) == ["0", "1"]


async def test_a_text_that_is_listed_late(sim: TwilioSimulator, twilio: Twilio, clock: SetClock) -> None:
    sim.text_from(CUSTOMER, "late", listed_after=timedelta(minutes=5))
    assert await listed(twilio, sim, Direction.INBOUND) == []
    clock.advance(minutes=5)
    [text] = await listed(twilio, sim, Direction.INBOUND)
    assert text.at == clock.now.replace(microsecond=0) - timedelta(minutes=5)


async def test_a_list_that_leads_to_another_server(sim: TwilioSimulator, twilio: Twilio) -> None:
    page = {"messages": [], "next_page_uri": "https://evil.example/2010-04-01/Messages.json"}
    sim.meet(Fault(Fate.ANSWERED, status=200, body=json.dumps(page).encode()))
    error = await failure_of(listed(twilio, sim, Direction.INBOUND))
    assert error.trouble is Trouble.REFUSED
    assert "another server" in str(error)


async def test_a_page_that_fails_fails_the_list(sim: TwilioSimulator, twilio: Twilio) -> None:
    sim.page_size = 1
    sim.text_from(CUSTOMER, "1")
    sim.text_from(CUSTOMER, "2")
    await listed(twilio, sim, Direction.INBOUND)
    first_page = Fault(Fate.SLOW_AFTER)
    sim.meet(first_page, Fault(Fate.ANSWERED, status=500, body=b"oops"))
    error = await failure_of(listed(twilio, sim, Direction.INBOUND))
    assert error.trouble is Trouble.BUSY


@pytest.mark.expects_log("without an id or a time")
async def test_an_entry_that_is_none_does_not_hide_the_others(sim: TwilioSimulator, twilio: Twilio) -> None:
    sim.text_from(CUSTOMER, "good")
    await listed(twilio, sim, Direction.INBOUND)
    page = json.loads(sim.exchanges[-1].answer)
    half = {**page["messages"][0], "sid": "SM" + "a" * 32, "body": "half \ud83d", "num_media": None}
    page["messages"] += [{**half, "sid": None}, {**half, "date_sent": "soon", "date_created": None}, 5, half]
    sim.meet(Fault(Fate.ANSWERED, status=200, body=json.dumps(page).encode()))
    texts = await listed(twilio, sim, Direction.INBOUND)
    assert sorted(text.text for text in texts) == ["good", "half \ufffd"]


async def test_pictures_are_fetched_without_giving_the_secret_away(
    sim: TwilioSimulator, twilio: Twilio
) -> None:
    sim.text_from(CUSTOMER, "", [(PNG, "image/png"), (b"GIF", "image/gif")])
    [text] = await listed(twilio, sim, Direction.INBOUND)
    contents = [await twilio.picture(picture) for picture in text.pictures]
    assert contents == [(PNG, "image/png"), (b"GIF", "image/gif")]


async def test_a_picture_that_is_gone(sim: TwilioSimulator, twilio: Twilio) -> None:
    text = sim.text_from(CUSTOMER, "", [(PNG, "image/png")])
    for reference in (f"{text.id}/1", f"{text.id}/x", "SM" + "f" * 32 + "/0"):
        error = await failure_of(twilio.picture(Picture(reference)))
        assert error.trouble is Trouble.REFUSED
