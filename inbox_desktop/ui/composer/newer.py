"""What has come into a ticket since somebody began to write."""

from inbox_desktop.models.kinds import MessageKind
from inbox_desktop.models.queries.rows import MessageRow, Thread
from inbox_desktop.ui.kit import one_line


def newest_id(thread: Thread) -> str | None:
    """The newest message that is on the screen."""
    return thread.messages[-1].id if thread.messages else None


def newer_messages(thread: Thread, seen_id: str | None) -> tuple[MessageRow, ...]:
    """The messages behind the seen one that are no notes; none, when that one is not among the loaded."""
    ids = [message.id for message in thread.messages]
    if seen_id not in ids:
        return ()
    behind = thread.messages[ids.index(seen_id) + 1 :]
    return tuple(message for message in behind if message.kind is not MessageKind.NOTE)


def newer_words(messages: tuple[MessageRow, ...]) -> str:
    """What came, as a sentence ("Ana Souza has written since you began.")."""
    names = tuple(dict.fromkeys(one_line(m.author_name) or one_line(m.author_address) for m in messages))
    who = names[0] if len(names) == 1 else f"{names[0]} and others"
    return f"{who} {'has' if len(names) == 1 else 'have'} written since you began."
