"""The relay as people run it: the command in a process of its own, on a free port of this computer."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

_COMMAND = (sys.executable, "-m", "inbox_desktop.relay.cli")
_PATIENCE_SECONDS = 30


class RelayProcess:
    """`inbox-relay serve` on SQLite. It may be stopped and started again: data and port stay."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._log = data.with_suffix(".log")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        listen = ("--listen", f"127.0.0.1:{self._port}")
        with self._log.open("ab") as log:
            command = [*_COMMAND, "serve", "--data", str(self._data), *listen]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            threading.Event().wait(0.05)

    def stop(self) -> None:
        """End it, as a service manager does."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(_PATIENCE_SECONDS)

    def invite(self) -> str:
        """A code with which one more desktop can join."""
        command = [*_COMMAND, "invite", "--data", str(self._data)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.search(r"\b[A-Z2-7]{5}(?:-[A-Z2-7]{1,5}){2,}\b", told)
        assert found is not None, told
        return found[0]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", trust_env=False, timeout=5).status_code == 200
        except httpx.TransportError:
            return False
