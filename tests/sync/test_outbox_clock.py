"""The outbox and the computer's clock, which people and time servers set."""

from __future__ import annotations

from datetime import timedelta

from inbox_desktop.models.kinds import DeliveryState
from tests.sync.outbox_desk import Desk


async def test_a_clock_that_is_set_back_does_not_make_the_undo_window_longer(desk: Desk) -> None:
    window = timedelta(seconds=10)
    soon = desk.reply(at=desk.time, not_before=desk.time + window)
    evening = desk.time + timedelta(hours=8)
    later = desk.reply(at=desk.time, not_before=evening)
    outbox = desk.outbox()
    await outbox.flush_once()
    desk.later(hours=-1)
    await outbox.retry_now()
    assert desk.queued_until(soon) == desk.time + window
    desk.later(seconds=5)
    await outbox.retry_now()
    assert desk.queued_until(soon) == desk.time + timedelta(seconds=5)
    assert (await outbox.flush_once()).sent == 0
    desk.later(seconds=6)
    assert (await outbox.flush_once()).sent == 1
    assert (desk.state(soon), desk.queued_until(later)) == (DeliveryState.SENT, evening)
