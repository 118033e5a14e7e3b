"""Where a message stands in its thread."""

from datetime import datetime, timedelta

_TICK = timedelta(microseconds=1)


def order_after(last: datetime, moment: datetime) -> datetime:
    """The place of a message that is new to its readers: behind all that stand there already.

    A mail that was long on its way keeps its own date, but must not appear above an answer that was
    written without it.
    """
    return max(moment, last + _TICK)
