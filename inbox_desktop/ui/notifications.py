"""Tells of new messages outside the window: the number on the dock or taskbar, and desktop notifications."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.models.queries.tickets import rows_by_id
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import customer_label, one_line

GATHER_MS = 700
MOST_ASKED = 60
"""More tickets than this at a time are a synchronisation, not news."""
FRESH = timedelta(minutes=10)


def is_news(row: TicketRow, me: str, since: datetime, moment: datetime) -> bool:
    """Whether the ticket has a new message of a customer that concerns me: mine or nobody's, open, unread."""
    return (
        row.unread
        and row.status is TicketStatus.OPEN
        and row.assignee_id in {me, None}
        and not row.customer_blocked
        and row.last_inbound_at is not None
        and row.last_inbound_at > max(since, moment - FRESH)
    )


def announcement(rows: Sequence[TicketRow]) -> tuple[str, str]:
    """Title and text of the notification of one or several tickets."""
    first = rows[0]
    if len(rows) == 1:
        text = one_line(first.subject) or one_line(first.snippet)
        return customer_label(first), text
    names = ", ".join(dict.fromkeys(customer_label(row) for row in rows[:3]))
    more = "" if len(rows) <= 3 else f" and {len(rows) - 3} more"
    return f"{len(rows)} new messages", f"{names}{more}"


class Notifier(QObject):
    """Watches the change feed for new messages of customers.

    Signals:
        ticket_wanted(str): a notification was clicked.
        window_wanted: the tray's icon was clicked.
    """

    ticket_wanted = Signal(str)
    window_wanted = Signal()

    def __init__(
        self, bridge: Bridge, looked_at: Callable[[], str | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._looked_at = looked_at
        self._since = now()
        self._asked: dict[str, None] = {}
        self._told: dict[str, str | None] = {}
        self._clicked_id: str | None = None
        self._tray: QSystemTrayIcon | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GATHER_MS)
        self._timer.timeout.connect(self._ask)
        bridge.changed.connect(self._on_changed)

    def set_icon(self, icon: QIcon) -> None:
        """Notify through the tray from now on, where there is one."""
        if QSystemTrayIcon.isSystemTrayAvailable() and self._tray is None:
            self._tray = QSystemTrayIcon(icon, self)
            self._tray.messageClicked.connect(self._clicked)
            self._tray.activated.connect(lambda _reason: self.window_wanted.emit())
            self._tray.show()

    @staticmethod
    def set_badge(count: int) -> None:
        """Show a number on the application's icon, where the platform can; none takes it away."""
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.setBadgeNumber(count)

    def _on_changed(self, changed: Changed) -> None:
        if changed.kind == "ticket" and len(changed.ids) <= MOST_ASKED:
            self._asked.update(dict.fromkeys(changed.ids))
            self._timer.start()

    def _ask(self) -> None:
        ids, self._asked = list(self._asked), {}
        if len(ids) <= MOST_ASKED:
            self._bridge.query(partial(_rows, ids), self._look)

    def _look(self, rows: Iterable[TicketRow]) -> None:
        moment, shown = now(), self._looked_at()
        fresh = []
        for row in rows:
            is_new = row.id != shown and row.last_inbound_id != self._told.get(row.id)
            if is_new and is_news(row, self._bridge.me.id, self._since, moment):
                self._told[row.id] = row.last_inbound_id
                fresh.append(row)
        if fresh:
            self.announce(fresh)

    def announce(self, rows: Sequence[TicketRow]) -> None:
        """Show a notification, if the desktop can."""
        self._clicked_id = rows[0].id
        if self._tray is not None and self._tray.supportsMessages():
            title, text = announcement(rows)
            self._tray.showMessage(title, text, self._tray.icon())

    def _clicked(self) -> None:
        if self._clicked_id is not None:
            self.ticket_wanted.emit(self._clicked_id)


def _rows(ids: Sequence[str], reader: Reader) -> tuple[TicketRow, ...]:
    return rows_by_id(reader, ids)
