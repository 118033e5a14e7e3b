"""The main window: puts the panes together and hands what one says to the others.

What opens by a person's wish, or only in a new inbox, is loaded then: the window shall be there at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QPoint, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inbox_desktop.models.actions import Outcome
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.queries.rows import AgentRow, TicketRow
from inbox_desktop.models.store import Store
from inbox_desktop.ui.backend import Backend
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.commands import BY_ID, Situation
from inbox_desktop.ui.errors import ErrorReporter
from inbox_desktop.ui.kit import Theme, Toast, icon
from inbox_desktop.ui.leaving import Leaving
from inbox_desktop.ui.notifications import Notifier
from inbox_desktop.ui.overview.pane import OverviewPane
from inbox_desktop.ui.panes import Panes
from inbox_desktop.ui.places import ALL, MINE, SNOOZED, UNASSIGNED, Place
from inbox_desktop.ui.rail import Rail
from inbox_desktop.ui.reading import Reading
from inbox_desktop.ui.shortcuts import Shortcuts
from inbox_desktop.ui.status_line import StatusLine
from inbox_desktop.ui.surroundings import Glance, Surroundings
from inbox_desktop.ui.thread.pane import ThreadPane
from inbox_desktop.ui.ticket_commands import Anchor, TicketCommands
from inbox_desktop.ui.ticket_list import TicketListPane
from inbox_desktop.ui.undo import Door
from inbox_desktop.ui.views_pane import ViewsPane
from inbox_desktop.ui.window_state import WindowState

if TYPE_CHECKING:
    from inbox_desktop.ui.connect.page import ConnectPage
    from inbox_desktop.ui.outbox_panel import OutboxPanel

TITLE: Final = "Inbox Desktop"
LEAST: Final = (680, 480)
FIRST: Final = (1440, 900)
FRAME: Final = 40
"""Height that the desktop's frame around a window may need."""
_PLACES: Final = {
    "view_mine": MINE,
    "view_unassigned": UNASSIGNED,
    "view_all": ALL,
    "view_snoozed": SNOOZED,
}
_ANYWHERE: Final = frozenset({"settings", "help"})
"""The commands that make sense before there is a mailbox, too."""


