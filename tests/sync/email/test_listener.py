"""The built-in SMTP listener: whom it takes mail for, what it refuses, and what its 250 promises."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from inbox_desktop.models.errors import StorageError, StorageFullError
from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.email.listener import MOST_HOPS, MOST_RECIPIENTS, Listener, without_trace
from inbox_desktop.sync.errors import ChannelError, Fault
from tests.support.mails import mail
from tests.support.tls import TestAuthority

HOST = "127.0.0.1"
SUPPORT = "support@shop.example"
ALIAS = "help@shop.example"
CUSTOMER = "ana@example.com"
SMALL = 20_000

Open = Callable[..., Awaitable[Listener]]


class Shelf:
    """Keeps mails in memory; can be told to fail, or to take its time."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.fault: Exception | None = None
        self.asked = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def keep(self, raw: bytes, received_at: datetime) -> None:
        assert received_at.tzinfo is not None
        self.asked.set()
        await self.may_go_on.wait()
        if self.fault is not None:
            raise self.fault
        self.mails.append(raw)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def listen(shelf: Shelf, tmp_path: Path) -> AsyncIterator[Open]:
    """`await listen(...)` opens a listener on a free port."""
    opened: list[Listener] = []

    async def open_one(
        security: Security = Security.NONE, certificate: Path | None = None, most_connections: int = 5
    ) -> Listener:
        listener = Listener(
            Server(HOST, 0, security),
            frozenset({SUPPORT, ALIAS}),
            shelf.keep,
            certificate or tmp_path / "none.pem",
            most_bytes=SMALL,
            most_connections=most_connections,
        )
        await listener.open()
        opened.append(listener)
        return listener

    yield open_one
    for listener in opened:
        await listener.close()


async def send(listener: Listener, content: bytes, *recipients: str, sender: str = CUSTOMER) -> str:
    """Send a mail; returns the server's last words."""
    async with client(listener) as connection:
        _, words = await connection.sendmail(sender, list(recipients) or [SUPPORT], content)
    return words


def client(listener: Listener, **settings: Any) -> aiosmtplib.SMTP:
    names = {"hostname": HOST, "port": listener.port, "local_hostname": "mx.example"}
    return aiosmtplib.SMTP(**{**names, "start_tls": False, **settings})


def combined(authority: TestAuthority, folder: Path) -> Path:
    """A PEM file with a valid certificate and its key."""
    files = authority.valid()
    target = folder / "listener.pem"
    target.write_bytes(files.key.read_bytes() + files.certificate.read_bytes())
    return target


async def test_keeps_the_mail_as_it_came_below_the_traces_of_its_arrival(listen: Open, shelf: Shelf) -> None:
    listener = await listen()
    content = mail(1, text="Grüße\r\n.with a dot\r\n")
    assert await send(listener, content) == "2.0.0 Stored"
    (kept,) = shelf.mails
    traces, _, rest = kept.partition(b"From: ")
    assert b"From: " + rest == content
    lines = traces.decode().split("\r\n")
    assert lines[:2] == [f"Return-Path: <{CUSTOMER}>", f"Delivered-To: {SUPPORT}"]
    assert lines[2].startswith("Received: from mx.example ([127.0.0.1]) by inbox-desktop with ESMTP; ")
    assert without_trace(kept) == content == without_trace(content)


@pytest.mark.parametrize("address", [SUPPORT, ALIAS, "Support@SHOP.example"])
async def test_takes_mail_for_the_channels_addresses(listen: Open, shelf: Shelf, address: str) -> None:
    await send(await listen(), mail(1), address)
    assert f"Delivered-To: {address}".encode() in shelf.mails[0]


@pytest.mark.parametrize(
    "address", ["other@shop.example", "someone@elsewhere.example", "support@shop.example.evil"]
)
async def test_is_no_relay(listen: Open, shelf: Shelf, address: str) -> None:
    listener = await listen()
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(listener, mail(1), address)
    assert refused.value.recipients[0].code == 550
    assert shelf.mails == []


