"""The head of a thread: subject and facts at the left, what can be done with the ticket at the right."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ChannelKind, TicketStatus
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.chat_words import Presence
from inbox_desktop.ui.commands import BY_ID
from inbox_desktop.ui.kit import (
    Button,
    ElidedLabel,
    IconButton,
    MenuButton,
    PillSpec,
    Tone,
    customer_label,
    day_and_time,
    icon,
    one_line,
    paint_icon,
    paint_pill,
    pill_size,
    plain_tool_tip,
    short_duration,
    tag_pill,
    theme,
)
from inbox_desktop.ui.kit.avatar import CHANNEL_ICONS, CHANNEL_WORDS
from inbox_desktop.ui.kit.labels import DOTS
from inbox_desktop.ui.kit.painting import KitWidget, draw_line_of_text, hairline
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_TIGHT

HEIGHT: Final = 65
_MINUTE_MS: Final = 30_000
_NO_SUBJECT: Final = "No subject"
_PERSONAL: Final = frozenset({ChannelKind.SMS, ChannelKind.CHAT})
"""The kinds whose conversations are called by the person: they have no subject."""
_NARROW: Final = 480
"""Below this width, in pixels at 100 %, the buttons leave their words out: the subject needs the room."""


def title(row: TicketRow) -> str:
    """The first line: the subject, and of a conversation by text or chat the person."""
    if row.channel_kind in _PERSONAL:
        return customer_label(row)
    return row.subject or row.snippet or _NO_SUBJECT


def facts(row: TicketRow, moment: datetime, locale: QLocale) -> str:
    """The second line: "Ana Souza · #1042 · waiting 18 min"; without the name where that is the title."""
    said = [f"#{row.number}"]
    if row.channel_kind not in _PERSONAL:
        said.insert(0, customer_label(row))
    elif row.channel_kind is ChannelKind.SMS and row.customer_name and row.customer_shown:
        said.insert(0, row.customer_shown)
    if row.status is TicketStatus.CLOSED:
        said.append("closed")
    elif row.status is TicketStatus.SNOOZED and row.snoozed_until is not None:
        said.append(f"snoozed until {day_and_time(moment, row.snoozed_until, locale)}")
    elif row.waiting_since is not None:
        seconds = max(60.0, (moment - row.waiting_since).total_seconds())
        said.append(f"waiting {short_duration(seconds)}")
    return " · ".join(said)


class FactsLine(KitWidget):
    """Channel mark, facts and tags on one line; tags that do not fit are counted ("+2")."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row: TicketRow | None = None
        self._words = ""
        self._presence = Presence()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._clock = QTimer(self)
        self._clock.setInterval(_MINUTE_MS)
        self._clock.timeout.connect(self._refresh)

    def set_ticket(self, row: TicketRow) -> None:
        """Show another ticket's facts."""
        self._row = row
        self._refresh()
        self._clock.start()

    def set_presence(self, presence: Presence) -> None:
        """Say first whether the visitor of a chat is there."""
        if presence != self._presence:
            self._presence = presence
            self._refresh()

    @property
    def words(self) -> str:
        """The line, without its tags."""
        return self._words

    def _refresh(self) -> None:
        row = self._row
        if row is None:
            return
        said = (self._presence.words.capitalize(), facts(row, now(), QLocale()))
        self._words = " · ".join(filter(None, said))
        tags = f", tags {', '.join(row.tags)}" if row.tags else ""
        self.setAccessibleName(one_line(f"{CHANNEL_WORDS[row.channel_kind]}, {self._words}{tags}"))
        self.setToolTip(plain_tool_tip(one_line(f"{self._words}{tags.replace(', tags', ' ·')}")))
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(theme().px(120), theme().px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        if self._row is None:
            return
        painter = QPainter(self)
        side = theme().px(13)
        kind = self._row.channel_kind
        paint_icon(painter, QRectF(0, 0, side, self.height()), CHANNEL_ICONS[kind], kind.value)
        left = side + 6.0
        if self._presence.words:
            dot = theme().px(7)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour(DOTS[self._presence.tone]))
            painter.drawEllipse(QRectF(left, (self.height() - dot) / 2, dot, dot))
            left += dot + 5.0
        font = theme().font("secondary", tabular=True)
        wide = min(text_width(self._words, font) + 1, self.width() - left)
        rect = QRectF(left, 0, wide, self.height())
        draw_line_of_text(painter, rect, self._words, font, theme().colour("text_2"))
        self._paint_tags(painter, left + wide + GAP)
        painter.end()

    def _paint_tags(self, painter: QPainter, left: float) -> None:
        tags = [tag_pill(tag) for tag in self._row.tags] if self._row else []
        if self._row is not None and self._row.customer_blocked:
            tags.insert(0, PillSpec("Blocked", Tone.BAD))
        while tags:
            pill = tags.pop(0)
            size = pill_size(pill)
            rest = pill_size(PillSpec(f"+{len(tags)}")).width() + GAP_TIGHT if tags else 0
            if left + size.width() + rest > self.width():
                pill = PillSpec(f"+{len(tags) + 1}")
                size, tags = pill_size(pill), []
                if left + size.width() > self.width():
                    return
            top = (self.height() - size.height()) / 2
            paint_pill(painter, QRectF(left, top, size.width(), size.height()), pill)
            left += size.width() + GAP_TIGHT


