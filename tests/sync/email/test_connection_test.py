"""“Test connection” against real servers: it names the step that failed, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inbox_desktop.models.health import TestStep
from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.sync.email.connection_test import connection_steps
from tests.support import dovecot as dovecot_support
from tests.support.dovecot import Dovecot, free_port
from tests.support.smtp_server import SmtpServer
from tests.support.tls import TestAuthority

PASSWORD = dovecot_support.PASSWORD
ALL_HELD = [
    *("Incoming mail: name", "Incoming mail: port", "Incoming mail: certificate"),
    *("Incoming mail: sign-in", "Incoming mail: folder INBOX"),
    *("Outgoing mail: name", "Outgoing mail: port", "Outgoing mail: certificate", "Outgoing mail: sign-in"),
]


@pytest.fixture
def smtp(trusted: TestAuthority) -> Iterator[SmtpServer]:
    with SmtpServer(Security.TLS, trusted.valid()) as server:
        server.behaviour.offers_auth = False
        yield server


async def steps(settings: MailSettings, password: str = PASSWORD) -> list[TestStep]:
    return [step async for step in connection_steps(settings, password, seconds=10)]


def settings_of(dovecot: Dovecot, mailbox: str, smtp: Server, **changes: object) -> MailSettings:
    return dovecot.settings(mailbox, Security.TLS, smtp=smtp, **changes)


@pytest.mark.parametrize("security", list(Security))
async def test_everything_holds(dovecot: Dovecot, mailbox: str, smtp: SmtpServer, security: Security) -> None:
    settings = dovecot.settings(mailbox, security, smtp=smtp.server)
    dovecot.append(mailbox, b"Subject: x\r\n\r\nx\r\n")
    told = await steps(settings)
    assert [step.name for step in told] == ALL_HELD
    assert all(step.ok for step in told), told
    assert "1 messages" in told[4].detail
    assert smtp.accepted == []


async def test_the_mailbox_fails_and_the_way_out_is_tried_all_the_same(
    dovecot: Dovecot, mailbox: str, smtp: SmtpServer
) -> None:
    told = await steps(settings_of(dovecot, mailbox, smtp.server), "wrong")
    failed = [step for step in told if not step.ok]
    assert [step.name for step in failed] == ["Incoming mail: sign-in"]
    assert "wrong" not in failed[0].detail
    assert "tried again" not in failed[0].detail
    assert told[-1].name == "Outgoing mail: sign-in"


async def test_a_missing_folder_is_named(dovecot: Dovecot, mailbox: str, smtp: SmtpServer) -> None:
    told = await steps(settings_of(dovecot, mailbox, smtp.server, folders=("INBOX", "Gone")))
    (failed,) = [step for step in told if not step.ok]
    assert failed.name == "Incoming mail: folder"
    assert "Gone" in failed.detail


async def test_names_ports_and_certificates(
    dovecot: Dovecot, mailbox: str, smtp: SmtpServer, trusted: TestAuthority
) -> None:
    unknown = Server("mail.shop.invalid", 993)
    closed = Server("127.0.0.1", free_port())
    with SmtpServer(Security.TLS, trusted.expired()) as expired:
        for server, step, words in (
            (unknown, "name", "was not found"),
            (closed, "port", "Nothing answers"),
            (expired.server, "certificate", "certificate"),
            (Server("mail.shop.example", 143, Security.NONE), "certificate", "plain text"),
        ):
            told = await steps(settings_of(dovecot, mailbox, smtp.server, imap=server))
            failed = [s for s in told if not s.ok]
            assert [s.name for s in failed] == [f"Incoming mail: {step}"], told
            assert words in failed[0].detail
            told = await steps(settings_of(dovecot, mailbox, server))
            failed = [s for s in told if not s.ok]
            assert [s.name for s in failed] == [f"Outgoing mail: {step}"], told
            assert words in failed[0].detail


async def test_the_way_out_refuses_the_password(dovecot: Dovecot, mailbox: str, smtp: SmtpServer) -> None:
    smtp.behaviour.offers_auth = True
    told = await steps(settings_of(dovecot, mailbox, smtp.server))
    assert told[-1].name == "Outgoing mail: sign-in"
    assert not told[-1].ok
    assert PASSWORD not in told[-1].detail


async def test_a_channel_that_only_sends(smtp: SmtpServer) -> None:
    told = await steps(MailSettings(None, smtp.server, "a"), "x")
    assert [step.name for step in told] == ALL_HELD[5:]
