"""What a thread shows from top to bottom: messages, what happened between them, and the days."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from inbox_desktop.models.queries.rows import EventRow, MessageRow, Thread


@dataclass(frozen=True, slots=True)
class OlderItem:
    """The way to messages that are not loaded; `count` is how many there are before."""

    count: int

    @property
    def key(self) -> str:
        """What tells this item from others."""
        return "older"


@dataclass(frozen=True, slots=True)
class DayItem:
    """The beginning of another day, where the reader is."""

    day: date

    @property
    def key(self) -> str:
        """What tells this item from others."""
        return f"day {self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class EventItem:
    """Something that happened to the ticket."""

    event: EventRow

    @property
    def key(self) -> str:
        """What tells this item from others."""
        return f"event {self.event.id}"


@dataclass(frozen=True, slots=True)
class MessageItem:
    """A message."""

    message: MessageRow

    @property
    def key(self) -> str:
        """What tells this item from others."""
        return f"message {self.message.id}"


Item = OlderItem | DayItem | EventItem | MessageItem


def timeline(thread: Thread, today: date, zone: tzinfo | None = None) -> tuple[Item, ...]:
    """The items of a thread in the order in which they are shown.

    `zone` is where the reader is (None: this machine's zone). A day is named before its first item, and
    never goes back, whatever date a mail bears; a thread that began today names no day at all.
    """
    items: list[Item] = [OlderItem(thread.older)] if thread.older else []
    day: date | None = None
    for moment, item in _merged(thread):
        own = moment.astimezone(zone).date()
        if day is None or own > day:
            if day is not None or own != today:
                items.append(DayItem(own))
            day = own
        items.append(item)
    return tuple(items)


def _merged(thread: Thread) -> list[tuple[datetime, MessageItem | EventItem]]:
    """Messages in their order, each event above the message that it names."""
    above: dict[str | None, list[EventRow]] = defaultdict(list)
    known = {message.id for message in thread.messages}
    for event in thread.events:
        above[event.before_message_id if event.before_message_id in known else None].append(event)
    merged: list[tuple[datetime, MessageItem | EventItem]] = []
    for message in thread.messages:
        merged.extend((event.at, EventItem(event)) for event in above[message.id])
        merged.append((message.sent_at, MessageItem(message)))
    merged.extend((event.at, EventItem(event)) for event in above[None])
    return merged
