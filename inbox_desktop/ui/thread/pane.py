"""The thread pane: a ticket with its messages and the composer, kept up to date."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inbox_desktop.models.actions import Outcome, Refusal, agent
from inbox_desktop.models.actions.channels import SaveSetting
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState, Direction, MessageKind
from inbox_desktop.models.queries.directory import setting
from inbox_desktop.models.queries.rows import MessageRow, Thread
from inbox_desktop.models.queries.thread import thread as read_thread
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.chat_words import ChatState, read_chat
from inbox_desktop.ui.composer.composer import Composer
from inbox_desktop.ui.kit import EmptyState, ErrorState, customer_label, theme
from inbox_desktop.ui.kit.tokens import EDGE, EDGE_WIDE
from inbox_desktop.ui.thread.bubble import TextBubble
from inbox_desktop.ui.thread.card import CardContext, MessageCard
from inbox_desktop.ui.thread.chat_bubble import ChatBubble
from inbox_desktop.ui.thread.column import Column
from inbox_desktop.ui.thread.deliveries import delivery_action
from inbox_desktop.ui.thread.files import FileActions
from inbox_desktop.ui.thread.header import Header
from inbox_desktop.ui.thread.lines import PAGE
from inbox_desktop.ui.thread.live import LiveThread
from inbox_desktop.ui.thread.loading import ThreadSkeleton
from inbox_desktop.ui.thread.pictures import read_fetched
from inbox_desktop.ui.thread.timeline import Item, MessageItem, timeline
from inbox_desktop.ui.thread.words import plural, remote_images

REMOTE_SETTING: Final = "remote.allowed"
MOST_ALLOWED: Final = 1_000
_SKELETON_AFTER_MS: Final = 150
_NOTHING, _LOADING, _TICKET, _PROBLEM = range(4)
_BUBBLES: Final[dict[ChannelKind | None, type[TextBubble]]] = {
    ChannelKind.SMS: TextBubble,
    ChannelKind.CHAT: ChatBubble,
}
"""How messages look where they are no letters."""


class _Found(NamedTuple):
    """A ticket's thread, the senders whose remote images are always loaded, and what is known of a chat."""

    thread: Thread | None
    allowed: frozenset[str]
    chat: ChatState | None


