"""The engine: its thread, its writer, its channels and timers, and that nothing crashes silently."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, Outcome, Refusal, agent, perform
from inbox_desktop.models.actions.channels import ChangeChannel
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.actions.tickets import AddTag, Close, Snooze
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError, StorageFullError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import (
    ChannelState,
    DeliveryState,
    IdentityKind,
    MessageKind,
    Security,
    TicketStatus,
)
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.models.tables import Channel, Delivery, Ticket
from inbox_desktop.sync.email.mailbox_sync import MailboxSync
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.writer import Writer
from tests.support import smtp_server
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.mails import mail
from tests.support.smtp_server import SmtpServer

Connect = Callable[[MailSettings], str]
PATIENCE_SECONDS = 30.0
NOWHERE = Server("127.0.0.1", 1, Security.NONE)
UNREACHABLE = MailSettings(NOWHERE, NOWHERE, "ann", password_env="INBOX_TEST_PASSWORD")


def eventually(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS:.0f} s: {what}"
        time.sleep(0.02)


def receive(store: Store, channel_id: str, number: int = 1) -> str:
    """A ticket, from a message that comes in; returns its id."""
    message = InboundMessage(
        channel_id=channel_id,
        external_id=f"<{number}@example.com>",
        kind=MessageKind.MESSAGE,
        author_kind=IdentityKind.EMAIL,
        author_address="ana@example.com",
        author_name="Ana",
        sent_at=now(),
        text="Hello",
        visible_text="Hello",
        subject=f"Question {number}",
    )
    with store.write() as session:
        outcome = perform(session, Receive(actor=SYSTEM, message=message))
    assert isinstance(outcome, Outcome)
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def status(store: Store, ticket_id: str) -> TicketStatus:
    with store.read() as connection:
        return TicketStatus(
            connection.execute(select(Ticket.status).where(Ticket.id == ticket_id)).scalar_one()
        )


@pytest.fixture
def channel_id(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> str:
    """A channel whose server is not there."""
    monkeypatch.setenv("INBOX_TEST_PASSWORD", PASSWORD)
    return connect(UNREACHABLE)


class TestWriting:
    def test_actions_are_performed_and_refusals_come_back(
        self, store: Store, engine: Engine, channel_id: str
    ) -> None:
        ticket_id = receive(store, channel_id)
        with store.read() as connection:
            who = me(connection)
        assert who is not None
        actor = agent(who.id)
        results = engine.perform(
            [
                AddTag(actor=actor, ticket_id=ticket_id, tag="VIP"),
                AddTag(actor=actor, ticket_id=ticket_id, tag=""),
                Close(actor=actor, ticket_id=ticket_id, seen_inbound_id="something else"),
            ]
        ).result(10)
        assert [type(result) for result in results] == [Outcome, Refusal, Refusal]
        assert status(store, ticket_id) is TicketStatus.OPEN

    def test_a_change_that_fails_is_taken_back_and_told(self, store: Store, engine: Engine) -> None:
        def change(session: WriteSession) -> None:
            session.add(Channel(id="x", kind="email", name="x", address="x", settings={}, created_at=now()))
            session.flush()
            raise KeyError("a bug")

        with pytest.raises(KeyError):
            engine.write(change).result(10)
        with store.read() as connection:
            assert connection.scalar(select(Channel.id)) is None

    def test_people_pass_what_channels_bring(self, store: Store) -> None:
        writer = Writer(store)
        gate, order = threading.Event(), list[str]()
        writer.submit(lambda _: gate.wait(10))
        writer.submit(lambda _: order.append("mail"))
        last = writer.submit(lambda _: order.append("more mail"))
        writer.submit(lambda _: order.append("a person"), urgent=True)
        gate.set()
        last.result(10)
        assert order == ["a person", "mail", "more mail"]
        assert writer.close(10)


class TestSnoozed:
    def test_a_ticket_wakes_at_its_time(self, store: Store, engine: Engine, channel_id: str) -> None:
        ticket_id = receive(store, channel_id)
        engine.start()
        until = now() + timedelta(seconds=0.8)
        engine.perform([Snooze(actor=SYSTEM, ticket_id=ticket_id, until=until)]).result(10)
        assert status(store, ticket_id) is TicketStatus.SNOOZED
        eventually(lambda: status(store, ticket_id) is TicketStatus.OPEN, "awake")
        assert now() >= until

    def test_what_was_due_while_nothing_ran_wakes_at_the_start(
        self, store: Store, engine: Engine, channel_id: str
    ) -> None:
        ticket_id = receive(store, channel_id)
        past = now() - timedelta(days=1)
        with store.write() as session:
            perform(
                session, Snooze(actor=SYSTEM, at=past, ticket_id=ticket_id, until=past + timedelta(hours=1))
            )
        engine.start()
        eventually(lambda: status(store, ticket_id) is TicketStatus.OPEN, "awake")
        with store.read() as connection:
            assert connection.scalar(select(Ticket.unread).where(Ticket.id == ticket_id))


class TestChannels:
    def test_connecting_the_same_address_twice_is_refused_in_words(
        self, engine: Engine, channel_id: str
    ) -> None:
        with pytest.raises(InboxError, match="already connected"):
            engine.connect(UNREACHABLE, "Support@shop.example", None).result(10)

    def test_a_mailbox_that_is_connected_again_is_the_same_channel(
        self, store: Store, engine: Engine, channel_id: str, dovecot: Dovecot, mailbox: str
    ) -> None:
        engine.drop_channel(channel_id)
        again = engine.add_channel(UNREACHABLE, "Support@shop.example", None)
        assert again == channel_id
        assert receive(store, again)
        engine.drop_channel(again)
        elsewhere = engine.add_channel(dovecot.settings(mailbox), "support@shop.example", None)
        assert elsewhere != channel_id

    def test_a_channel_whose_settings_make_no_sense_says_so(self, store: Store, engine: Engine) -> None:
        with store.write() as session:
            session.add(
                Channel(id="x", kind="email", name="Odd", address="x@x", settings={}, created_at=now())
            )
        engine.start()
        eventually(engine.health, "its health")
        (health,) = engine.health()
        assert health.state is ChannelState.FAILED
        assert health.needs_person
        assert "settings cannot be read" in health.reason

    @pytest.mark.expects_log("crashed")
    def test_a_crash_is_told_as_ours_and_the_channel_starts_again(
        self,
        store: Store,
        engine: Engine,
        dovecot: Dovecot,
        mailbox: str,
        connect: Connect,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        run, runs = MailboxSync.run, list[int]()

        async def crash_at_first(runner: MailboxSync) -> None:
            runs.append(1)
            if len(runs) == 1:
                raise KeyError("a bug")
            await run(runner)

        monkeypatch.setattr(MailboxSync, "run", crash_at_first)
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox))
        heard = list[Health]()
        engine.subscribe_health(heard.append)
        engine.start()
        eventually(lambda: any(h.state is ChannelState.CONNECTED for h in tuple(heard)), "back again")
        failed = next(h for h in heard if h.state is ChannelState.FAILED)
        assert "fault in Inbox Desktop" in failed.reason
        assert failed.retry_at is not None

    def test_a_full_disk_is_told_and_work_resumes_by_itself(
        self,
        store: Store,
        engine: Engine,
        dovecot: Dovecot,
        mailbox: str,
        connect: Connect,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        write, full = Writer.write, threading.Event()
        full.set()

        async def write_or_not(writer: Writer, change: Callable[[WriteSession], object]) -> object:
            if full.is_set():
                raise StorageFullError("The disk is full. Free some space; work goes on by itself.")
            return await write(writer, change)

        monkeypatch.setattr(Writer, "write", write_or_not)
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox))
        heard = list[Health]()
        engine.subscribe_health(heard.append)
        engine.start()
        eventually(lambda: any("disk is full" in h.reason for h in tuple(heard)), "the full disk")
        trouble = next(h for h in heard if "disk is full" in h.reason)
        assert trouble.retry_at is not None
        full.clear()
        engine.sync_now()
        eventually(lambda: any(h.state is ChannelState.CONNECTED for h in tuple(heard)), "work resumed")
        with store.read() as connection:
            assert connection.scalars(select(Ticket.subject)).all() == ["Question 1"]

    def test_settings_that_change_take_effect_at_once(
        self, store: Store, engine: Engine, dovecot: Dovecot, mailbox: str, channel_id: str
    ) -> None:
        dovecot.append(mailbox, mail(1))
        engine.start()
        eventually(lambda: any(h.state is ChannelState.OFFLINE for h in engine.health()), "offline")
        change = ChangeChannel(
            actor=SYSTEM, channel_id=channel_id, settings=dovecot.settings(mailbox).to_json()
        )
        engine.perform([change]).result(10)
        eventually(lambda: any(h.state is ChannelState.CONNECTED for h in engine.health()), "connected")

    @pytest.mark.parametrize("is_edited", [True, False], ids=["edited", "another password alone"])
    def test_what_a_refused_password_held_back_leaves_when_the_channel_is_changed(
        self,
        store: Store,
        engine: Engine,
        connect: Connect,
        smtp: SmtpServer,
        monkeypatch: pytest.MonkeyPatch,
        is_edited: bool,
    ) -> None:
        monkeypatch.setenv("WRONG_PASSWORD", "wrong")
        monkeypatch.setenv("RIGHT_PASSWORD", smtp_server.PASSWORD)
        settings = MailSettings(NOWHERE, smtp.server, smtp_server.USER, password_env="WRONG_PASSWORD")
        channel_id = connect(settings)
        ticket_id = receive(store, channel_id)
        with store.read() as connection:
            who = me(connection)
        assert who is not None
        reply = Reply(actor=agent(who.id), ticket_id=ticket_id, text="Hello", seen_message_id=None)
        with store.write() as session:
            assert isinstance(perform(session, reply), Outcome)

        def delivery() -> tuple[str, str]:
            with store.read() as connection:
                row = connection.execute(select(Delivery.state, Delivery.detail)).one()
                return row.state, row.detail

        engine.start()
        eventually(lambda: "password" in delivery()[1], "the password is refused")
        if is_edited:
            right = replace(settings, password_env="RIGHT_PASSWORD")
            change = ChangeChannel(actor=SYSTEM, channel_id=channel_id, settings=right.to_json())
            engine.perform([change]).result(timeout=PATIENCE_SECONDS)
        else:
            monkeypatch.setenv("WRONG_PASSWORD", smtp_server.PASSWORD)
            engine.change_channel(channel_id, settings, None).result(timeout=PATIENCE_SECONDS)
        eventually(lambda: delivery()[0] == DeliveryState.SENT, "the message is sent")


class TestOnce:
    def test_one_round_reports_every_channel(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1), mail(2))
        connect(dovecot.settings(mailbox))
        Engine(store, Secrets()).add_channel(UNREACHABLE, "other@shop.example", None)
        report = asyncio.run(Engine(store, Secrets()).sync_once())
        good, bad = report.channels
        assert (good.counts.stored, good.errors) == (2, ())
        assert "Nothing answers" in bad.errors[0]
        assert "other@shop.example" in report.problems[0]
        assert "2 stored" in report.to_text()

    def test_nothing_to_do_is_no_problem(self, store: Store) -> None:
        report = asyncio.run(Engine(store, Secrets()).sync_once())
        assert report.problems == ()
        assert report.to_text()


def test_an_engine_that_was_never_started_stops(engine: Engine) -> None:
    engine.sync_now()
    engine.stop()
    with pytest.raises(RuntimeError):
        engine.perform([])
