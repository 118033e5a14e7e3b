"""Mail comes in from a real Dovecot: first synchronisation, new mail, faults, and coming back from them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelState, Security, UidState
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Changed, Store
from inbox_desktop.models.tables import LedgerEntry, Message, RawMail, Ticket
from inbox_desktop.sync.email.ledger import LedgerSums, ledger_sums
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.report import ChannelReport
from inbox_desktop.sync.secrets import Secrets
from tests.support.dovecot import Dovecot
from tests.support.mails import id_of, mail
from tests.support.tls import TestAuthority

Connect = Callable[[MailSettings], str]

PATIENCE_SECONDS = 30.0


def sync_once(store: Store) -> ChannelReport:
    """One round of the only channel."""
    report = asyncio.run(Engine(store, Secrets()).sync_once())
    (channel,) = report.channels
    return channel


def sums(store: Store) -> LedgerSums:
    """The only mailbox's ledger."""
    with store.read() as connection:
        (found,) = ledger_sums(connection)
    return found


def subjects(store: Store) -> list[str]:
    """Of all messages, in the order in which they were stored."""
    with store.read() as connection:
        return list(connection.scalars(select(Message.subject).order_by(Message.seq)))


def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS:.0f} s: {what}"
        time.sleep(0.02)


def states(engine: Engine) -> list[Health]:
    """What the engine's channels say from now on."""
    heard: list[Health] = []
    engine.subscribe_health(heard.append)
    return heard


def wait_for_state(heard: list[Health], state: ChannelState, words: str = "") -> Health:
    """The first health in this state that holds these words."""

    def find() -> Health | None:
        return next((h for h in tuple(heard) if h.state is state and words in h.reason), None)

    eventually(find, f"{state} {words}, heard {heard[-3:]}")
    found = find()
    assert found is not None
    return found


class TestFirstSynchronisation:
    def test_brings_everything_newest_first(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.deliver(mailbox, [mail(n) for n in range(300)])
        connect(dovecot.settings(mailbox))
        report = sync_once(store)
        assert report.errors == ()
        assert (report.counts.fetched, report.counts.stored) == (300, 300)
        assert sums(store).states == {UidState.STORED: 300}
        assert subjects(store) == [f"Question {n}" for n in reversed(range(300))]

    def test_the_newest_stand_in_the_inbox_before_the_rest_is_fetched(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.deliver(mailbox, [mail(n) for n in range(400)])
        connect(dovecot.settings(mailbox))
        news: list[Changed] = []
        store.subscribe(news.append)
        sync_once(store)
        first = next(changed for changed in news if changed.kind == "ticket")
        with store.read() as connection:
            there = set(connection.scalars(select(Ticket.subject).where(Ticket.id.in_(first.ids))))
        assert there == {f"Question {n}" for n in range(350, 400)}

    def test_nothing_is_fetched_twice(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.deliver(mailbox, [mail(n) for n in range(60)])
        connect(dovecot.settings(mailbox))
        sync_once(store)
        again = sync_once(store)
        assert again.errors == ()
        assert again.counts.fetched == 0

    def test_nothing_changes_on_the_server(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with dovecot.client(mailbox) as client:
            client.select_folder("INBOX", readonly=True)
            assert rb"\Seen" not in client.get_flags([1])[1]

    def test_what_was_read_there_is_read_here_and_the_rest_is_not(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1), flags=[r"\Seen"], received=now() - timedelta(days=2))
        dovecot.append(mailbox, mail(2, sender="Bo <bo@example.com>"), received=now() - timedelta(days=1))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with store.read() as connection:
            unread = {
                row.subject: row.unread for row in connection.execute(select(Ticket.subject, Ticket.unread))
            }
        assert unread == {"Question 1": False, "Question 2": True}

    def test_raw_mail_is_kept_as_it_came(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        import zlib

        dovecot.append(mailbox, mail(1, text="Grüße\r\n"))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with store.read() as connection:
            content = connection.scalar(select(RawMail.content))
        assert content is not None
        assert zlib.decompress(content) == mail(1, text="Grüße\r\n")

    def test_several_folders(self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect) -> None:
        with dovecot.client(mailbox) as client:
            client.create_folder("Réclamations")
        dovecot.append(mailbox, mail(1))
        dovecot.append(mailbox, mail(2), folder="Réclamations")
        connect(dovecot.settings(mailbox, folders=("INBOX", "Réclamations")))
        assert sync_once(store).counts.stored == 2
        with store.read() as connection:
            assert {found.folder for found in ledger_sums(connection)} == {"INBOX", "Réclamations"}

    def test_an_empty_mailbox_is_in_at_once(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        connect(dovecot.settings(mailbox))
        report = sync_once(store)
        assert (report.errors, report.counts.fetched) == ((), 0)

    def test_over_tls(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, trusted: TestAuthority
    ) -> None:
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox, Security.TLS))
        assert sync_once(store).counts.stored == 1

    def test_over_starttls(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, trusted: TestAuthority
    ) -> None:
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox, Security.STARTTLS))
        assert sync_once(store).counts.stored == 1


class TestDuplicatesAndDeletions:
    def test_the_same_mail_twice_is_one_message(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1), mail(1))
        connect(dovecot.settings(mailbox))
        counts = sync_once(store).counts
        assert (counts.stored, counts.duplicate) == (1, 1)
        with store.read() as connection:
            assert len(connection.execute(select(RawMail.id)).all()) == 1  # the copy needs no second raw mail

    def test_a_message_id_used_twice_keeps_both_raw_mails(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1, text="one\r\n"), mail(1, text="another\r\n"))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with store.read() as connection:
            assert len(connection.execute(select(RawMail.id)).all()) == 2

    def test_mail_without_message_id_is_recognised_too(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1, message_id=None), mail(1, message_id=None))
        connect(dovecot.settings(mailbox))
        counts = sync_once(store).counts
        assert (counts.stored, counts.duplicate) == (1, 1)

    def test_deleting_on_the_server_deletes_nothing_here(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1), mail(2))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        dovecot.delete(mailbox, [1, 2])
        dovecot.append(mailbox, mail(3))
        report = sync_once(store)
        assert (report.errors, report.counts.stored) == ((), 1)
        assert sorted(subjects(store)) == ["Question 1", "Question 2", "Question 3"]

    def test_another_uidvalidity_brings_no_message_twice_and_loses_none(
        self, store: Store, own_dovecot: Dovecot, connect: Connect
    ) -> None:
        own_dovecot.add_user("ann")
        own_dovecot.append("ann", *(mail(n) for n in range(5)))
        connect(own_dovecot.settings("ann"))
        sync_once(store)
        own_dovecot.stop()
        own_dovecot.change_uidvalidity("ann")
        own_dovecot.start()
        own_dovecot.append("ann", mail(5))
        counts = sync_once(store).counts
        assert (counts.fetched, counts.duplicate, counts.stored) == (6, 5, 1)
        with store.read() as connection:
            old, new = ledger_sums(connection)
            assert len(connection.execute(select(Message.id)).all()) == 6
        assert old.states == {UidState.STORED: 5}
        assert new.states == {UidState.STORED: 1, UidState.DUPLICATE: 5}
        assert sync_once(store).counts.fetched == 0


