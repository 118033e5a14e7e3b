"""One request to a provider, and everything that can happen to it."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from inbox_desktop.demo.providers.faults import Fate, Fault
from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.sync.sms.http import LARGEST_ANSWER, LONGEST_WAIT, Answer, Http
from inbox_desktop.sync.sms.provider import ProviderError, Trouble
from tests.support.tls import CertificateFiles, TestAuthority
from tests.sync.sms.desk import CUSTOMER, NUMBER, SECRET, failure_of

_PATH = "/2010-04-01/Accounts/AC" + "0" * 31 + "1/Messages.json"
_FORM = [("To", CUSTOMER), ("From", NUMBER), ("Body", "hello")]


@pytest.fixture
async def sim() -> AsyncIterator[TwilioSimulator]:
    with TwilioSimulator(SECRET, NUMBER) as running:
        yield running
    assert running.violations == []


@pytest.fixture
async def http(sim: TwilioSimulator) -> AsyncIterator[Http]:
    made = Http("Twilio", sim.url, httpx.BasicAuth(sim.account, SECRET))
    yield made
    await made.close()


@pytest.mark.parametrize("fate", [Fate.DROPPED_BEFORE, Fate.DROPPED_AFTER, Fate.CUT_SHORT])
async def test_a_connection_lost_after_the_request_left_is_ambiguous_only_for_what_was_sent(
    sim: TwilioSimulator, http: Http, fate: Fate
) -> None:
    sim.meet(Fault(fate), Fault(fate))
    assert (await failure_of(http.post(_PATH, form=_FORM))).trouble is Trouble.AMBIGUOUS
    assert len(sim.sent) == (0 if fate is Fate.DROPPED_BEFORE else 1)
    error = await failure_of(http.get(_PATH))
    assert error.trouble is Trouble.BUSY
    assert "ended the connection" in str(error)
    assert (await http.get(_PATH)).is_good


async def test_an_answer_that_does_not_come_in_time(sim: TwilioSimulator) -> None:
    hasty = Http("Twilio", sim.url, httpx.BasicAuth(sim.account, SECRET), seconds=0.4)
    sim.meet(Fault(Fate.SLOW_AFTER, seconds=30), Fault(Fate.SLOW_AFTER, seconds=30))
    error = await failure_of(hasty.post(_PATH, form=_FORM))
    assert error.trouble is Trouble.AMBIGUOUS
    assert "did not answer in time" in str(error)
    assert (await failure_of(hasty.get(_PATH))).trouble is Trouble.BUSY
    await hasty.close()


async def test_nothing_left_when_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    http = Http("Twilio", f"http://127.0.0.1:{port}", httpx.BasicAuth("a", SECRET))
    error = await failure_of(http.post(_PATH, form=_FORM))
    assert error.trouble is Trouble.BUSY
    assert f"Nothing answers at 127.0.0.1:{port}" in str(error)
    await http.close()


async def test_a_name_that_is_not_found() -> None:
    http = Http("Twilio", "https://nowhere.invalid", httpx.BasicAuth("a", SECRET))
    error = await failure_of(http.post(_PATH, form=_FORM))
    assert error.trouble is Trouble.BUSY
    assert "nowhere.invalid was not found" in str(error)
    await http.close()


async def test_a_server_without_encryption_gets_no_secret(sim: TwilioSimulator) -> None:
    http = Http("Twilio", sim.url.replace("http://", "https://"), httpx.BasicAuth("a", SECRET))
    error = await failure_of(http.post(_PATH, form=_FORM))
    assert error.trouble is Trouble.BUSY
    assert "No encrypted connection" in str(error)
    await http.close()


@asynccontextmanager
async def _encrypted(files: CertificateFiles) -> AsyncIterator[str]:
    """A server with this certificate that answers everything with {}; its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_certificate_that_holds(trusted: TestAuthority) -> None:
    async with _encrypted(trusted.valid()) as url:
        http = Http("Twilio", url, httpx.BasicAuth("a", SECRET))
        assert (await http.get(_PATH)).content == b"{}"
        await http.close()


@pytest.mark.parametrize(("kind", "words"), [("expired", "has expired"), ("wrong_host", "is for another")])
async def test_a_certificate_that_does_not_hold(trusted: TestAuthority, kind: str, words: str) -> None:
    async with _encrypted(getattr(trusted, kind)()) as url:
        http = Http("Twilio", url, httpx.BasicAuth("a", SECRET))
        error = await failure_of(http.post(_PATH, form=_FORM))
        assert error.trouble is Trouble.BUSY
        assert words in str(error)
        await http.close()


