"""Where polling stands: up to when the texts of a channel have been read, in each direction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import Delivery, PollCursor

REPORTS_WITHIN = timedelta(days=3)
"""So long after sending a provider's report is waited for: carriers give up before."""


def cursor(connection: Reader, channel_id: str, direction: Direction) -> datetime | None:
    """Up to when (the provider's time, UTC) everything is here; None before the first poll."""
    query = select(PollCursor.at).where(
        PollCursor.channel_id == channel_id, PollCursor.direction == direction
    )
    return connection.scalar(query)


def move_cursor(session: WriteSession, channel_id: str, direction: Direction, at: datetime) -> None:
    """Note how far everything is here; a cursor never goes back."""
    standing = session.get(PollCursor, (channel_id, direction))
    if standing is None:
        session.add(PollCursor(channel_id=channel_id, direction=direction, at=at))
    else:
        standing.at = max(standing.at, at)


def oldest_without_report(connection: Reader, channel_id: str, at: datetime) -> datetime | None:
    """When the oldest text was queued whose arrival the provider may still report, None if there is none."""
    query = (
        select(Delivery.queued_at)
        .where(
            Delivery.channel_id == channel_id,
            Delivery.state == DeliveryState.SENT,
            Delivery.finished_at > at - REPORTS_WITHIN,
        )
        .order_by(Delivery.finished_at)
        .limit(1)
    )
    return connection.scalar(query)
