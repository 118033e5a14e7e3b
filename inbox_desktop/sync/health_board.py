"""What every channel says about itself, folded into one state a channel, for any thread to read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelState

log = logging.getLogger(__name__)

Listener = Callable[[Health], None]

# When the parts of one channel (mailbox, listener) differ, the one that needs attention most is shown.
_ATTENTION = (
    ChannelState.FAILED,
    ChannelState.OFFLINE,
    ChannelState.SYNCING,
    ChannelState.STARTING,
    ChannelState.CONNECTED,
    ChannelState.STOPPED,
)


class HealthBoard:
    """Keeps the last word of each part of each channel. Listeners hear every change, on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[str, dict[int, Health]] = {}
        self._sending: dict[str, str] = {}
        self._notice: str | None = None
        self._listeners: list[Listener] = []

    def voice(self, part: int) -> Listener:
        """What a part of a channel tells its health with; `part` tells the parts of one channel apart."""
        return lambda health: self._say(health, part)

    def sending_problem(self, channel_id: str, words: str | None) -> None:
        """What keeps a channel from sending, or None when nothing does."""
        with self._lock:
            before = self._sending.pop(channel_id, None)
            if words:
                self._sending[channel_id] = words
            folded = self._folded(channel_id)
        if folded is not None and before != words:
            self._publish(folded)

    def notice(self, words: str | None) -> None:
        """What concerns the whole inbox, for every channel to say, or None when that is over."""
        with self._lock:
            if words == self._notice:
                return
            self._notice = words
            folded = [health for key in self._parts if (health := self._folded(key))]
        for health in folded:
            self._publish(health)

    def forget(self, channel_id: str) -> None:
        """The channel was removed."""
        with self._lock:
            folded = self._folded(channel_id)
            self._parts.pop(channel_id, None)
            self._sending.pop(channel_id, None)
        if folded is not None:
            self._publish(
                Health(folded.channel_id, folded.kind, folded.name, ChannelState.STOPPED, "It was removed.")
            )

    def all(self) -> tuple[Health, ...]:
        """Every channel's health, in the order in which the channels began to speak."""
        with self._lock:
            return tuple(health for key in self._parts if (health := self._folded(key)))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each change. Returns how to stop that."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def _say(self, health: Health, part: int) -> None:
        with self._lock:
            self._parts.setdefault(health.channel_id, {})[part] = health
            folded = self._folded(health.channel_id)
        assert folded is not None
        self._publish(folded)

    def _folded(self, channel_id: str) -> Health | None:
        parts = self._parts.get(channel_id)
        if not parts:
            return None
        worst = min(parts.values(), key=lambda health: _ATTENTION.index(health.state))
        sending = self._sending.get(channel_id)
        if sending is not None and worst.reason and worst.reason in sending:
            sending = None  # what receives and what sends fail by the same: said once
        return replace(worst, reason=" ".join(filter(None, (worst.reason, sending, self._notice))))

    def _publish(self, health: Health) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(health)
            except Exception:
                log.exception("a listener of the channels' health failed")