class TestFollowing:
    def test_new_mail_comes_in_by_idle(
        self, store: Store, engine: Engine, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        connect(dovecot.settings(mailbox))
        heard = states(engine)
        engine.start()
        wait_for_state(heard, ChannelState.CONNECTED)
        dovecot.append(mailbox, mail(1))
        eventually(lambda: subjects(store) == ["Question 1"], "the first mail")
        dovecot.append(mailbox, mail(2, references=[id_of(1)]))
        eventually(lambda: subjects(store) == ["Question 1", "Question 2"], "the second mail")
        with store.read() as connection:
            assert len(connection.execute(select(Ticket.id)).all()) == 1

    def test_without_idle_the_server_is_asked_when_somebody_wants_it(
        self,
        store: Store,
        served_folder: Path,
        authority: TestAuthority,
        connect: Connect,
        engine: Engine,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from tests.support.dovecot import PASSWORD

        monkeypatch.setenv("INBOX_TEST_PASSWORD", PASSWORD)
        server = Dovecot(
            served_folder / "no-idle", authority.valid(), capability="IMAP4rev1 LITERAL+ UIDPLUS"
        )
        server.start()
        try:
            server.add_user("ann")
            connect(server.settings("ann"))
            heard = states(engine)
            engine.start()
            wait_for_state(heard, ChannelState.CONNECTED)
            server.append("ann", mail(1))
            engine.sync_now()
            eventually(lambda: subjects(store) == ["Question 1"], "the mail")
        finally:
            engine.stop()
            server.stop()

    def test_a_channel_that_is_added_while_the_engine_runs_starts_and_a_removed_one_stops(
        self, store: Store, engine: Engine, dovecot: Dovecot, mailbox: str
    ) -> None:
        dovecot.append(mailbox, mail(1))
        heard = states(engine)
        engine.start()
        channel_id = engine.connect_email(dovecot.settings(mailbox), "Help@shop.example", None).result(20)
        wait_for_state(heard, ChannelState.CONNECTED)
        assert subjects(store) == ["Question 1"]
        engine.remove_channel(channel_id).result(20)
        wait_for_state(heard, ChannelState.STOPPED)
        assert engine.health() == ()

    def test_a_server_that_restarts_is_followed_again(
        self, store: Store, engine: Engine, own_dovecot: Dovecot, connect: Connect
    ) -> None:
        own_dovecot.add_user("ann")
        connect(own_dovecot.settings("ann"))
        heard = states(engine)
        engine.start()
        wait_for_state(heard, ChannelState.CONNECTED)
        own_dovecot.stop()
        trouble = wait_for_state(heard, ChannelState.OFFLINE)
        assert trouble.retry_at is not None
        assert not trouble.needs_person
        assert "kept" in trouble.reason
        own_dovecot.start()
        heard.clear()
        engine.sync_now()
        wait_for_state(heard, ChannelState.CONNECTED)
        own_dovecot.append("ann", mail(1))
        eventually(lambda: subjects(store) == ["Question 1"], "the mail")

    def test_being_kicked_out_of_idle_is_no_news_for_long(
        self, store: Store, engine: Engine, own_dovecot: Dovecot, connect: Connect
    ) -> None:
        own_dovecot.add_user("ann")
        connect(own_dovecot.settings("ann"))
        heard = states(engine)
        engine.start()
        wait_for_state(heard, ChannelState.CONNECTED)
        time.sleep(0.3)  # so that it is in IDLE
        heard.clear()
        own_dovecot.disconnect_clients()
        wait_for_state(heard, ChannelState.CONNECTED)
        own_dovecot.append("ann", mail(1))
        eventually(lambda: subjects(store) == ["Question 1"], "the mail")

    def test_after_sleep_it_connects_anew(
        self, store: Store, engine: Engine, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        connect(dovecot.settings(mailbox))
        heard = states(engine)
        engine.start()
        wait_for_state(heard, ChannelState.CONNECTED)
        time.sleep(0.2)
        heard.clear()
        crew, loop = engine._crew, engine._loop
        assert crew is not None
        assert loop is not None
        (running,) = crew._channels.values()
        loop.call_soon_threadsafe(running.runners[0].reconnect)
        wait_for_state(heard, ChannelState.CONNECTED)
        assert not [health for health in heard if health.state is ChannelState.OFFLINE]
        dovecot.append(mailbox, mail(1))
        eventually(lambda: subjects(store) == ["Question 1"], "the mail")


class TestFaults:
    def test_a_wrong_password(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("INBOX_TEST_PASSWORD", "wrong")
        connect(dovecot.settings(mailbox))
        (words,) = sync_once(store).errors
        assert "refused the user name" in words
        assert "wrong" not in words

    def test_a_wrong_password_is_not_tried_again_soon(
        self,
        store: Store,
        engine: Engine,
        dovecot: Dovecot,
        mailbox: str,
        connect: Connect,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("INBOX_TEST_PASSWORD", "wrong")
        connect(dovecot.settings(mailbox))
        heard = states(engine)
        engine.start()
        health = wait_for_state(heard, ChannelState.FAILED)
        assert health.needs_person
        assert health.retry_at is not None
        assert health.retry_at - now() > timedelta(minutes=14)

    def test_no_password_at_all(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("INBOX_TEST_PASSWORD")
        connect(dovecot.settings(mailbox))
        (words,) = sync_once(store).errors
        assert "INBOX_TEST_PASSWORD" in words

    def test_an_expired_certificate(
        self, store: Store, own_dovecot: Dovecot, connect: Connect, trusted: TestAuthority
    ) -> None:
        own_dovecot.use_certificate(trusted.expired())
        own_dovecot.add_user("ann")
        connect(own_dovecot.settings("ann", Security.TLS))
        (words,) = sync_once(store).errors
        assert "has expired" in words
        assert "not sent" in words

    def test_a_certificate_of_another_server(
        self, store: Store, own_dovecot: Dovecot, connect: Connect, trusted: TestAuthority
    ) -> None:
        own_dovecot.use_certificate(trusted.wrong_host())
        own_dovecot.add_user("ann")
        connect(own_dovecot.settings("ann", Security.TLS))
        (words,) = sync_once(store).errors
        assert "another" in words

    def test_a_certificate_that_nobody_vouches_for(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        connect(dovecot.settings(mailbox, Security.TLS))
        (words,) = sync_once(store).errors
        assert "somebody unknown" in words

    def test_a_missing_folder(self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect) -> None:
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox, folders=("INBOX", "Nowhere")))
        report = sync_once(store)
        assert "Nowhere" in report.errors[0]
        assert report.counts.stored == 1

    def test_a_server_that_is_not_there(self, store: Store, own_dovecot: Dovecot, connect: Connect) -> None:
        own_dovecot.stop()
        connect(own_dovecot.settings("ann"))
        (words,) = sync_once(store).errors
        assert "Nothing answers" in words


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
        assert sums(store).states == {UidState.STORED: 2, UidState.QUARANTINED: 1}
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
        Engine(store, Secrets()).add_email(dovecot.settings(mailbox), "support@shop.example", None)
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
            assert sums(store).states == {UidState.STORED: number}
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
        assert sums(store).states == {UidState.FETCHED: 2}
        again = sync_once(store)
        assert (again.errors, again.counts.fetched, again.counts.stored) == ((), 0, 2)
        assert sums(store).states == {UidState.STORED: 2}


class TestThreads:
    def test_stop_ends_every_thread(
        self, store: Store, engine: Engine, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        before = set(threading.enumerate())
        connect(dovecot.settings(mailbox))
        heard = states(engine)
        engine.start()
        wait_for_state(heard, ChannelState.CONNECTED)
        began = time.monotonic()
        engine.stop()
        assert time.monotonic() - began < 4.0
        for thread in set(threading.enumerate()) - before:
            thread.join(3.0)
            assert not thread.is_alive(), thread.name
