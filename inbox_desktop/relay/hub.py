"""Who is told what inside one relay process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, Final, Literal

from inbox_desktop.relay.database import News

DESKTOPS: Final = "desktops"


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that is not kept. `kind`: a visitor or an agent types, or a visitor came or went."""

    kind: Literal["visitor_typing", "agent_typing", "presence"]
    conversation_id: str
    visitor_id: str
    agent_name: str = ""
    present: bool = False


Event = News | Signal
Listener = Callable[[Event], None]


def visitor_topic(visitor_id: str) -> str:
    """What one visitor's sockets and polls listen to."""
    return f"visitor/{visitor_id}"


def chat_topic(chat_id: str) -> str:
    """What everybody listens to who shows a chat's settings."""
    return f"chat/{chat_id}"


class Hub:
    """Listeners by topic. It belongs to the relay's event loop; only `publish_soon` is for other threads."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._watchers: list[Listener] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Begin (or end, with None) to take news from other threads on this loop."""
        self._loop = loop

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call `listener`, quick and without waiting, for the topic's events. Returns how to stop that."""
        self._listeners[topic].add(listener)

        def stop() -> None:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

        return stop

    def watch(self, listener: Listener) -> None:
        """Call `listener` for every event, before those of its topics."""
        self._watchers.append(listener)

    def publish_soon(self, event: Event) -> None:
        """Publish from any thread; without a loop (command line, shutdown) nobody listens."""
        if (loop := self._loop) is not None:
            try:
                loop.call_soon_threadsafe(self.publish, event)
            except RuntimeError:  # the loop was closed meanwhile
                return

    def publish(self, event: Event) -> None:
        """Tell the listeners whom the event concerns."""
        for watcher in self._watchers:
            watcher(event)
        listeners = chain.from_iterable(self._listeners.get(topic, ()) for topic in self._topics(event))
        for listener in dict.fromkeys(listeners):  # one may listen to several topics of an event
            listener(event)

    def _topics(self, event: Event) -> list[str]:
        if isinstance(event, Signal):
            visitors = event.kind == "agent_typing"
            return [visitor_topic(event.visitor_id)] if visitors else [DESKTOPS]
        if event.everything:
            return list(self._listeners)
        topics = [visitor_topic(visitor_id) for visitor_id in event.visitors]
        topics += [chat_topic(chat_id) for chat_id in event.chats]
        return [DESKTOPS, *topics] if event.head else topics


def signal_json(signal: Signal) -> dict[str, Any]:
    """A signal as plain JSON values, for the other processes."""
    return asdict(signal)
