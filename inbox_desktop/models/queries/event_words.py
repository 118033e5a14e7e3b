"""What happened to a ticket, as sentences. What nobody reads a thread for has none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ConsentSource, ConsentState, TicketStatus

_BACK = {
    TicketStatus.OPEN: "open again",
    TicketStatus.SNOOZED: "snoozed again",
    TicketStatus.CLOSED: "closed again",
}


@dataclass(frozen=True, slots=True)
class Telling:
    """What telling needs: names by agent id, the present, the wall clock's zone (None: the computer's)."""

    people: Mapping[str, str]
    at: datetime = field(default_factory=now)
    zone: tzinfo | None = None

    def sentence(self, name: str, detail: Mapping[str, Any], actor: str) -> str | None:
        """The event in words, or None when it is not for the thread; `actor` is empty for the system."""
        words = _SENTENCES.get(name)
        return words(self, detail, actor or "The inbox") if words else None

    def moment(self, time: datetime) -> str:
        """A time as "24 Nov 09:00", with the year when it is not this one."""
        local = time.astimezone(self.zone)
        year = "" if local.year == self.at.astimezone(self.zone).year else f" {local.year}"
        return f"{local.day} {local:%b}{year} {local:%H:%M}"

    def person(self, agent_id: str) -> str:
        """The name of an agent, also of one who is gone."""
        return self.people.get(agent_id, "somebody who has left")


_Words = Callable[[Telling, Mapping[str, Any], str], str]


def _assigned(telling: Telling, detail: Mapping[str, Any], who: str) -> str:
    if detail["to"] is None:
        return f"{who} unassigned the ticket"
    name = telling.person(detail["to"])
    return f"{who} took the ticket" if name == who else f"{who} assigned the ticket to {name}"


def _snoozed(telling: Telling, detail: Mapping[str, Any], who: str) -> str:
    return f"{who} snoozed the ticket until {telling.moment(datetime.fromisoformat(detail['until']))}"


def _consent_changed(_telling: Telling, detail: Mapping[str, Any], who: str) -> str:
    is_granted = detail["state"] == ConsentState.GRANTED
    match ConsentSource(detail["source"]):
        case ConsentSource.KEYWORD:
            return "The customer agreed to texts" if is_granted else "The customer opted out of texts"
        case ConsentSource.PROVIDER:
            return "The provider says that the customer opted out of texts"
        case ConsentSource.IMPORT:
            return f"Consent to texts was imported: {'given' if is_granted else 'revoked'}"
        case ConsentSource.AGENT:
            kinds = " and ".join(detail["kinds"])
            what = "agrees to" if is_granted else "does not agree to"
            return f"{who} noted that the customer {what} {kinds} texts"


def _joined(_telling: Telling, detail: Mapping[str, Any], who: str) -> str:
    return f"{who} joined the profile {detail['profile']} with this one"


def _parted(_telling: Telling, detail: Mapping[str, Any], who: str) -> str:
    return f"{who} parted this profile from {detail['profile']} again"


_SENTENCES: dict[str, _Words] = {
    "assigned": _assigned,
    "consent_changed": _consent_changed,
    "continued_in": lambda _telling, detail, _who: f"The conversation goes on in #{detail['number']}",
    "took_over": lambda _telling, detail, _who: f"The conversation #{detail['number']} goes on here",
    "parted_from": lambda _telling, detail, _who: f"Parted from #{detail['number']} again",
    "mailed_follow_up": lambda _telling, detail, _who: (
        f"The visitor had left: the answer was sent to {detail['to']}"
    ),
    "mailed_transcript": lambda _telling, detail, _who: f"The transcript was sent to {detail['to']}",
    "profiles_joined": _joined,
    "profiles_parted": _parted,
    "closed": lambda _telling, _detail, who: f"{who} closed the ticket",
    "reopened": lambda _telling, _detail, who: f"{who} reopened the ticket",
    "reopened_by_message": lambda _telling, _detail, _who: "Reopened by a reply",
    "restored": lambda _telling, detail, who: (
        f"{who} took that back: {_BACK[TicketStatus(detail['status'])]}"
    ),
    "send_cancelled": lambda _telling, _detail, who: f"{who} took a reply back before it was sent",
    "snoozed": _snoozed,
    "tagged": lambda _telling, detail, who: f"{who} added the tag {detail['tag']}",
    "untagged": lambda _telling, detail, who: f"{who} removed the tag {detail['tag']}",
    "woke": lambda _telling, _detail, _who: "Back from snooze",
    "woke_by_message": lambda _telling, _detail, _who: "Back from snooze by a reply",
}
