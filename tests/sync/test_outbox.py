"""The outbox: what waits leaves once, and nothing is ever sent twice by itself."""

from __future__ import annotations

import asyncio
import email
import email.policy
from datetime import timedelta

import pytest

from inbox_desktop.models.actions import Refusal, agent
from inbox_desktop.models.actions.channels import RemoveChannel
from inbox_desktop.models.actions.deliveries import (
    CancelDelivery,
    RetryDelivery,
    SendNow,
)
from inbox_desktop.models.kinds import CopyState, DeliveryState
from inbox_desktop.sync.email.message_ids import signed_ticket_id
from inbox_desktop.sync.outbox import OutboxCounts, Pauses
from inbox_desktop.sync.sending import (
    HandOver,
    LookUp,
    NoCopyError,
    OutgoingMail,
    SendResult,
    same_for_all,
)
from tests.sync.outbox_desk import ANA, PAUSES, Desk, until, until_settled

SENT, FAILED, UNKNOWN, QUEUED = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.QUEUED,
)
BO = "bo@example.com"


async def test_a_reply_leaves_with_our_signed_id_and_threads(desk: Desk) -> None:
    delivery = desk.reply()
    counts = await desk.outbox().flush_once()
    assert counts == OutboxCounts(sent=1, failed=0, unknown=0, waiting=0)
    stored = desk.message(delivery)
    sent = email.message_from_bytes(desk.smtp.accepted[0].content, policy=email.policy.default)
    assert sent["Message-ID"] == stored.external_id
    assert sent["In-Reply-To"] == stored.in_reply_to
    assert sent["From"] == "Julia <support@shop.example>"
    assert signed_ticket_id([sent["Message-ID"]], desk.store.profile.signing_key()) == stored.ticket_id
    assert desk.recipients(delivery) == {ANA: "sent"}
    assert desk.copy(delivery) is CopyState.DONE
    assert desk.look_ups.filed == [stored.external_id]


async def test_an_undo_window_is_waited_for(desk: Desk) -> None:
    delivery = desk.reply(not_before=desk.time + timedelta(seconds=30))
    outbox = desk.outbox()
    assert (await outbox.flush_once()).waiting == 1
    assert desk.smtp.accepted == []
    desk.later(seconds=31)
    assert (await outbox.flush_once()).sent == 1
    assert desk.state(delivery) is SENT


async def test_what_is_cancelled_does_not_leave(desk: Desk) -> None:
    delivery = desk.reply(not_before=desk.time + timedelta(seconds=30))
    message = desk.message(delivery)
    desk.do(CancelDelivery(actor=agent(desk.julia), ticket_id=str(message.ticket_id), message_id=message.id))
    await until_settled(desk)
    assert desk.smtp.accepted == []


async def test_offline_the_pauses_grow_and_the_whole_channel_waits(desk: Desk) -> None:
    first, second = desk.reply(), desk.reply()
    desk.break_server()
    outbox = desk.outbox()
    assert (await outbox.flush_once()).waiting == 2
    assert desk.queued_until(first) == desk.queued_until(second) == desk.time + timedelta(seconds=30)
    assert desk.delivery(second).attempts == 0
    assert "Nothing answers" in desk.delivery(second).detail
    assert "Nothing answers" in str(desk.problems[-1])
    desk.later(seconds=31)
    await outbox.flush_once()
    assert desk.queued_until(first) == desk.time + timedelta(seconds=60)
    desk.smtp.listen()
    desk.later(hours=1)
    assert (await outbox.flush_once()).sent == 2
    assert desk.problems[-1] is None
    assert desk.smtp.copies() == {ANA: 2}
    assert desk.message(first).external_id != desk.message(second).external_id


