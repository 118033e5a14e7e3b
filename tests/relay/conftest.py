"""Fixtures of the relay: both databases, a set-up, an open relay, and one that runs on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.service import Relay
from tests.relay.running import RunningRelay
from tests.support.postgresql import PostgreSql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    """A PostgreSQL server for the whole run."""
    with PostgreSql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test runs twice: "" stands for SQLite in the data folder, else an empty PostgreSQL database."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgresql").fresh()


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> RelayConfig:
    """A set-up on loopback, on either database."""
    return RelayConfig(tmp_path / "relay", database_url)


@pytest.fixture
def sqlite_config(tmp_path: Path) -> RelayConfig:
    """A set-up on loopback with SQLite, for tests that have nothing to do with the database."""
    return RelayConfig(tmp_path / "relay")


@pytest.fixture
def relay(config: RelayConfig) -> Iterator[Relay]:
    """An open relay that does not run: for tests of what is stored."""
    opened = Relay.open(config)
    yield opened
    opened.close()


@pytest.fixture
def start_relay() -> Iterator[Callable[[RelayConfig], RunningRelay]]:
    """Starts relays on loopback; all of them end with the test."""
    running: list[RunningRelay] = []

    def start(config: RelayConfig) -> RunningRelay:
        running.append(RunningRelay(config).__enter__())
        return running[-1]

    yield start
    for one in reversed(running):
        one.__exit__()


@pytest.fixture
def server(start_relay: Callable[[RelayConfig], RunningRelay], config: RelayConfig) -> RunningRelay:
    """A relay that runs on loopback, on either database."""
    return start_relay(config)
