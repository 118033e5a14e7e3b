"""Identifiers: UUID version 7 (RFC 9562), which sort by the time they were made."""

import os
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from inbox_desktop.models.clock import EPOCH

_VARIANT = 0b10 << 62  # RFC 9562, section 4.1
_DRAWN = 512  # numbers of 64 bits: `os.urandom` gives up the interpreter's lock, too dear for each id
_lock = threading.Lock()
_last = 0
_chances: Iterator[int] = iter(())


def new_id() -> str:
    """A fresh UUIDv7 as 36 characters. Ids made by one process sort in the order they were made.

    The 48 bits of milliseconds and the 12 bits below them (RFC 9562, section 6.2, method 3: a finer
    clock) form one counter that never stands still, so two calls never share it.
    """
    global _last, _chances  # noqa: PLW0603 - they are the process's, guarded by the lock
    tick = (time.time_ns() << 12) // 1_000_000
    with _lock:
        _last = tick = max(tick, _last + 1)
        chance = next(_chances, None)
        if chance is None:
            _chances = iter(memoryview(os.urandom(8 * _DRAWN)).cast("Q"))
            chance = next(_chances)
    moment = f"{tick:015x}"
    random = f"{chance >> 2 | _VARIANT:016x}"
    return f"{moment[:8]}-{moment[8:12]}-7{moment[12:]}-{random[:4]}-{random[4:]}"


def made_at(uuid7: str) -> datetime:
    """When an id was made (UTC), to the millisecond.

    Raises:
        ValueError: it is no UUID.
    """
    return EPOCH + timedelta(milliseconds=uuid.UUID(uuid7).int >> 80)


def _forget_chances() -> None:
    """Draw anew in a forked process: two that went on with the same numbers could make the same id."""
    global _chances  # noqa: PLW0603 - the process's
    _chances = iter(())


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_chances)
