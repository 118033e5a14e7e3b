"""Marks the ticket on the screen as read once it has been looked at for a second."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from inbox_desktop.models.queries.rows import AgentRow, Thread
from inbox_desktop.models.store import Changed
from inbox_desktop.ui import deeds
from inbox_desktop.ui.bridge import Bridge

LOOKED_AT_MS = 1000


class ShowsThread(Protocol):
    """Whatever has a thread on the screen, or None while it is being read."""

    @property
    def thread(self) -> Thread | None:
        """What is on the screen."""

    def isAncestorOf(self, child: QWidget) -> bool:
        """Whether a widget is a part of it."""


class Reading(QObject):
    """Watches what is on the screen. What was marked unread by hand stays so until another one is shown.

    What is shown without anybody having asked for it is read when its row is pressed in the `listed` ones, or
    when the keyboard goes into its thread.
    """

    def __init__(
        self,
        bridge: Bridge,
        pane: ShowsThread,
        listed: QAbstractItemView,
        is_looked_at: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._pane = pane
        self._is_looked_at = is_looked_at
        self._ticket_id: str | None = None
        self._left_unread = False
        self._unasked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOKED_AT_MS)
        self._timer.timeout.connect(self._looked_at)
        bridge.changed.connect(self._on_changed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        listed.pressed.connect(lambda _index: self.take_up())
        application.focusChanged.connect(self._focus_moved)

    def show(self, ticket_id: str | None, *, by_person: bool) -> None:
        """Another ticket is on the screen; what nobody asked for is not read by standing there."""
        self._ticket_id = ticket_id
        self._left_unread = False
        self._unasked = not by_person
        self.look()

    def leave_unread(self, ticket_ids: set[str]) -> None:
        """These were marked unread by hand."""
        if self._ticket_id in ticket_ids:
            self._left_unread = True
            self._timer.stop()

    def take_up(self) -> None:
        """The person turns to the ticket on the screen, which nobody had asked for."""
        if self._unasked:
            self._unasked = False
            self.look()

    def look(self) -> None:
        """Begin to count: the window has come to the front, or the thread has news."""
        if self._ticket_id is not None and self._is_read_here:
            self._timer.start()

    @property
    def _is_read_here(self) -> bool:
        return not (self._left_unread or self._unasked)

    def _focus_moved(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if focused is not None and self._pane.isAncestorOf(focused):
            self.take_up()

    def _on_changed(self, changed: Changed) -> None:
        if changed.kind == "ticket" and self._ticket_id in changed.ids:
            self.look()

    def _looked_at(self) -> None:
        thread = self._pane.thread
        if self._ticket_id is None or not self._is_read_here or not self._is_looked_at():
            return
        if thread is None or thread.ticket.id != self._ticket_id:
            self._timer.start()
            return
        if thread.ticket.unread:
            me: AgentRow = self._bridge.me
            self._bridge.perform(deeds.mark_read([thread.ticket], me, thread).actions)
