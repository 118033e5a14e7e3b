"""The words of the list: names of filters and orders, and what stands where no ticket is."""

from dataclasses import dataclass
from typing import Final

from inbox_desktop.models.queries.filters import Sort, StatusFilter, View
from inbox_desktop.ui.ticket_list.question import Question

STATUS_WORDS: Final = {
    StatusFilter.OPEN: "Open",
    StatusFilter.SNOOZED: "Snoozed",
    StatusFilter.CLOSED: "Closed",
    StatusFilter.ANY: "Any status",
}
SORT_WORDS: Final = {
    Sort.NEWEST: "Newest message first",
    Sort.OLDEST: "Oldest message first",
    Sort.WAITING: "Waiting longest first",
    Sort.CREATED: "Newest ticket first",
}


@dataclass(frozen=True, slots=True)
class Nothing:
    """What is shown instead of tickets. `act` is the command, place or "widen" that the button stands for."""

    icon: str
    title: str
    text: str
    action: str = ""
    act: str = ""


_BY_VIEW: Final = {
    View.MINE: Nothing(
        "inbox",
        "Your inbox is empty",
        "Tickets that are assigned to you stand here until you close them.",
        "Show unassigned",
        "view_unassigned",
    ),
    View.UNASSIGNED: Nothing(
        "check",
        "Nobody is waiting for somebody",
        "Every open ticket has a person who looks after it.",
        "Show all tickets",
        "view_all",
    ),
    View.ALL: Nothing(
        "mail",
        "No tickets yet",
        "The first message of a customer opens one. It appears here by itself.",
        "Synchronise now",
        "sync",
    ),
    View.SNOOZED: Nothing(
        "clock",
        "Nothing is snoozed",
        "Snooze a ticket with S: it leaves your inbox and comes back at the time you choose.",
        "Show my inbox",
        "view_mine",
    ),
    View.CHANNEL: Nothing(
        "mail",
        "No open tickets here",
        "What customers write to this address appears here.",
        "Show every status",
        "any_status",
    ),
}


def nothing_for(question: Question) -> Nothing:
    """What to say when the list of this question is empty, and what to do next."""
    if question.words:
        return Nothing(
            "search",
            "Nothing found",
            f"No ticket holds “{_short(question.words)}”. Try fewer words, a name, an address or a number.",
            "Clear search",
            "clear_search",
        )
    if question.is_narrowed:
        status = STATUS_WORDS[question.shown_status].lower()
        kind = "tickets" if question.shown_status is StatusFilter.ANY else f"{status} tickets"
        which = f"unread {kind}" if question.unread_only else kind
        return Nothing(
            "filter",
            f"No {which}",
            f"{question.place.title} has nothing that the filter lets through.",
            "Clear filter",
            "widen",
        )
    return _BY_VIEW[question.place.view]


def _short(words: str) -> str:
    return words if len(words) <= 40 else f"{words[:40]}…"
