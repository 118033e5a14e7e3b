"""The real `inbox-relay` in a process of its own, to be killed."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

import httpx

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


def command(*arguments: str, data: Path, database: str = "") -> list[str]:
    """The command line of one `inbox-relay` command."""
    chosen = ["--database", database] if database else []
    return [sys.executable, "-m", "inbox_desktop.relay.cli", *arguments, "--data", str(data), *chosen]


def run(*arguments: str, data: Path, database: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments, data=data, database=database),
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


class RelayProcess:
    """`inbox-relay serve` on a port; `with` starts it and waits for it, and ends it."""

    def __init__(self, data: Path, database: str = "", port: int | None = None) -> None:
        self._data = data
        self._database = database
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.code = ""
        self.output: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        arguments = ("serve", "--listen", f"127.0.0.1:{self.port}")
        self.process = subprocess.Popen(
            command(*arguments, data=self._data, database=self._database),
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            if match := re.fullmatch(r"  ([A-Z2-7-]{26,})\n", line):
                self.code = match[1]
                break
            if line.startswith("The relay serves") and (self._data / "joined").exists():
                break
        else:
            raise RuntimeError("".join(self.output))
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        assert self.process.stdout is not None
        self.output += self.process.stdout.readlines()
        self.process.wait(_PATIENCE)
        self.process.stdout.close()

    def kill(self) -> None:
        """End it like a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(_PATIENCE)

    def _wait(self) -> None:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False) as client:
            assert client.get(f"{self.url}/health", timeout=_PATIENCE).status_code == 200

    def join(self) -> str:
        """Join with the first invitation; the desktop's token."""
        answer = httpx.post(
            f"{self.url}/api/v1/join", json={"code": self.code, "name": "desk"}, trust_env=False
        )
        (self._data / "joined").touch()
        token: str = answer.json()["token"]
        return token
