"""The engine that comes after the window: asked for before its start, and not loaded by the window."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_desktop.late_engine import LateEngine
from inbox_desktop.models.actions import Outcome, agent
from inbox_desktop.models.actions.tickets import AddTag
from inbox_desktop.models.health import Health
from inbox_desktop.models.store import Store
from tests.models.samples import Mailroom, add_agent, add_channel, open_store

PATIENCE_SECONDS = 20.0
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def test_nobody_loads_the_engine_for_a_window() -> None:
    asked = (
        "import sys, inbox_desktop.app; print([one for one in sys.modules if 'inbox_desktop.sync' in one])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "[]"


def test_an_engine_that_nobody_needed_is_never_made(store: Store) -> None:
    engine = LateEngine(store)
    assert engine.health() == ()
    engine.stop()


def test_whoever_changes_something_before_the_start_is_served(store: Store) -> None:
    julia = add_agent(store)
    ticket_id = Mailroom(store, add_channel(store, julia))().ticket_id or ""
    engine = LateEngine(store)
    try:
        tagged = engine.perform([AddTag(actor=agent(julia), ticket_id=ticket_id, tag="VIP")])
        assert isinstance(tagged.result(PATIENCE_SECONDS)[0], Outcome)
    finally:
        engine.stop()


def test_those_who_listened_before_the_start_hear_the_channels_until_they_stop(store: Store) -> None:
    heard: list[Health] = []
    spoken, running = threading.Event(), threading.Event()

    def hear(health: Health) -> None:
        heard.append(health)
        spoken.set()

    channel_id = add_channel(store, add_agent(store))
    engine = LateEngine(store)
    stop = engine.subscribe_health(hear)
    try:
        engine.start(running.set)
        assert running.wait(PATIENCE_SECONDS)
        assert spoken.wait(PATIENCE_SECONDS)
        assert {health.channel_id for health in heard} == {channel_id}
        assert {health.channel_id for health in engine.health()} == {channel_id}
        stop()
    finally:
        engine.stop()
