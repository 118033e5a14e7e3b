"""A first synchronisation brings answers before their questions: in the end all stand in their tickets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.check import check
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import UidState
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import LedgerEntry, Message, Ticket
from inbox_desktop.sync.email import late_mail
from inbox_desktop.sync.email.importing import import_mails
from tests.support.dovecot import Dovecot
from tests.support.mails import id_of, mail
from tests.sync.email.mailbox_desk import Connect, sync_once

OURS = "Support <support@shop.example>"
ANA, BO = "Ana Souza <ana@example.com>", "Bo <bo@example.com>"
ABSENT = "Auto-Submitted: auto-replied\r\n"


def threads(store: Store) -> list[list[str]]:
    """The subjects of each ticket's messages, in the order in which they stand."""
    with store.read() as connection:
        query = select(Ticket.id, Message.subject).join(Message, Message.ticket_id == Ticket.id)
        rows = connection.execute(query.order_by(Ticket.created_at, Message.order_at)).all()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row.subject)
    return list(found.values())


def ledger_states(store: Store) -> set[tuple[str, str]]:
    with store.read() as connection:
        rows = connection.execute(select(LedgerEntry.state, LedgerEntry.reason))
        return {(row.state, row.reason) for row in rows}


def long_thread() -> list[bytes]:
    """Ana asks; we answer from a phone, and her absence is announced; again and again."""
    mails: list[bytes] = []
    for number in range(0, 12, 3):
        earlier = [id_of(number - 2)] if number else []
        mails.append(mail(number, references=earlier))
        mails.append(mail(number + 1, sender=OURS, to=ANA, references=[id_of(number)]))
        mails.append(mail(number + 2, references=[id_of(number + 1)], headers=ABSENT))
    return mails


def test_newest_first_ends_like_oldest_first(
    store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox_desktop.sync.email.ingest.MOST_IN_TRANSACTION", 1)
    dovecot.deliver(mailbox, long_thread())
    connect(dovecot.settings(mailbox))
    report = sync_once(store)
    assert report.errors == ()
    assert threads(store) == [[f"Question {number}" for number in range(12)]]
    assert ledger_states(store) == {(UidState.STORED.value, "")}
    assert check(store).problems == ()


def test_whose_people_come_last_is_attached_when_the_folder_is_in(
    store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
) -> None:
    with dovecot.client(mailbox) as client:
        client.create_folder("Archive")
    past = now() - timedelta(days=3)
    dovecot.append(mailbox, mail(1, headers=f"Cc: {BO}\r\n"), folder="Archive", received=past)
    dovecot.append(mailbox, mail(2, references=[id_of(1)]), received=past)
    dovecot.append(mailbox, mail(3, sender=OURS, to=BO, references=[id_of(2)]), received=past)
    connect(dovecot.settings(mailbox, folders=("INBOX", "Archive")))
    assert sync_once(store).counts.set_aside == 1
    assert threads(store) == [["Question 1", "Question 2", "Question 3"]]
    assert ledger_states(store) == {(UidState.STORED.value, "")}
    assert check(store).problems == ()


def test_what_never_gets_a_ticket_stays_set_aside(
    store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
) -> None:
    dovecot.deliver(mailbox, [mail(1), mail(2, references=["<gone@x>"], headers=ABSENT)])
    connect(dovecot.settings(mailbox))
    assert sync_once(store).counts.set_aside == 1
    assert {state for state, _ in ledger_states(store)} == {"stored", "set_aside"}
    assert check(store).problems == ()


def test_an_import_in_any_order_ends_the_same(
    store: Store, tmp_path: Path, dovecot: Dovecot, mailbox: str, connect: Connect
) -> None:
    connect(dovecot.settings(mailbox))
    for number, raw in enumerate(reversed(long_thread())):
        (tmp_path / f"{number:02}.eml").write_bytes(raw)
    import_mails(store, [tmp_path])
    assert threads(store) == [[f"Question {number}" for number in range(12)]]


def test_the_ledger_is_asked_by_its_index(store: Store) -> None:
    with store.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN UPDATE uid_ledger SET state = 'stored'"  # noqa: S608 - a constant of ours
            f" WHERE {late_mail._SET_ASIDE} AND message_id IN ('a', 'b')"
        )
        steps = " ".join(str(row) for row in plan)
    assert "ix_uid_ledger_set_aside" in steps
