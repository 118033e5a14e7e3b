"""The power button, again and again: kill -9 while mail comes in and while mail goes out."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models import sqlite
from inbox_desktop.models.kinds import Direction
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Message
from tests.bench.mails import mails
from tests.stories.conftest import Shop
from tests.stories.letters import SUPPORT, letter, read
from tests.stories.test_mailbox_story import answer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MAILS = 2_000
KILLS_RECEIVING = 20
KILLS_SENDING = 5


def test_killed_twenty_times_during_the_first_synchronisation_every_mail_is_here_once(shop: Shop) -> None:
    chance = random.Random(7)
    shop.imap.deliver(SUPPORT, mails(MAILS))
    shop.connect()
    progress = [0]
    for _ in range(KILLS_RECEIVING):
        with shop.program.start("sync", "--once") as running:
            _wait_for_a_mail_more(shop, progress[-1])
            time.sleep(chance.uniform(0, 0.05))
            assert not running.ended, "it was quicker than the one who kills it"
            running.kill()
        progress.append(_fetched(shop))
    assert progress[-1] < MAILS, "it was in before the last kill"

    shop.program("sync", "--once")

    report = shop.program.here("check", "--json").json
    (ledger,) = report["ledger"]
    assert report["ok"], report
    assert ledger["total"] == MAILS
    assert ledger["fetched"] == ledger["quarantined"] == 0
    expected = Counter(str(read(raw)["Message-ID"]) for raw in mails(MAILS))
    assert _stored_ids(shop) == expected


def test_killed_again_and_again_while_it_sends_nobody_gets_an_answer_twice(
    shop: Shop, tmp_path: Path
) -> None:
    chance = random.Random(11)
    shop.receives(*(letter("Hello", subject=f"Question {n}") for n in range(KILLS_SENDING)))
    shop.connect()
    shop.program("sync", "--once")
    numbers = [str(t["number"]) for t in shop.program.here("tickets", "--json").lines]

    for number in numbers:
        answer(shop.program, number, f"Answer to {number}", tmp_path)
        sessions = shop.smtp.behaviour.sessions
        with shop.program.start("sync", "--once") as running:
            while shop.smtp.behaviour.sessions == sessions and not running.ended:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.06))
            running.kill()
    last = shop.program("sync", "--once", code=None)

    copies = Counter(str(mail["Message-ID"]) for mail in shop.sent())
    assert set(copies.values()) <= {1}
    for number in numbers:
        reply = shop.program.here("show", number, "--json").lines[-1]
        left = copies[reply["external_id"]]
        # Where it cannot be known whether it left, a person is asked; it is never tried again by itself.
        assert (reply["delivery"], left) in {("sent", 1), ("unknown", 0), ("unknown", 1)}, f"{reply}\n{last}"
    assert shop.program.here("check", "--json").json["ok"]


def _wait_for_a_mail_more(shop: Shop, before: int) -> None:
    deadline = time.monotonic() + 60
    while _fetched(shop) <= before:
        assert time.monotonic() < deadline, "no mail came in"
        time.sleep(0.03)


def _fetched(shop: Shop) -> int:
    connection = sqlite.driver.connect(str(Profile(shop.program.profile).database))
    try:
        count: int = connection.execute("SELECT count(*) FROM uid_ledger").fetchone()[0]
        return count
    finally:
        connection.close()


def _stored_ids(shop: Shop) -> Counter[str]:
    store = Store.open_read_only(Profile(shop.program.profile))
    try:
        with store.read() as reader:
            inbound = select(Message.external_id).where(Message.direction == Direction.INBOUND)
            return Counter(row.external_id for row in reader.execute(inbound))
    finally:
        store.close()
