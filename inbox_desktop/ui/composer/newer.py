"""What has come into a ticket since somebody began to write."""

from datetime import datetime

from inbox_desktop.models.kinds import MessageKind
from inbox_desktop.models.queries.rows import MessageRow, Thread
from inbox_desktop.ui.kit import one_line


def newest_id(thread: Thread) -> str | None:
    """The newest message that is on the screen."""
    return thread.messages[-1].id if thread.messages else None


def newer_messages(thread: Thread, seen_id: str | None, begun_at: datetime | None) -> tuple[MessageRow, ...]:
    """The messages that are no notes behind the one that was the newest when somebody began to write.

    That one may be gone from the thread: a reply that was taken back. Then what was sent after
    `begun_at` counts as new.
    """
    if seen_id is None:
        return ()
    ids = [message.id for message in thread.messages]
    if seen_id in ids:
        behind = thread.messages[ids.index(seen_id) + 1 :]
    else:
        behind = tuple(m for m in thread.messages if begun_at is not None and m.sent_at > begun_at)
    return tuple(message for message in behind if message.kind is not MessageKind.NOTE)


def newer_words(messages: tuple[MessageRow, ...]) -> str:
    """What came, as a sentence ("Ana Souza has written since you began.")."""
    names = tuple(dict.fromkeys(one_line(m.author_name) or one_line(m.author_address) for m in messages))
    who = names[0] if len(names) == 1 else f"{names[0]} and others"
    return f"{who} {'has' if len(names) == 1 else 'have'} written since you began."
