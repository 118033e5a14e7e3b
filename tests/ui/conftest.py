"""Fixtures of the window: a small inbox, a bridge to it, and the whole window over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.bridge import Bridge
from tests.ui.worlds import World, copy_of, here, make_world

# pytest-qt has no setting for its patience of 5 s, which a machine that others hold up can exceed.
for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed):
    assert _wait.__kwdefaults__ is not None
    _wait.__kwdefaults__["timeout"] = 30_000


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What the worlds of the tests are copies of."""
    made = make_world(tmp_path_factory.mktemp("world"))
    made.store.close()
    return made


@pytest.fixture
def world(tmp_path: Path, first_world: World) -> Iterator[World]:
    """Eight tickets of Julia's and nobody's."""
    made = copy_of(first_world, tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def bridge(world: World, qtbot: QtBot) -> Iterator[Bridge]:
    """A bridge to the small inbox."""
    made = Bridge(world.store, world.engine, here(world.store))
    yield made
    made.close()
