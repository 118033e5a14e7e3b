"""Telnyx: texts in and out, what it refuses, and what becomes of a text that may have been sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from inbox_desktop.demo.providers.faults import Fate, Fault
from inbox_desktop.demo.providers.telnyx import TelnyxSimulator
from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.sync.sms.provider import Picture, Trouble
from inbox_desktop.sync.sms.telnyx import Telnyx
from tests.sync.sms.desk import CUSTOMER, NUMBER, OTHER, SECRET, SetClock, failure_of, listed

PNG = b"\x89PNG a picture"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
async def sim(clock: SetClock) -> AsyncIterator[TelnyxSimulator]:
    with TelnyxSimulator(SECRET, NUMBER, clock=clock) as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def telnyx(sim: TelnyxSimulator) -> AsyncIterator[Telnyx]:
    made = Telnyx("shop", SECRET, NUMBER, sim.url)
    yield made
    await made.close()


def asked_for_messages(sim: TelnyxSimulator) -> int:
    """How many messages were asked for one by one."""
    return sum(item.call.path.startswith("/v2/messages/") for item in sim.exchanges)


async def test_the_number_is_found(telnyx: Telnyx) -> None:
    assert await telnyx.check() == (
        f"Signed in to Telnyx. {NUMBER} belongs to the account and can receive texts and pictures."
    )


async def test_a_number_that_cannot_receive(sim: TelnyxSimulator, telnyx: Telnyx) -> None:
    sim.features["sms"] = None
    assert "cannot receive texts" in str(await failure_of(telnyx.check()))


async def test_a_number_without_a_profile(sim: TelnyxSimulator, telnyx: Telnyx) -> None:
    sim.profile = None
    assert "no messaging profile" in str(await failure_of(telnyx.check()))


async def test_a_number_of_somebody_else(sim: TelnyxSimulator) -> None:
    stranger = Telnyx("shop", SECRET, OTHER, sim.url)
    error = await failure_of(stranger.check())
    assert error.trouble is Trouble.REFUSED
    assert f"has no number {OTHER}" in str(error)
    await stranger.close()


@pytest.mark.parametrize("key", ["another", "schlüssel", "line\nbreak"])
async def test_a_wrong_key(sim: TelnyxSimulator, key: str) -> None:
    wrong = Telnyx("shop", key, NUMBER, sim.url)
    error = await failure_of(wrong.check())
    assert error.trouble is Trouble.SIGN_IN
    assert (await failure_of(wrong.send(CUSTOMER, "hello", "1"))).trouble is Trouble.SIGN_IN
    await wrong.close()


async def test_a_text_goes_from_queued_to_delivered(
    sim: TelnyxSimulator, telnyx: Telnyx, clock: SetClock
) -> None:
    taken = await telnyx.send(CUSTOMER, "Olá, já saiu 🙂", "1", ["https://shop.example/a.png"])
    assert (taken.state, taken.sender, taken.recipient) == (DeliveryState.SENT, NUMBER, CUSTOMER)
    [text] = await listed(telnyx, sim, Direction.OUTBOUND)
    assert (text.external_id, text.text, text.state) == (taken.external_id, taken.text, DeliveryState.SENT)
    clock.advance(seconds=9)
    [text] = await listed(telnyx, sim, Direction.OUTBOUND)
    assert text.state is DeliveryState.DELIVERED


async def test_a_text_that_does_not_arrive_says_why(
    sim: TelnyxSimulator, telnyx: Telnyx, clock: SetClock
) -> None:
    sim.failing = {CUSTOMER: "40001", OTHER: "40300"}
    sim.campaign(CUSTOMER, "a")
    clock.advance(seconds=1)
    sim.campaign(OTHER, "b")
    clock.advance(minutes=1)
    landline, stopped = await listed(telnyx, sim, Direction.OUTBOUND)
    assert landline.state is DeliveryState.FAILED
    assert landline.error == "The person's number cannot receive texts. It may be a landline. (Telnyx 40001)"
    assert (landline.opted_out, stopped.opted_out) == (False, True)


@pytest.mark.parametrize(
    ("to", "text", "trouble", "code"),
    [
        (OTHER, "hello", Trouble.OPTED_OUT, "40300"),
        ("+1", "hello", Trouble.REFUSED, "40310"),
    ],
)
async def test_a_refused_text(
    sim: TelnyxSimulator, telnyx: Telnyx, to: str, text: str, trouble: Trouble, code: str
) -> None:
    sim.opted_out.add(OTHER)
    error = await failure_of(telnyx.send(to, text, "1"))
    assert (error.trouble, error.code) == (trouble, code)
    assert sim.sent == []


@pytest.mark.parametrize(
    ("status", "code", "trouble"),
    [
        (429, "10011", Trouble.BUSY),
        (400, "40318", Trouble.BUSY),
        (503, "10007", Trouble.BUSY),
        (500, "10007", Trouble.AMBIGUOUS),
        (401, "10009", Trouble.SIGN_IN),
        (402, "20100", Trouble.REFUSED),
        (403, "10010", Trouble.SIGN_IN),
        (403, "40309", Trouble.REFUSED),
        (422, "49999", Trouble.REFUSED),
    ],
)
async def test_codes_while_sending(
    sim: TelnyxSimulator, telnyx: Telnyx, status: int, code: str, trouble: Trouble
) -> None:
    body = {"errors": [{"code": code, "title": "A title", "detail": "A detail"}]}
    sim.meet(
        Fault(Fate.ANSWERED, status=status, body=json.dumps(body).encode(), headers=(("retry-after", "9"),))
    )
    error = await failure_of(telnyx.send(CUSTOMER, "hello", "1"))
    assert (error.trouble, error.code) == (trouble, code)
    assert error.retry_after == (9 if trouble is Trouble.BUSY else None)


@pytest.mark.parametrize("body", [b"<html>", b"{", b"[]", b"{}", b'{"data": 5}', b'{"errors": 5}'])
async def test_a_good_status_with_something_else_inside(
    sim: TelnyxSimulator, telnyx: Telnyx, body: bytes
) -> None:
    odd = Fault(Fate.ANSWERED, status=200, body=body)
    sim.meet(odd, odd)
    assert (await failure_of(telnyx.send(CUSTOMER, "hello", "1"))).trouble is Trouble.AMBIGUOUS
    assert (await failure_of(listed(telnyx, sim, Direction.INBOUND))).trouble is Trouble.BUSY


@pytest.mark.parametrize(("fate", "is_found"), [(Fate.DROPPED_AFTER, True), (Fate.DROPPED_BEFORE, False)])
@pytest.mark.parametrize("skew", [0, 90, -90])
async def test_a_text_that_may_have_been_sent_is_looked_up(
    sim: TelnyxSimulator, telnyx: Telnyx, clock: SetClock, fate: Fate, is_found: bool, skew: int
) -> None:
    clock.now = datetime.now(UTC)
    sim.skew = timedelta(minutes=skew)
    sim.campaign(CUSTOMER, "Yes", at=sim.now - timedelta(seconds=30))  # the same words, before
    since = clock.now
    sim.meet(Fault(fate, method="POST"))
    assert (await failure_of(telnyx.send(CUSTOMER, "Yes", "1"))).trouble is Trouble.AMBIGUOUS
    found = await telnyx.find_sent(CUSTOMER, "Yes", "1", since)
    assert (found is not None) is is_found
    assert await telnyx.find_sent(OTHER, "Yes", "1", since) is None


async def test_everything_of_a_direction_is_listed(
    sim: TelnyxSimulator, telnyx: Telnyx, clock: SetClock
) -> None:
    sim.page_size = 3
    clock.now = datetime(2026, 3, 1, 23, 59, 58, tzinfo=UTC)  # over midnight
    for count in range(9):
        sim.text_from(CUSTOMER, f"in {count}")
        sim.campaign(CUSTOMER, f"out {count}")
        clock.advance(milliseconds=400)
    inbound = await listed(telnyx, sim, Direction.INBOUND)
    assert [text.text for text in inbound] == [f"in {count}" for count in range(9)]
    assert {(text.sender, text.recipient, text.state) for text in inbound} == {(CUSTOMER, NUMBER, None)}
    outbound = await listed(telnyx, sim, Direction.OUTBOUND)
    assert [text.text for text in outbound] == [f"out {count}" for count in range(9)]


async def test_a_list_is_read_back_no_further_than_asked(
    sim: TelnyxSimulator, telnyx: Telnyx, clock: SetClock
) -> None:
    sim.page_size = 2
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    clock.now = noon + timedelta(hours=2)
    for count in range(100):
        sim.text_from(CUSTOMER, f"{count}", at=noon + timedelta(minutes=count))
    found = telnyx.texts(Direction.INBOUND, noon + timedelta(minutes=90), noon + timedelta(minutes=95))
    assert sorted([text.text async for text in found]) == ["90", "91", "92", "93", "94"]
    assert len(sim.exchanges) < 15


async def test_words_are_asked_for_once(sim: TelnyxSimulator, telnyx: Telnyx) -> None:
    for count in range(6):
        sim.text_from(CUSTOMER, f"{count}")
    first = await listed(telnyx, sim, Direction.INBOUND)
    assert asked_for_messages(sim) == 6
    assert await listed(telnyx, sim, Direction.INBOUND) == first
    assert asked_for_messages(sim) == 6


async def test_words_that_the_inbox_has_are_not_asked_for(sim: TelnyxSimulator) -> None:
    stored = sim.text_from(CUSTOMER, "stored").id
    sim.text_from(CUSTOMER, "new")

    async def known(external_id: str) -> bool:
        return external_id == stored

    telnyx = Telnyx("shop", SECRET, NUMBER, sim.url, known=known)
    texts = await listed(telnyx, sim, Direction.INBOUND)
    assert {text.external_id: text.text for text in texts}[stored] == ""
    assert "new" in {text.text for text in texts}
    assert asked_for_messages(sim) == 1
    await telnyx.close()


async def test_one_message_that_fails_fails_the_list_and_the_rest_is_remembered(
    sim: TelnyxSimulator, telnyx: Telnyx
) -> None:
    for count in range(6):
        sim.text_from(CUSTOMER, f"{count}")
    sim.meet(Fault(Fate.ANSWERED, path="/v2/messages/", status=429, headers=(("retry-after", "3"),)))
    error = await failure_of(listed(telnyx, sim, Direction.INBOUND))
    assert (error.trouble, error.retry_after) == (Trouble.BUSY, 3)
    assert len(await listed(telnyx, sim, Direction.INBOUND)) == 6


@pytest.mark.expects_log("no longer holds")
async def test_a_message_that_is_no_longer_held_comes_without_words(
    sim: TelnyxSimulator, telnyx: Telnyx, clock: SetClock
) -> None:
    sim.text_from(CUSTOMER, "old", at=clock.now - timedelta(days=11))
    [text] = await listed(telnyx, sim, Direction.INBOUND, clock.now - timedelta(days=12))
    assert (text.sender, text.text) == (CUSTOMER, "")


async def test_a_message_that_cannot_be_read_yet_waits(sim: TelnyxSimulator, telnyx: Telnyx) -> None:
    sim.text_from(CUSTOMER, "fresh")
    sim.meet(Fault(Fate.ANSWERED, path="/v2/messages/", status=404))
    assert await listed(telnyx, sim, Direction.INBOUND) == []
    assert [text.text for text in await listed(telnyx, sim, Direction.INBOUND)] == ["fresh"]


@pytest.mark.expects_log("without an id or a time")
async def test_an_entry_that_is_none_does_not_hide_the_others(sim: TelnyxSimulator, telnyx: Telnyx) -> None:
    sim.text_from(CUSTOMER, "good")
    await listed(telnyx, sim, Direction.INBOUND)
    page = json.loads(next(item for item in sim.exchanges if "detail" in item.call.path).answer)
    page["data"] = [{"uuid": "x", "created_at": "soon"}, 5, *page["data"], {**page["data"][0], "uuid": None}]
    sim.meet(Fault(Fate.ANSWERED, status=200, body=json.dumps(page).encode()))
    assert [text.text for text in await listed(telnyx, sim, Direction.INBOUND)] == ["good"]


async def test_pictures_are_fetched_without_giving_the_key_away(sim: TelnyxSimulator, telnyx: Telnyx) -> None:
    sim.text_from(CUSTOMER, "", [(PNG, "image/png")])
    [text] = await listed(telnyx, sim, Direction.INBOUND)
    assert text.pictures[0].content_type == "image/png"
    assert await telnyx.picture(text.pictures[0]) == (PNG, "image/png")
    gone = Picture(text.pictures[0].reference.replace("4000", "4001", 1))
    error = await failure_of(telnyx.picture(gone))
    assert error.trouble is Trouble.REFUSED
    assert "the file is gone" in str(error)
