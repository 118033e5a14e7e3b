"""The demo's world as it begins, for every file of tests."""

from collections.abc import Iterator

import pytest

from inbox_desktop.demo.world import Demo
from inbox_desktop.models.store import Store


@pytest.fixture(scope="session")
def past() -> Iterator[Store]:
    """A world as it begins, in which nobody lives: to be looked at, not changed."""
    demo = Demo(None)
    store = demo.prepare()
    yield store
    store.close()
    demo.stop()
