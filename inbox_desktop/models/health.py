"""What a channel says about itself: state, reason in words, progress of a first synchronisation."""

from dataclasses import dataclass
from datetime import datetime

from inbox_desktop.models.kinds import ChannelKind, ChannelState


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a synchronisation or import is: `done` of `total` messages."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Health:
    """One channel's state. `reason` is a sentence for people, empty when all is well.

    `retry_at` (UTC) is when the next attempt starts by itself; `synced_at` (UTC) is when the channel
    last knew everything the server had; `needs_person` is set when waiting will not help (a wrong
    password, a missing folder) and somebody has to act.
    """

    channel_id: str
    kind: ChannelKind
    name: str
    state: ChannelState
    reason: str = ""
    progress: Progress | None = None
    synced_at: datetime | None = None
    retry_at: datetime | None = None
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class TestStep:
    """One step of "Test connection": its name, whether it held, and what was found, in words."""

    __test__ = False  # not a test class, whatever its name says to pytest

    name: str
    ok: bool
    detail: str
