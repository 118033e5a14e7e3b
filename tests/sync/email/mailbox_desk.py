"""What the tests of a whole mailbox share: one round, what came in, and waiting for what a channel says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import select

from inbox_desktop.models.check import check
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelState, UidState
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Message
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.report import ChannelReport
from inbox_desktop.sync.secrets import Secrets

Connect = Callable[[MailSettings], str]
PATIENCE_SECONDS = 30.0


def sync_once(store: Store) -> ChannelReport:
    """One round of the only channel."""
    report = asyncio.run(Engine(store, Secrets()).sync_once())
    (channel,) = report.channels
    return channel


def sums(store: Store) -> dict[UidState, int]:
    """The only mailbox's ledger: how many UIDs are in each state."""
    (found,) = check(store).ledger
    return dict(found.states)


def subjects(store: Store) -> list[str]:
    """Of all messages, in the order in which they were stored."""
    with store.read() as connection:
        return list(connection.scalars(select(Message.subject).order_by(Message.seq)))


def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS:.0f} s: {what}"
        time.sleep(0.02)


def states(engine: Engine) -> list[Health]:
    """What the engine's channels say from now on."""
    heard: list[Health] = []
    engine.subscribe_health(heard.append)
    return heard


def wait_for_state(heard: list[Health], state: ChannelState, words: str = "") -> Health:
    """The first health in this state that holds these words."""

    def find() -> Health | None:
        return next((h for h in tuple(heard) if h.state is state and words in h.reason), None)

    eventually(find, f"{state} {words}, heard {heard[-3:]}")
    found = find()
    assert found is not None
    return found
