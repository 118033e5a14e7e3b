"""The ledger: mailboxes, their UIDs, and the raw mails behind them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from inbox_desktop.models.check import check
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import Security, UidState
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import LedgerEntry, Mailbox, RawMail
from inbox_desktop.sync.email import ledger
from inbox_desktop.sync.email.fetch_answers import FetchedMail
from inbox_desktop.sync.email.ledger import KeptMail, MailboxState, Settled

PLACE = Server("127.0.0.1", 1143, Security.NONE)
UNKNOWN_NEXT = 0


@pytest.fixture
def channel_id(connect: Callable[[MailSettings], str]) -> str:
    return connect(MailSettings(PLACE, PLACE, "ann", password_env="NOWHERE"))


def add(store: Store, channel_id: str, uidvalidity: int = 7, account: str = "ann@a") -> MailboxState:
    with store.write() as session:
        return ledger.add_mailbox(session, channel_id, "INBOX", uidvalidity, now(), account)


def find(
    store: Store,
    channel_id: str,
    uidvalidity: int = 7,
    uidnext: int = UNKNOWN_NEXT,
    account: str = "ann@a",
) -> MailboxState | None:
    with store.read() as connection:
        return ledger.find_mailbox(connection, channel_id, "INBOX", uidvalidity, uidnext, account)


def store_mails(store: Store, channel_id: str, mailbox: MailboxState, *uids: int) -> list[KeptMail]:
    kept = ledger.keep(mailbox, [FetchedMail(uid, b"raw %d" % uid, now(), seen=False) for uid in uids])
    with store.write() as session:
        ledger.store_raw(session, channel_id, kept)
    return kept


def test_a_mailbox_is_found_again_under_its_uidvalidity_only(store: Store, channel_id: str) -> None:
    assert find(store, channel_id) is None
    added = add(store, channel_id)
    found = find(store, channel_id)
    assert found is not None
    assert (found.id, found.initial_done) == (added.id, False)
    assert find(store, channel_id, uidvalidity=8) is None


def test_what_came_before_the_first_meeting_is_history_for_ever(store: Store, channel_id: str) -> None:
    first = add(store, channel_id)
    second = add(store, channel_id, uidvalidity=8)
    assert second.seen_at == first.seen_at
    old = FetchedMail(1, b"", first.seen_at - timedelta(seconds=1), seen=True)
    new = FetchedMail(2, b"", first.seen_at + timedelta(seconds=1), seen=True)
    assert [mail.history for mail in ledger.keep(second, [old, new])] == [True, False]


def test_another_account_has_mailboxes_of_its_own(store: Store, channel_id: str) -> None:
    first = add(store, channel_id)
    assert find(store, channel_id, account="bob@a") is None
    second = add(store, channel_id, account="bob@a")
    assert second.seen_at > first.seen_at
    store_mails(store, channel_id, second, 9)
    for account, mailbox in (("ann@a", first), ("bob@a", second)):
        found = find(store, channel_id, uidnext=10, account=account)
        assert found is not None
        assert found.id == mailbox.id


def test_a_server_that_was_set_back_is_a_new_mailbox(store: Store, channel_id: str) -> None:
    mailbox = add(store, channel_id)
    store_mails(store, channel_id, mailbox, 1, 2, 3)
    assert find(store, channel_id, uidnext=4) is not None
    assert find(store, channel_id, uidnext=3) is None
    again = add(store, channel_id)
    assert again.id != mailbox.id
    found = find(store, channel_id, uidnext=3)
    assert found is not None
    assert found.id == again.id


def test_raw_mail_and_its_entry_come_together(store: Store, channel_id: str) -> None:
    mailbox = add(store, channel_id)
    store_mails(store, channel_id, mailbox, 5, 6)
    with store.read() as connection:
        assert ledger.known_uids(connection, mailbox.id) == {5, 6}
        states = connection.execute(
            select(LedgerEntry.uid, LedgerEntry.state).order_by(LedgerEntry.uid)
        ).all()
        assert [zlib.decompress(c) for c in connection.scalars(select(RawMail.content))] == [
            b"raw 5",
            b"raw 6",
        ]
    assert states == [(5, UidState.FETCHED), (6, UidState.FETCHED)]


def test_leftovers_are_those_that_nobody_settled_newest_first(store: Store, channel_id: str) -> None:
    mailbox = add(store, channel_id)
    kept = store_mails(store, channel_id, mailbox, 1, 2, 3)
    with store.write() as session:
        ledger.settle(session, mailbox.id, [Settled(2, UidState.STORED, "message")])
    with store.read() as connection:
        left = ledger.leftovers(connection, channel_id, 10, 10_000)
        assert [mail.uid for mail in left] == [3, 1]
        assert left[0] == kept[2]
        assert [mail.uid for mail in ledger.leftovers(connection, channel_id, 10, 1)] == [3]
        assert [mail.uid for mail in ledger.leftovers(connection, channel_id, 1, 10_000)] == [3]
        assert ledger.leftovers(connection, "other", 10, 10_000) == []


def test_settling_touches_only_its_mailbox(store: Store, channel_id: str) -> None:
    first, second = add(store, channel_id), add(store, channel_id, uidvalidity=8)
    store_mails(store, channel_id, first, 1, 2)
    store_mails(store, channel_id, second, 1)
    entries = [
        Settled(1, UidState.STORED, "message"),
        Settled(2, UidState.QUARANTINED, reason='It\'s "odd".'),
    ]
    with store.write() as session:
        ledger.settle(session, first.id, entries)
        ledger.settle(session, first.id, [])
    with store.read() as connection:
        reason = connection.scalar(
            select(LedgerEntry.reason).where(LedgerEntry.state == UidState.QUARANTINED)
        )
        assert ledger.quarantined(connection, channel_id) == 1
        assert ledger.quarantined(connection, "other") == 0
    old, new = check(store).ledger
    assert dict(old.states) == {UidState.STORED: 1, UidState.QUARANTINED: 1}
    assert (old.total, old.uidvalidity) == (2, 7)
    assert dict(new.states) == {UidState.FETCHED: 1}
    assert reason == 'It\'s "odd".'


def test_each_uid_is_settled_by_its_key(store: Store, channel_id: str) -> None:
    """Not by its state: what is FETCHED would be gone through once for every entry."""
    mailbox = add(store, channel_id)
    store_mails(store, channel_id, mailbox, 1, 2)
    plans: list[str] = []

    def explain(_connection: object, cursor: Any, statement: str, parameters: object, *_rest: object) -> None:
        if statement.startswith("UPDATE uid_ledger"):
            steps = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans.extend(step[3] for step in steps)

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        with store.write() as session:
            ledger.settle(session, mailbox.id, [Settled(uid, UidState.STORED) for uid in (1, 2)])
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
    assert any("(mailbox_id=? AND uid=?)" in step for step in plans), plans


def test_what_is_settled_stays_so(store: Store, channel_id: str) -> None:
    """A channel that restarts in the middle of a write reads the same mails again and finds them stored."""
    mailbox = add(store, channel_id)
    store_mails(store, channel_id, mailbox, 1)
    with store.write() as session:
        ledger.settle(session, mailbox.id, [Settled(1, UidState.STORED, "message")])
        ledger.settle(session, mailbox.id, [Settled(1, UidState.DUPLICATE, reason="stored already")])
    with store.read() as connection:
        row = connection.execute(select(LedgerEntry.state, LedgerEntry.message_id, LedgerEntry.reason)).one()
    assert tuple(row) == (UidState.STORED, "message", "")


def test_what_could_not_be_fetched_has_an_entry_without_raw_mail(store: Store, channel_id: str) -> None:
    mailbox = add(store, channel_id)
    with store.write() as session:
        ledger.store_without_raw(session, mailbox, [Settled(9, UidState.GONE, reason="gone")], now())
        ledger.store_without_raw(session, mailbox, [], now())
    with store.read() as connection:
        assert ledger.known_uids(connection, mailbox.id) == {9}


def test_the_first_synchronisation_ends_once(store: Store, channel_id: str) -> None:
    mailbox = add(store, channel_id)
    with store.write() as session:
        assert ledger.finish_initial(session, mailbox).initial_done
    found = find(store, channel_id)
    assert found is not None
    assert found.initial_done
    with store.read() as connection:
        assert connection.scalars(select(Mailbox.initial_done)).all() == [True]
