"""The parser process: batches, poison mails, killed processes, limits."""

import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inbox_desktop.models.errors import InboxError
from inbox_desktop.sync.email import parser_pool
from inbox_desktop.sync.email.mime import parse_mail
from inbox_desktop.sync.email.parsed import (
    Address,
    Bounced,
    FailedAddress,
    MailKind,
    ParsedAttachment,
    ParsedMail,
    ParseFailure,
)
from inbox_desktop.sync.email.parser_pool import ParserClosedError, ParserPool, ParserUnavailableError
from inbox_desktop.sync.email.parser_worker import GREETING, WORKER_FLAG, Answers, read_frame
from inbox_desktop.sync.email.process_memory import resident_bytes


def _mail(number: int, body: bytes = b"Hello") -> bytes:
    return b"From: ana@example.com\r\nMessage-ID: <%d@example.com>\r\n\r\n" % number + body


def _slow_mail() -> bytes:
    """A mail that really takes long: an HTML parser compares every attribute with all the others."""
    pieces = b"".join(
        b'a%d=">" ' % number for number in range(80_000)
    )  # each ">" hides it from the pre-check
    return b"Content-Type: text/html\r\n\r\n<p " + pieces + b">Hello"


def _ids(results: list[ParsedMail | ParseFailure]) -> list[str | None]:
    return [found.message_id if isinstance(found, ParsedMail) else None for found in results]


def test_batches_come_back_in_order_and_the_process_stays() -> None:
    with ParserPool() as pool:
        assert pool.pid is None
        assert _ids(pool.parse([_mail(number) for number in range(300)])) == [
            f"<{n}@example.com>" for n in range(300)
        ]
        first = pool.pid
        assert pool.parse([]) == []
        assert _ids(pool.parse([_mail(7, b"x" * 5_000_000)])) == ["<7@example.com>"]
        assert pool.pid == first
    assert pool.pid is None


