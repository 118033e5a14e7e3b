"""Fixtures of the window: a small inbox, a bridge to it, and the whole window over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.bridge import Bridge
from tests.ui.worlds import World, here, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Eight tickets of Julia's and nobody's."""
    made = make_world(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def bridge(world: World, qtbot: QtBot) -> Iterator[Bridge]:
    """A bridge to the small inbox."""
    made = Bridge(world.store, world.engine, here(world.store))
    yield made
    made.close()