async def test_takes_bounces_whose_sender_is_empty(listen: Open, shelf: Shelf) -> None:
    await send(await listen(), mail(1), sender="")
    assert shelf.mails[0].startswith(b"Return-Path: <>\r\n")


async def test_says_250_only_when_the_mail_is_stored(listen: Open, shelf: Shelf) -> None:
    listener = await listen()
    shelf.may_go_on.clear()
    sending = asyncio.create_task(send(listener, mail(1)))
    await shelf.asked.wait()
    await asyncio.sleep(0.05)
    assert not sending.done()
    shelf.may_go_on.set()
    assert await sending == "2.0.0 Stored"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (StorageFullError("full"), "4.3.1 The disk is full"),
        (StorageError("locked"), "4.3.0 The mail could not"),
    ],
)
async def test_what_cannot_be_stored_stays_with_its_sender(
    listen: Open, shelf: Shelf, fault: Exception, words: str
) -> None:
    listener = await listen()
    shelf.fault = fault
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await send(listener, mail(1))
    assert refused.value.code == 451
    assert refused.value.message.startswith(words)
    shelf.fault = None
    assert await send(listener, mail(1)) == "2.0.0 Stored"


@pytest.mark.expects_log("listener failed")
async def test_after_a_fault_of_ours_the_mail_stays_with_its_sender(listen: Open, shelf: Shelf) -> None:
    shelf.fault = KeyError("a bug")
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await send(await listen(), mail(1))
    assert refused.value.code == 451
    assert "bug" not in refused.value.message


async def test_refuses_what_is_too_large_before_it_is_sent(listen: Open, shelf: Shelf) -> None:
    listener = await listen()
    with pytest.raises(aiosmtplib.SMTPSenderRefused) as refused:
        await send(listener, mail(1, text="x" * 70 * 400))
    assert refused.value.code == 552
    assert shelf.mails == []


async def test_refuses_what_is_larger_than_it_said(listen: Open, shelf: Shelf) -> None:
    async with client(await listen()) as connection:
        await connection.ehlo()
        await connection.execute_command(b"MAIL", f"FROM:<{CUSTOMER}>".encode())
        await connection.execute_command(b"RCPT", f"TO:<{SUPPORT}>".encode())
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await connection.data(mail(1, text="a line of text\r\n" * 2_000))
    assert refused.value.code == 552
    assert shelf.mails == []


async def test_refuses_mail_that_goes_in_circles(listen: Open, shelf: Shelf) -> None:
    listener = await listen()
    hops = "Received: from a by b\r\n"
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await send(listener, mail(1, headers=hops * (MOST_HOPS + 1)))
    assert refused.value.code == 554
    await send(listener, mail(1, headers=hops * MOST_HOPS))
    assert len(shelf.mails) == 1


async def test_takes_only_so_many_recipients(listen: Open) -> None:
    async with client(await listen()) as connection:
        await connection.ehlo()
        await connection.execute_command(b"MAIL", f"FROM:<{CUSTOMER}>".encode())
        recipient = f"TO:<{SUPPORT}>".encode()
        codes = [
            (await connection.execute_command(b"RCPT", recipient)).code for _ in range(MOST_RECIPIENTS + 1)
        ]
    assert codes == [250] * MOST_RECIPIENTS + [452]


async def test_nothing_that_a_caller_says_begins_a_header(listen: Open, shelf: Shelf) -> None:
    listener = await listen()
    reader, writer = await asyncio.open_connection(HOST, listener.port)
    content = mail(1).replace(b"\r\n.", b"\r\n..")
    for line in (
        b"EHLO x\x0bEvil: 1\ry",
        f"MAIL FROM:<a@example.com>\r\nRCPT TO:<{SUPPORT}>\r\nDATA".encode(),
    ):
        writer.write(line + b"\r\n")
    writer.write(content + b"\r\n.\r\nQUIT\r\n")
    await writer.drain()
    conversation = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert b"250 2.0.0 Stored" in conversation
    traces = shelf.mails[0].partition(b"From: ")[0]
    assert not any(line.startswith(b"Evil") for line in traces.splitlines())


