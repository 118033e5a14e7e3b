"""The real program as a process of its own: run to its end, or started and killed by its pid."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from inbox_desktop.cli import main
from tests.support import waits, warm_start

ROOT = Path(__file__).resolve().parent.parent.parent
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended. `code` is negative when a signal ended it."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON Lines that it printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object that it printed."""
        (only,) = self.lines
        return only

    def __str__(self) -> str:
        return f"inbox-desktop {' '.join(self.arguments)}: exit {self.code}\n{self.out}\n{self.err}"


class Running:
    """A started program. Leaving its block kills it if it still runs."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        launcher: Sequence[str],
        shorter: Mapping[str, float],
        *,
        is_warm: bool,
    ) -> None:
        self._arguments = tuple(arguments)
        self._out = tempfile.NamedTemporaryFile()  # noqa: SIM115 - a pipe could fill up; closed in __exit__
        self._err = tempfile.NamedTemporaryFile()  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | warm_start.WarmProcess
        if launcher or not is_warm:
            command = waits.command(shorter) if shorter else [sys.executable, "-m", "inbox_desktop"]
            self._process = subprocess.Popen(
                [*launcher, *command, *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=self._out,
                stderr=self._err,
            )
        else:
            self._process = warm_start.WarmProcess(
                warm_start.DESKTOP,
                arguments,
                folder=ROOT,
                environment=environment,
                out=Path(self._out.name),
                err=Path(self._err.name),
                waits=shorter,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(_PATIENCE_SECONDS)
        self._out.close()
        self._err.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended by now."""
        return self._process.poll() is not None

    def kill(self) -> Result:
        """kill -9: nothing in it gets a chance to tidy up."""
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
        return self.wait()

    def stop(self) -> Result:
        """Ask it to end, as the system does when a person logs out."""
        self._process.terminate()
        return self.wait()

    def wait(self, seconds: float = _PATIENCE_SECONDS) -> Result:
        """Wait for its end."""
        code = self._process.wait(seconds)
        return Result(self._arguments, code, self.printed(), self.told())

    def printed(self) -> str:
        """What it has printed on standard output up to now."""
        return _content(self._out)

    def told(self) -> str:
        """What it has told on standard error up to now."""
        return _content(self._err)

    def wait_for(self, words: str, seconds: float = _PATIENCE_SECONDS) -> str:
        """Wait until it has told these words on standard error; returns all that it told."""
        deadline = time.monotonic() + seconds
        while words not in (told := self.told()):
            assert not self.ended, f"it ended before it said {words!r}:\n{told}"
            assert time.monotonic() < deadline, f"it did not say {words!r} within {seconds} s:\n{told}"
            time.sleep(0.05)
        return told


class Program:
    """`inbox-desktop --profile DIR`, to be called with the rest of the command line.

    `environment` is added to the test's own; `launcher` stands before Python on the command line. Without one
    the program is forked from a process that has imported it already, unless `is_warm` is False. `waits` are
    those that are shorter in it (see `tests.support.waits`).
    """

    def __init__(
        self,
        profile: Path,
        environment: Mapping[str, str] | None = None,
        launcher: Sequence[str] = (),
        *,
        is_warm: bool = warm_start.IS_POSSIBLE,
    ) -> None:
        self.profile = profile
        self.environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **(environment or {})}
        self.launcher = tuple(launcher)
        self.waits: dict[str, float] = {}
        self._is_warm = is_warm

    def __call__(self, *arguments: str, code: int | None = 0) -> Result:
        """Run a command to its end. Another exit code than `code` fails the test (None: any will do)."""
        with self.start(*arguments) as running:
            result = running.wait()
        assert code is None or result.code == code, str(result)
        return result

    def here(self, *arguments: str, code: int = 0) -> Result:
        """Run a short command in this very process: the same command line, without the second of starting."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            ended = main(["--profile", str(self.profile), *arguments])
        printed, told = (stream.buffer.getvalue().decode() for stream in (out, err))
        result = Result(arguments, ended, printed, told)
        assert ended == code, str(result)
        return result

    def start(self, *arguments: str) -> Running:
        """Start a command and return at once."""
        words = ("--profile", str(self.profile), *arguments)
        return Running(words, self.environment, self.launcher, self.waits, is_warm=self._is_warm)


def _content(file: Any) -> str:
    """All of a file that another process appends to, without moving its shared offset."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode("utf-8", "replace")
