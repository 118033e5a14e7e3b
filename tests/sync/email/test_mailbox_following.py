"""A mailbox is followed: new mail, restarts and sleep, faults in words, and the end of every thread."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ChannelState, Security
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Ticket
from inbox_desktop.sync.engine import Engine
from tests.support.dovecot import Dovecot
from tests.support.mails import id_of, mail
from tests.support.tls import TestAuthority
from tests.sync.email.mailbox_desk import (
    Connect,
    eventually,
    states,
    subjects,
    sync_once,
    wait_for_state,
)


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
            server.kill()

    def test_a_channel_that_is_added_while_the_engine_runs_starts_and_a_removed_one_stops(
        self, store: Store, engine: Engine, dovecot: Dovecot, mailbox: str
    ) -> None:
        dovecot.append(mailbox, mail(1))
        heard = states(engine)
        engine.start()
        channel_id = engine.connect(dovecot.settings(mailbox), "Help@shop.example", None).result(20)
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
        own_dovecot.kill()
        connect(own_dovecot.settings("ann"))
        (words,) = sync_once(store).errors
        assert "Nothing answers" in words


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