class MainWindow(QWidget):
    """The window of one inbox.

    Signals:
        content_shown: the first list and its thread (or the first start's page) have been painted.
        demo_requested: the person wants to look around in the sample world.
        closed: the window was closed.
    """

    content_shown = Signal()
    demo_requested = Signal()
    closed = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, state: WindowState) -> None:
        super().__init__()
        self._bridge, self._theme, self._state = bridge, theme, state
        self._shown_id: str | None = None
        self._content_told = False
        self._is_over = False
        self._is_arriving = False
        self._place_restored = False
        self._make_panes()
        self._make_services()
        self._lay_out()
        self._connect_panes()
        self._connect_services()
        self._commands = self._command_table()
        Shortcuts(self, self.run)
        self._restore()
        self.surroundings.look()

    # Parts

    def _make_panes(self) -> None:
        self.rail = Rail(self._bridge.me, self)
        self.views = ViewsPane(self)
        self.tickets = TicketListPane(self._bridge, self)
        self.thread_pane = ThreadPane(self._bridge, self)
        self.overview = OverviewPane(self._bridge, self._theme, self, self._state.settings)
        self.panes = Panes(self.views, self.tickets, self.thread_pane, self.overview)
        self.connect_page: ConnectPage | None = None
        self.status = StatusLine(self)
        self.toast = Toast(self)

    def _make_services(self) -> None:
        self.door = Door(self._bridge, self.toast, self)
        self.surroundings = Surroundings(self._bridge, self)
        self.ticket_commands = TicketCommands(self._bridge, self.door, self._people, self)
        self.reading = Reading(self._bridge, self.thread_pane, self.tickets.view, self._is_looked_at, self)
        self.notifier = Notifier(self._bridge, lambda: self._shown_id if self._is_looked_at() else None, self)
        self.reporter = ErrorReporter(self)
        self.leaving = Leaving(self.thread_pane.composer.drafts, self)
        self._outbox: OutboxPanel | None = None

    def _lay_out(self) -> None:
        self.setWindowTitle(TITLE)
        self.setMinimumSize(*LEAST)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.panes)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.rail)
        upper.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.status)

    def _connect_panes(self) -> None:
        self.rail.inbox_wanted.connect(self._back)
        self.rail.settings_wanted.connect(partial(self.run, "settings"))
        self.views.chosen.connect(self.show_place)
        self.views.searched.connect(self._searched)
        self.views.search_left.connect(self._back)
        self.views.results_wanted.connect(self._into_results)
        self.panes.views_folded.connect(self.tickets.header.views_button.setVisible)
        self.tickets.views_wanted.connect(self._open_views)
        self.tickets.current_changed.connect(self._current_changed)
        self.tickets.shown.connect(self._list_shown)
        self.tickets.opened.connect(partial(self.run, "reply"))
        self.tickets.command.connect(self.run)
        self.tickets.wanted.connect(self._wanted)
        self.tickets.menu_wanted.connect(self._open_menu)
        self.tickets.trouble.connect(self.door.say_trouble)
        self.thread_pane.command.connect(self._run_on_thread)
        self.thread_pane.sent.connect(self._sent)
        self.thread_pane.written.connect(self.tickets.focus)
        self.thread_pane.notice.connect(self.door.say)
        self.thread_pane.thread_shown.connect(self._tell_content)
        self.thread_pane.composer.ticket_wanted.connect(self.open_ticket)
        self.thread_pane.composer.consent_wanted.connect(self.overview.profile.note_consent)
        self.overview.open_ticket.connect(self.open_ticket)
        self.overview.performed.connect(self.door.tell)
        self.status.try_wanted.connect(self._try_channel)
        self.status.settings_wanted.connect(partial(self.run, "settings"))
        self.status.outbox_wanted.connect(self.open_outbox)

    def _connect_services(self) -> None:
        self._bridge.health.connect(self._heard)
        self._bridge.me_changed.connect(lambda: self.rail.set_me(self._bridge.me))
        self.surroundings.seen.connect(self._seen)
        self.ticket_commands.left_unread.connect(self.reading.leave_unread)
        self.notifier.ticket_wanted.connect(self._bring_up)
        self.notifier.window_wanted.connect(self.come_forward)
        self.reporter.told.connect(self.door.say_trouble)
        self.door.undone.connect(self._undone)
        self._theme.changed.connect(self._theme_changed)

    def _command_table(self) -> dict[str, Callable[[], object]]:
        table: dict[str, Callable[[], object]] = {
            "next": lambda: self.tickets.step(1),
            "previous": lambda: self.tickets.step(-1),
            "search": self._focus_search,
            "overview": self.panes.toggle_overview,
            "tag": self._begin_tag,
            "back": self._back,
            "reply": self.thread_pane.focus_reply,
            "note": self.thread_pane.focus_note,
            "undo": self.door.undo_last,
            "sync": self._sync,
            "settings": self._open_settings,
            "help": self._open_cheat_sheet,
        }
        table.update({name: partial(self.show_place, place) for name, place in _PLACES.items()})
        return table

    def _begin_tag(self) -> None:
        self.panes.show_overview()
        self.overview.begin_tag()

    # Commands

    def situation(self) -> Situation:
        """What commands would work on now."""
        return Situation(self._targets(), self._bridge.me.id, self.door.can_undo)

    def run(self, command_id: str, anchor: object = None) -> None:
        """Run a command of the table on what is selected, if it makes sense now."""
        is_connecting = self._stack.currentWidget() is not self.panes and command_id not in _ANYWHERE
        if is_connecting or not BY_ID[command_id].enabled(self.situation()):
            return
        if command_id == "close_next":
            self._close_and_next()
        elif self.ticket_commands.knows(command_id):
            self._run_on(command_id, self._targets(), anchor)
        else:
            self._commands[command_id]()

    def _run_on_thread(self, command_id: str, anchor: object) -> None:
        """A command from the thread's head is about the ticket on the screen, whatever is selected."""
        thread = self.thread_pane.thread
        if thread is not None and self.ticket_commands.knows(command_id):
            self._run_on(command_id, (thread.ticket,), anchor)
        elif not self.ticket_commands.knows(command_id):
            self.run(command_id, anchor)

    def _run_on(self, command_id: str, rows: tuple[TicketRow, ...], anchor: object) -> None:
        place: Anchor = anchor if isinstance(anchor, QWidget | QPoint) else self.tickets.view.current_point()
        self.ticket_commands.run(command_id, rows, self.thread_pane.thread, place)

    def _targets(self) -> tuple[TicketRow, ...]:
        selected = self.tickets.selected()
        if selected:
            return selected
        thread = self.thread_pane.thread
        return (thread.ticket,) if thread is not None and thread.ticket.id == self._shown_id else ()

    def _close_and_next(self) -> None:
        """Close, and go on even where closed tickets stay in the list."""
        before = self.tickets.current
        self._run_on("close", self._targets(), None)
        if before is not None and self.tickets.current is before:
            self.tickets.step(1)

    def _wanted(self, act: str) -> None:
        if act == "clear_search":
            self.views.search.set_text("")
        else:
            self.run(act)

    # Places and tickets

    def show_place(self, place: Place) -> None:
        """Show a view or a channel."""
        self._state.place = place.key
        self.views.search.edit.blockSignals(True)
        self.views.search.set_text("")
        self.views.search.edit.blockSignals(False)
        self.views.set_place(place)
        self.panes.close_views()
        self._is_arriving = True
        self.tickets.show_place(place)
        self.setWindowTitle(f"{place.title} – {TITLE}")

    def open_ticket(self, ticket_id: str) -> None:
        """Show a ticket, whether or not it stands in the list."""
        if not self.tickets.select(ticket_id):
            self.tickets.clear_choice()
            self._show(ticket_id, by_person=True)

    def _current_changed(self, row: TicketRow | None) -> None:
        self._show(row.id if row else None, by_person=self.tickets.chosen_by_person)

    def _show(self, ticket_id: str | None, *, by_person: bool) -> None:
        self._shown_id = ticket_id
        self.thread_pane.show_ticket(ticket_id)
        self.overview.show_ticket(ticket_id)
        self.reading.show(ticket_id, by_person=by_person)

    def _list_shown(self) -> None:
        if self._is_arriving and self.tickets.current is None:
            if self.tickets.model.rowCount():
                self.tickets.select_first()
            else:
                self._show(None, by_person=False)
        self._is_arriving = False
        self._tell_content()

    def _searched(self, words: str) -> None:
        self.tickets.search(words)
        self.views.set_place(None if self.tickets.is_searching else self.tickets.question.place)

    def _focus_search(self) -> None:
        if self.panes.are_views_folded:
            self._open_views()
        self.views.focus_search()

    def _into_results(self) -> None:
        self.panes.close_views()
        self.tickets.focus()
        self.tickets.select_first()

    def _back(self) -> None:
        """To the list; from the list of a search to the place where one was."""
        if self.tickets.view.hasFocus() and self.tickets.is_searching:
            self.views.search.set_text("")
        self.panes.close_views()
        self.tickets.focus()

    def _open_views(self) -> None:
        self.panes.open_views(self.tickets.header.views_button)

    def _bring_up(self, ticket_id: str) -> None:
        self.come_forward()
        self.open_ticket(ticket_id)

    def come_forward(self) -> None:
        """Stand before all other windows, ready for the keyboard."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    # What is heard

    def _seen(self, glance: Glance) -> None:
        self.views.set_channels(glance.channels)
        self.views.set_counts(glance.counts)
        self.rail.set_unread(glance.badge)
        self.notifier.set_badge(glance.badge)
        self.status.set_outbox(glance.outbox)
        self.status.keep_only(glance.connected)
        for health in self._bridge.healths:
            self._heard(health)
        if self._outbox is not None:
            self._outbox.set_rows(glance.outbox)
        self._choose_page(glance)
        if not self._place_restored:
            self._place_restored = True
            known = {place.key: place for place in self.views.places()}
            self.show_place(known.get(self._state.place, MINE))
        if glance.is_new:
            self.setWindowTitle(TITLE)

    def _heard(self, health: Health) -> None:
        """A removed channel may still say that it stops; a new one is known with the next look around."""
        glance = self.surroundings.glance
        if glance is not None and health.channel_id in glance.connected:
            self.status.set_health(health)

    def _choose_page(self, glance: Glance) -> None:
        if not glance.is_new:
            if self._stack.currentWidget() is self.connect_page:
                self._stack.setCurrentWidget(self.panes)
                self.tickets.focus()
            return
        if self.connect_page is None:
            from inbox_desktop.ui.connect.page import ConnectPage  # noqa: PLC0415

            self.connect_page = ConnectPage(self._bridge, self._theme, self)
            self.connect_page.connected.connect(self._first_connected)
            self.connect_page.demo_requested.connect(self.demo_requested)
            self._stack.addWidget(self.connect_page)
        self._stack.setCurrentWidget(self.connect_page)

    def _first_connected(self, _channel_id: str) -> None:
        """What comes belongs to nobody yet: it is seen where it stands."""
        self.show_place(UNASSIGNED)
        self.surroundings.look()

    def _sent(self, results: object) -> None:
        for outcome in cast("list[Outcome]", results):
            action = outcome.action
            if not isinstance(action, Reply):
                self.door.tell([outcome], "Note added")
                continue
            words = "Ticket closed, answer on its way" if action.close else "Answer on its way"
            if action.not_before is None:
                self.door.say(words)  # it leaves at once: there is no time to take it back
            else:
                self.door.tell([outcome], words, seconds=(action.not_before - now()).total_seconds())

    def _undone(self, ticket_id: str) -> None:
        if ticket_id:
            self.tickets.select_when_there(ticket_id)

    def _people(self) -> tuple[AgentRow, ...]:
        glance = self.surroundings.glance
        return glance.people if glance is not None else (self._bridge.me,)

    def _is_looked_at(self) -> bool:
        return self.isVisible() and self.isActiveWindow() and self._stack.currentWidget() is self.panes

    def _tell_content(self, _thread: object = None) -> None:
        """Tell once that there is something to see: the list, and the thread if a ticket is chosen."""
        thread = self.thread_pane.thread
        has_thread = self._shown_id is None or (thread is not None and thread.ticket.id == self._shown_id)
        if not self._content_told and (has_thread or self._stack.currentWidget() is not self.panes):
            self._content_told = True
            QTimer.singleShot(0, self, self._tell_painted)

    def _tell_painted(self) -> None:
        """What has been laid out is painted before anybody hears of it."""
        self.repaint()
        self.content_shown.emit()

    # Dialogs and panels

    def open_outbox(self) -> None:
        """Show the outbox at the status line."""
        from inbox_desktop.ui.outbox_panel import OutboxPanel  # noqa: PLC0415

        panel = OutboxPanel(self._bridge.me.id, self)
        self._outbox = panel
        panel.set_rows(self.surroundings.glance.outbox if self.surroundings.glance else ())
        panel.chosen.connect(self.door.perform)
        panel.ticket_wanted.connect(self.open_ticket)
        panel.closed.connect(self._outbox_closed)
        panel.open_at(self.status.outbox, above=True)

    def _outbox_closed(self) -> None:
        if self._outbox is not None:
            self._outbox.deleteLater()
            self._outbox = None

    def _open_menu(self, at: QPoint) -> None:
        self.ticket_commands.menu(self.situation(), self.run).popup(at)

    def _open_settings(self) -> None:
        from inbox_desktop.ui.connect.settings import SettingsDialog  # noqa: PLC0415

        density = self.tickets.view.delegate.density
        dialog = SettingsDialog(self._bridge, self._theme, self, density)
        dialog.density_changed.connect(self.tickets.set_density)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_cheat_sheet(self) -> None:
        from inbox_desktop.ui.cheat_sheet import CheatSheet  # noqa: PLC0415

        sheet = CheatSheet(self)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def _sync(self) -> None:
        self._bridge.backend().sync_now(None)
        self.door.say("Looking for new messages")

    def _try_channel(self, channel_id: str) -> None:
        self._bridge.backend().sync_now(channel_id)

    # Start and end

    def _restore(self) -> None:
        room = self.screen().availableGeometry()
        self.resize(min(FIRST[0], room.width()), min(FIRST[1], room.height() - FRAME))
        if self._state.geometry is not None:
            self.restoreGeometry(self._state.geometry)
        self.panes.set_widths(self._state.widths)
        self.panes.want_overview(wanted=self._state.overview)
        self.tickets.set_density(self._state.density)
        self.notifier.set_icon(icon("inbox", "accent"))

    def _theme_changed(self) -> None:
        if not self._is_over:
            self._state.theme = self._theme.choice

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.reading.look()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep drafts and sizes, then tell that it is over."""
        self.thread_pane.show_ticket(None)
        self._state.geometry = self.saveGeometry()
        self._state.widths = self.panes.widths
        self._state.overview = self.panes.overview_wanted
        self._state.density = self.tickets.view.delegate.density
        self._state.save()
        super().closeEvent(event)
        self.closed.emit()

    def shut_down(self) -> None:
        """Let go of engine and store. The window shows nothing new afterwards."""
        self._is_over = True
        self.reporter.remove()
        self._bridge.close()


def build_window(store: Store, backend: Backend, theme: Theme) -> MainWindow:
    """The window of an open store, with its errors reported from now on.

    Raises:
        StorageError: the store could not be read.
    """
    state = WindowState(store.profile.window_state)
    theme.install(state.theme)
    with store.read() as reader:
        here = me(reader)
    bridge = Bridge(store, backend, here or AgentRow("", "You", "", is_me=True))
    window = MainWindow(bridge, theme, state)
    window.reporter.install()
    return window
