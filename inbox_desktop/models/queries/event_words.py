"""What happened to a ticket, as sentences. What nobody reads a thread for has none."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from inbox_desktop.models.kinds import TicketStatus

_BACK = {
    TicketStatus.OPEN: "open again",
    TicketStatus.SNOOZED: "snoozed again",
    TicketStatus.CLOSED: "closed again",
}


def sentence(
    name: str,
    detail: Mapping[str, Any],
    actor: str,
    people: Mapping[str, str],
    now: datetime,
    zone: tzinfo | None = None,
) -> str | None:
    """The event in words, or None when it is not for the thread.

    `actor` is the agent's name, empty when no person did it; `people` are names by agent id. Times are
    told in `zone`, by default the computer's.
    """
    who = actor or "The inbox"
    match name:
        case "reopened_by_message" | "woke_by_message":
            return "Reopened by a reply"
        case "woke":
            return "Back from snooze"
        case "closed":
            return f"{who} closed the ticket"
        case "reopened":
            return f"{who} reopened the ticket"
        case "restored":
            return f"{who} took that back: {_BACK[TicketStatus(detail['status'])]}"
        case "snoozed":
            until = datetime.fromisoformat(detail["until"])
            return f"{who} snoozed the ticket until {moment(until, now, zone)}"
        case "assigned":
            return _assigned(detail, who, people)
        case "tagged":
            return f"{who} added the tag {detail['tag']}"
        case "untagged":
            return f"{who} removed the tag {detail['tag']}"
        case "send_cancelled":
            return f"{who} took a reply back before it was sent"
        case _:
            return None


def moment(time: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """A time as "24 Nov 09:00" in `zone` (None: the computer's), with the year when it is not this one."""
    local = time.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def _assigned(detail: Mapping[str, Any], who: str, people: Mapping[str, str]) -> str:
    to = detail.get("to")
    if to is None:
        return f"{who} took the ticket off everybody's hands" if detail.get("before") is None else _unassigned(detail, who, people)
    name = people.get(to, "somebody who has left")
    return f"{who} took the ticket" if name == who else f"{who} assigned the ticket to {name}"
