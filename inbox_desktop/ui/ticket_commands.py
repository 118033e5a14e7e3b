"""Runs the commands on tickets, with the menus that some of them need first."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QLocale, QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.queries.rows import AgentRow, Thread, TicketRow
from inbox_desktop.ui import deeds
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.commands import BY_ID, TICKET_MENU, Situation
from inbox_desktop.ui.kit import day_and_time, icon
from inbox_desktop.ui.people_picker import PeoplePicker
from inbox_desktop.ui.shortcuts import shown_keys
from inbox_desktop.ui.snooze import SnoozeDialog, snooze_menu
from inbox_desktop.ui.undo import Door

Anchor = QWidget | QPoint
Rows = Sequence[TicketRow]


class TicketCommands(QObject):
    """What can be done with tickets. `people` gives the team for the menu of assigning.

    Signals:
        left_unread(set[str]): these tickets were marked unread by hand.
    """

    left_unread = Signal(object)

    def __init__(
        self, bridge: Bridge, door: Door, people: Callable[[], Sequence[AgentRow]], window: QWidget
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._door = door
        self._people = people
        self._window = window
        self._simple: dict[str, Callable[[Rows, Thread | None], deeds.Deed]] = {
            "close": lambda rows, thread: deeds.close(rows, bridge.me, thread),
            "reopen": lambda rows, _thread: deeds.reopen(rows, bridge.me),
            "assign_me": lambda rows, _thread: deeds.assign(rows, bridge.me, bridge.me),
            "unread": lambda rows, _thread: deeds.mark_unread(rows, bridge.me),
            "read": lambda rows, thread: deeds.mark_read(rows, bridge.me, thread),
            "block": lambda rows, _thread: deeds.set_blocked(rows, bridge.me, blocked=True),
            "unblock": lambda rows, _thread: deeds.set_blocked(rows, bridge.me, blocked=False),
        }

    def knows(self, command_id: str) -> bool:
        """Whether this is a command on tickets."""
        return command_id in self._simple or command_id in {"assign", "snooze"}

    def run(self, command_id: str, rows: Rows, thread: Thread | None, anchor: Anchor) -> None:
        """Run a command for tickets; what needs a choice first opens its menu at the anchor."""
        if not rows or not BY_ID[command_id].enabled(Situation(tuple(rows), self._bridge.me.id)):
            return
        if command_id == "unread":
            self.left_unread.emit({row.id for row in rows})
        if command_id == "assign":
            self._choose_person(rows, anchor)
        elif command_id == "snooze":
            self._choose_time(rows, anchor)
        else:
            self._door.perform(self._simple[command_id](rows, thread))

    def menu(self, situation: Situation, run: Callable[[str], None]) -> QMenu:
        """The context menu of tickets; the caller shows it with popup()."""
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        for command_id in TICKET_MENU:
            if not command_id:
                menu.addSeparator()
                continue
            command = BY_ID[command_id]
            if not command.enabled(situation):
                continue
            keys = f"\t{shown_keys(command.keys[0])}" if command.keys else ""
            action = menu.addAction(icon(command.icon), f"{command.title}{keys}")
            action.triggered.connect(partial(_run, run, command_id))
        return menu

    def _choose_person(self, rows: Rows, anchor: Anchor) -> None:
        assignees = {row.assignee_id for row in rows}
        picker = PeoplePicker(self._people(), assignees.pop() if len(assignees) == 1 else "", self._window)
        picker.chosen.connect(partial(self._assign, rows))
        picker.closed.connect(picker.deleteLater)
        picker.open_at(anchor)

    def _assign(self, rows: Rows, person: AgentRow | None) -> None:
        self._door.perform(deeds.assign(rows, self._bridge.me, person))

    def _choose_time(self, rows: Rows, anchor: Anchor) -> None:
        menu = snooze_menu(self._window, partial(self._snooze, rows), partial(self._pick_time, rows))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(
            anchor if isinstance(anchor, QPoint) else anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        )

    def _pick_time(self, rows: Rows) -> None:
        dialog = SnoozeDialog(self._window)
        dialog.picked.connect(partial(self._snooze, rows))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _snooze(self, rows: Rows, until: datetime) -> None:
        words = day_and_time(now(), until, QLocale())
        self._door.perform(deeds.snooze(rows, self._bridge.me, until, words))


def _run(run: Callable[[str], None], command_id: str, _checked: bool = False) -> None:
    run(command_id)
