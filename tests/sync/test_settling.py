"""After sending: the copies among the sent messages, tried again, given up, and never in each other's way."""

from __future__ import annotations

import shutil

import pytest

from inbox_desktop.models.backups import back_up
from inbox_desktop.models.check import check
from inbox_desktop.models.errors import InboxError, StorageError
from inbox_desktop.models.kinds import CopyState, DeliveryState
from inbox_desktop.models.queries.thread import thread
from inbox_desktop.models.store import Store
from inbox_desktop.sync.outbox import Pauses
from inbox_desktop.sync.sending import NoCopyError
from tests.sync.outbox_desk import Desk, until_settled


@pytest.mark.expects_log("given up.*the folder is full")
async def test_copies_are_tried_again_and_given_up(desk: Desk) -> None:
    delivery = desk.reply()
    desk.look_ups.copy_faults = lambda _mail: InboxError("the folder is full")
    outbox = desk.outbox(Pauses(grace=0.0, most_tries=3))
    await outbox.flush_once()
    assert desk.copy(delivery) is CopyState.WAITING
    for _ in range(3):
        desk.later(hours=1)
        await outbox.flush_once()
    assert desk.copy(delivery) is CopyState.FAILED
    assert desk.state(delivery) is DeliveryState.SENT
    ticket_id = desk.message(delivery).ticket_id or ""
    with desk.store.read() as connection:
        shown = thread(connection, ticket_id, desk.store.attachments.folder)
    assert shown is not None
    assert shown.messages[-1].delivery is not None
    assert shown.messages[-1].delivery.uncopied == "the folder is full"


@pytest.mark.expects_log("given up.*content is missing")
async def test_a_copy_whose_attachment_is_gone_is_given_up_and_blocks_no_other(desk: Desk) -> None:
    lost, other = desk.reply(), desk.reply()
    gone = StorageError("The attachment's content is missing on this computer.")
    desk.look_ups.copy_faults = lambda mail: gone if mail.delivery_id == lost else None
    outbox = desk.outbox(Pauses(grace=0.0, most_tries=3))
    await outbox.flush_once()
    assert desk.copy(other) is CopyState.DONE
    assert desk.copy(lost) is CopyState.WAITING
    for _ in range(3):
        desk.later(hours=1)
        await outbox.flush_once()
    assert desk.copy(lost) is CopyState.FAILED
    assert desk.state(lost) is DeliveryState.SENT


async def test_no_place_for_a_copy_is_no_fault(desk: Desk) -> None:
    delivery = desk.reply()
    desk.look_ups.copy_faults = lambda _mail: NoCopyError("no folder")
    await desk.outbox().flush_once()
    assert desk.copy(delivery) is CopyState.NONE
    assert desk.problems == [None]


@pytest.mark.parametrize(("found", "state"), [(True, DeliveryState.SENT), (False, DeliveryState.UNKNOWN)])
async def test_a_restored_backup_sends_nothing_that_had_been_sent_since(
    desk: Desk, found: bool, state: DeliveryState
) -> None:
    delivery = desk.reply()
    profile = desk.store.profile
    backup = back_up(profile, desk.time, lambda: False)
    await desk.outbox().flush_once()
    (sent,) = desk.smtp.accepted
    desk.store.close()
    shutil.copy(backup, profile.database)
    desk.store = Store.open(profile)
    desk.look_ups.answer = lambda _mail: found
    await until_settled(desk)
    assert desk.smtp.accepted == [sent]
    assert desk.state(delivery) is state
    assert f"Message-ID: {desk.look_ups.asked[0]}".encode() in sent.content
    assert check(desk.store).problems == ()
