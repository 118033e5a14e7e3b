"""The numbers beside the views, added up from the counts that are kept."""

from collections import defaultdict

from sqlalchemy import Connection

from inbox_desktop.models import counts
from inbox_desktop.models.counts import NOBODY
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import ViewCounts


def view_counts(connection: Connection, me: str | None) -> ViewCounts:
    """How many tickets each view shows by default; no ticket is looked at for it.

    Mine, unassigned and by channel count open tickets, as their lists show them; `all` counts every one.
    """
    by_channel: dict[str, int] = defaultdict(int)
    mine = unassigned = everything = snoozed = unread = 0
    for key, count in counts.kept(connection).items():
        everything += count
        if key.status is TicketStatus.SNOOZED:
            snoozed += count
        if key.status is not TicketStatus.OPEN:
            continue
        by_channel[key.channel_id] += count
        mine += count if me and key.assignee_id == me else 0
        unassigned += count if key.assignee_id == NOBODY else 0
        unread += count if key.unread else 0
    return ViewCounts(mine, unassigned, everything, snoozed, unread, tuple(sorted(by_channel.items())))
