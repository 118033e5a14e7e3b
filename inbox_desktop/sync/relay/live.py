"""What visitors do at this moment: who is there, who types. Nothing of it is kept."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inbox_desktop.models.chat_relay import LiveChat
from inbox_desktop.models.clock import now

log = logging.getLogger(__name__)

TYPING_SECONDS: Final = 6.0
"""For how long a sign of typing holds."""

Listener = Callable[[LiveChat], None]


@dataclass(slots=True)
class _Visitor:
    """What is known of the visitor of one conversation. `typing_until` is of the monotonic clock."""

    present: bool = False
    typing_until: float = 0.0
    left_at: datetime | None = None


class LiveBoard:
    """Knows by conversation, tells by ticket. From any thread; listeners are called on the caller's."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._visitors: dict[str, _Visitor] = {}
        self._tickets: dict[str, str] = {}
        self._conversations: dict[str, str] = {}
        self._listeners: list[Listener] = []
        self._told: dict[str, LiveChat] = {}

    def live(self, ticket_id: str) -> LiveChat:
        """What the visitor of a ticket does now."""
        with self._lock:
            return self._of(ticket_id)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each change. Returns how to stop that."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def conversation_of(self, ticket_id: str) -> str | None:
        """The conversation that goes on in a ticket, as the relay calls it."""
        with self._lock:
            return self._conversations.get(ticket_id)

    def know(self, tickets: Mapping[str, str]) -> None:
        """These are the conversations that go on, each with its newest ticket.

        Who is there in a conversation that has no ticket yet stays known: the relay tells that only once, and
        perhaps before the conversation itself has been fetched.
        """
        with self._lock:
            ended = self._tickets.keys() - tickets.keys()
            self._tickets = dict(tickets)
            self._conversations = {ticket_id: one for one, ticket_id in tickets.items()}
            self._visitors = {one: seen for one, seen in self._visitors.items() if one not in ended}
        self._tell()

    def present(self, conversation_id: str, *, present: bool) -> None:
        """A visitor came, or went."""
        with self._lock:
            visitor = self._visitors.setdefault(conversation_id, _Visitor())
            if visitor.present and not present:
                visitor.left_at = now()
            visitor.present = present
            if not present:
                visitor.typing_until = 0.0
        self._tell()

    def typing(self, conversation_id: str) -> None:
        """A visitor types."""
        with self._lock:
            visitor = self._visitors.setdefault(conversation_id, _Visitor(present=True))
            visitor.typing_until = self._clock() + TYPING_SECONDS
        self._tell()

    def wrote(self, conversation_id: str) -> None:
        """A visitor's message came: they have typed it."""
        with self._lock:
            if (visitor := self._visitors.get(conversation_id)) is not None:
                visitor.typing_until = 0.0
        self._tell()

    def forget(self) -> None:
        """The socket is gone: nobody knows who is there."""
        with self._lock:
            self._visitors.clear()
        self._tell()

    def look_again(self) -> float | None:
        """Tell who types no longer; returns the seconds until somebody else's sign of typing ends."""
        self._tell()
        with self._lock:
            ends = [v.typing_until for v in self._visitors.values() if v.typing_until > self._clock()]
            return max(min(ends) - self._clock(), 0.0) if ends else None

    def _of(self, ticket_id: str) -> LiveChat:
        visitor = self._visitors.get(self._conversations.get(ticket_id, ""))
        if visitor is None:
            return LiveChat(ticket_id)
        typing = visitor.typing_until > self._clock()
        return LiveChat(ticket_id, visitor.present, typing, visitor.left_at)

    def _tell(self) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
            present = {self._tickets[one] for one in self._visitors if one in self._tickets}
            news = []
            for ticket_id in present | self._told.keys():
                live = self._of(ticket_id)
                if live != self._told.get(ticket_id, LiveChat(ticket_id)):
                    news.append(live)
                    self._told[ticket_id] = live
            for ticket_id in self._told.keys() - present:
                del self._told[ticket_id]
        for live in news:
            for listener in listeners:
                try:
                    listener(live)
                except Exception:
                    log.exception("a listener of what visitors do failed")
