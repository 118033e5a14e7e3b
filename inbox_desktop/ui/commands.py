"""The one table of what can be done in the window; menus, shortcuts and the cheat sheet come from it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import TicketRow


class Section(StrEnum):
    """How the cheat sheet groups commands."""

    MOVE = "Getting around"
    TRIAGE = "Tickets"
    WRITE = "Writing"
    GENERAL = "General"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the window shows at this moment; it decides which commands make sense."""

    tickets: tuple[TicketRow, ...] = ()
    me: str = ""
    can_undo: bool = False


def _always(_situation: Situation) -> bool:
    return True


def _with_tickets(situation: Situation) -> bool:
    return bool(situation.tickets)


def _with_one(situation: Situation) -> bool:
    return len(situation.tickets) == 1


def _any(test: Callable[[TicketRow], bool]) -> Callable[[Situation], bool]:
    return lambda situation: any(test(row) for row in situation.tickets)


_not_closed = _any(lambda row: row.status is not TicketStatus.CLOSED)
_not_open = _any(lambda row: row.status is not TicketStatus.OPEN)


def _not_all_mine(situation: Situation) -> bool:
    return any(row.assignee_id != situation.me for row in situation.tickets)


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done. `keys` are Qt's portable names; an owner binds its own keys by itself."""

    id: str
    title: str
    section: Section
    keys: tuple[str, ...] = ()
    icon: str = ""
    enabled: Callable[[Situation], bool] = _always
    owner: str = "window"


_M, _T, _W, _G = Section.MOVE, Section.TRIAGE, Section.WRITE, Section.GENERAL

COMMANDS: Final[tuple[Command, ...]] = (
    Command("next", "Next ticket", _M, ("J",), "chevron-down"),
    Command("previous", "Previous ticket", _M, ("K",), "chevron-up"),
    Command("view_mine", "My inbox", _M, ("1",), "user"),
    Command("view_unassigned", "Unassigned", _M, ("2",), "unassigned"),
    Command("view_all", "All tickets", _M, ("3",), "all"),
    Command("view_snoozed", "Snoozed", _M, ("4",), "clock"),
    Command("search", "Search", _M, ("/",), "search"),
    Command("overview", "Show or hide the customer", _M, ("O",), "info"),
    Command("back", "Back to the list", _M, ("Esc",), "chevron-left"),
    Command("close", "Close", _T, ("E",), "check", _not_closed),
    Command("close_next", "Close and go to the next", _T, ("Shift+E",), "check", _not_closed),
    Command("reopen", "Reopen", _T, ("Shift+O",), "reopen", _not_open),
    Command("snooze", "Snooze", _T, ("S",), "clock", _with_tickets),
    Command("assign", "Assign", _T, ("A",), "user", _with_tickets),
    Command("assign_me", "Assign to me", _T, ("I",), "user", _not_all_mine),
    Command("tag", "Add a tag", _T, ("L",), "tag", _with_one),
    Command("unread", "Mark unread", _T, ("U",), "eye-off", _any(lambda row: not row.unread)),
    Command("read", "Mark read", _T, ("Shift+U",), "eye", _any(lambda row: row.unread)),
    Command("block", "Block this customer", _T, (), "block", _any(lambda row: not row.customer_blocked)),
    Command("unblock", "Unblock this customer", _T, (), "shield", _any(lambda row: row.customer_blocked)),
    Command("reply", "Reply", _W, ("R",), "reply", _with_one),
    Command("note", "Private note", _W, ("N",), "note", _with_one),
    Command("send", "Send", _W, ("Ctrl+Return",), "send", _with_one, owner="composer"),
    Command("send_close", "Send and close", _W, ("Ctrl+Shift+Return",), "send", _with_one, owner="composer"),
    Command("undo", "Undo the last action", _G, ("Ctrl+Z",), "undo", lambda situation: situation.can_undo),
    Command("sync", "Synchronise now", _G, ("F5",), "refresh"),
    Command("settings", "Channels and settings", _G, ("Ctrl+,",), "settings"),
    Command("help", "Keyboard shortcuts", _G, ("?",), "keyboard"),
)

BY_ID: Final = {command.id: command for command in COMMANDS}

TICKET_MENU: Final[tuple[str, ...]] = (
    "close",
    "reopen",
    "snooze",
    "",
    "assign",
    "assign_me",
    "",
    "unread",
    "read",
    "",
    "block",
    "unblock",
)
"""What the context menu of a ticket offers; an empty name is a separator."""
