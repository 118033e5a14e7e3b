"""Which texts a campaign or flow message is credited with (the product's section 2)."""

from datetime import datetime, timedelta


def attributed(
    at: datetime, last_campaign_at: datetime | None, had_inbound_since: bool, window: timedelta
) -> bool:
    """Whether a text that came in is the answer to a campaign or flow message.

    It is when it is the first text since that message and arrives inside the window, whose last moment
    counts. All times are UTC and the provider's.

    Args:
        at: when the text came.
        last_campaign_at: when the last campaign or flow message before it went to this person, or None.
        had_inbound_since: whether a text of theirs came between the two. Whether it was a keyword makes no
            difference; what the team or an automat wrote meanwhile makes none either.
        window: how long after the message an answer may come.
    """
    if last_campaign_at is None or had_inbound_since:
        return False
    return timedelta(0) <= at - last_campaign_at <= window