async def test_what_was_put_off_leaves_at_the_next_start(desk: Desk) -> None:
    deliveries = [desk.reply(), desk.reply()]
    desk.break_server()
    outbox = desk.outbox()
    for _ in range(9):
        await outbox.flush_once()
        desk.later(hours=2)
    await outbox.flush_once()
    desk.smtp.listen()
    assert (await outbox.flush_once()).waiting == 2
    assert (await desk.outbox().flush_once()).sent == 2
    assert {desk.state(delivery) for delivery in deliveries} == {SENT}
    assert desk.smtp.copies() == {ANA: 2}


async def test_what_was_put_off_leaves_when_the_program_runs_again(desk: Desk) -> None:
    delivery = desk.reply()
    desk.break_server()
    await desk.outbox().flush_once()
    desk.smtp.listen()
    running = asyncio.create_task(desk.outbox().run())
    await until(lambda: desk.state(delivery) is SENT)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.smtp.copies() == {ANA: 1}


async def test_a_wrong_password_is_not_tried_for_every_message(desk: Desk) -> None:
    deliveries = [desk.reply() for _ in range(4)]
    desk.password = "wrong"
    await desk.outbox().flush_once()
    assert desk.smtp.behaviour.sign_ins == [False]
    assert {desk.queued_until(d) for d in deliveries} == {desk.time + timedelta(minutes=15)}


async def test_a_person_may_hurry(desk: Desk) -> None:
    delivery = desk.reply()
    desk.break_server()
    outbox = desk.outbox()
    await outbox.flush_once()
    desk.smtp.listen()
    await outbox.retry_now(desk.channel)
    assert (await outbox.flush_once()).sent == 1
    assert desk.state(delivery) is SENT


async def test_send_now_ends_a_pause(desk: Desk) -> None:
    delivery = desk.reply()
    desk.smtp.fail("mail", "4xx")
    outbox = desk.outbox()
    await outbox.flush_once()
    desk.do(SendNow(actor=agent(desk.julia), delivery_id=delivery))
    assert (await outbox.flush_once()).sent == 1


async def test_a_refusal_is_told_in_the_servers_words(desk: Desk) -> None:
    delivery = desk.reply()
    desk.smtp.fail("content", "5xx", reply="554 5.7.1 Looks like\x07 spam")
    assert (await desk.outbox().flush_once()).failed == 1
    assert "Looks like spam" in desk.delivery(delivery).detail
    assert desk.copy(delivery) is CopyState.NONE
    await until_settled(desk)
    assert desk.smtp.accepted == []
    desk.do(RetryDelivery(actor=agent(desk.julia), delivery_id=delivery))
    assert (await desk.outbox().flush_once()).sent == 1


async def test_after_three_days_of_trying_it_is_given_up(desk: Desk) -> None:
    pauses = Pauses(grace=0.0, give_up_attempts=3)
    delivery = desk.reply()
    desk.smtp.fail("rcpt", "4xx", times=100)
    for _ in range(3):
        await desk.outbox(pauses).flush_once()
        desk.later(hours=1)
    assert desk.state(delivery) is QUEUED
    desk.later(days=3)
    await desk.outbox(pauses).flush_once()
    assert desk.state(delivery) is FAILED
    assert "Given up" in desk.recipients_detail(delivery)[ANA]


async def test_a_week_asleep_is_not_a_week_of_trying(desk: Desk) -> None:
    delivery = desk.reply()
    desk.smtp.fail("rcpt", "4xx")
    desk.later(days=7)
    await desk.outbox().flush_once()
    assert desk.state(delivery) is QUEUED


