"""Fixtures of the models: an open store with Julia, who owns it, and a mailbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_desktop.models.store import Store
from tests.models import samples


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    opened = samples.open_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def julia(store: Store) -> str:
    """The id of the agent Julia, the owner."""
    return samples.add_agent(store)


@pytest.fixture
def email_channel(store: Store, julia: str) -> str:
    """The id of an e-mail channel, support@shop.example."""
    return samples.add_channel(store, julia)


@pytest.fixture
def receive(store: Store, email_channel: str) -> samples.Mailroom:
    """`receive(text=..., ...)` takes in a message of Ana's; `receive.answer(outcome)` a further one."""
    return samples.Mailroom(store, email_channel)
