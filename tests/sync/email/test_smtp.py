"""Submitting one message to a real server: what is sent, and what each fault at each point means."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from inbox_desktop.models.kinds import DeliveryState, Security
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.email.compose import Options, compose
from inbox_desktop.sync.email.smtp import Submission
from inbox_desktop.sync.email.smtp_session import Login, Timeouts
from inbox_desktop.sync.sending import OutgoingMail, SendResult
from tests.support.smtp_server import KINDS, PASSWORD, POINTS, USER, SmtpServer
from tests.support.tls import TestAuthority
from tests.sync.email.outgoing import outgoing

QUICK = Timeouts(connect=0.3, reply=0.3, data=0.3, bytes_per_second=10_000_000, quit=0.2)
PATIENT = Timeouts(connect=10, reply=10, data=10)
LOGIN = Login(USER, PASSWORD)
BOTH = ("ana@customer.example", "bo@customer.example")


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


class Handed:
    """Notes who a message was handed over for."""

    def __init__(self) -> None:
        self.over: list[str] = []

    async def __call__(self, addresses: Sequence[str]) -> None:
        self.over.extend(addresses)


async def submit(
    server: Server,
    mail: OutgoingMail | None = None,
    login: Login = LOGIN,
    timeouts: Timeouts = PATIENT,
    handed: Handed | None = None,
) -> SendResult:
    mail = mail or outgoing()

    def written(utf8: bool) -> bytes:
        return compose(mail, lambda _: b"", Options(smtputf8=utf8))

    return await Submission(server, login, mail, written, timeouts).submit(handed or Handed())


def states(result: SendResult) -> dict[str, str]:
    return {r.address: r.state.value for r in result.recipients}


async def test_a_message_arrives_as_it_was_written(smtp: SmtpServer) -> None:
    mail = outgoing(text="Hello.\n.\n..\n.dot\nFrom here\n" + "x" * 2_000, recipients=BOTH)
    result = await submit(smtp.server, mail)
    assert result.state is DeliveryState.SENT
    assert states(result) == dict.fromkeys(BOTH, "sent")
    (taken,) = smtp.accepted
    assert (taken.sender, taken.recipients) == ("support@shop.example", BOTH)
    assert taken.content == compose(mail, lambda _: b"")
    assert smtp.behaviour.sign_ins == [True]


async def test_this_computers_name_is_not_told(smtp: SmtpServer) -> None:
    await submit(smtp.server)
    assert smtp.behaviour.hello == "[127.0.0.1]"


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_a_protected_connection_is_used(security: Security, trusted: TestAuthority) -> None:
    with SmtpServer(security, trusted.valid()) as smtp:
        smtp.behaviour.wants_sign_in = True
        assert (await submit(smtp.server)).state is DeliveryState.SENT
        assert smtp.behaviour.sign_ins == [True]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_one_message_follows_the_other_at_once(security: Security, trusted: TestAuthority) -> None:
    with SmtpServer(security, trusted.valid()) as smtp:
        states = [(await submit(smtp.server)).state for _ in range(5)]
        assert states == [DeliveryState.SENT] * 5


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("certificate", ["expired", "wrong_host", "unknown"])
async def test_a_wrong_certificate_gets_no_password_and_no_mail(
    security: Security, certificate: str, trusted: TestAuthority, tmp_path: Path
) -> None:
    issuer = TestAuthority(tmp_path) if certificate == "unknown" else trusted
    files = issuer.valid() if certificate == "unknown" else getattr(issuer, certificate)()
    with SmtpServer(security, files) as smtp:
        result = await submit(smtp.server)
        assert result.state is DeliveryState.QUEUED
        assert result.server_trouble
        assert result.needs_person
        assert "certificate" in result.detail
        assert smtp.behaviour.sign_ins == []
        assert smtp.accepted == []


async def test_a_server_that_does_not_offer_starttls_gets_nothing(smtp: SmtpServer) -> None:
    result = await submit(Server("127.0.0.1", smtp.port, Security.STARTTLS))
    assert result.state is DeliveryState.QUEUED
    assert "STARTTLS" in result.detail
    assert smtp.behaviour.sign_ins == []


async def test_plain_text_goes_to_this_computer_only() -> None:
    result = await submit(Server("mail.shop.example", 25, Security.NONE))
    assert result.state is DeliveryState.QUEUED
    assert result.needs_person
    assert "plain text" in result.detail


async def test_a_wrong_password_waits_for_a_person(smtp: SmtpServer) -> None:
    result = await submit(smtp.server, login=Login(USER, "wrong"))
    assert result.state is DeliveryState.QUEUED
    assert (result.server_trouble, result.needs_person) == (True, True)
    assert "password" in result.detail
    assert "wrong" not in result.detail.replace("wrong password", "")
    assert smtp.behaviour.sign_ins == [False]  # tried once, by one method


async def test_a_server_that_wants_a_sign_in_and_offers_none(smtp: SmtpServer) -> None:
    smtp.behaviour.offers_auth, smtp.behaviour.wants_sign_in = False, True
    result = await submit(smtp.server)
    assert result.state is DeliveryState.QUEUED
    assert result.needs_person


async def test_a_relay_without_sign_in_is_used(smtp: SmtpServer) -> None:
    smtp.behaviour.offers_auth = False
    assert (await submit(smtp.server)).state is DeliveryState.SENT


async def test_nothing_listens(smtp: SmtpServer) -> None:
    smtp.hang_up()
    result = await submit(smtp.server, timeouts=QUICK)
    assert result.state is DeliveryState.QUEUED
    assert result.server_trouble
    assert not result.needs_person
    assert "Nothing answers" in result.detail


async def test_a_name_that_does_not_exist() -> None:
    result = await submit(Server("smtp.shop.invalid", 465), timeouts=Timeouts(connect=5))
    assert result.state is DeliveryState.QUEUED
    assert "smtp.shop.invalid" in result.detail


@pytest.mark.parametrize("point", [p for p in POINTS if p not in {"body", "content", "accepted", "quit"}])
@pytest.mark.parametrize("kind", KINDS)
async def test_what_ends_before_the_hand_over_has_sent_nothing(
    smtp: SmtpServer, point: str, kind: str
) -> None:
    smtp.fail(point, kind, times=2)  # twice: after a refused EHLO comes a HELO
    handed = Handed()
    result = await submit(smtp.server, timeouts=QUICK, handed=handed)
    is_final = kind == "5xx" and point in {"mail", "rcpt", "data"}
    assert result.state is (DeliveryState.FAILED if is_final else DeliveryState.QUEUED), result.detail
    assert handed.over == []
    assert smtp.accepted == []
    if kind in {"drop", "stall"} or point in {"greeting", "ehlo"}:
        assert result.server_trouble
    assert result.needs_person is (point == "auth" and kind == "5xx")


@pytest.mark.parametrize(
    ("point", "kind", "expected", "copies"),
    [
        ("body", "drop", DeliveryState.UNKNOWN, 0),
        ("body", "stall", DeliveryState.UNKNOWN, 0),
        ("body", "5xx", DeliveryState.FAILED, 0),
        ("content", "drop", DeliveryState.UNKNOWN, 0),
        ("content", "stall", DeliveryState.UNKNOWN, 0),
        ("content", "4xx", DeliveryState.QUEUED, 0),
        ("content", "5xx", DeliveryState.FAILED, 0),
        ("accepted", "drop", DeliveryState.UNKNOWN, 1),
        ("accepted", "stall", DeliveryState.UNKNOWN, 1),
        ("quit", "drop", DeliveryState.SENT, 1),
        ("quit", "stall", DeliveryState.SENT, 1),
        ("quit", "4xx", DeliveryState.SENT, 1),
    ],
)
async def test_what_breaks_off_after_the_hand_over(
    smtp: SmtpServer, point: str, kind: str, expected: DeliveryState, copies: int
) -> None:
    smtp.fail(point, kind)
    handed = Handed()
    result = await submit(smtp.server, timeouts=QUICK, handed=handed)
    assert result.state is expected, result.detail
    assert handed.over == ["ana@customer.example"]
    assert len(smtp.accepted) == copies
    if expected is DeliveryState.UNKNOWN:
        assert result.detail.startswith("Perhaps sent")


@pytest.mark.parametrize("reply", ["hello?", "199 what", "399 more", "250"])
async def test_strange_answers_after_the_message(smtp: SmtpServer, reply: str) -> None:
    smtp.fail("accepted", "4xx", reply=reply)
    result = await submit(smtp.server, timeouts=QUICK)
    assert result.state is (DeliveryState.SENT if reply == "250" else DeliveryState.UNKNOWN)


async def test_each_recipient_has_a_result_of_its_own(smtp: SmtpServer) -> None:
    everybody = ("ana@c.example", "gone@c.example", "full@c.example", "not an address", "a@b@c.example")
    smtp.behaviour.recipient_replies = {
        "gone@c.example": ["550 5.1.1 No\x07 such\r\tuser " + "x" * 1_000],
        "full@c.example": ["452 4.2.2 Mailbox full"],
    }
    result = await submit(smtp.server, outgoing(recipients=everybody))
    assert states(result) == {
        "ana@c.example": "sent",
        "gone@c.example": "failed",
        "full@c.example": "queued",
        "not an address": "failed",
        "a@b@c.example": "failed",
    }
    assert [taken.recipients for taken in smtp.accepted] == [("ana@c.example",)]
    words = {r.address: r.detail for r in result.recipients}["gone@c.example"]
    assert "No such user" in words
    assert words.isprintable()
    assert len(words) < 400


async def test_nobody_is_left_to_send_to(smtp: SmtpServer) -> None:
    smtp.behaviour.recipient_replies = {BOTH[0]: ["550 no"], BOTH[1]: ["450 later"]}
    handed = Handed()
    result = await submit(smtp.server, outgoing(recipients=BOTH), handed=handed)
    assert result.state is DeliveryState.QUEUED
    assert states(result) == {BOTH[0]: "failed", BOTH[1]: "queued"}
    assert not result.server_trouble
    assert handed.over == []


async def test_after_an_unknown_end_nobody_stays_queued(smtp: SmtpServer) -> None:
    smtp.behaviour.recipient_replies = {BOTH[1]: ["450 later"]}
    smtp.fail("accepted", "drop")
    result = await submit(smtp.server, outgoing(recipients=BOTH), timeouts=QUICK)
    assert states(result) == {BOTH[0]: "unknown", BOTH[1]: "failed"}


async def test_a_server_that_shuts_down_is_tried_later(smtp: SmtpServer) -> None:
    smtp.fail("rcpt", "4xx", reply="421 4.3.2 Shutting down")
    result = await submit(smtp.server, outgoing(recipients=BOTH))
    assert result.state is DeliveryState.QUEUED
    assert result.server_trouble


async def test_addresses_beyond_ascii(smtp: SmtpServer) -> None:
    mail = outgoing(
        to=("jörg@c.example", "ana@bücher.example"), recipients=("jörg@c.example", "ana@bücher.example")
    )
    result = await submit(smtp.server, mail)
    assert states(result) == {"jörg@c.example": "failed", "ana@bücher.example": "sent"}
    assert "SMTPUTF8" in result.detail
    assert smtp.accepted[0].recipients == ("ana@xn--bcher-kva.example",)
    with SmtpServer(smtputf8=True) as able:
        result = await submit(able.server, mail)
        assert set(states(result).values()) == {"sent"}
        assert "jörg@c.example".encode() in able.accepted[0].content


async def test_a_message_that_is_too_long_is_not_tried() -> None:
    with SmtpServer(size_limit=2_000) as smtp:
        result = await submit(smtp.server, outgoing(text="word " * 1_000))
        assert result.state is DeliveryState.FAILED
        assert "at most" in result.detail
        assert smtp.accepted == []


async def test_when_the_hand_over_cannot_be_recorded_nothing_leaves(smtp: SmtpServer) -> None:
    async def full(_addresses: Sequence[str]) -> None:
        raise OSError("disk full")

    mail = outgoing()
    submission = Submission(smtp.server, LOGIN, mail, lambda _: compose(mail, lambda _: b""), PATIENT)
    with pytest.raises(OSError, match="disk full"):
        await submission.submit(full)
    assert smtp.accepted == []


async def test_cancelling_before_the_hand_over_sends_nothing(smtp: SmtpServer) -> None:
    smtp.fail("data", "stall")
    task = asyncio.create_task(submit(smtp.server))
    done, _ = await asyncio.wait({task}, timeout=0.3)
    assert not done
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert smtp.accepted == []


def test_a_password_is_never_shown() -> None:
    assert PASSWORD not in repr(LOGIN)


async def test_our_mail_is_a_mail_to_others(smtp: SmtpServer) -> None:
    await submit(smtp.server, outgoing(subject="Ärger: “Größe”"))
    message = email.message_from_bytes(smtp.accepted[0].content, policy=email.policy.default)
    assert message["Subject"] == "Ärger: “Größe”"
    assert message.defects == []
