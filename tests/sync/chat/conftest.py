"""Fixtures of web chat at the desktop: a relay that runs, and desktops that are connected to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_desktop.relay.config import RelayConfig
from tests.relay.running import RunningRelay
from tests.sync.chat.desks import ChatDesk


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    """A relay on loopback, with SQLite."""
    with RunningRelay(RelayConfig(tmp_path / "relay")) as running:
        yield running


@pytest.fixture
def desk(relay: RunningRelay, tmp_path: Path) -> Iterator[ChatDesk]:
    """A desktop with a relay and no chat yet."""
    with ChatDesk(tmp_path) as made:
        made.join(relay)
        yield made
