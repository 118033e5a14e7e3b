"""Vonage: texts in and out, what it refuses, and what becomes of a text that may have been sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from inbox_desktop.demo.providers.faults import Fate, Fault
from inbox_desktop.demo.providers.vonage import VonageSimulator
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.sync.sms.provider import Picture, Trouble
from inbox_desktop.sync.sms.vonage import Vonage
from tests.sync.sms.desk import CUSTOMER, NUMBER, OTHER, SECRET, SetClock, failure_of, listed


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
async def sim(clock: SetClock) -> AsyncIterator[VonageSimulator]:
    with VonageSimulator(SECRET, NUMBER, clock=clock) as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def vonage(sim: VonageSimulator) -> AsyncIterator[Vonage]:
    made = Vonage(sim.account, SECRET, NUMBER, sim.url)
    yield made
    await made.close()


async def test_the_number_is_found(vonage: Vonage) -> None:
    assert await vonage.check() == (
        f"Signed in to Vonage. {NUMBER} belongs to the account and can receive texts."
    )


async def test_a_number_that_cannot_receive(sim: VonageSimulator, vonage: Vonage) -> None:
    sim.features = ["VOICE"]
    error = await failure_of(vonage.check())
    assert error.trouble is Trouble.REFUSED
    assert "cannot receive texts" in str(error)


async def test_a_number_of_somebody_else(sim: VonageSimulator) -> None:
    stranger = Vonage(sim.account, SECRET, OTHER, sim.url)
    assert f"has no number {OTHER}" in str(await failure_of(stranger.check()))
    await stranger.close()


async def test_a_wrong_secret(sim: VonageSimulator) -> None:
    wrong = Vonage(sim.account, "another-secret", NUMBER, sim.url)
    reading = await failure_of(wrong.check())
    sending = await failure_of(wrong.send(CUSTOMER, "hello", new_id()))
    assert (reading.trouble, sending.trouble) == (Trouble.SIGN_IN, Trouble.SIGN_IN)
    assert "You did not provide correct credentials" in str(reading)
    assert "did not accept the account's key and secret" in str(sending)
    await wrong.close()


async def test_an_account_that_is_none_is_never_sent(sim: VonageSimulator) -> None:
    wrong = Vonage("a&b=c", SECRET, NUMBER, sim.url)
    for work in (wrong.check(), wrong.send(CUSTOMER, "x", "1"), listed(wrong, sim, Direction.INBOUND)):
        assert (await failure_of(work)).trouble is Trouble.SIGN_IN
    assert not sim.exchanges
    await wrong.close()


async def test_a_text_goes_from_sent_to_delivered(
    sim: VonageSimulator, vonage: Vonage, clock: SetClock
) -> None:
    reference = new_id()
    taken = await vonage.send(CUSTOMER, "Olá, já saiu 🙂", reference)
    assert (taken.state, taken.reference, taken.recipient) == (DeliveryState.SENT, reference, CUSTOMER)
    [text] = await listed(vonage, sim, Direction.OUTBOUND)
    assert (text.external_id, text.state) == (taken.external_id, DeliveryState.SENT)
    assert (text.text, text.reference, text.label) == ("Olá, já saiu 🙂", reference, "")
    clock.advance(seconds=9)
    [text] = await listed(vonage, sim, Direction.OUTBOUND)
    assert text.state is DeliveryState.DELIVERED


async def test_a_long_text_is_one(sim: VonageSimulator, vonage: Vonage) -> None:
    long = "This is a long answer. " * 20
    taken = await vonage.send(CUSTOMER, long, new_id())
    assert len(sim.sent) == 4
    [text] = await listed(vonage, sim, Direction.OUTBOUND)
    assert (text.external_id, text.text) == (taken.external_id, long)


async def test_a_long_text_that_comes_in_is_one_also_at_the_windows_edge(
    sim: VonageSimulator, vonage: Vonage, clock: SetClock
) -> None:
    long = "This is a long question. " * 20
    parts = sim.text_in_parts(CUSTOMER, long)
    for place, part in enumerate(parts):
        part.at += timedelta(seconds=2 * place)
    clock.advance(minutes=5)
    edge = parts[0].at + timedelta(seconds=3)
    before = [text async for text in vonage.texts(Direction.INBOUND, edge - timedelta(hours=1), edge)]
    after = [text async for text in vonage.texts(Direction.INBOUND, edge, edge + timedelta(hours=1))]
    assert [text.text for text in before] == [long]
    assert after == []


async def test_a_part_that_was_taken_alone_is_not_taken_again(sim: VonageSimulator, clock: SetClock) -> None:
    stored: set[str] = set()

    async def known(external_id: str) -> bool:
        return external_id in stored

    vonage = Vonage(sim.account, SECRET, NUMBER, sim.url, known=known)
    late = [timedelta(0), timedelta(minutes=20)]
    sim.text_in_parts(CUSTOMER, "z" * 200, late)
    clock.advance(seconds=10)
    assert await listed(vonage, sim, Direction.INBOUND) == []  # the rest may follow
    sim.skew = timedelta(minutes=10)
    await vonage.check()  # tells what time it is there
    first = await listed(vonage, sim, Direction.INBOUND)
    stored |= {text.external_id for text in first}
    clock.advance(minutes=30)
    second = await listed(vonage, sim, Direction.INBOUND)
    assert [text.text for text in first] == ["z" * 153]
    assert {text.external_id for text in second} > stored
    assert sorted(text.text for text in second) == ["z" * 47, "z" * 153]
    await vonage.close()


async def test_a_campaign_carries_its_label(sim: VonageSimulator, vonage: Vonage, clock: SetClock) -> None:
    sim.campaign(CUSTOMER, "offer", "Spring sale")
    sim.failing[OTHER] = "6"
    sim.campaign(OTHER, "offer")
    clock.advance(minutes=1)
    first, second = await listed(vonage, sim, Direction.OUTBOUND)
    assert (first.label, first.reference, first.state) == ("Spring sale", "", DeliveryState.DELIVERED)
    assert (second.label, second.state) == ("", DeliveryState.FAILED)
    assert second.error == "The carrier filtered the text as unwanted. (Vonage 6)"


async def test_another_number_of_the_account_is_not_ours(sim: VonageSimulator, vonage: Vonage) -> None:
    sim.campaign(CUSTOMER, "offer", sender="ShopName")
    sim.campaign(CUSTOMER, "offer", sender=OTHER)
    assert await listed(vonage, sim, Direction.OUTBOUND) == []


@pytest.mark.parametrize(
    ("status", "trouble", "words"),
    [
        ("1", Trouble.BUSY, "more slowly"),
        ("4", Trouble.SIGN_IN, "key and secret"),
        ("5", Trouble.AMBIGUOUS, "fault of its own"),
        ("7", Trouble.REFUSED, "barred"),
        ("8", Trouble.SIGN_IN, "suspended"),
        ("9", Trouble.REFUSED, "credit"),
        ("15", Trouble.REFUSED, "may not send to this country"),
        ("29", Trouble.REFUSED, "trial account"),
        ("99", Trouble.REFUSED, "What is this. (Vonage 99)"),
    ],
)
async def test_a_refusal_inside_a_good_answer(
    sim: VonageSimulator, vonage: Vonage, status: str, trouble: Trouble, words: str
) -> None:
    sim.refusals[CUSTOMER] = (status, "What is this")
    error = await failure_of(vonage.send(CUSTOMER, "hello", new_id()))
    assert (error.trouble, error.code) == (trouble, status)
    assert words in str(error)
    assert sim.sent == []


async def test_a_text_that_was_taken_in_part_only(sim: VonageSimulator, vonage: Vonage) -> None:
    body = {"messages": [{"status": "0", "message-id": "1"}, {"status": "1", "error-text": "Throughput"}]}
    sim.meet(Fault(Fate.ANSWERED, status=200, body=json.dumps(body).encode()))
    error = await failure_of(vonage.send(CUSTOMER, "hello", new_id()))
    assert error.trouble is Trouble.AMBIGUOUS
    assert "only a part" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{",
        b"[]",
        b"{}",
        b'{"messages": []}',
        b'{"messages": [{}]}',
        b'{"messages": [{"status": "0"}]}',
    ],
)
async def test_a_good_status_with_something_else_inside(
    sim: VonageSimulator, vonage: Vonage, body: bytes
) -> None:
    odd = Fault(Fate.ANSWERED, status=200, body=body)
    sim.meet(odd, odd)
    assert (await failure_of(vonage.send(CUSTOMER, "hello", new_id()))).trouble is Trouble.AMBIGUOUS
    assert (await failure_of(listed(vonage, sim, Direction.INBOUND))).trouble is Trouble.BUSY


@pytest.mark.parametrize(
    ("status", "reading", "sending"),
    [
        (429, Trouble.BUSY, Trouble.BUSY),
        (503, Trouble.BUSY, Trouble.BUSY),
        (500, Trouble.BUSY, Trouble.AMBIGUOUS),
    ],
)
async def test_a_bad_status(
    sim: VonageSimulator, vonage: Vonage, status: int, reading: Trouble, sending: Trouble
) -> None:
    bad = Fault(Fate.ANSWERED, status=status, body=b'{"title": "Oh"}', headers=(("retry-after", "4"),))
    sim.meet(bad, bad)
    assert (await failure_of(vonage.send(CUSTOMER, "hello", new_id()))).trouble is sending
    error = await failure_of(listed(vonage, sim, Direction.INBOUND))
    assert (error.trouble, error.retry_after) == (reading, 4)


@pytest.mark.parametrize(("fate", "is_found"), [(Fate.DROPPED_AFTER, True), (Fate.DROPPED_BEFORE, False)])
async def test_a_text_that_may_have_been_sent_is_looked_up_by_our_reference(
    sim: VonageSimulator, vonage: Vonage, clock: SetClock, fate: Fate, is_found: bool
) -> None:
    await vonage.send(CUSTOMER, "Yes", new_id())  # the same words, before
    reference = new_id()
    sim.listing_delay = timedelta(minutes=2)
    sim.meet(Fault(fate, method="POST"))
    assert (await failure_of(vonage.send(CUSTOMER, "Yes", reference))).trouble is Trouble.AMBIGUOUS
    assert await vonage.find_sent(CUSTOMER, "Yes", reference, clock.now) is None  # not listed yet
    since = clock.now
    clock.advance(minutes=3)
    found = await vonage.find_sent(CUSTOMER, "Yes", reference, since)
    assert (found is not None) is is_found


async def test_days_are_asked_for_one_after_another(
    sim: VonageSimulator, vonage: Vonage, clock: SetClock
) -> None:
    sim.page_size = 3
    start = clock.now - timedelta(days=7)
    for count in range(40):
        sim.text_from(CUSTOMER, f"{count:02}", at=start + count * timedelta(hours=4.2))
    texts = await listed(vonage, sim, Direction.INBOUND, start)
    assert [text.text for text in texts] == [f"{count:02}" for count in range(40)]


async def test_a_page_on_another_server_is_not_asked(sim: VonageSimulator, vonage: Vonage) -> None:
    page = {"records": [], "_links": {"next": {"href": "https://evil.example/v2/reports/records"}}}
    sim.meet(Fault(Fate.ANSWERED, status=200, body=json.dumps(page).encode()))
    assert "another server" in str(await failure_of(listed(vonage, sim, Direction.INBOUND)))


@pytest.mark.expects_log("without an id or a time")
async def test_an_entry_that_is_none_does_not_hide_the_others(sim: VonageSimulator, vonage: Vonage) -> None:
    sim.text_from(CUSTOMER, "good")
    await listed(vonage, sim, Direction.INBOUND)
    page = json.loads(sim.exchanges[-1].answer)
    page["records"] += [{**page["records"][0], "message_id": None}, {"date_received": "soon"}, 5, None]
    sim.meet(Fault(Fate.ANSWERED, status=200, body=json.dumps(page).encode()))
    assert [text.text for text in await listed(vonage, sim, Direction.INBOUND)] == ["good"]


async def test_there_are_no_pictures(sim: VonageSimulator, vonage: Vonage) -> None:
    error = await failure_of(vonage.send(CUSTOMER, "x", new_id(), ["https://shop.example/a.png"]))
    assert error.trouble is Trouble.REFUSED
    assert (await failure_of(vonage.picture(Picture("x")))).trouble is Trouble.REFUSED
    assert not sim.exchanges
