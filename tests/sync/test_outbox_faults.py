"""The outbox under faults: whatever breaks at whatever point, nothing leaves twice by itself."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.deliveries import (
    FinishAttempt,
    RetryDelivery,
)
from inbox_desktop.models.errors import StorageFullError
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.sync.outbox import OutboxCounts
from tests.support.smtp_server import KINDS, POINTS
from tests.sync.outbox_desk import (
    ANA,
    IMPATIENT,
    PATIENT,
    Desk,
    KilledError,
    stopped_when_struck,
    until,
    until_settled,
)

SENT, FAILED, UNKNOWN, QUEUED = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.QUEUED,
)
BO = "bo@example.com"


SILENT_POINTS = ("body", "content", "accepted")
FINAL_POINTS = ("mail", "rcpt", "data", *SILENT_POINTS)


@pytest.mark.parametrize("point", POINTS)
async def test_never_twice_whatever_the_server_does(desk: Desk, point: str) -> None:
    """The fault matrix: each reply point, each fault, each answer of the Sent folder, restarts in between."""
    for kind in KINDS:
        is_silent_end = kind in {"drop", "stall"} and point in SILENT_POINTS
        for found in (True, False, None) if is_silent_end else (False,):
            await strike(desk, point, kind, found)


async def strike(desk: Desk, point: str, kind: str, found: bool | None) -> None:
    """One case of the matrix, with a ticket of its own."""
    case = (point, kind, found)
    delivery = desk.reply()
    if found is True:  # the Sent folder tells the truth
        desk.look_ups.answer = lambda mail: desk.copies(mail.external_id) > 0
    else:
        desk.look_ups.answer = lambda _mail: found
    desk.smtp.fail(point, kind)
    desk.timeouts = IMPATIENT if kind == "stall" else PATIENT
    await desk.outbox().flush_once()
    desk.timeouts = PATIENT
    await until_settled(desk)
    state, copies = desk.state(delivery), desk.copies(desk.message(delivery).external_id)
    if kind in {"drop", "stall"} and point in SILENT_POINTS:
        was_taken = point == "accepted"
        assert state is (SENT if found and was_taken else UNKNOWN), case
        assert copies == int(was_taken), case
    elif kind == "5xx" and point in FINAL_POINTS:
        assert state is FAILED, case
        assert copies == int(point == "accepted"), case  # the server takes it, and says that it does not
    else:
        assert state is SENT, case
        assert copies == (2 if case[:2] == ("accepted", "4xx") else 1), case
    if state is UNKNOWN:  # only a person sends it again
        desk.do(RetryDelivery(actor=agent(desk.julia), delivery_id=delivery))
        await desk.outbox().flush_once()
        assert desk.state(delivery) is SENT, case
        assert desk.copies(desk.message(delivery).external_id) == copies + 1, case


async def test_what_is_found_after_an_ambiguous_end_counts_as_sent_only(desk: Desk) -> None:
    delivery = desk.reply()
    desk.look_ups.answer = lambda _mail: True
    desk.smtp.fail("accepted", "drop")
    counts = await desk.outbox().flush_once()
    assert desk.state(delivery) is SENT
    assert counts == OutboxCounts(sent=1, failed=0, unknown=0, waiting=0)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 6))
async def test_killed_at_every_write_nothing_leaves_twice(desk: Desk, number: int, when: str) -> None:
    delivery = desk.reply(to=(ANA,), cc=(BO,))
    desk.smtp.behaviour.recipient_replies = {BO: ["450 later"]}
    desk.kill_at = (number, when)
    with suppress(KilledError):
        await desk.outbox().flush_once()
    desk.kill_at = None
    await until_settled(desk)
    copies = desk.smtp.copies()
    assert copies[ANA] <= 1
    assert copies[BO] <= 1
    if desk.state(delivery) is UNKNOWN:
        assert desk.recipients(delivery)[ANA] == "unknown"
        assert "Perhaps sent" in desk.delivery(delivery).detail
    else:
        assert desk.state(delivery) is SENT
        assert copies == {ANA: 1, BO: 1}


@pytest.mark.parametrize("point", ["greeting", "ehlo", "auth", "mail", "rcpt", "data"])
async def test_stopped_before_the_hand_over_it_leaves_at_the_next_start(desk: Desk, point: str) -> None:
    delivery = desk.reply()
    desk.smtp.fail(point, "stall")
    await stopped_when_struck(desk)
    assert desk.state(delivery) is DeliveryState.ATTEMPTING
    assert (await desk.outbox().flush_once()).sent == 1
    assert desk.look_ups.asked == []
    assert desk.smtp.copies() == {ANA: 1}


@pytest.mark.parametrize("found", [True, False])
async def test_stopped_after_the_hand_over_it_is_looked_up(desk: Desk, found: bool) -> None:
    delivery = desk.reply()
    desk.look_ups.answer = lambda _mail: found
    desk.smtp.fail("accepted", "stall")
    await stopped_when_struck(desk)
    assert desk.recipients(delivery) == {ANA: "attempting"}
    await until_settled(desk)
    assert desk.state(delivery) is (SENT if found else UNKNOWN)
    assert desk.look_ups.asked[0] == desk.message(delivery).external_id
    assert desk.smtp.copies() == {ANA: 1}


async def test_a_look_up_that_is_not_possible_now_is_made_later(desk: Desk) -> None:
    delivery = desk.reply()
    desk.look_ups.answer = lambda _mail: None
    desk.smtp.fail("accepted", "drop")
    outbox = desk.outbox()
    await outbox.flush_once()
    assert desk.state(delivery) is UNKNOWN
    desk.look_ups.answer = lambda _mail: True
    desk.later(minutes=1)
    await outbox.flush_once()
    assert desk.state(delivery) is SENT
    assert desk.recipients(delivery) == {ANA: "sent"}


async def test_a_persons_word_ends_the_looking_up(desk: Desk) -> None:
    delivery = desk.reply()
    desk.smtp.fail("accepted", "drop")
    outbox = desk.outbox()
    await outbox.flush_once()
    desk.do(FinishAttempt(actor=agent(desk.julia), delivery_id=delivery, state=SENT))
    desk.look_ups.asked.clear()
    await desk.outbox().flush_once()
    assert desk.look_ups.asked == []
    assert desk.state(delivery) is SENT


async def test_a_full_disk_after_sending_sends_nothing_twice(desk: Desk) -> None:
    delivery = desk.reply()
    original = desk.write

    async def fill_after_the_hand_over(change):  # type: ignore[no-untyped-def]
        if desk.smtp.accepted and len(desk.problems) < 3:
            raise StorageFullError("The disk is full.")
        return await original(change)

    desk.write = fill_after_the_hand_over  # type: ignore[method-assign]
    running = asyncio.create_task(desk.outbox().run())
    await until(lambda: desk.state(delivery) is SENT)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.problems[:3] == ["The disk is full."] * 3
    assert desk.state(delivery) is SENT
    assert desk.smtp.copies() == {ANA: 1}


async def test_a_full_disk_before_sending_sends_nothing(desk: Desk) -> None:
    delivery = desk.reply()
    desk.storage_faults = [StorageFullError("The disk is full.")]
    await desk.outbox().flush_once()
    assert desk.smtp.accepted == []
    assert desk.problems == ["The disk is full."]
    assert (await desk.outbox().flush_once()).sent == 1
    assert desk.state(delivery) is SENT
