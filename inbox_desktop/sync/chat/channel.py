"""The runner of a chat's channel: the relay's link does the work for all chats, and this one tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.sync.errors import OutsideError
from inbox_desktop.sync.relay.link import RelayLink
from inbox_desktop.sync.report import ChannelReport, Counts


class ChatRunner:
    """Mirrors the link's health as that of one chat. Belongs to the event loop."""

    def __init__(self, link: RelayLink, channel_id: str, name: str, tell: Callable[[Health], None]) -> None:
        self._link = link
        self._channel_id = channel_id
        self._name = name
        self._tell = tell

    async def run(self) -> None:
        """Go on until cancelled."""
        stop = self._link.follow(self._mirror)
        try:
            await asyncio.Event().wait()
        finally:
            stop()

    async def sync_once(self) -> ChannelReport:
        """Bring in everything that is there, and return. Errors are in the report."""
        try:
            counts = (await self._link.sync_once()).get(self._channel_id, Counts())
        except (OutsideError, StorageError) as trouble:
            self._tell(
                Health(self._channel_id, ChannelKind.CHAT, self._name, ChannelState.OFFLINE, str(trouble))
            )
            return ChannelReport(self._channel_id, self._name, errors=(str(trouble),))
        return ChannelReport(self._channel_id, self._name, counts)

    def wake(self) -> None:
        """Ask the relay at once."""
        self._link.wake()

    def reconnect(self) -> None:
        """Trust no connection that is open."""
        self._link.reconnect()

    def _mirror(self, health: Health) -> None:
        self._tell(replace(health, channel_id=self._channel_id, name=self._name))