async def test_turns_callers_away_when_too_many_are_there(listen: Open, shelf: Shelf) -> None:
    listener = await listen(most_connections=1)
    async with client(listener):
        with pytest.raises(aiosmtplib.SMTPConnectResponseError) as busy:
            await send(listener, mail(1))
        assert busy.value.code == 421
    while shelf.mails == []:  # the first caller's leaving takes a moment to be noticed
        try:
            await send(listener, mail(1))
        except aiosmtplib.SMTPConnectResponseError:
            await asyncio.sleep(0.01)


async def test_offers_no_sign_in(listen: Open) -> None:
    async with client(await listen()) as connection:
        await connection.ehlo()
        assert not connection.supports_extension("auth")
        assert connection.esmtp_extensions["size"] == str(SMALL)


async def test_closing_ends_every_connection(shelf: Shelf, listen: Open) -> None:
    listener = await listen()
    shelf.may_go_on.clear()
    sending = asyncio.create_task(send(listener, mail(1)))
    await shelf.asked.wait()
    await listener.close()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await sending


async def test_without_tls_it_listens_to_this_computer_only(shelf: Shelf, tmp_path: Path) -> None:
    listener = Listener(Server("0.0.0.0", 0, Security.NONE), frozenset({SUPPORT}), shelf.keep, tmp_path)  # noqa: S104
    with pytest.raises(ChannelError, match="unencrypted") as refused:
        await listener.open()
    assert refused.value.needs_person


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_tls_needs_a_certificate(listen: Open, tmp_path: Path, security: Security) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for certificate in (tmp_path / "absent.pem", broken):
        with pytest.raises(ChannelError, match="certificate") as refused:
            await listen(security, certificate)
        assert refused.value.fault is Fault.CERTIFICATE


async def test_listens_with_tls(listen: Open, shelf: Shelf, authority: TestAuthority, tmp_path: Path) -> None:
    listener = await listen(Security.TLS, combined(authority, tmp_path))
    trust = ssl.create_default_context(cafile=str(authority.file))
    connection = client(listener, use_tls=True, tls_context=trust)
    async with connection:
        await connection.sendmail(CUSTOMER, [SUPPORT], mail(1))
        assert not connection.supports_extension("auth")
    assert len(shelf.mails) == 1


async def test_with_starttls_it_takes_nothing_before_it(
    listen: Open, shelf: Shelf, authority: TestAuthority, tmp_path: Path
) -> None:
    listener = await listen(Security.STARTTLS, combined(authority, tmp_path))
    trust = ssl.create_default_context(cafile=str(authority.file))
    async with client(listener) as connection:
        with pytest.raises(aiosmtplib.SMTPSenderRefused) as refused:
            await connection.sendmail(CUSTOMER, [SUPPORT], mail(1))
        assert refused.value.code == 530
        await connection.starttls(tls_context=trust)
        await connection.sendmail(CUSTOMER, [SUPPORT], mail(1))
    assert len(shelf.mails) == 1


async def test_says_when_the_port_is_taken(shelf: Shelf, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        server = Server(HOST, other.getsockname()[1], Security.NONE)
        listener = Listener(server, frozenset({SUPPORT}), shelf.keep, tmp_path)
        with pytest.raises(ChannelError, match="no other program uses this port") as refused:
            await listener.open()
    assert refused.value.fault is Fault.PORT


async def test_an_opening_that_is_cancelled_gives_the_port_back(shelf: Shelf, tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    is_open, turns = False, 0
    while not is_open:
        listener = Listener(
            Server(HOST, port, Security.NONE), frozenset({SUPPORT}), shelf.keep, tmp_path / "none.pem"
        )
        opening = asyncio.ensure_future(listener.open())
        for _ in range(turns):
            await asyncio.sleep(0)
        is_open = opening.done()
        opening.cancel()
        await asyncio.wait([opening])
        if is_open:
            await listener.close()
        socket.create_server((HOST, port)).close()
        turns += 1
    assert turns > 1
