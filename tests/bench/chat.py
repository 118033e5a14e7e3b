"""`chat`: a thousand visitors at one relay process, and what a killed relay loses."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from inbox_desktop.models.chat_settings import ChatSite
from tests.bench.crowd import Crowd, Listener, until
from tests.bench.report import Report
from tests.support.postgresql import PostgreSql

VISITORS = 1_000
PER_SECOND = 20.0
SECONDS = 60.0
KILLED_SECONDS = 20.0
ORIGIN = "https://shop.example"
_PATIENCE_SECONDS = 60.0
_RELAY = (sys.executable, "-m", "inbox_desktop.relay.cli")


class RelayProcess:
    """`inbox-relay serve` on a port of its own, to be killed and started again."""

    def __init__(self, data: Path, database: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = ["--data", str(data), *(["--database", database] if database else [])]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve; returns when it answers."""
        listen = ["--listen", f"127.0.0.1:{self.port}"]
        self._process = subprocess.Popen(
            [*_RELAY, "serve", *self._options, *listen],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/health", timeout=5, trust_env=False).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the relay did not start")

    def kill(self) -> None:
        """End it as a power cut of its process would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE_SECONDS)
            self._process = None

    def join(self) -> str:
        """The token of a desktop that enters with an invitation."""
        invited = subprocess.run(
            [*_RELAY, "invite", *self._options], capture_output=True, text=True, check=True
        )
        code = re.findall(r"[\w-]{20,}", invited.stdout)[-1]
        answer = httpx.post(
            f"{self.url}/api/v1/join", json={"code": code, "name": "Benchmark"}, trust_env=False
        )
        answer.raise_for_status()
        token: str = answer.json()["token"]
        return token

    def create_chat(self, token: str) -> str:
        """The id of a new chat."""
        answer = httpx.post(
            f"{self.url}/api/v1/chats",
            json={"site": ChatSite("Shop", (ORIGIN,)).to_json()},
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        )
        answer.raise_for_status()
        chat_id: str = answer.json()["id"]
        return chat_id

    @property
    def memory_mb(self) -> float:
        """The most memory that it ever had (Linux), in MB."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024

    @property
    def cpu_seconds(self) -> float:
        """The processor time that it has used (Linux)."""
        assert self._process is not None
        fields = (
            Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(report: Report) -> None:
    """A thousand visitors on either database; then relays that are killed while people talk."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inbox-bench-")))
        postgresql = stack.enter_context(PostgreSql())
        limit = _commits(folder / "limit.db")
        report.times("a bare SQLite commit at synchronous=FULL", limit)
        for name, database in (("SQLite", ""), ("PostgreSQL", postgresql.create())):
            with _serving([RelayProcess(folder / name, database)]) as (relay,):
                asyncio.run(_thousand(report, name, relay, limit))
        with _serving([RelayProcess(folder / "killed")]) as (relay,):
            asyncio.run(_killed(report, relay))
        shared = postgresql.create()
        first = RelayProcess(folder / "first", shared)
        (folder / "second").symlink_to(folder / "first")  # one key for both
        with _serving([first, RelayProcess(folder / "second", shared)]) as relays:
            asyncio.run(_taken_over(report, relays))


@contextmanager
def _serving(relays: Sequence[RelayProcess]) -> Iterator[Sequence[RelayProcess]]:
    try:
        for relay in relays:
            relay.start()
        yield relays
    finally:
        for relay in relays:
            relay.stop()


async def _thousand(report: Report, name: str, relay: RelayProcess, limit: Sequence[float]) -> None:
    token = relay.join()
    crowd = Crowd([relay.url], relay.create_chat(token), ORIGIN)
    listener = Listener(relay.url, token)
    listening = asyncio.create_task(listener.live())
    began = time.perf_counter()
    await crowd.arrive(VISITORS)
    arrived = time.perf_counter() - began
    cpu = relay.cpu_seconds
    await crowd.chat(PER_SECOND, SECONDS)
    await crowd.be_heard()
    cpu = relay.cpu_seconds - cpu
    await _all_heard(crowd, listener)
    heard = [times[0] - crowd.sent[text] for text, times in listener.heard.items()]
    acknowledged = [at - crowd.sent[text] for text, at in crowd.acknowledged.items()]
    report.times(f"{name}: visitor to relay and back (stored)", acknowledged, limit)
    report.times(f"{name}: visitor to desktop", heard, limit)
    report.note(
        f"{name}: {VISITORS:,} visitors came in {arrived:.0f} s; {len(crowd.sent):,} messages at "
        f"{PER_SECOND:.0f}/s took {cpu / SECONDS:.0%} of a core; at most {relay.memory_mb:.0f} MB."
    )
    await _end(crowd, listening)


async def _killed(report: Report, relay: RelayProcess) -> None:
    token = relay.join()
    crowd = Crowd([relay.url], relay.create_chat(token), ORIGIN)
    listener = Listener(relay.url, token)
    listening = asyncio.create_task(listener.live())
    await crowd.arrive(100)
    talking = asyncio.create_task(crowd.chat(PER_SECOND, KILLED_SECONDS))
    kills = 0
    while not talking.done():
        await asyncio.sleep(1 + secrets.randbelow(1_500) / 1_000)
        relay.kill()
        await asyncio.to_thread(relay.start)
        kills += 1
    await talking
    await crowd.be_heard()
    await _all_heard(crowd, listener)
    report.note(f"Killed {kills} times while {len(crowd.sent)} messages came: each is there, and once.")
    await _end(crowd, listening)


async def _taken_over(report: Report, relays: Sequence[RelayProcess]) -> None:
    first, second = relays
    token = first.join()
    crowd = Crowd([first.url, second.url], first.create_chat(token), ORIGIN)
    listener = Listener(second.url, token)
    listening = asyncio.create_task(listener.live())
    await crowd.arrive(200)
    talking = asyncio.create_task(crowd.chat(PER_SECOND, KILLED_SECONDS))
    await asyncio.sleep(KILLED_SECONDS / 2)
    first.kill()
    crowd.urls.remove(first.url)
    killed = time.perf_counter()
    await talking
    await crowd.be_heard()
    await _all_heard(crowd, listener)
    before = [t[0] - crowd.sent[text] for text, t in listener.heard.items() if crowd.sent[text] < killed - 1]
    after = [t[0] - crowd.sent[text] for text, t in listener.heard.items() if crowd.sent[text] >= killed - 1]
    report.times("two relays on one PostgreSQL: visitor to desktop", before)
    report.times("the second one alone, from one second before the first was killed", after)
    await _end(crowd, listening)


async def _all_heard(crowd: Crowd, listener: Listener) -> None:
    """Every message came to the desktop, and came once."""
    await until(lambda: len(listener.heard) >= len(crowd.sent), _PATIENCE_SECONDS)
    assert set(listener.heard) == set(crowd.sent)
    twice = [text for text, times in listener.heard.items() if len(times) > 1]
    assert not twice, f"came twice: {twice}"


async def _end(crowd: Crowd, listening: asyncio.Task[None]) -> None:
    await crowd.leave()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


def _commits(file: Path) -> list[float]:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE messages (id TEXT PRIMARY KEY, text TEXT)")
    times = []
    for _ in range(200):
        began = time.perf_counter()
        connection.execute("INSERT INTO messages VALUES (?, ?)", (secrets.token_hex(16), "text"))
        times.append(time.perf_counter() - began)
    connection.close()
    return times
