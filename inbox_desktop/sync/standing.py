"""How one channel stands: what it told last, what trouble means for it, and its waits, which can be ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError, StorageError
from inbox_desktop.models.health import Health, Progress
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.sync.backoff import Backoff
from inbox_desktop.sync.errors import OutsideError

STORAGE_AGAIN_SECONDS = 30.0
"""After how long a channel whose messages could not be stored tries again."""


class Standing:
    """A runner's health and its waits. Belongs to the event loop; `told` is what was told last.

    `longest_wait` (seconds) bounds the waits that grow by themselves, not those that a trouble asks for.
    """

    def __init__(
        self,
        channel_id: str,
        kind: ChannelKind,
        name: str,
        listener: Callable[[Health], None],
        longest_wait: float = 300.0,
    ) -> None:
        self.told = Health(channel_id, kind, name, ChannelState.STARTING)
        self._listener = listener
        self._backoff = Backoff(most=longest_wait)
        self._woken = asyncio.Event()

    def tell(self, state: ChannelState, reason: str = "", progress: Progress | None = None) -> None:
        """Say what the channel does now."""
        self._tell(replace(self.told, state=state, reason=reason, progress=progress))

    def tell_connected(self, reason: str = "") -> None:
        """Say that everything is here that the other side has."""
        self._tell(
            replace(self.told, state=ChannelState.CONNECTED, reason=reason, progress=None, synced_at=now())
        )

    def tell_trouble(self, trouble: InboxError, retry_in: float | None = None) -> None:
        """Say what is wrong, and in how many seconds it is tried again by itself."""
        needs_person = isinstance(trouble, OutsideError) and trouble.needs_person
        is_ours = not isinstance(trouble, OutsideError)
        self.told = replace(
            self.told,
            state=ChannelState.FAILED if needs_person or is_ours else ChannelState.OFFLINE,
            reason=str(trouble),
            progress=None,
            retry_at=now() + timedelta(seconds=retry_in) if retry_in is not None else None,
            needs_person=needs_person,
        )
        self._listener(self.told)

    async def wait_out(self, trouble: InboxError) -> None:
        """Say what is wrong, and wait: longer each time, and as long as the trouble asks for."""
        if isinstance(trouble, StorageError):
            seconds = STORAGE_AGAIN_SECONDS
        else:
            rest = trouble.rest if isinstance(trouble, OutsideError) else 0.0
            seconds = max(self._backoff.next_wait(), rest)
        self.tell_trouble(trouble, seconds)
        await self.sleep(seconds)

    def worked(self) -> None:
        """It worked: the next trouble is waited out shortly again."""
        self._backoff.reset()

    def wake(self) -> None:
        """End the present wait, or else the next one."""
        self._woken.set()

    async def sleep(self, seconds: float) -> None:
        """Wait until the time is over or `wake` is called."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()

    def forget_wake(self) -> None:
        """Whoever wanted the present wait to end is served: the next one is not cut short."""
        self._woken.clear()

    def _tell(self, health: Health) -> None:
        self.told = replace(health, retry_at=None, needs_person=False)
        self._listener(self.told)
