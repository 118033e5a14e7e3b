"""Untrusted mail is read in a process of its own, with limits of time and memory, and this is its handle."""

import io
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import inbox_desktop
from inbox_desktop.models.errors import InboxError
from inbox_desktop.sync.email.parsed import (
    Address,
    Bounced,
    FailedAddress,
    MailKind,
    ParsedAttachment,
    ParsedMail,
    ParseFailure,
)
from inbox_desktop.sync.email.parser_worker import (
    BUFFER_BYTES,
    END_OF_BATCH,
    GREETING,
    WORKER_FLAG,
    read_frame,
    write_frame,
)
from inbox_desktop.sync.email.process_memory import resident_bytes

DEFAULT_SECONDS_PER_MAIL: Final = 10.0
DEFAULT_MEMORY_BYTES: Final = 512 * 1024 * 1024
_START_SECONDS: Final = 60.0
_CLOSE_SECONDS: Final = 2.0
_WATCH_SECONDS: Final = 0.25
_RUN_MAILS: Final = 2_000  # their progress marks fit into any pipe
_FEED_BYTES: Final = 256 * 1024
_TWICE: Final = "reading this mail brought the parser down, twice"

_PASSED_ON: Final = frozenset(
    {
        *("PATH", "HOME", "TEMP", "TMP", "TMPDIR", "TZ", "TZDIR"),
        *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "USERPROFILE", "PATHEXT"),
        *("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
        "__PYVENV_LAUNCHER__",  # how Python on macOS finds its virtual environment
    }
)
_FROZEN_PREFIXES: Final = ("_PYI_", "_MEIPASS")  # PyInstaller's word to its own child processes

_log = logging.getLogger(__name__)
# All that an answer may be made of.
_CLASSES: Final = {
    (cls.__module__, cls.__qualname__): cls
    for cls in (
        *(Address, Bounced, FailedAddress, MailKind, ParsedAttachment, ParsedMail, ParseFailure),
        *(datetime, timedelta, timezone),
    )
}


class ParserUnavailableError(InboxError):
    """The parser process cannot be started, so nothing is wrong with the mails. Keep them and try again."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The part of the program that reads mail cannot be started ({reason}). What was fetched is kept "
            "unread, and read as soon as that works. If it stays so, install Inbox Desktop again."
        )


class ParserClosedError(RuntimeError):
    """The pool was closed while or before mails were read; nothing is wrong with them."""


class ParserPool:
    """One parser process: started when it is first needed, replaced when a mail has brought it down.

    `parse` blocks and is for one caller at a time (others wait); call it from a thread. `close` may come from
    any thread at any time.

    In a program frozen by PyInstaller the process is the program itself: its `main` must begin with
    `if parser_worker.run_if_asked(sys.argv): return`.
    """

    def __init__(
        self,
        seconds_per_mail: float = DEFAULT_SECONDS_PER_MAIL,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> None:
        self._seconds = seconds_per_mail
        self._memory = memory_bytes
        self._turn = threading.Lock()
        self._state = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The id of the running parser process, None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def parse(self, mails: Sequence[bytes]) -> list[ParsedMail | ParseFailure]:
        """Read a batch of mails; the results stand in the order of the mails.

        A mail that takes too long, needs too much memory or brings the process down twice becomes a
        ParseFailure; the others are read all the same.

        Raises:
            ParserUnavailableError: the process cannot be started.
            ParserClosedError: the pool is closed.
        """
        with self._turn:
            results: dict[int, ParsedMail | ParseFailure] = {}
            crashed: set[int] = set()
            while len(results) < len(mails):
                self._run(mails, results, crashed)
            return [results[position] for position in range(len(mails))]

    def _run(
        self, mails: Sequence[bytes], results: dict[int, ParsedMail | ParseFailure], crashed: set[int]
    ) -> None:
        """Read what has no result yet, until all is read or the process has ended; then name the culprit."""
        pending = [position for position in range(len(mails)) if position not in results][:_RUN_MAILS]
        process = self._running()
        run = _Run(process, [mails[position] for position in pending], self._seconds, self._memory)
        try:
            answers = run.read()
        finally:
            if run.unfinished or self._closed:
                self._discard(process)
        results.update(zip(pending, answers, strict=False))
        if len(answers) < len(pending):
            culprit = pending[max(run.started - 1, len(answers))]
            reason = run.reason or (_TWICE if culprit in crashed else "")
            if reason:
                results[culprit] = ParseFailure(reason)
            crashed.add(culprit)  # perhaps it was killed from outside: the mail gets a second chance
            _log.info("the parser process ended at mail %d: %s", culprit, reason or "crash")

    def close(self) -> None:
        """End the process. A `parse` that is under way raises ParserClosedError, and puts the pieces away."""
        with self._state:
            self._closed = True
            process, self._process = self._process, None
        if process is None:
            return
        if self._turn.acquire(blocking=False):
            try:
                _end(process, _CLOSE_SECONDS)
            finally:
                self._turn.release()
        else:
            process.kill()

    def _running(self) -> "subprocess.Popen[bytes]":
        """The process, started if there is none."""
        with self._state:
            if self._closed:
                raise ParserClosedError("the parser was closed")
            if self._process is None or self._process.poll() is not None:
                if self._process is not None:
                    _end(self._process, 0)
                self._process = _start(self._memory)
            return self._process

    def _discard(self, process: "subprocess.Popen[bytes]") -> None:
        """Forget a process that has ended or must end."""
        _end(process, 0)
        with self._state:
            if self._process is process:
                self._process = None


class _Run:
    """One batch in one process: a thread feeds mails, a thread watches time and memory, the caller reads."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", mails: Sequence[bytes], seconds: float, memory: int
    ) -> None:
        self.process = process
        self.mails = mails
        self.seconds = seconds
        self.memory = memory
        self.reason = ""
        self.started = 0
        self.unfinished = True
        self.deadline = time.monotonic() + seconds
        self.done = threading.Event()

    def read(self) -> list[ParsedMail | ParseFailure]:
        """The results until the batch is complete or the process has ended."""
        threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for target, name in ((self._feed, "parser-feed"), (self._watch, "parser-watch"))
        ]
        for thread in threads:
            thread.start()
        results: list[ParsedMail | ParseFailure] = []
        try:
            while len(results) < len(self.mails):
                answers = self._next()
                if not 0 < len(answers) <= len(self.mails) - len(results):
                    break
                results += answers
                self.deadline = time.monotonic() + self.seconds
        finally:
            if len(results) < len(self.mails):
                self.process.kill()
            self.done.set()
            for thread in threads:
                thread.join()
            self.unfinished = len(results) < len(self.mails)
            self.started = self._count_started(complete=not self.unfinished)
        return results

    def _count_started(self, *, complete: bool) -> int:
        """How many mails the process began: the bytes of its progress pipe, all there are if it has ended."""
        count = 0
        while not complete or count < len(self.mails):
            marks = os.read(_stream(self.process.stderr).fileno(), 65_536)
            if not marks:
                break
            count += len(marks)
        return count

    def _next(self) -> list[ParsedMail | ParseFailure]:
        """The next answers, none when the process has ended or does not keep to the protocol."""
        try:
            data = read_frame(_stream(self.process.stdout))
            return [] if data is None else _unpack(data)
        except (OSError, ValueError, pickle.UnpicklingError, EOFError, AttributeError, TypeError) as error:
            _log.info("the parser process gave no usable answer: %s", type(error).__name__)
            return []

    def _feed(self) -> None:
        """Write the mails, several small ones at a time; the pipe's size keeps it little ahead."""
        pipe = _stream(self.process.stdin)
        try:
            unwritten = 0
            for mail in self.mails:
                write_frame(pipe, mail)
                unwritten += len(mail)
                if unwritten > _FEED_BYTES:
                    pipe.flush()
                    unwritten = 0
            pipe.write(END_OF_BATCH)
            pipe.flush()
        except (OSError, ValueError):
            return  # the process has ended; the reader notices

    def _watch(self) -> None:
        """End the process when one mail takes too long or too much memory."""
        while not self.done.wait(min(_WATCH_SECONDS, self.seconds / 4)):
            if time.monotonic() > self.deadline:
                self.reason = f"reading this mail took longer than {self.seconds:g} seconds"
            elif (resident_bytes(self.process.pid) or 0) > self.memory:
                self.reason = "reading this mail needs too much memory"
            if self.reason:
                self.process.kill()
                return


