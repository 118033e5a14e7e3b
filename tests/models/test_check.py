"""Check: says ok of an inbox that lived, and finds each thing that can be broken."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from inbox_desktop.models import sqlite
from inbox_desktop.models.actions import SYSTEM, agent
from inbox_desktop.models.actions.deliveries import BeginAttempt
from inbox_desktop.models.actions.inbound import InboundFile
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.actions.tickets import Assign, Close, Snooze
from inbox_desktop.models.check import CheckReport, check
from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import made_at, new_id
from inbox_desktop.models.kinds import DeliveryState, UidState
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.outbox import outbox
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import LedgerEntry, Mailbox, RawMail
from tests.bench.worlds import build_world
from tests.models.samples import START, SUPPORT, Mailroom, done


@pytest.fixture
def lived(store: Store, julia: str, email_channel: str, receive: Mailroom) -> Store:
    """An inbox in which a little of everything has happened."""
    file = InboundFile("a.txt", "text/plain", 3, store.attachments.put(b"abc"))
    first = receive(files=(file,))
    ticket_id = first.ticket_id or ""
    done(store, Assign(actor=agent(julia), ticket_id=ticket_id, assignee_id=julia))
    done(store, AddNote(actor=agent(julia), ticket_id=ticket_id, text="note"))
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="answer", seen_message_id=None))
    second = receive()
    seen = second.action.message_id  # type: ignore[attr-defined]
    done(store, Close(actor=agent(julia), ticket_id=second.ticket_id or "", seen_inbound_id=seen))
    third = receive().ticket_id or ""
    done(store, Snooze(actor=agent(julia), at=START, ticket_id=third, until=START + timedelta(days=1)))
    mailbox_id = new_id()
    with store.write() as session:
        session.add(
            Mailbox(id=mailbox_id, channel_id=email_channel, folder="INBOX", uidvalidity=7, seen_at=START)
        )
        session.flush()
        for uid, message_id, state in ((1, seen, "stored"), (2, None, "duplicate"), (3, None, "quarantined")):
            raw_id = new_id()
            session.add(RawMail(id=raw_id, channel_id=email_channel, received_at=START, size=3, content=b"x"))
            session.flush()
            entry = LedgerEntry(
                mailbox_id=mailbox_id,
                uid=uid,
                state=UidState(state),
                raw_id=raw_id,
                message_id=message_id,
                reason="too deep" if state == "quarantined" else "",
                received_at=START,
            )
            session.add(entry)
    return store


def change(store: Store, *statements: str) -> None:
    with store.write() as session:
        for statement in statements:
            session.execute(text(statement))


def reopened_read_only(store: Store, look: Callable[[Store], None]) -> None:
    store.close()
    reader = Store.open_read_only(store.profile)
    try:
        look(reader)
    finally:
        reader.close()


def test_a_fresh_inbox_is_well(store: Store) -> None:
    report = check(store)
    assert (report.ok, report.problems, report.tickets, report.journal) == (True, (), 0, 0)


def test_an_inbox_that_lived_is_well_and_summed_up(lived: Store) -> None:
    report = check(lived)
    assert report.problems == ()
    assert report.ok
    assert (report.integrity, report.tickets, report.messages) == ("ok", 3, 5)
    assert report.deliveries == ((DeliveryState.QUEUED, 1),)
    assert report.open_deliveries == 1
    (ledger,) = report.ledger
    assert (ledger.channel, ledger.folder, ledger.uidvalidity, ledger.total) == (SUPPORT, "INBOX", 7, 3)
    assert dict(ledger.states) == {UidState.STORED: 1, UidState.DUPLICATE: 1, UidState.QUARANTINED: 1}


def test_the_report_as_json_and_as_text(lived: Store) -> None:
    report = check(lived)
    values = json.loads(json.dumps(report.to_json()))
    assert values["ok"] is True
    assert values["deliveries"] == {"queued": 1}
    (ledger,) = values["ledger"]
    assert sum(ledger[state.value] for state in UidState) == ledger["total"] == 3
    assert report.to_text().splitlines()[-1] == "all is well"
    assert values["quarantine"] == [
        {"channel": SUPPORT, "folder": "INBOX", "uid": 3, "reason": "too deep"},
    ]
    assert f"{SUPPORT} INBOX, UID 3, not taken in: too deep" in report.to_text()
    change(lived, "UPDATE ticket_counts SET count = count + 1")
    broken = check(lived)
    assert "problem: The numbers beside the views" in broken.to_text()
    assert broken.to_text().splitlines()[-1] == "not all is well"


BREAKAGES = {
    "numbers beside the views": "UPDATE ticket_counts SET count = count + 1 WHERE status = 'open'",
    "journal has gaps": "DELETE FROM journal WHERE seq = 3",
    "counter says": "UPDATE head SET seq = seq + 1",
    "not handed out": "UPDATE head SET ticket_number = 1",
    "stamped": "UPDATE messages SET seq = 10000",
    "not seen": "UPDATE tickets SET closed_seen_id = 'older' WHERE status = 'closed'",
    "status and times": "UPDATE tickets SET snoozed_until = NULL WHERE status = 'snoozed'",
    "counted right": "UPDATE tickets SET message_count = 9 WHERE number = 1",
    "newest message": "UPDATE tickets SET last_message_id ="
    " (SELECT last_message_id FROM tickets WHERE number = 2) WHERE number = 1",
    "search does not know": "DELETE FROM search_documents WHERE id = 1",
    "would not find": "DELETE FROM thread_keys",
    "raw mail is gone": "UPDATE messages SET raw_id = 'gone' WHERE kind = 'message'",
    "nobody sends": "DELETE FROM deliveries",
    "without a Message-ID": "UPDATE deliveries SET attempts = 1",
    "what became of them": "UPDATE uid_ledger SET message_id = NULL WHERE state = 'stored'",
    "two UIDs": "UPDATE uid_ledger SET state = 'stored', message_id ="
    " (SELECT message_id FROM uid_ledger WHERE uid = 1) WHERE uid = 2",
    "Owners": "INSERT INTO agents (id, name, email, role, seq) VALUES ('b', 'Bo', '', 'owner', 0)",
}


@pytest.mark.parametrize("words", BREAKAGES)
def test_each_broken_invariant_is_found(lived: Store, words: str) -> None:
    if words == "nobody sends":
        change(lived, "DELETE FROM recipients")
    change(lived, BREAKAGES[words])
    report = check(lived)
    assert not report.ok
    assert any(words in problem for problem in report.problems), report.problems


def test_a_missing_or_cut_attachment_is_found(lived: Store) -> None:
    (file,) = [path for path in lived.attachments.folder.rglob("*") if path.is_file()]
    file.write_bytes(b"ab")
    assert ["attachments" in problem for problem in check(lived).problems] == [True]
    file.unlink()
    (problem,) = check(lived).problems
    assert "1 attachments" in problem
    assert "backup" in problem


def test_a_reference_to_nothing_is_found(lived: Store) -> None:
    lived.close()
    by_force(lived, "PRAGMA foreign_keys = OFF", "UPDATE ticket_events SET ticket_id = 'gone'")

    def look(reader: Store) -> None:
        (problem,) = check(reader).problems
        assert "ticket_events" in problem

    reopened_read_only(lived, look)


def test_a_damaged_database_is_never_called_well(lived: Store) -> None:
    lived.close()
    forget_an_index = "DELETE FROM sqlite_master WHERE name = 'ix_tickets_last'"
    by_force(lived, "PRAGMA writable_schema = ON", forget_an_index)
    reader = Store.open_read_only(lived.profile)
    report = check(reader)
    reader.close()
    assert not report.ok
    assert "never used" in report.integrity
    assert "put it in its place" in report.problems[0]


def by_force(store: Store, *statements: str) -> None:
    """Change the closed database past every protection."""
    connection = sqlite.driver.connect(str(store.profile.database))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_mails_that_nobody_reads_are_found_after_an_hour(
    lived: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(lived, "UPDATE uid_ledger SET state = 'fetched' WHERE uid = 2")
    assert check(lived).ok, "it may be read at this very moment"
    later = now() + timedelta(hours=2)
    monkeypatch.setattr("inbox_desktop.models.check.now", lambda: later)
    (problem,) = check(lived).problems
    assert "1 mails were fetched over an hour ago" in problem


def test_an_attempt_of_nobody_is_found_and_one_of_a_running_program_is_not(lived: Store) -> None:
    with lived.read() as connection:
        (row,) = outbox(connection)
    done(lived, BeginAttempt(actor=SYSTEM, delivery_id=row.delivery_id, external_id="<a@shop.example>"))
    running = Store.open_read_only(lived.profile)
    assert check(running).ok
    running.close()

    def look(reader: Store) -> None:
        (problem,) = check(reader).problems
        assert "cut off" in problem
        assert dict(check(reader).deliveries) == {DeliveryState.ATTEMPTING: 1}

    reopened_read_only(lived, look)


def test_a_large_world_is_true_to_every_invariant(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "world")
    build_world(profile, 300)
    reader = Store.open_read_only(profile)
    report: CheckReport = check(reader)
    reader.close()
    assert report.problems == ()
    assert report.tickets == 300
    shutil.rmtree(profile.folder)


def test_an_id_tells_when_it_was_made() -> None:
    before = now() - timedelta(milliseconds=2)
    assert before <= made_at(new_id()) <= now() + timedelta(milliseconds=2)
