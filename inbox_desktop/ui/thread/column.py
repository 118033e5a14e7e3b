"""The scrolling column of a thread: builds what is seen first, keeps its place while the rest arrives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from time import perf_counter
from typing import Final, Protocol, cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from inbox_desktop.ui.kit import Button, theme
from inbox_desktop.ui.kit.tokens import EDGE, EDGE_WIDE
from inbox_desktop.ui.thread.card import MessageCard
from inbox_desktop.ui.thread.chat_bubble import ChatBubble
from inbox_desktop.ui.thread.lines import DayLine, EventLine, OlderLine
from inbox_desktop.ui.thread.timeline import DayItem, EventItem, Item, MessageItem, OlderItem, TypingItem
from inbox_desktop.ui.thread.typing_line import TypingLine

_SLICE_SECONDS: Final = 0.008
_DOZEN: Final = 12
_BETWEEN: Final = 14
_IN_RUN: Final = 3
_AT_BOTTOM: Final = 24
_FEW: Final = 3
_LEAVING_MS: Final = 30


class Placeable(Protocol):
    """A widget that tells its height for a width."""

    def place(self, width: int) -> int:
        """Lay out for a width; returns the height, both in pixels."""


@dataclass(slots=True)
class _Entry:
    """A place in the column. `widget` is None until it is built."""

    item: Item
    widget: QWidget | None = None


class Column(QScrollArea):
    """Shows timeline items from top to bottom; the newest are at the bottom and seen first.

    `tab_after` is the widget behind which Tab reaches the messages.

    Signals:
        older_wanted: the person asked for older messages.
        completed: everything that was handed over has been built.
    """

    older_wanted = Signal()
    completed = Signal()

    def __init__(self, make_card: Callable[[MessageItem, QWidget], MessageCard], parent: QWidget) -> None:
        super().__init__(parent)
        self._make_card = make_card
        self._entries: list[_Entry] = []
        self._current: MessageCard | None = None
        self._placing = False
        self._follows = True
        self._unplaced = 0
        self.tab_after: QWidget | None = None
        self._canvas = QWidget()
        self.setWidget(self._canvas)
        self._canvas.setAutoFillBackground(False)  # QScrollArea.setWidget has just turned it on
        self._page = QWidget(self._canvas)
        self._left: list[QWidget] = []  # shown before and still to be deleted; a page behind its widgets
        self.setWidgetResizable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Messages")
        self.verticalScrollBar().setSingleStep(theme().px(48))
        self._pill = Button("New message", icon_name="chevron-down", parent=self)
        self._pill.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pill.clicked.connect(self.to_bottom)
        self._pill.hide()
        self._building = QTimer(self)
        self._building.setInterval(1)
        self._building.timeout.connect(self._build_more)
        self._leaving = QTimer(self)
        self._leaving.setInterval(_LEAVING_MS)
        self._leaving.timeout.connect(self._let_go)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._place_all)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme().changed.connect(self._later.start)

    # What is shown

    @property
    def cards(self) -> list[MessageCard]:
        """The messages that are built, from top to bottom."""
        return [entry.widget for entry in self._entries if isinstance(entry.widget, MessageCard)]

    @property
    def is_complete(self) -> bool:
        """Whether nothing waits to be built."""
        return not self._building.isActive()

    def clear(self) -> None:
        """Take everything out."""
        self.show_items(())

    def show_items(self, items: Sequence[Item]) -> None:
        """Show another thread from its newest message on. The older ones are built when there is time."""
        self._turn_page()
        self._current = None
        self._entries = [_Entry(item) for item in items]
        self._pill.hide()
        self._build_first()
        self._place_all(bottom=True)
        self._show_beginning()
        self._make_current(self.cards[-1] if self.cards else None)
        if any(entry.widget is None for entry in self._entries):
            self._building.start()
        else:
            self._building.stop()
            self.completed.emit()

    def _turn_page(self) -> None:
        """Put what is shown away as a whole, to be deleted bit by bit when nobody waits for anything."""
        if not self._entries:
            return
        self._page.hide()
        self._left += [entry.widget for entry in self._entries if entry.widget is not None]
        self._left.append(self._page)
        self._leaving.start()
        self._page = QWidget(self._canvas)
        self._page.setGeometry(self._canvas.rect())
        self._page.show()

    def _let_go(self) -> None:
        """Delete a few widgets of the threads that were shown before."""
        if not self.is_complete:
            return
        for widget in self._left[:_FEW]:
            widget.deleteLater()
        del self._left[:_FEW]
        if not self._left:
            self._leaving.stop()

    def update_items(self, items: Sequence[Item]) -> bool:
        """Change, add and remove only what differs. Returns whether a message came below the others.

        The place that is seen stays; at the bottom it follows what is new.
        """
        old = {entry.item.key: entry for entry in self._entries}
        had = [entry.item.key for entry in self._entries if isinstance(entry.item, MessageItem)]
        last = had[-1] if had else None
        followed = self._follows
        anchor = self._anchor()
        entries: list[_Entry] = []
        for item in items:
            entry = old.pop(item.key, None)
            if entry is None:
                entry = _Entry(item)
            elif entry.item != item:
                self._renew(entry, item)
            entries.append(entry)
        self._entries = entries
        for gone in old.values():
            _drop(gone)
        came = self._came_below(items, last)
        for entry in self._below(last):
            self._build(entry)
        self._place_all(anchor=None if followed else anchor, bottom=followed)
        self._keep_current()
        if any(entry.widget is None for entry in entries):
            self._building.start()
        if came and not followed:
            self._show_pill(came)
        return bool(came)

    def _came_below(self, items: Sequence[Item], last: str | None) -> int:
        """How many messages stand behind the one that was the last."""
        keys = [item.key for item in items if isinstance(item, MessageItem)]
        return len(keys) - 1 - keys.index(last) if last in keys else 0

    def _below(self, last: str | None) -> list[_Entry]:
        keys = [entry.item.key for entry in self._entries]
        start = keys.index(last) + 1 if last in keys else 0
        return [entry for entry in self._entries[start:] if entry.widget is None]

    def _renew(self, entry: _Entry, item: Item) -> None:
        entry.item = item
        widget = entry.widget
        if isinstance(widget, MessageCard) and isinstance(item, MessageItem):
            widget.update_message(item.message)
            widget.set_joined(above=item.continues, below=item.goes_on)
            if isinstance(widget, ChatBubble):
                widget.set_seen(seen=item.seen)
        elif isinstance(widget, OlderLine) and isinstance(item, OlderItem):
            widget.set_count(item.count)
        elif widget is not None:
            _drop(entry)
            self._build(entry)

    # Building

    def _build(self, entry: _Entry) -> None:
        item = entry.item
        widget: MessageCard | EventLine | DayLine | TypingLine | OlderLine
        if isinstance(item, MessageItem):
            widget = self._make_card(item, self._page)
            widget.size_changed.connect(self._later.start)
            widget.unfolded.connect(partial(self._keep_top, widget))
            widget.installEventFilter(self)
        elif isinstance(item, EventItem):
            widget = EventLine(item.event, self._page)
        elif isinstance(item, DayItem):
            widget = DayLine(item.day, self._page)
        elif isinstance(item, TypingItem):
            widget = TypingLine(item.name, self._page)
        else:
            widget = OlderLine(item.count, self._page)
            widget.wanted.connect(self.older_wanted)
        entry.widget = widget

    def _build_first(self) -> None:
        """Build upwards from the newest message until the view is full."""
        room, width = self.viewport().height(), self._width()
        for entry in reversed(self._entries):
            self._build(entry)
            room -= self._height(entry, width) + theme().px(_BETWEEN)
            if room <= 0:
                break

    def _build_more(self) -> None:
        """Build upwards from what is there, for a few milliseconds.

        What is built is put in its place by the dozen, or when somebody comes near it: each time,
        everything below moves and is painted anew.
        """
        until = perf_counter() + _SLICE_SECONDS
        width = self._width()
        for entry in reversed(self._entries):
            if entry.widget is None:
                self._build(entry)
                self._height(entry, width)
                self._unplaced += 1
                if perf_counter() >= until:
                    break
        else:
            self._building.stop()
        is_near = self.verticalScrollBar().value() < self.viewport().height()
        if not self._building.isActive() or is_near or self._unplaced >= _DOZEN:
            self._place_all()
        if not self._building.isActive():
            self.completed.emit()

    # Places

    @property
    def is_at_bottom(self) -> bool:
        """Whether the newest message is in sight."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - theme().px(_AT_BOTTOM)

    def to_bottom(self) -> None:
        """Show the newest message."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _show_beginning(self) -> None:
        """Begin a newest message that is higher than the view with its first line, not its last."""
        last = self.cards[-1] if self.cards else None
        if last is not None and last.height() > self.viewport().height():
            self.verticalScrollBar().setValue(last.y() - theme().px(EDGE))

    def show_message(self, message_id: str) -> None:
        """Bring a message into sight and make it the one that has the keyboard."""
        for card in self.cards:
            if card.message.id == message_id:
                self.ensureVisible(0, card.y() + min(card.height(), self.viewport().height() // 2), 0, EDGE)
                self._make_current(card)

    def _anchor(self) -> tuple[QWidget, int] | None:
        """The first message or event in sight and where its top stands in the viewport.

        Never a day's line, nor the way to older messages: those go elsewhere when older ones come above them.
        """
        top = self.verticalScrollBar().value()
        for entry in self._entries:
            widget = entry.widget
            if widget is None or not isinstance(entry.item, MessageItem | EventItem):
                continue
            if widget.geometry().bottom() >= top and not widget.isHidden():
                return widget, widget.y() - top
        return None

    def _place_all(self, *, anchor: tuple[QWidget, int] | None = None, bottom: bool | None = None) -> None:
        """Put every widget where it belongs; keep the anchor, or the bottom, where it was."""
        if self._placing:
            return
        self._placing = True
        if bottom is None:
            bottom, anchor = self._follows, self._anchor()
        self._unplaced = 0
        view, edge, width = self.viewport().size(), theme().px(EDGE_WIDE), self._width()
        heights = [self._height(entry, width) for entry in self._entries]
        built = [
            (entry.widget, height)
            for entry, height in zip(self._entries, heights, strict=True)
            if entry.widget
        ]
        gaps = _gaps([widget for widget, _ in built])
        total = sum(height for _, height in built) + sum(gaps) + 2 * theme().px(EDGE)
        self._canvas.resize(QSize(view.width(), max(total, view.height())))
        self._page.resize(self._canvas.size())
        y = theme().px(EDGE) + max(0, view.height() - total)
        for (widget, height), gap in zip(built, gaps, strict=True):
            widget.setGeometry(edge, y, width, height)
            if widget.isHidden():
                widget.show()
            y += height + gap
        self._restore(anchor, bottom=bottom)
        self._placing = False
        self._scrolled()

    def _width(self) -> int:
        """The width of a message. The scroll bar stands in the right margin and moves nothing."""
        edge, view = theme().px(EDGE_WIDE), self.viewport().width()
        return view - edge - max(0, edge - (self.width() - view))

    def _keep_top(self, card: MessageCard) -> None:
        """Lay out again with the top of this message where it is."""
        self._place_all(anchor=(card, card.y() - self.verticalScrollBar().value()), bottom=False)

    def _height(self, entry: _Entry, width: int) -> int:
        return cast("Placeable", entry.widget).place(width) if entry.widget is not None else 0

    def _restore(self, anchor: tuple[QWidget, int] | None, *, bottom: bool) -> None:
        bar = self.verticalScrollBar()
        if bottom:
            bar.setValue(bar.maximum())
        elif anchor is not None:
            bar.setValue(anchor[0].y() - anchor[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width; what was seen stays in sight."""
        super().resizeEvent(event)
        self._place_all()
        self._place_pill()

    # New messages

    def _show_pill(self, count: int) -> None:
        self._pill.setText("New message" if count == 1 else f"{count} new messages")
        self._pill.adjustSize()
        self._place_pill()
        self._pill.show()
        self._pill.raise_()

    def _place_pill(self) -> None:
        size = self._pill.sizeHint()
        x = (self.width() - size.width()) // 2
        self._pill.setGeometry(x, self.height() - size.height() - 12, size.width(), size.height())

    def _scrolled(self) -> None:
        """Whether to follow is what the person did last; a change of size alone does not change it."""
        if self._placing:
            return
        self._follows = self.is_at_bottom
        if self._follows:
            self._pill.hide()

    # Keyboard

    def _make_current(self, card: MessageCard | None) -> None:
        """Let Tab stop at this message and at no other one."""
        if self._current is not None and self._current is not card:
            self._current.set_current(current=False)
        self._current = card
        if card is not None:
            card.set_current(current=True, after=self.tab_after)

    def _keep_current(self) -> None:
        cards = self.cards
        if self._current not in cards:
            self._current = None
            self._make_current(cards[-1] if cards else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down go from message to message; the one with the keyboard is scrolled into sight."""
        if isinstance(watched, MessageCard):
            if event.type() == QEvent.Type.FocusIn:
                self._make_current(watched)
                self.ensureVisible(0, watched.y(), 0, EDGE)
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._move(watched, event)
        return super().eventFilter(watched, event)

    def _move(self, card: MessageCard, event: QKeyEvent) -> bool:
        cards = self.cards
        index = cards.index(card)
        targets = {
            Qt.Key.Key_Up.value: index - 1,
            Qt.Key.Key_Down.value: index + 1,
            Qt.Key.Key_Home.value: 0,
            Qt.Key.Key_End.value: len(cards) - 1,
        }
        target = targets.get(event.key())
        if target is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if 0 <= target < len(cards):
            cards[target].setFocus(Qt.FocusReason.TabFocusReason)
        return True


def _gaps(widgets: Sequence[QWidget]) -> list[int]:
    """The room below each widget; what happened one after the other, and a run of texts, stand close."""
    return [*(theme().px(_gap(above, below)) for above, below in pairwise(widgets)), 0][: len(widgets)]


def _gap(above: QWidget, below: QWidget) -> int:
    if isinstance(above, EventLine) and isinstance(below, EventLine):
        return 0
    return _IN_RUN if isinstance(below, MessageCard) and below.joins_above else _BETWEEN


def _drop(entry: _Entry) -> None:
    if entry.widget is not None:
        entry.widget.hide()
        entry.widget.deleteLater()
        entry.widget = None
