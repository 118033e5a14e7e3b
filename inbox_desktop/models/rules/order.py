"""Where a message stands in its thread."""

from datetime import datetime, timedelta

LONGEST_WAY = timedelta(days=7)
"""How long mail may honestly be on its way: servers try for about five days (RFC 5321, section 4.5.4.1)."""

_TICK = timedelta(microseconds=1)


def believable(sent_at: datetime, received_at: datetime | None) -> datetime:
    """When a message was sent, as far as it can be believed; all times are UTC.

    One that has just been received (at `received_at`) and bears the date of a wrong clock must not be buried
    below all others. None says nothing about the date.
    """
    return sent_at if received_at is None else max(sent_at, received_at - LONGEST_WAY)


def order_after(last: datetime, moment: datetime) -> datetime:
    """The place of a message that is new to its readers: behind all that stand there already.

    A mail that was long on its way keeps its own date, but must not appear above an answer that was
    written without it.
    """
    return max(moment, last + _TICK)