async def test_only_those_who_were_put_off_are_tried_again(desk: Desk) -> None:
    delivery = desk.reply(to=(ANA,), cc=(BO,), bcc=("boss@shop.example", "gone@example.com"))
    desk.smtp.behaviour.recipient_replies = {
        BO: ["450 greylisted"],
        "gone@example.com": ["550 no such user"],
    }
    outbox = desk.outbox()
    await outbox.flush_once()
    assert desk.recipients(delivery) == {
        ANA: "sent",
        BO: "queued",
        "boss@shop.example": "sent",
        "gone@example.com": "failed",
    }
    message = desk.message(delivery)
    undo = CancelDelivery(actor=agent(desk.julia), ticket_id=str(message.ticket_id), message_id=message.id)
    refusal = desk.do(undo)
    assert isinstance(refusal, Refusal)
    assert ANA in refusal.reason
    desk.later(minutes=1)
    assert (await outbox.flush_once()).sent == 1
    assert [set(taken.recipients) for taken in desk.smtp.accepted] == [{ANA, "boss@shop.example"}, {BO}]
    assert desk.smtp.accepted[0].content == desk.smtp.accepted[1].content
    assert b"boss" not in desk.smtp.accepted[0].content
    assert desk.state(delivery) is SENT
    assert desk.recipients(delivery)["gone@example.com"] == "failed"
    assert desk.look_ups.filed == [message.external_id]


async def test_a_last_refusal_does_not_undo_what_arrived(desk: Desk) -> None:
    delivery = desk.reply(to=(ANA,), cc=(BO,))
    desk.smtp.behaviour.recipient_replies = {BO: ["450 later", "550 never"]}
    outbox = desk.outbox()
    await outbox.flush_once()
    desk.later(minutes=1)
    await outbox.flush_once()
    assert desk.state(delivery) is SENT
    assert desk.recipients(delivery) == {ANA: "sent", BO: "failed"}


async def test_running_it_wakes_for_new_replies_and_for_their_time(desk: Desk) -> None:
    outbox = desk.outbox()
    running = asyncio.create_task(outbox.run())
    await asyncio.sleep(0.05)
    delivery = desk.reply()
    outbox.wake()
    await until(lambda: desk.copy(delivery) is CopyState.DONE)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert desk.state(delivery) is SENT
    assert desk.smtp.copies() == {ANA: 1}


async def test_a_channel_without_a_way_out_waits(desk: Desk) -> None:
    delivery = desk.reply()
    desk.senders = lambda _channel: None
    assert (await desk.outbox().flush_once()).waiting == 1
    assert desk.state(delivery) is QUEUED


async def test_when_its_channel_was_removed_it_fails_in_words(desk: Desk) -> None:
    delivery = desk.reply()
    desk.do(RemoveChannel(actor=agent(desk.julia), channel_id=desk.channel))
    desk.senders = lambda _channel: None
    await desk.outbox().flush_once()
    assert desk.state(delivery) is FAILED
    assert "removed" in desk.delivery(delivery).detail


class Broken:
    """A sender with a bug, before or after the hand-over."""

    def __init__(self, *, hands_over: bool, raises: bool = True) -> None:
        self.hands_over = hands_over
        self.raises = raises

    async def send(self, mail: OutgoingMail, hand_over: HandOver) -> SendResult:
        if self.hands_over:
            await hand_over(mail.recipients)
        if self.raises:
            raise ZeroDivisionError
        return same_for_all(mail, SENT, "")

    async def look_up(self, mail: OutgoingMail) -> LookUp | None:
        return LookUp(found=False)

    async def file_copy(self, mail: OutgoingMail) -> None:
        raise NoCopyError("none")


@pytest.mark.expects_log("a bug in a sender")
@pytest.mark.parametrize("hands_over", [True, False])
async def test_a_bug_in_a_sender_is_told_and_harmless(desk: Desk, hands_over: bool) -> None:
    delivery = desk.reply()
    desk.senders = lambda _channel: Broken(hands_over=hands_over)
    await desk.outbox().flush_once()
    assert desk.state(delivery) is (UNKNOWN if hands_over else QUEUED)


@pytest.mark.expects_log("did not hand a message over")
async def test_a_sender_that_forgets_the_hand_over_is_noticed(desk: Desk) -> None:
    desk.reply()
    desk.senders = lambda _channel: Broken(hands_over=False, raises=False)
    await desk.outbox(PAUSES).flush_once()