class ThreadPane(QWidget):
    """Shows one ticket. All changes go out as actions; all news come in by the ticket's id.

    Signals:
        command(str, object): a command of `ui/commands.py` was chosen in the head, and the widget at which
            its menu may open.
        sent(list[Outcome]): a reply or note was accepted; a reply's outcome can be undone.
        written: an e-mail's reply or note is done: the keyboard may go back to the tickets. (In a chat and
            with texts one writes on.)
        notice(str): a sentence for the person.
        thread_shown(Thread): another ticket, or a newer state of it, is on the screen.
    """

    command = Signal(str, object)
    sent = Signal(list)
    written = Signal()
    notice = Signal(str)
    thread_shown = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._ticket_id: str | None = None
        self._thread: Thread | None = None
        self._limit = PAGE
        self._allowed: frozenset[str] = frozenset()
        self._remote: dict[str, dict[str, QImage]] = {}
        self._offline = {health.channel_id: _is_offline(health) for health in bridge.healths}
        self.live = LiveThread(bridge, self)
        self.live.changed.connect(self._live_changed)
        files = FileActions(bridge, self)
        files.notice.connect(self.notice)
        self._cards = CardContext(bridge, files, self._is_offline, self._act, self._load_remote, self._remote)
        self._header = Header(self)
        self._header.command.connect(self.command)
        self._column = Column(self._make_card, self)
        self._column.tab_after = self._header.last_button
        self._column.older_wanted.connect(self._show_older)
        self.composer = Composer(bridge, self)
        self.composer.sent.connect(self._sent)
        self.composer.notice.connect(self.notice)
        self.composer.newer_wanted.connect(self._column.to_bottom)
        self.composer.unblock_wanted.connect(lambda: self.command.emit("unblock", self.composer))
        self._lay_out()
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SKELETON_AFTER_MS)
        self._slow.timeout.connect(partial(self._pages.setCurrentIndex, _LOADING))
        bridge.changed.connect(self._on_changed)
        bridge.health.connect(self._on_health)
        bridge.me_changed.connect(self.refresh)

    def _lay_out(self) -> None:
        nothing = EmptyState(
            "inbox", "No ticket chosen", "Choose one in the list, or press J for the next one.", parent=self
        )
        self._problem = ErrorState("The ticket could not be read", "", parent=self)
        self._problem.acted.connect(self.refresh)
        ticket = QWidget(self)
        column = QVBoxLayout(ticket)
        column.setContentsMargins(0, 0, 0, EDGE)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self.live.banner)
        column.addWidget(self._column, 1)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(EDGE_WIDE, 0, EDGE_WIDE, 0)
        bottom.addWidget(self.composer)
        column.addLayout(bottom)
        self._pages = QStackedWidget(self)
        for page in (nothing, ThreadSkeleton(self), ticket, self._problem):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    # What the window asks for

    @property
    def thread(self) -> Thread | None:  # type: ignore[override]  # hides QObject.thread, which nobody needs here
        """The ticket that is on the screen with its messages; None while another one is being read."""
        return self._thread

    @property
    def assign_button(self) -> QWidget:
        """Where the menu of people opens."""
        return self._header.assign_button

    @property
    def snooze_button(self) -> QWidget:
        """Where the menu of times opens."""
        return self._header.snooze_button

    def show_ticket(self, ticket_id: str | None) -> None:
        """Show another ticket, or none. The one before stays in sight until this one has been read."""
        if ticket_id == self._ticket_id:
            return
        self._ticket_id = ticket_id
        self._thread = None
        self._limit = PAGE
        self._remote.clear()
        self.composer.await_thread()
        if ticket_id is None:
            self._slow.stop()
            self._column.clear()
            self.composer.show_thread(None)
            self._pages.setCurrentIndex(_NOTHING)
            return
        if self._pages.currentIndex() == _NOTHING:
            self._pages.setCurrentIndex(_LOADING)  # "No ticket chosen" is no longer true
        self._slow.start()
        self.refresh()

    def refresh(self) -> None:
        """Read the ticket again and show what differs."""
        if self._ticket_id is None:
            return
        question = partial(
            _read, ticket_id=self._ticket_id, folder=self._bridge.attachments_folder, limit=self._limit
        )
        self._bridge.query(
            question, partial(self._arrived, self._ticket_id), self._failed, key=(id(self), "thread")
        )

    def focus_reply(self) -> None:
        """Write a reply."""
        self.composer.focus_reply()

    def focus_note(self) -> None:
        """Write a note."""
        self.composer.focus_note()

    def _sent(self, outcomes: list[Outcome]) -> None:
        """Show what was written at the end of the ticket."""
        self.sent.emit(outcomes)
        ticket = self._thread.ticket if self._thread is not None else None
        if ticket is None or outcomes[0].ticket_id != ticket.id:
            return
        self._column.to_bottom()
        if ticket.channel_kind is ChannelKind.EMAIL and self.composer.is_idle:
            self.written.emit()

    # What comes in

    def _arrived(self, ticket_id: str, found: _Found) -> None:
        if ticket_id != self._ticket_id:
            return
        self._slow.stop()
        thread, self._allowed = found.thread, found.allowed
        if thread is None:
            self._failed("It may have been removed. Choose another one in the list.")
            return
        another = self._thread is None
        if not another and thread == self._thread and found.chat == self.live.chat:
            self._pages.setCurrentIndex(_TICKET)
            return
        self._thread = thread
        self.live.show(thread.ticket, found.chat)
        self._header.set_ticket(thread.ticket, self._bridge.me.id)
        self._header.set_presence(self.live.presence)
        self._pages.setCurrentIndex(_TICKET)
        self.composer.show_thread(thread)
        self.composer.chats.set_live(self.live)
        if another:
            self._column.show_items(self._items(thread))
        else:
            self._column.update_items(self._items(thread))
        self.thread_shown.emit(thread)

    def _items(self, thread: Thread) -> tuple[Item, ...]:
        today = now().astimezone().date()
        return timeline(thread, today, seen_id=self.live.seen_id, typing=self.live.typing)

    def _live_changed(self) -> None:
        """The visitor does something else, or the relay is reached no longer, or again."""
        self._header.set_presence(self.live.presence)
        self.composer.chats.set_live(self.live)
        if self._thread is not None:
            self._column.update_items(self._items(self._thread))

    def _failed(self, words: str) -> None:
        self._slow.stop()
        self._problem.set_words("The ticket could not be read", words, "Try again")
        self._pages.setCurrentIndex(_PROBLEM)

    def _on_changed(self, changed: Changed) -> None:
        ours = changed.kind == "ticket" and self._ticket_id in changed.ids
        row = self._thread.ticket if self._thread else None
        customer = row is not None and changed.kind == "customer" and row.customer_id in changed.ids
        if ours or customer or changed.kind in {"agent", "channel"}:
            self.refresh()

    def _on_health(self, health: Health) -> None:
        before = self._offline.get(health.channel_id)
        self._offline[health.channel_id] = _is_offline(health)
        if before is not self._offline[health.channel_id]:
            for card in self._column.cards:
                card.refresh_delivery()

    def _is_offline(self) -> bool:
        return self._thread is not None and self._offline.get(self._thread.ticket.channel_id, False)

    def _show_older(self) -> None:
        self._limit += PAGE
        self.refresh()

    # Cards

    def _make_card(self, item: MessageItem, parent: QWidget) -> MessageCard:
        message = item.message
        kind = self._thread.ticket.channel_kind if self._thread is not None else None
        if kind in _BUBBLES and message.kind is not MessageKind.NOTE:
            bubble = _BUBBLES[kind](message, self._cards, parent)
            if isinstance(bubble, ChatBubble):
                bubble.set_seen(seen=item.seen)
            bubble.set_joined(above=item.continues, below=item.goes_on)
            return bubble
        card = MessageCard(message, self._cards, parent)
        trusted = message.author_verified and message.author_address.casefold() in self._allowed
        if trusted and message.id not in self._remote and remote_images(message.html):
            self._load_remote(message, False)
        return card

    def _card(self, message_id: str) -> MessageCard | None:
        return next((card for card in self._column.cards if card.message.id == message_id), None)

    def _act(self, message: MessageRow, what: str) -> None:
        action = delivery_action(what, message, agent(self._bridge.me.id))
        if action is not None:
            self._bridge.perform([action], self._acted, self.notice.emit)

    def _acted(self, results: list[Outcome | Refusal]) -> None:
        for result in results:
            if isinstance(result, Refusal):
                self.notice.emit(result.reason)

    def _load_remote(self, message: MessageRow, always: bool) -> None:
        if always:
            self._allow(message.author_address.casefold())
        addresses = remote_images(message.html)
        self._bridge.call(
            self._bridge.backend().fetch_remote(addresses),
            partial(self._fetched, message.id, len(addresses)),
            partial(self._not_fetched, message.id),
        )

    def _allow(self, address: str) -> None:
        self._allowed |= {address}
        value = sorted(self._allowed)[:MOST_ALLOWED]
        save = SaveSetting(actor=agent(self._bridge.me.id), key=REMOTE_SETTING, value=value)
        self._bridge.perform([save], self._acted, self.notice.emit)

    def _fetched(self, message_id: str, wanted: int, content: dict[str, bytes]) -> None:
        self._bridge.in_background(
            partial(read_fetched, content), partial(self._pictures_arrived, message_id, wanted)
        )

    def _pictures_arrived(self, message_id: str, wanted: int, pictures: dict[str, QImage]) -> None:
        if not pictures:
            self._not_fetched(
                message_id, "The images could not be loaded. Check the connection and try again."
            )
            return
        self._remote[message_id] = pictures
        if (card := self._card(message_id)) is not None:
            card.show_remote()
        if len(pictures) < wanted:
            self.notice.emit(
                f"{plural(wanted - len(pictures), 'image')} could not be loaded; the others are shown."
            )

    def _not_fetched(self, message_id: str, words: str) -> None:
        if (card := self._card(message_id)) is not None:
            card.remote_failed(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the surface that everything stands on."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("surface"))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the composer its share of the height."""
        super().resizeEvent(event)
        self.composer.set_room(self.height())


def _is_offline(health: Health) -> bool:
    return health.state in {ChannelState.OFFLINE, ChannelState.FAILED, ChannelState.STOPPED}


def _read(reader: Reader, ticket_id: str, folder: Path, limit: int) -> _Found:
    """Read all that the pane shows of a ticket."""
    allowed: Any = setting(reader, REMOTE_SETTING, [])
    senders = frozenset(str(one).casefold() for one in allowed) if isinstance(allowed, list) else frozenset()
    found = read_thread(reader, ticket_id, folder, limit)
    if found is None:
        return _Found(None, senders, None)
    return _Found(_with_names(found), senders, read_chat(reader, found.ticket))


def _with_names(thread: Thread) -> Thread:
    """The thread with texts and chats that name nobody under what the list calls the customer."""
    if thread.ticket.channel_kind not in _BUBBLES:
        return thread
    name = customer_label(thread.ticket)
    return replace(
        thread,
        messages=tuple(
            replace(message, author_name=name)
            if message.direction is Direction.INBOUND and not message.author_name
            else message
            for message in thread.messages
        ),
    )
