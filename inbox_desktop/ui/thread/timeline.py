"""What a thread shows from top to bottom: messages, what happened between them, and the days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from inbox_desktop.models.kinds import ChannelKind, MessageKind
from inbox_desktop.models.queries.rows import EventRow, MessageRow, Thread

TOGETHER: Final = timedelta(minutes=5)
"""Texts of one person that follow each other this quickly are shown as one run."""


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
    """A message. In a run of texts it `continues` the one right above, `goes_on` in the one right below.

    `seen`: it is the newest one of ours that a chat's visitor has seen.
    """

    message: MessageRow
    continues: bool = False
    goes_on: bool = False
    seen: bool = False

    @property
    def key(self) -> str:
        """What tells this item from others."""
        return f"message {self.message.id}"


@dataclass(frozen=True, slots=True)
class TypingItem:
    """A chat's visitor is writing; `name` is what they are called."""

    name: str

    @property
    def key(self) -> str:
        """What tells this item from others."""
        return "typing"


Item = OlderItem | DayItem | EventItem | MessageItem | TypingItem
_RUNNING: Final = frozenset({ChannelKind.SMS, ChannelKind.CHAT})


def timeline(
    thread: Thread, today: date, zone: tzinfo | None = None, *, seen_id: str | None = None, typing: str = ""
) -> tuple[Item, ...]:
    """The items of a thread in the order in which they are shown.

    `zone` is where the reader is (None: this machine's zone). A day is named before its first item, and
    never goes back, whatever date a mail bears; a thread that began today names no day at all. `seen_id` is
    the newest message of ours that a chat's visitor has seen; `typing` names the visitor while they write.
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
    if seen_id is not None:
        items = [_marked(item, seen_id) for item in items]
    if typing:
        items.append(TypingItem(typing))
    return _in_runs(items) if thread.ticket.channel_kind in _RUNNING else tuple(items)


def _marked(item: Item, seen_id: str) -> Item:
    if isinstance(item, MessageItem) and item.message.id == seen_id:
        return replace(item, seen=True)
    return item


def _in_runs(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with the texts that belong together joined: nothing stands between them."""
    joined = [_belong_together(above, below) for above, below in pairwise(items)]
    return tuple(
        replace(item, continues=above, goes_on=below) if isinstance(item, MessageItem) else item
        for item, above, below in zip(items, [False, *joined], [*joined, False], strict=True)
    )


def _belong_together(above: Item, below: Item) -> bool:
    if not isinstance(above, MessageItem) or not isinstance(below, MessageItem):
        return False
    first, second = above.message, below.message
    return (
        first.kind is second.kind
        and first.kind in {MessageKind.MESSAGE, MessageKind.REPLY}
        and (first.author_id, first.author_address) == (second.author_id, second.author_address)
        and abs(second.sent_at - first.sent_at) <= TOGETHER
    )


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
