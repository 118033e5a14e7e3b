"""`chat`: a thousand visitors at one relay process, and what a killed relay loses."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sqlite3
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.crowd import Crowd, Listener, until
from tests.bench.report import Report
from tests.support.postgresql import PostgreSql
from tests.support.relay_process import RelayProcess

VISITORS = 1_000
PER_SECOND = 20.0
SECONDS = 60.0
KILLED_SECONDS = 20.0
ORIGIN = "https://shop.example"
_PATIENCE_SECONDS = 60.0


def run(report: Report) -> None:
    """A thousand visitors on either database; then relays that are killed while people talk."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inbox-bench-")))
        postgresql = stack.enter_context(PostgreSql(durable=True))
        for name, database in (("SQLite", ""), ("PostgreSQL", postgresql.create())):
            with RelayProcess(folder / name, database, is_warm=False) as relay:
                asyncio.run(_thousand(report, name, relay, folder / f"{name}.limit"))
        with RelayProcess(folder / "killed", is_warm=False) as relay:
            asyncio.run(_killed(report, relay))
        shared = postgresql.create()
        data = folder / "shared"  # with one key for both
        with (
            RelayProcess(data, shared, is_warm=False) as first,
            RelayProcess(data, shared, is_warm=False) as second,
        ):
            asyncio.run(_taken_over(report, first, second))


async def _thousand(report: Report, name: str, relay: RelayProcess, limit_file: Path) -> None:
    token = relay.join()
    crowd = Crowd([relay.url], relay.create_chat(token, ORIGIN), ORIGIN)
    listener = Listener(relay.url, token)
    listening = asyncio.create_task(listener.live())
    began = time.perf_counter()
    await crowd.arrive(VISITORS)
    arrived = time.perf_counter() - began
    cpu, stolen = _cpu_seconds(relay), _stolen_seconds()
    over = threading.Event()
    committing = asyncio.create_task(asyncio.to_thread(_commits, limit_file, over))
    await crowd.chat(PER_SECOND, SECONDS)
    await crowd.be_heard()
    over.set()
    limit = await committing
    cpu, stolen = _cpu_seconds(relay) - cpu, _stolen_seconds() - stolen
    await _all_heard(crowd, listener)
    heard = [times[0] - crowd.sent[text] for text, times in listener.heard.items()]
    acknowledged = [at - crowd.sent[text] for text, at in crowd.acknowledged.items()]
    report.times(f"{name}: a bare SQLite commit at synchronous=FULL meanwhile", limit)
    report.times(f"{name}: visitor to relay and back (stored)", acknowledged, limit)
    report.times(f"{name}: visitor to desktop", heard, limit)
    report.note(
        f"{name}: {VISITORS:,} visitors came in {arrived:.0f} s; {len(crowd.sent):,} messages at "
        f"{PER_SECOND:.0f}/s took {cpu / SECONDS:.0%} of a core; at most {_memory_mb(relay):.0f} MB. "
        f"The host kept {stolen:.1f} s of processor time from this machine meanwhile."
    )
    await _end(crowd, listening)


async def _killed(report: Report, relay: RelayProcess) -> None:
    token = relay.join()
    crowd = Crowd([relay.url], relay.create_chat(token, ORIGIN), ORIGIN)
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


async def _taken_over(report: Report, first: RelayProcess, second: RelayProcess) -> None:
    token = first.join()
    crowd = Crowd([first.url, second.url], first.create_chat(token, ORIGIN), ORIGIN)
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


def _memory_mb(relay: RelayProcess) -> float:
    """The most memory that it ever had (Linux), in MB."""
    status = Path(f"/proc/{relay.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def _cpu_seconds(relay: RelayProcess) -> float:
    """The processor time that it has used (Linux)."""
    fields = Path(f"/proc/{relay.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stolen_seconds() -> float:
    """The processor time that a virtual machine wanted and did not get (Linux; proc(5), "steal")."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split(maxsplit=9)
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


def _commits(file: Path, over: threading.Event) -> list[float]:
    """How long the disk takes for a commit, again and again until it is over: it stalls now and then."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE messages (id TEXT PRIMARY KEY, text TEXT)")
    times = []
    while not over.wait(1 / PER_SECOND):
        began = time.perf_counter()
        connection.execute("INSERT INTO messages VALUES (?, ?)", (secrets.token_hex(16), "text"))
        times.append(time.perf_counter() - began)
    connection.close()
    return times
