"""Identifiers: UUID version 7 (RFC 9562), which sort by the time they were made."""

import os
import threading
import time
import uuid
from datetime import datetime, timedelta

from inbox_desktop.models.clock import EPOCH

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A fresh UUIDv7 as 36 characters. Ids made by one process sort in the order they were made.

    The 48 bits of milliseconds and the 12 bits below them (RFC 9562, section 6.2, method 3: a finer
    clock) form one counter that never stands still, so two calls never share it.
    """
    global _last  # noqa: PLW0603 - the counter is the process's, guarded by the lock
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    tick = (milliseconds << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        _last = tick = max(tick, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") >> 2
    digits = f"{(tick >> 12 << 80) | (0x7 << 76) | ((tick & 0xFFF) << 64) | (0b10 << 62) | random:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def made_at(uuid7: str) -> datetime:
    """When an id was made (UTC), to the millisecond.

    Raises:
        ValueError: it is no UUID.
    """
    return EPOCH + timedelta(milliseconds=uuid.UUID(uuid7).int >> 80)
