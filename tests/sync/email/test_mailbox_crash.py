"""Poison mails and crashes in the middle: no other mail suffers, none is lost, none comes twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.kinds import UidState
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import LedgerEntry
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets
from tests.support.dovecot import Dovecot
from tests.support.mails import mail
from tests.sync.email.mailbox_desk import (
    Connect,
    subjects,
    sums,
    sync_once,
)


class TestPoison:
    @pytest.mark.expects_log("could not be written")
    def test_a_mail_that_cannot_be_written_stops_no_other(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from inbox_desktop.models.actions.receiving import Receive

        receive = Receive.apply_all.__func__  # type: ignore[attr-defined]

        def fail_on_poison(cls: type[Receive], session: object, actions: list[Receive]) -> object:
            if any(action.message.subject == "Question 3" for action in actions):
                raise KeyError("a bug")
            return receive(cls, session, actions)

        monkeypatch.setattr(Receive, "apply_all", classmethod(fail_on_poison))
        dovecot.append(mailbox, *(mail(n) for n in range(6)))
        connect(dovecot.settings(mailbox))
        counts = sync_once(store).counts
        assert (counts.stored, counts.quarantined) == (5, 1)
        with store.read() as connection:
            reason, raw_id = connection.execute(
                select(LedgerEntry.reason, LedgerEntry.raw_id).where(
                    LedgerEntry.state == UidState.QUARANTINED
                )
            ).one()
        assert "kept as it came" in reason
        assert raw_id is not None

    def test_a_mail_that_the_parser_gives_up_is_quarantined_with_the_reason(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from inbox_desktop.sync.email.parsed import ParseFailure
        from inbox_desktop.sync.email.parser_pool import ParserPool

        parse = ParserPool.parse

        def give_up(pool: ParserPool, mails: list[bytes]) -> list[object]:
            found = parse(pool, mails)
            return [
                ParseFailure("too slow") if b"Question 2" in m else p
                for m, p in zip(mails, found, strict=True)
            ]

        monkeypatch.setattr(ParserPool, "parse", give_up)
        dovecot.append(mailbox, *(mail(n) for n in range(4)))
        connect(dovecot.settings(mailbox))
        counts = sync_once(store).counts
        assert (counts.stored, counts.quarantined) == (3, 1)
        with store.read() as connection:
            reason = connection.scalar(
                select(LedgerEntry.reason).where(LedgerEntry.state == UidState.QUARANTINED)
            )
        assert reason is not None
        assert "too slow" in reason

    def test_a_mail_that_is_too_large_leaves_its_header(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("inbox_desktop.sync.email.folder_sync.LARGEST_MAIL", 5_000)
        dovecot.append(mailbox, mail(1), mail(2, text="x" * 70 + "\r\n" + "y" * 6_000 + "\r\n"), mail(3))
        connect(dovecot.settings(mailbox))
        counts = sync_once(store).counts
        assert (counts.stored, counts.quarantined) == (2, 1)
        assert sums(store) == {UidState.STORED: 2, UidState.QUARANTINED: 1}
        assert sync_once(store).counts.fetched == 0


KILLED = """
import asyncio, sys
from pathlib import Path
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets
store = Store.open(Profile(Path(sys.argv[1])))
print("begun", flush=True)
asyncio.run(Engine(store, Secrets()).sync_once())
"""


class TestCrash:
    def test_kill_in_the_middle_loses_nothing_and_doubles_nothing(
        self, tmp_path: Path, dovecot: Dovecot, mailbox: str
    ) -> None:
        number = 400
        dovecot.deliver(mailbox, [mail(n) for n in range(number)])
        profile = Profile(tmp_path / "profile")
        store = Store.open(profile)
        Engine(store, Secrets()).add_channel(dovecot.settings(mailbox), "support@shop.example", None)
        store.close()
        for pause in (0.4, 0.8):
            process = subprocess.Popen(
                [sys.executable, "-c", KILLED, str(profile.folder)], stdout=subprocess.PIPE, text=True
            )
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            time.sleep(pause)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(20)
            process.stdout.close()
        store = Store.open(profile)
        try:
            report = sync_once(store)
            assert report.errors == ()
            assert sums(store) == {UidState.STORED: number}
            assert sorted(subjects(store)) == sorted(f"Question {n}" for n in range(number))
            assert sync_once(store).counts.fetched == 0
        finally:
            store.close()

    def test_what_was_kept_and_not_read_is_read_at_the_next_start(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from inbox_desktop.sync.email.parser_pool import ParserPool, ParserUnavailableError

        def fail(pool: ParserPool, mails: list[bytes]) -> list[object]:
            raise ParserUnavailableError("no process")

        dovecot.append(mailbox, mail(1), mail(2))
        connect(dovecot.settings(mailbox))
        with monkeypatch.context() as patched:
            patched.setattr(ParserPool, "parse", fail)
            (words,) = sync_once(store).errors
        assert "cannot be started" in words
        assert sums(store) == {UidState.FETCHED: 2}
        again = sync_once(store)
        assert (again.errors, again.counts.fetched, again.counts.stored) == ((), 0, 2)
        assert sums(store) == {UidState.STORED: 2}
