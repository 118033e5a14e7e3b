"""What was worked out from a short text is remembered: mails repeat the same tags, styles and parameters."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")


def remembered(most: int, chars: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Remember the last results of a pure function of one text.

    Args:
        most: how many results are kept.
        chars: longer texts are worked out anew each time, so that no mail can fill the memory.
    """

    def decorate(function: Callable[[str], T]) -> Callable[[str], T]:
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def look_up(text: str) -> T:
            return known(text) if len(text) <= chars else function(text)

        return look_up

    return decorate
