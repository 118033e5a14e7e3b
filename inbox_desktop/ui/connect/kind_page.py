"""What the settings' pages of all kinds of channels share: the channels with their state, and a form."""

from functools import partial
from itertools import pairwise
from typing import ClassVar, Final, NamedTuple

from PySide6.QtCore import QLocale, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.models.channel_settings import ChannelSettings, read_settings
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.directory import channel_settings, channels
from inbox_desktop.models.queries.rows import ChannelRow
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.channel_words import channel_tone, state_words
from inbox_desktop.ui.kit import (
    Button,
    Card,
    ElidedLabel,
    EmptyState,
    Label,
    Question,
    StatusDot,
    Tone,
    one_line,
)
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT, GAP_WIDE

_SECOND_MS: Final = 1_000


class PageWords(NamedTuple):
    """What a page of channels says. `removing` tells what follows when a channel is removed."""

    icon: str
    none: str
    none_text: str
    add: str
    removing: str


class ChannelCard(Card):
    """One channel with its state.

    Signals:
        retried(str), changed(str), removed(str): it is to be tried again, changed, or removed; its id.
    """

    retried = Signal(str)
    changed = Signal(str)
    removed = Signal(str)

    def __init__(self, channel: ChannelRow, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.channel = channel
        self.title = channel.shown or channel.address or channel.name
        self._state = StatusDot("", Tone.NEUTRAL, self)
        self._reason = Label("", "secondary", "text_2", wrap=True, parent=self)
        words = QVBoxLayout()
        words.setSpacing(GAP_TIGHT)
        words.addWidget(ElidedLabel(self.title, weight=600, parent=self))
        words.addWidget(self._state)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addLayout(words, 1)
        row.addWidget(self._button("Try now", self.retried))
        change = self._button("Change…", self.changed)
        change.setAccessibleName(f"Change {self.title}")
        row.addWidget(change)
        remove = self._button("Remove…", self.removed, danger=True)
        remove.setAccessibleName(f"Remove {self.title}")
        row.addWidget(remove)
        self.body.addLayout(row)
        self.body.addWidget(self._reason)

    def _button(self, words: str, signal: SignalInstance, *, danger: bool = False) -> Button:
        button = Button(words, variant="danger" if danger else "secondary", parent=self)
        button.clicked.connect(lambda _checked=False: signal.emit(self.channel.id))
        return button

    def set_health(self, health: Health | None) -> None:
        """Show what the channel says about itself."""
        if health is None:
            self._state.set_status("not running", Tone.NEUTRAL)
            self._reason.hide()
            return
        words = state_words(health, now(), QLocale())
        self._state.set_status(words[:1].upper() + words[1:], channel_tone(health), health.reason)
        self._reason.setText(health.reason)
        self._reason.setVisible(bool(health.reason))


class KindPage(QWidget):
    """All channels of one kind, and the form that adds one. A subclass says which, and makes the form.

    Signals:
        stops_changed(QWidget): there are other stops of Tab now; the last of them.
    """

    KIND: ClassVar[ChannelKind]
    WORDS: ClassVar[PageWords]

    stops_changed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._cards: dict[str, ChannelCard] = {}
        self._open_form: QWidget | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(GAP_WIDE)
        self._none = EmptyState(self.WORDS.icon, self.WORDS.none, self.WORDS.none_text, parent=self)
        self._none.hide()
        self._said = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._said.hide()
        self.add_button = Button(self.WORDS.add, icon_name="plus", parent=self)
        self.add_button.clicked.connect(lambda _checked=False: self.show_form(shown=self._open_form is None))
        self._form_place = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        column.addWidget(self._said)
        column.addLayout(self._list)
        column.addWidget(self._none)
        column.addLayout(self._form_place)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._clock = QTimer(self)
        self._clock.setInterval(_SECOND_MS)
        self._clock.timeout.connect(self._show_health)
        self._clock.start()
        bridge.health.connect(self._show_health)
        bridge.changed.connect(self._on_changed)
        self._read()

    def make_form(self, parent: QWidget) -> QWidget:
        """An empty form that adds a channel, ready for the first letter. The page shows and removes it."""
        raise NotImplementedError

    def make_change_form(self, parent: QWidget, channel: ChannelRow, settings: ChannelSettings) -> QWidget:
        """The form that changes a channel, which has these settings now."""
        raise NotImplementedError

    # The list

    def _read(self) -> None:
        question = partial(_present, kind=self.KIND)
        self._bridge.query(question, self._arrived, self._failed, key=(id(self), "channels"))

    def _on_changed(self, changed: Changed) -> None:
        if changed.kind == "channel":
            self._read()

    def _arrived(self, found: tuple[ChannelRow, ...]) -> None:
        present = {channel.id: channel for channel in found}
        for channel_id in [
            known for known in self._cards if present.get(known) != self._cards[known].channel
        ]:
            card = self._cards.pop(channel_id)
            card.hide()
            self._list.removeWidget(card)
            card.deleteLater()
        for channel in found:
            if channel.id not in self._cards:
                card = ChannelCard(channel, self)
                card.retried.connect(self._retry)
                card.changed.connect(self.begin_change)
                card.removed.connect(self._ask_remove)
                self._cards[channel.id] = card
                self._list.addWidget(card)
        self._none.setVisible(not found and self._open_form is None)
        self.order_stops()
        self._show_health()

    def _failed(self, words: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))

    def _show_health(self, _health: object = None) -> None:
        known = {health.channel_id: health for health in self._bridge.healths}
        for channel_id, card in self._cards.items():
            card.set_health(known.get(channel_id))

    def _retry(self, channel_id: str) -> None:
        self._bridge.backend().sync_now(channel_id)

    # The form

    def show_form(self, *, shown: bool) -> None:
        """Show an empty form for another channel, or put it away."""
        self._put_away()
        if shown:
            card = Card(self.WORDS.add, parent=self)
            self._show_in(card, self.make_form(card))
        self._form_changed()

    def begin_change(self, channel_id: str) -> None:
        """Read how a channel is set, and show that in a form."""
        question = partial(_settings, channel_id=channel_id, kind=self.KIND)
        self._bridge.query(question, partial(self._show_change, channel_id), self._failed)

    def _show_change(self, channel_id: str, settings: ChannelSettings | None) -> None:
        if settings is None or channel_id not in self._cards:
            self._failed("The channel's settings cannot be read. Remove it and connect it again.")
            return
        self._failed("")
        self._put_away()
        channel = self._cards[channel_id]
        card = Card(f"Change {one_line(channel.title)}", parent=self)
        self._show_in(card, self.make_change_form(card, channel.channel, settings))
        self._form_changed()

    def _show_in(self, card: Card, form: QWidget) -> None:
        card.body.setContentsMargins(0, GAP, 0, 0)
        card.let_grow()
        card.add(form)
        self._form_place.addWidget(card)
        self._open_form = form
        form.show()
        card.show()

    def _put_away(self) -> None:
        self._open_form = None
        while (item := self._form_place.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _form_changed(self) -> None:
        shown = self._open_form is not None
        self.add_button.setText("Cancel" if shown else self.WORDS.add)
        self.add_button.set_icon_name("" if shown else "plus")
        self._none.setVisible(not shown and not self._cards)
        self.order_stops()
        if self._open_form is not None:
            self._open_form.setFocus()

    def order_stops(self) -> None:
        """Let Tab go from above to below: what is made later would be its last stop."""
        parts: list[QWidget] = [*self._cards.values(), *([self._open_form] if self._open_form else [])]
        stops = [*(stop for part in parts for stop in _stops(part)), self.add_button]
        for before, stop in pairwise(stops):
            QWidget.setTabOrder(before, stop)
        self.stops_changed.emit(self.add_button)

    # Removing

    def _ask_remove(self, channel_id: str) -> None:
        title = one_line(self._cards[channel_id].title)
        act = partial(self.remove, channel_id)
        Question(f"Remove {title}?", self.WORDS.removing, "Remove", act, self, variant="danger").open()

    def remove(self, channel_id: str) -> None:
        """Remove a channel; its tickets stay."""
        future = self._bridge.backend().remove_channel(channel_id)
        self._bridge.call(future, partial(self._removed, channel_id), self._failed)

    def _removed(self, channel_id: str, _nothing: None) -> None:
        self._read()


def _stops(part: QWidget) -> list[QWidget]:
    """What in the part takes the keyboard, in the order in which Tab goes through it."""
    stops, at = [], part.nextInFocusChain()
    while at is not None and part.isAncestorOf(at):
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(at)
        at = at.nextInFocusChain()
    return stops


def _present(reader: Reader, kind: ChannelKind) -> tuple[ChannelRow, ...]:
    return tuple(channel for channel in channels(reader) if channel.enabled and channel.kind is kind)


def _settings(reader: Reader, channel_id: str, kind: ChannelKind) -> ChannelSettings | None:
    try:
        return read_settings(kind, channel_settings(reader, channel_id) or {})
    except (KeyError, TypeError, ValueError):
        return None
