"""What is live about the thread on the screen: its visitor, present or typing, and the way to the relay."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inbox_desktop.models.chat_relay import LiveChat
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.chat_words import ChatState, Presence, answer_hint, goes_on, is_reached, presence
from inbox_desktop.ui.kit import Banner, Tone, customer_label
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP

_AGAIN_MS: Final = 20_000
_AWAY: Final = (
    "The relay can't be reached. Visitors' messages wait there or in their browsers; your answers wait "
    "in the outbox."
)
_TROUBLE: Final = frozenset({ChannelState.OFFLINE, ChannelState.FAILED})


class RelayBanner(QWidget):
    """Stands above a chat while the relay can't be reached: what follows from that, and "Try now"."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._channel_id = ""
        self._banner: Banner | None = None
        self._words = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(EDGE_WIDE, GAP, EDGE_WIDE, 0)
        self.hide()

    @property
    def words(self) -> str:
        """What is said; empty while nothing is."""
        return self._words

    def show_health(self, health: Health | None) -> None:
        """Say what a chat's channel says about the relay, if it is in trouble."""
        words = ""
        if health is not None and (health.state in _TROUBLE or health.needs_person):
            words = health.reason or _AWAY
            self._channel_id = health.channel_id
        if words == self._words:
            return
        self._words = words
        if self._banner is not None:
            self._column.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        self.setVisible(bool(words))
        if words:
            self._banner = Banner(words, Tone.WARN, parent=self)
            self._banner.add_link("Try now", self._try)
            self._column.addWidget(self._banner)

    def _try(self) -> None:
        self._bridge.backend().sync_now(self._channel_id)


class LiveThread(QObject):
    """Follows the visitor of the ticket on the screen; for tickets that are no chats there is nothing to say.

    Signals:
        changed: presence, typing or the way to the relay are others now.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._ticket: TicketRow | None = None
        self._live = LiveChat("")
        self._told: tuple[object, ...] = ()
        self.chat: ChatState | None = None
        self.banner = RelayBanner(bridge, parent)
        self._clock = QTimer(self)
        self._clock.setInterval(_AGAIN_MS)
        self._clock.timeout.connect(self._tell)
        bridge.live.connect(self._on_live)
        bridge.health.connect(self._on_health)

    def show(self, ticket: TicketRow, chat: ChatState | None) -> None:
        """Follow this ticket. `chat` is None for one that is no chat."""
        self._ticket, self.chat = ticket, chat
        if chat is None:
            self.banner.show_health(None)
            self._clock.stop()
            self._live = LiveChat(ticket.id)
        else:
            self._bridge.watch_live()
            self._live = self._bridge.chats().live(ticket.id)
            self.banner.show_health(self._health)
            self._clock.start()
        self._told = self._now()

    @property
    def _health(self) -> Health | None:
        ticket = self._ticket
        wanted = ticket.channel_id if ticket is not None and ticket.channel_kind is ChannelKind.CHAT else None
        return next((health for health in self._bridge.healths if health.channel_id == wanted), None)

    def _on_live(self, live: LiveChat) -> None:
        if self._ticket is not None and live.ticket_id == self._ticket.id:
            self._live = live
            self._tell()

    def _on_health(self, health: Health) -> None:
        if (
            self.chat is not None
            and self._ticket is not None
            and health.channel_id == self._ticket.channel_id
        ):
            self.banner.show_health(health)
            self._tell()

    def _now(self) -> tuple[object, ...]:
        return self.presence, self.typing, self.hint

    def _tell(self) -> None:
        found = self._now()
        if found != self._told:
            self._told = found
            self.changed.emit()

    # What there is to say

    @property
    def presence(self) -> Presence:
        """Whether the visitor is there."""
        if self._ticket is None or self.chat is None or not goes_on(self._ticket, self.chat):
            return Presence()
        return presence(self._live, now(), reached=is_reached(self._health))

    @property
    def typing(self) -> str:
        """What the visitor is called while they write; empty while they don't."""
        is_typing = self._live.typing and self.chat is not None and is_reached(self._health)
        return customer_label(self._ticket) if is_typing and self._ticket is not None else ""

    @property
    def seen_id(self) -> str | None:
        """The newest message of ours that the visitor has seen."""
        row = self.chat.row if self.chat is not None else None
        return row.visitor_seen_id if row is not None else None

    @property
    def hint(self) -> tuple[str, Tone] | None:
        """What becomes of an answer that is written now, where that is not plain."""
        if self._ticket is None or self.chat is None:
            return None
        return answer_hint(self._ticket, self.chat, self._live, reached=is_reached(self._health))
