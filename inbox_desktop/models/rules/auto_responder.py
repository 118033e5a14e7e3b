"""When a text is answered by itself (the product's section 2)."""

from datetime import datetime, timedelta
from typing import Final

from inbox_desktop.models.sms_settings import AutoResponder

AT_MOST_EVERY: Final = timedelta(hours=24)
"""Nobody gets two automatic answers closer together: two automats must not talk to each other."""


def should_answer(
    mode: AutoResponder,
    *,
    has_consent: bool,
    is_keyword: bool,
    is_blocked: bool,
    would_be_refused: bool,
    last_answer_at: datetime | None,
    at: datetime,
) -> bool:
    """Whether the auto-responder answers a text that came at `at`.

    `last_answer_at` is when it last answered this person, on any of their numbers. A keyword has an answer
    of its own. `would_be_refused`: they opted out at a provider that sends them nothing more.
    """
    if is_keyword or is_blocked or would_be_refused or mode is AutoResponder.OFF:
        return False
    if mode is AutoResponder.NON_CONSENTED and has_consent:
        return False
    # A clock that was wrong may have put the last answer into the future: that must not silence us for ever.
    return last_answer_at is None or abs(at - last_answer_at) >= AT_MOST_EVERY
