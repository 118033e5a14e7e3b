"""Fixtures for the outside world: a store, servers, an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets
from tests.support.fixtures import (  # noqa: F401 - pytest finds fixtures by name
    authority,
    dovecot,
    mailbox,
    own_dovecot,
    served_folder,
    shared_dovecot,
    trusted,
)
from tests.support.smtp_server import SmtpServer
from tests.sync.outbox_desk import Desk

ADDRESS = "support@shop.example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new inbox."""
    opened = open_inbox(Profile(tmp_path / "profile"))
    yield opened
    opened.close()


@pytest.fixture
def connect(store: Store) -> Callable[[MailSettings], str]:
    """Adds an e-mail channel to the store; returns its id."""

    def add(settings: MailSettings, address: str = ADDRESS) -> str:
        return Engine(store, Secrets()).add_channel(settings, address, None)

    return add


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    """An engine that the test starts; stopped at the end."""
    made = Engine(store, Secrets())
    yield made
    made.stop()


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    """A submission server on loopback."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, smtp: SmtpServer) -> Iterator[Desk]:
    """The desk of the outbox's tests."""
    made = Desk(tmp_path, smtp)
    yield made
    made.store.close()