class _Unpickler(pickle.Unpickler):
    """Unpickles nothing but mails: a parser that was taken over must not take over this process."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Look up a class of the short list, refuse all others."""
        found = _CLASSES.get((module_name, global_name))
        if found is None:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is not part of a mail")
        return found


def _unpack(data: bytes) -> list[ParsedMail | ParseFailure]:
    """The answers in one frame of the parser process."""
    stream = io.BytesIO(data)
    unpickler = _Unpickler(stream)
    answers = []
    while stream.tell() < len(data):
        answer = unpickler.load()
        if not isinstance(answer, (ParsedMail, ParseFailure)):
            raise TypeError("not a mail")
        answers.append(answer)
    return answers


def _start(memory: int) -> "subprocess.Popen[bytes]":
    """Start a parser process and wait for its greeting."""
    try:
        process = subprocess.Popen(
            _command(memory),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=BUFFER_BYTES,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=sys.platform != "win32",  # Ctrl-C is for the program, which closes the pool
        )
    except OSError as error:
        raise ParserUnavailableError(error.strerror or type(error).__name__) from error
    killer = threading.Timer(_START_SECONDS, process.kill)
    killer.start()
    try:
        greeting = read_frame(_stream(process.stdout))
    finally:
        killer.cancel()
        killer.join()
    if greeting != GREETING:
        _end(process, 0)
        raise ParserUnavailableError(f"exit status {process.returncode}")
    return process


def _command(memory: int) -> list[str]:
    """How the parser process is started: by Python, or by the frozen program itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG, str(memory)]
    return [sys.executable, "-P", "-m", "inbox_desktop.sync.email.parser_worker", str(memory)]


def _environment() -> dict[str, str]:
    """The environment: this very package, wherever it was started (-P keeps the current folder out).

    Of ours it gets what starting takes and no more: `--password-env` puts passwords there.
    """
    package = str(Path(inbox_desktop.__file__).resolve().parent.parent)
    passed = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED_ON or name.startswith(_FROZEN_PREFIXES)
    }
    others = passed.get("PYTHONPATH", "")
    return {**passed, "PYTHONPATH": os.pathsep.join(filter(None, (package, others)))}


def _stream(stream: Any) -> BinaryIO:
    """A pipe of the process; they are always there, for it was started with them."""
    assert stream is not None
    pipe: BinaryIO = stream
    return pipe


def _end(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """End a process: by closing its input if it has some seconds, else by force; then collect it."""
    if seconds:
        try:
            _stream(process.stdin).close()
            process.wait(seconds)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            pass
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        try:
            if stream is not None:
                stream.close()
        except (OSError, ValueError):
            pass
