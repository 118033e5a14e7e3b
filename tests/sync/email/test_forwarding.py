"""Mail that comes by forwarding, through the running engine: kept, then read, never lost."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from inbox_desktop.models.check import check
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageFullError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelState, Security, UidState
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import LedgerEntry, Message, RawMail, Ticket
from inbox_desktop.sync.email.channel import MailChannel
from inbox_desktop.sync.email.fetch_answers import FetchedMail
from inbox_desktop.sync.email.forwarding import ForwardedMail
from inbox_desktop.sync.email.ledger import add_mailbox, keep, store_raw
from inbox_desktop.sync.email.parsed import ParsedMail, ParseFailure
from inbox_desktop.sync.email.parser_pool import ParserUnavailableError
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.writer import Writer
from tests.support.mails import id_of, mail

HOST = "127.0.0.1"
SUPPORT = "support@shop.example"
PATIENCE_SECONDS = 30.0

Connect = Callable[[MailSettings], str]


@pytest.fixture
def settings() -> MailSettings:
    """A channel without IMAP that listens on a free port of this computer."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    return MailSettings(
        imap=None,
        smtp=Server(HOST, 9, Security.NONE),
        user="",
        aliases=("help@shop.example",),
        listen=Server(HOST, port, Security.NONE),
    )


def running(engine: Engine) -> list[Health]:
    """Start the engine; returns what it says once it listens."""
    heard: list[Health] = []
    engine.subscribe_health(heard.append)
    engine.start()
    eventually(lambda: any(health.state is ChannelState.CONNECTED for health in heard))
    return heard


def forward(settings: MailSettings, *contents: bytes, to: str = SUPPORT, host: str = "mx.example") -> None:
    """Send mails to the listener, in one conversation."""
    assert settings.listen is not None
    with smtplib.SMTP(HOST, settings.listen.port, local_hostname=host, timeout=20) as server:
        for content in contents:
            server.sendmail("ana@example.com", [to], content)


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def states(store: Store) -> list[tuple[int, UidState]]:
    with store.read() as connection:
        found = connection.execute(select(LedgerEntry.uid, LedgerEntry.state).order_by(LedgerEntry.uid))
        return [(uid, UidState(state)) for uid, state in found]


def tickets(store: Store) -> list[tuple[str, int]]:
    query = select(Ticket.subject, Ticket.message_count).order_by(Ticket.number)
    with store.read() as connection:
        return [(subject, count) for subject, count in connection.execute(query)]