def test_a_mail_that_takes_too_long_fails_alone() -> None:
    with ParserPool(seconds_per_mail=2.0) as pool:
        results = pool.parse([_mail(1), _slow_mail(), _mail(2), _mail(3)])
        assert _ids(results) == ["<1@example.com>", None, "<2@example.com>", "<3@example.com>"]
        failure = results[1]
        assert isinstance(failure, ParseFailure)
        assert "longer than 2 seconds" in failure.reason


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is capped on Linux only")
def test_a_mail_that_needs_too_much_memory_fails_alone() -> None:
    with ParserPool(memory_bytes=150 * 1024 * 1024) as pool:
        results = pool.parse([_mail(1), _mail(2, b"x" * 120_000_000), _mail(3)])
        assert _ids(results) == ["<1@example.com>", None, "<3@example.com>"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_when_the_process_is_killed_from_outside_every_mail_is_still_read() -> None:
    with ParserPool() as pool:
        pool.parse([_mail(0)])
        first = pool.pid
        assert first is not None
        killer = threading.Timer(0.1, os.kill, (first, signal.SIGKILL))
        killer.start()
        mails = [_mail(number, b"<p>Hello</p>" * 2_000) for number in range(2_000)]
        results = pool.parse(mails)
        killer.join()
        assert _ids(results) == [f"<{number}@example.com>" for number in range(2_000)]
        assert pool.pid != first


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_mail_that_brings_the_process_down_twice_fails_alone() -> None:
    stop = threading.Event()
    with ParserPool(seconds_per_mail=60) as pool:
        pool.parse([_mail(0)])

        def kill_whatever_reads_the_slow_mail() -> None:
            while not stop.is_set():
                pid = pool.pid
                if pid is not None and _cpu_seconds(pid) > 0.8:
                    os.kill(pid, signal.SIGKILL)
                stop.wait(0.05)

        killer = threading.Thread(target=kill_whatever_reads_the_slow_mail)
        killer.start()
        try:
            results = pool.parse([_mail(1), _slow_mail(), _mail(2)])
        finally:
            stop.set()
            killer.join()
        assert _ids(results) == ["<1@example.com>", None, "<2@example.com>"]
        failure = results[1]
        assert isinstance(failure, ParseFailure)
        assert "twice" in failure.reason


def _cpu_seconds(pid: int) -> float:
    try:
        output = subprocess.run(
            ["ps", "-o", "cputimes=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return float(output.stdout.strip() or 0)
    except ValueError:
        return 0.0


def test_closing_ends_a_batch_that_is_under_way() -> None:
    pool = ParserPool(seconds_per_mail=60)
    pool.parse([_mail(0)])
    closer = threading.Timer(0.3, pool.close)
    closer.start()
    with pytest.raises(ParserClosedError):
        pool.parse([_slow_mail(), _slow_mail()])
    closer.join()
    with pytest.raises(ParserClosedError):
        pool.parse([_mail(1)])
    pool.close()


def test_callers_take_turns() -> None:
    with ParserPool() as pool:
        results: dict[int, list[str | None]] = {}

        def parse(caller: int) -> None:
            results[caller] = _ids(pool.parse([_mail(caller * 100 + number) for number in range(50)]))

        threads = [threading.Thread(target=parse, args=(caller,)) for caller in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == {c: [f"<{c * 100 + n}@example.com>" for n in range(50)] for c in range(4)}


def test_a_process_that_does_not_start_is_no_fault_of_the_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        parser_pool, "_command", lambda _memory: [sys.executable, "-c", "raise SystemExit(3)"]
    )
    pool = ParserPool()
    with pytest.raises(ParserUnavailableError, match="exit status 3"):
        pool.parse([_mail(1)])
    pool.close()


def test_answers_may_hold_nothing_but_mails() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, ("true",)

    with pytest.raises(pickle.UnpicklingError):
        parser_pool._unpack(pickle.dumps(Evil()))
    with pytest.raises(TypeError):
        parser_pool._unpack(pickle.dumps("text"))
    with pytest.raises(pickle.UnpicklingError):
        parser_pool._unpack(pickle.dumps(ParserPool))
    assert parser_pool._unpack(pickle.dumps(ParseFailure("x"))) == [ParseFailure("x")]


def test_every_part_of_a_mail_survives_the_way() -> None:
    failed = FailedAddress("bo@example.com", "5.1.1", "no such user")
    mail = ParsedMail(
        message_id="<1@example.com>",
        in_reply_to=None,
        references=("<a@example.com>", "<b@example.com>"),
        date=datetime(2025, 5, 5, 10, 12, tzinfo=UTC),
        sender=Address("Ana", "ana@example.com"),
        from_verified=True,
        reply_to=(),
        to=(Address("", "bo@example.com"), Address("Cy", "cy@example.com")),
        cc=(),
        delivered_to=("bo@example.com",),
        subject="Grüße",
        kind=MailKind.BOUNCE,
        bounced=Bounced("bo@example.com", "5.1.1", "<0@example.com>", "no such user", (failed,)),
        text="text",
        visible_text="visible",
        html="<p>text</p>",
        visible_html=None,
        blocked=("script",),
        attachments=(ParsedAttachment("a.png", "image/png", 3, True, "a@b", b"\x00\xff\n"),),
        warnings=("odd",),
        may_auto_reply=False,
    )
    assert parser_pool._unpack(pickle.dumps(mail, protocol=5)) == [mail]


@pytest.mark.parametrize("kind", MailKind)
def test_a_kind_of_mail_travels_by_its_value(kind: MailKind) -> None:
    assert kind.__reduce_ex__(5) == (MailKind, (kind.value,))  # Python 3.11.2 would name getattr


def test_an_answer_that_cannot_be_packed_leaves_the_others_of_its_frame_whole() -> None:
    class Unpackable:
        def __reduce__(self) -> str:
            raise MemoryError

    def answer(subject: str, blocked: tuple[object, ...] = ()) -> ParsedMail:
        return replace(parse_mail(_mail(1)), subject=subject, blocked=blocked)  # type: ignore[arg-type]

    sent = io.BytesIO()
    answers = Answers(sent)
    answers.add(answer("first"))
    with pytest.raises(MemoryError):
        answers.add(answer("broken", ("a new text", Unpackable())))
    answers.add(ParseFailure("too large"))
    answers.add(answer("last", ("a new text",)))
    answers.write()
    answers.write()
    sent.seek(0)
    frames = [parser_pool._unpack(frame) for frame in iter(lambda: read_frame(sent), None)]
    first, failure, last = [found for frame in frames for found in frame]
    assert first == answer("first")
    assert failure == ParseFailure("too large")
    assert last == answer("last", ("a new text",))


def test_the_process_knows_neither_qt_nor_the_database() -> None:
    script = (
        "import sys; import inbox_desktop.sync.email.parser_worker, inbox_desktop.sync.email.mime; "
        "unwanted = {'PySide6', 'sqlalchemy', 'sqlite3', 'ssl', 'asyncio'}; "
        "print(sorted(unwanted & {name.split('.')[0] for name in sys.modules}))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_frozen_program_is_its_own_parser_process() -> None:
    command = [sys.executable, "-m", "inbox_desktop", WORKER_FLAG, "0"]
    found = subprocess.run(command, input=b"", capture_output=True, check=True)
    assert found.stdout == len(GREETING).to_bytes(8, "big") + GREETING


def test_the_memory_of_a_process_can_be_read() -> None:
    own = resident_bytes(os.getpid())
    assert own is not None
    assert own > 5_000_000
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    time.sleep(0)
    assert resident_bytes(ended.pid) is None


def test_the_culprit_is_found_among_mails_that_were_answered_but_not_yet_sent() -> None:
    mails = [_mail(number) for number in range(40)]
    mails[20] = _slow_mail()
    with ParserPool(seconds_per_mail=2.0) as pool:
        results = pool.parse(mails)
    assert [position for position, found in enumerate(results) if isinstance(found, ParseFailure)] == [20]


def test_an_empty_mail_and_a_batch_longer_than_a_run() -> None:
    with ParserPool() as pool:
        results = pool.parse([b"", *[_mail(number) for number in range(4_500)], b""])
    assert len(results) == 4_502
    assert _ids(results[1:-1]) == [f"<{number}@example.com>" for number in range(4_500)]


def test_the_parser_process_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_MAIL_PASSWORD", "hunter2")
    monkeypatch.setenv("TMPDIR", "elsewhere")
    passed: list[dict[str, str]] = []
    real = subprocess.Popen

    def start(command: list[str], **more: object) -> object:
        passed.append(more["env"])  # type: ignore[arg-type]
        return real(command, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", start)
    with ParserPool() as pool:
        assert _ids(pool.parse([_mail(1)])) == ["<1@example.com>"]
    (environment,) = passed
    assert "SHOP_MAIL_PASSWORD" not in environment
    assert environment["TMPDIR"] == "elsewhere"
    assert environment["PATH"] == os.environ["PATH"]


def test_a_process_that_cannot_be_started_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_pool, "_command", lambda _memory: ["/nowhere/python"])
    with ParserPool() as pool, pytest.raises(ParserUnavailableError, match="cannot be started") as caught:
        pool.parse([_mail(1)])
    assert isinstance(caught.value, InboxError)


def test_a_bounce_comes_back_with_all_its_parts() -> None:
    report = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n\r\n\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        b"Final-Recipient: rfc822; ana@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--x--\r\n"
    )
    with ParserPool() as pool:
        (found,) = pool.parse([report])
    assert isinstance(found, ParsedMail)
    assert found.bounced is not None
    assert [one.address for one in found.bounced.failed] == ["ana@example.com"]
