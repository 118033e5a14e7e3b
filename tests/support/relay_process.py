"""The real `inbox-relay` in a process of its own: to be stopped, killed, and started again as it was."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.relay.access import invite
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.service import Relay
from tests.support import warm_start
from tests.support.plain_http import NO_TLS
from tests.support.programs import ROOT

_PATIENCE_SECONDS = 120.0
_A_MOMENT_SECONDS = 0.02


def command(*arguments: str, data: Path, database: str = "") -> list[str]:
    """The command line of one `inbox-relay` command, to be run in the project's folder."""
    return [sys.executable, "-m", warm_start.RELAY, *_words(*arguments, data=data, database=database)]


class RelayProcess:
    """`inbox-relay serve` on a free port. Its data and its port stay when it ends and starts again.

    `with` starts it and stops it at the end. `database` is a PostgreSQL URL; "" is SQLite in the data folder.
    `is_warm`: it is forked from a process that has imported it already, not started by its command line;
    then `waits` are those that are shorter in it (see `tests.support.waits`).
    """

    def __init__(self, data: Path, database: str = "", *, is_warm: bool = warm_start.IS_POSSIBLE) -> None:
        self.data = data
        self._database = database
        self._is_warm = is_warm
        self.waits: dict[str, float] = {}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = data.with_name(f"{data.name}.log")
        self._process: subprocess.Popen[bytes] | warm_start.WarmProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process's id while it runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def told(self) -> str:
        """What it has printed and said, in all of its lives."""
        return self._log.read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = ("serve", "--listen", f"127.0.0.1:{self.port}")
        if self._is_warm:
            self._process = warm_start.WarmProcess(
                warm_start.RELAY,
                _words(*words, data=self.data, database=self._database),
                folder=ROOT,
                environment=os.environ,
                out=self._log,
                err=self._log,
                waits=self.waits,
            )
        else:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    command(*words, data=self.data, database=self._database), cwd=ROOT, stdout=log, stderr=log
                )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.told
            assert time.monotonic() < deadline, self.told
            time.sleep(_A_MOMENT_SECONDS)

    def stop(self) -> int | None:
        """End it as a service manager does, if it runs. Returns its exit code."""
        if self._process is None:
            return None
        self._process.terminate()
        return self._ended()

    def kill(self) -> None:
        """End it as a power cut does: nothing in it gets a chance to tidy up."""
        assert self._process is not None
        self._process.kill()
        self._ended()

    def invite(self, name: str = "") -> str:
        """A code with which one more desktop can join."""
        relay = Relay.open(RelayConfig(self.data, self._database))
        try:
            return relay.database.write(lambda writing: invite(writing, name))
        finally:
            relay.close()

    def join(self, name: str = "desk", code: str = "") -> str:
        """The token of a desktop that joins, by an invitation of its own or by this code."""
        body = {"code": code or self.invite(), "name": name}
        return str(self._post("join", body)["token"])

    def create_chat(self, token: str, origin: str) -> str:
        """The id of a new chat on the pages of an origin, made by a desktop."""
        body = {"site": ChatSite("Shop", (origin,)).to_json()}
        return str(self._post("chats", body, Authorization=f"Bearer {token}")["id"])

    def _post(self, path: str, body: object, **headers: str) -> dict[str, object]:
        answer = httpx.post(
            f"{self.url}/api/v1/{path}", json=body, headers=headers, trust_env=False, verify=NO_TLS
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, object] = answer.json()
        return made

    def _ended(self) -> int:
        assert self._process is not None
        code = self._process.wait(_PATIENCE_SECONDS)
        self._process = None
        return code

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", trust_env=False, verify=NO_TLS, timeout=5).is_success
        except httpx.TransportError:
            return False


def _words(*arguments: str, data: Path, database: str = "") -> list[str]:
    return [*arguments, "--data", str(data), *(["--database", database] if database else [])]