class Header(QWidget):
    """Shows a ticket's subject and facts, and offers what can be done with it.

    Signals:
        command(str, object): a command of `ui/commands.py` was chosen, and the widget it came from, where
            a menu may open.
    """

    command = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._closed = False
        self._row: TicketRow | None = None
        self._subject = ElidedLabel("", "title_large", weight=600, parent=self)
        self._subject.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._facts = FactsLine(self)
        self._assign = MenuButton("Assign", parent=self)
        self._assign.setMenu(None)  # type: ignore[arg-type]  # the window knows the people and opens the menu
        self._assign.clicked.connect(lambda: self.command.emit("assign", self._assign))
        self._snooze = IconButton("clock", "Snooze", variant="secondary", hint="S", parent=self)
        self._snooze.clicked.connect(lambda: self.command.emit("snooze", self._snooze))
        self._close = Button("Close", icon_name="check", parent=self)
        self._close.clicked.connect(self._close_or_reopen)
        self._more = MenuButton("", icon_name="more", parent=self)
        self._more.setAccessibleName("More")
        self._more.setToolTip("More")
        self._more.menu().aboutToShow.connect(self._fill_menu)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._subject)
        words.addWidget(self._facts)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(EDGE_WIDE, 0, EDGE_WIDE, 0)
        row.setSpacing(GAP)
        row.addLayout(words, 1)
        row.addSpacing(GAP_TIGHT)
        for button in (self._assign, self._snooze, self._close, self._more):
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def assign_button(self) -> QWidget:
        """Where the menu of people opens when it was asked for by a shortcut."""
        return self._assign

    @property
    def snooze_button(self) -> QWidget:
        """Where the menu of times opens when it was asked for by a shortcut."""
        return self._snooze

    @property
    def last_button(self) -> QWidget:
        """The last stop of Tab in the head."""
        return self._more

    def set_ticket(self, row: TicketRow, me_id: str) -> None:
        """Show a ticket."""
        self._row = row
        self._subject.set_text(title(row))
        self._facts.set_ticket(row)
        name = one_line(row.assignee_name or "")
        shown = "You" if row.assignee_id == me_id else name.split(" ")[0]
        self._assign.set_value(shown[:18] or "Assign", name)
        self._assign.setToolTip(plain_tool_tip(f"Assigned to {name}. Assign (A)" if name else "Assign (A)"))
        self._assign.setAccessibleName(f"Assigned to {name or 'nobody'}. Assign")
        self._closed = row.status is not TicketStatus.OPEN
        self._close.set_icon_name("reopen" if self._closed else "check")
        self._close.setText("Reopen" if self._closed else "Close")
        self._close.setToolTip("Reopen (Shift+O)" if self._closed else "Close (E)")

    def set_presence(self, presence: Presence) -> None:
        """Say whether the visitor of a chat is there."""
        self._facts.set_presence(presence)

    @property
    def facts_words(self) -> str:
        """What the second line says, without its tags."""
        return self._facts.words

    def _close_or_reopen(self) -> None:
        self.command.emit("reopen" if self._closed else "close", self._close)

    def _fill_menu(self) -> None:
        menu = self._more.menu()
        menu.clear()
        if self._row is None:
            return
        blocked = self._row.customer_blocked
        closed = self._row.status is TicketStatus.CLOSED
        offered = [
            "assign_me",
            "",
            "unread",
            "close" if self._closed and not closed else "",
            "unblock" if blocked else "block",
        ]
        for name in offered:
            if not name:
                menu.addSeparator()
                continue
            known = BY_ID[name]
            action = QAction(icon(known.icon), known.title, menu)
            action.triggered.connect(lambda _checked=False, name=name: self.command.emit(name, self._more))
            menu.addAction(action)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the buttons be small where there is little room."""
        super().resizeEvent(event)
        for button in (self._assign, self._close):
            button.set_compact(compact=self.width() < theme().px(_NARROW))

    def sizeHint(self) -> QSize:
        """Two lines and the room around them."""
        return QSize(super().sizeHint().width(), theme().px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the buttons and the beginning of the subject."""
        return QSize(theme().px(360), theme().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hairline below."""
        painter = QPainter(self)
        hairline(painter, 0, self.width(), self.height() - 1, theme().colour("line"))
        painter.end()