@pytest.mark.parametrize(
    "url", ["http://api.twilio.example", "ftp://127.0.0.1", "api.twilio.com", "http://[", ""]
)
def test_an_address_without_encryption_is_refused_outside_this_computer(url: str) -> None:
    with pytest.raises(ProviderError, match="must begin with https://"):
        Http("Twilio", url, httpx.BasicAuth("a", SECRET))


@pytest.mark.parametrize(
    ("status", "reading", "sending"),
    [
        (429, Trouble.BUSY, Trouble.BUSY),
        (408, Trouble.BUSY, Trouble.BUSY),
        (503, Trouble.BUSY, Trouble.BUSY),
        (500, Trouble.BUSY, Trouble.AMBIGUOUS),
        (502, Trouble.BUSY, Trouble.AMBIGUOUS),
        (504, Trouble.BUSY, Trouble.AMBIGUOUS),
        (401, Trouble.SIGN_IN, Trouble.SIGN_IN),
        (403, Trouble.SIGN_IN, Trouble.SIGN_IN),
        (302, Trouble.REFUSED, Trouble.REFUSED),
        (400, Trouble.REFUSED, Trouble.REFUSED),
    ],
)
async def test_what_a_status_means(http: Http, status: int, reading: Trouble, sending: Trouble) -> None:
    answer = Answer(status, httpx.Headers(), b"<html>error</html>")
    assert http.failure(answer, "", "").trouble is reading
    assert http.failure(answer, "", "", sending=True).trouble is sending


async def test_the_wait_that_is_asked_for(sim: TwilioSimulator, http: Http) -> None:
    sim.skew = timedelta(hours=5)  # a date is by the provider's clock
    await http.get(_PATH)

    def wait(value: str) -> float | None:
        return http.retry_after(Answer(429, httpx.Headers({"retry-after": value}), b""))

    assert wait("7") == 7
    in_a_minute = wait(format_datetime(sim.now + timedelta(minutes=1), usegmt=True))
    assert in_a_minute is not None
    assert 40 < in_a_minute < 80
    assert wait(format_datetime(sim.now - timedelta(days=1), usegmt=True)) == 0
    assert wait("999999999999999999999999") == LONGEST_WAIT
    assert [wait(value) for value in ("", "soon", "-5", "1.5")] == [None] * 4


async def test_the_clock_of_the_provider_is_noted(sim: TwilioSimulator, http: Http) -> None:
    sim.skew = timedelta(minutes=-30)
    await http.get(_PATH)
    assert abs(http.clock_offset - sim.skew) < timedelta(minutes=1)


async def test_an_answer_without_end_is_not_read(sim: TwilioSimulator, http: Http) -> None:
    huge = Fault(Fate.ANSWERED, status=200, body=b" " * (LARGEST_ANSWER + 1))
    sim.meet(huge, huge)
    error = await failure_of(http.get(_PATH))
    assert error.trouble is Trouble.BUSY
    assert "over 10 MB" in str(error)
    assert (await failure_of(http.post(_PATH, form=_FORM))).trouble is Trouble.AMBIGUOUS


async def test_a_page_on_another_server_is_not_asked(http: Http) -> None:
    for address in (
        "https://evil.example/x",
        "//evil.example/x",
        "http://127.0.0.1:1/x",
        "https://127.0.0.1/x",
    ):
        error = await failure_of(http.get(address))
        assert error.trouble is Trouble.REFUSED
        assert "another server" in str(error)
    assert (await failure_of(http.get("http://[/x"))).trouble is Trouble.REFUSED


async def test_a_redirect_is_not_followed_with_the_secret(sim: TwilioSimulator, http: Http) -> None:
    sim.meet(Fault(Fate.ANSWERED, status=302, headers=(("location", "https://evil.example/"),)))
    assert (await http.get(_PATH)).status == 302


async def test_a_file_is_not_fetched_from_an_address_that_is_not_safe() -> None:
    http = Http("Twilio", "https://api.twilio.com", httpx.BasicAuth("a", SECRET))
    plain = await failure_of(http.download("http://media.example/a.png"))
    assert "without encryption" in str(plain)
    for inside in ("https://127.0.0.1/a.png", "https://10.1.2.3/a.png", "https://[::1]/a.png"):
        error = await failure_of(http.download(inside))
        assert error.trouble is Trouble.BUSY
    await http.close()


async def test_a_file_that_is_sent_in_circles(sim: TwilioSimulator, http: Http) -> None:
    around = Fault(Fate.ANSWERED, status=302, headers=(("location", "/round"),), times=9)
    sim.meet(around)
    assert "from address to address" in str(await failure_of(http.download("/round")))


async def test_neither_secrets_nor_numbers_reach_the_log(
    http: Http, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await http.post(_PATH, form=_FORM)
    await http.get(_PATH, [("From", NUMBER)])
    assert SECRET not in caplog.text
    assert NUMBER[1:] not in caplog.text