class TestEngine:
    def test_forwarded_mail_becomes_tickets(
        self, store: Store, engine: Engine, connect: Connect, settings: MailSettings
    ) -> None:
        connect(settings)
        running(engine)
        answer = mail(2, subject="Re: Question 1", references=[id_of(1)])
        forward(settings, mail(1), answer, mail(3))
        eventually(lambda: tickets(store) == [("Question 1", 2), ("Question 3", 1)])
        assert states(store) == [(uid, UidState.STORED) for uid in (1, 2, 3)]
        with store.read() as connection:
            assert set(connection.scalars(select(Ticket.unread))) == {True}
        assert check(store).ok

    def test_replies_leave_from_the_address_that_was_written_to(
        self, store: Store, engine: Engine, connect: Connect, settings: MailSettings
    ) -> None:
        connect(settings)
        running(engine)
        forward(settings, mail(1, to="Our list <all@elsewhere.example>"), to="HELP@shop.example")
        eventually(lambda: tickets(store))
        with store.read() as connection:
            assert connection.scalars(select(Message.channel_address)).all() == ["help@shop.example"]

    def test_a_mail_forwarded_twice_is_one_message(
        self, store: Store, engine: Engine, connect: Connect, settings: MailSettings
    ) -> None:
        connect(settings)
        running(engine)
        forward(settings, mail(1), mail(1), mail(2))
        eventually(lambda: len(tickets(store)) == 2)
        assert tickets(store) == [("Question 1", 1), ("Question 2", 1)]
        assert states(store) == [(1, UidState.STORED), (2, UidState.DUPLICATE), (3, UidState.STORED)]

    def test_a_mail_without_message_id_that_is_sent_again_is_one_message(
        self, store: Store, engine: Engine, connect: Connect, settings: MailSettings
    ) -> None:
        """Each try has a greeting, and mostly a second, of its own in the trace."""
        connect(settings)
        running(engine)
        content = mail(1, message_id=None)
        for host in ("mx1.example", "mx2.example"):
            forward(settings, content, host=host)
        forward(settings, mail(2))
        eventually(lambda: len(tickets(store)) == 2)
        assert tickets(store) == [("Question 1", 1), ("Question 2", 1)]

    def test_while_the_disk_is_full_the_sender_keeps_the_mail(
        self,
        store: Store,
        engine: Engine,
        connect: Connect,
        settings: MailSettings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        connect(settings)
        running(engine)
        original = Services.write

        async def full(_services: Services, _change: object) -> None:
            raise StorageFullError("The disk is full.")

        monkeypatch.setattr(Services, "write", full)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            forward(settings, mail(1))
        assert refused.value.smtp_code == 451
        assert states(store) == []
        monkeypatch.setattr(Services, "write", original)
        forward(settings, mail(1))
        eventually(lambda: tickets(store) == [("Question 1", 1)])

    def test_a_parser_that_is_away_costs_no_mail(
        self,
        store: Store,
        engine: Engine,
        connect: Connect,
        settings: MailSettings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        connect(settings)
        heard = running(engine)
        original = Services.parse

        async def away(_services: Services, _mails: object) -> list[ParsedMail | ParseFailure]:
            raise ParserUnavailableError("no memory")

        monkeypatch.setattr(Services, "parse", away)
        forward(settings, mail(1))
        eventually(lambda: any("reads mail cannot be started" in health.reason for health in heard))
        assert states(store) == [(1, UidState.FETCHED)]
        monkeypatch.setattr(Services, "parse", original)
        engine.sync_now()
        eventually(lambda: tickets(store) == [("Question 1", 1)])

    def test_says_why_it_cannot_listen_and_goes_on_by_itself(
        self, engine: Engine, connect: Connect, settings: MailSettings
    ) -> None:
        assert settings.listen is not None
        heard: list[Health] = []
        engine.subscribe_health(heard.append)
        with socket.socket() as other:
            other.bind((HOST, settings.listen.port))
            other.listen()
            connect(settings)
            engine.start()
            eventually(lambda: any(health.state is ChannelState.OFFLINE for health in heard))
            (told,) = [health for health in heard if health.state is ChannelState.OFFLINE][:1]
            assert "no other program uses this port" in told.reason
            assert told.retry_at is not None
            assert not told.needs_person
        engine.sync_now()
        eventually(lambda: any(health.state is ChannelState.CONNECTED for health in heard))

    def test_says_that_it_needs_a_person_when_it_would_listen_unprotected(
        self, engine: Engine, connect: Connect, settings: MailSettings
    ) -> None:
        assert settings.listen is not None
        connect(replace(settings, listen=replace(settings.listen, host="0.0.0.0")))  # noqa: S104
        heard: list[Health] = []
        engine.subscribe_health(heard.append)
        engine.start()
        eventually(lambda: any(health.needs_person for health in heard))
        (told,) = [health for health in heard if health.needs_person][:1]
        assert told.state is ChannelState.FAILED
        assert "unencrypted" in told.reason


class TestDurability:
    def test_what_was_kept_and_not_read_is_read_by_the_next_process(
        self, store: Store, connect: Connect, settings: MailSettings
    ) -> None:
        """The first process ends right after its 250; all that it leaves is what lies on the disk."""
        channel_id = connect(settings)
        received_at = now()
        services = Services(store, Secrets(), Writer(store))
        channel = MailChannel(channel_id, "Support", SUPPORT, settings)
        ended = ForwardedMail(services, channel, lambda _health: None)
        asyncio.run(ended.keep(mail(1), received_at))
        services.close(5.0)
        assert states(store) == [(1, UidState.FETCHED)]
        with store.read() as connection:
            assert connection.scalars(select(RawMail.received_at)).all() == [received_at]
        report = asyncio.run(Engine(store, Secrets()).sync_once())
        assert report.channels[0].counts.stored == 1
        assert states(store) == [(1, UidState.STORED)]
        assert tickets(store) == [("Question 1", 1)]

    async def test_leaves_alone_what_another_runner_of_the_channel_is_reading(
        self, store: Store, connect: Connect, settings: MailSettings
    ) -> None:
        services = Services(store, Secrets(), Writer(store))
        channel = MailChannel(connect(settings), "Support", SUPPORT, settings)
        try:
            fetched = FetchedMail(uid=7, raw=mail(7), received_at=now(), seen=False)
            folder = await services.write(lambda session: add_mailbox(session, channel.id, "INBOX", 1, now()))
            kept = keep(folder, [fetched])
            await services.write(lambda session: store_raw(session, channel.id, kept))
            forwarded = ForwardedMail(services, channel, lambda _health: None)
            await forwarded.keep_all([(mail(n), now()) for n in (1, 2)])
            await forwarded.sync_once()
        finally:
            services.close(5.0)
        assert tickets(store) == [("Question 1", 1), ("Question 2", 1)]
        assert states(store) == [(1, UidState.STORED), (2, UidState.STORED), (7, UidState.FETCHED)]
