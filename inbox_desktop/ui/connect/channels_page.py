"""The settings' page with the channels: their state, testing again, removing, adding."""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.queries.directory import channels
from inbox_desktop.models.queries.rows import ChannelRow
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.channel_words import channel_tone, state_words
from inbox_desktop.ui.connect.mail_form import MailForm
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

_SECOND_MS = 1_000


class ChannelCard(Card):
    """One channel with its state.

    Signals:
        retried(str), removed(str): the person wants it tried again, or removed; its id.
    """

    retried = Signal(str)
    removed = Signal(str)

    def __init__(self, channel: ChannelRow, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.channel = channel
        self._state = StatusDot("", Tone.NEUTRAL, self)
        self._reason = Label("", "secondary", "text_2", wrap=True, parent=self)
        words = QVBoxLayout()
        words.setSpacing(GAP_TIGHT)
        words.addWidget(ElidedLabel(channel.address or channel.name, weight=600, parent=self))
        words.addWidget(self._state)
        retry = Button("Try now", parent=self)
        retry.clicked.connect(lambda _checked=False: self.retried.emit(channel.id))
        remove = Button("Remove…", variant="danger", parent=self)
        remove.setAccessibleName(f"Remove {channel.address}")
        remove.clicked.connect(lambda _checked=False: self.removed.emit(channel.id))
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addLayout(words, 1)
        row.addWidget(retry)
        row.addWidget(remove)
        self.body.addLayout(row)
        self.body.addWidget(self._reason)

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


class ChannelsPage(QWidget):
    """All channels, and the form that adds one.

    Signals:
        stops_changed(QWidget): there are other stops of Tab now; the last of them.
    """

    stops_changed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._cards: dict[str, ChannelCard] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(GAP_WIDE)
        self._none = EmptyState(
            "mail", "No channel yet", "Connect a mailbox, and its mail becomes tickets.", parent=self
        )
        self._none.hide()
        self._said = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._said.hide()
        self.add_button = Button("Add a mailbox", icon_name="plus", parent=self)
        self.add_button.clicked.connect(self._toggle_form)
        self._form_card = Card("Add a mailbox", parent=self)
        self.form: MailForm | None = None
        self._form_card.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        column.addWidget(self._said)
        column.addLayout(self._list)
        column.addWidget(self._none)
        column.addWidget(self._form_card)
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

    def _read(self) -> None:
        self._bridge.query(_enabled, self._arrived, self._failed, key=(id(self), "channels"))

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
                card.removed.connect(self._ask_remove)
                self._cards[channel.id] = card
                self._list.addWidget(card)
        self._none.setVisible(not found and self._form_card.isHidden())
        self._order_stops()
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

    # Adding

    def _toggle_form(self) -> None:
        self.show_form(shown=self._form_card.isHidden())

    def show_form(self, *, shown: bool) -> None:
        """Show an empty form for another mailbox, or put it away."""
        self._form_card.clear()
        self.form = None
        if shown:
            self.form = MailForm(self._bridge, self._form_card, ask_name=False)
            self.form.connected.connect(self._connected)
            self._form_card.add(self.form)
            self.form.show()
        self._form_card.setVisible(shown)
        self.add_button.setText("Cancel" if shown else "Add a mailbox")
        self.add_button.set_icon_name("" if shown else "plus")
        self._none.setVisible(not shown and not self._cards)
        self._order_stops()
        if self.form is not None:
            self.form.address.setFocus()

    def _order_stops(self) -> None:
        """Let Tab go from above to below: what is made later would be its last stop."""
        parts: list[QWidget] = [*self._cards.values(), *([self.form] if self.form else [])]
        stops = [*(stop for part in parts for stop in _stops(part)), self.add_button]
        for before, stop in pairwise(stops):
            QWidget.setTabOrder(before, stop)
        self.stops_changed.emit(self.add_button)

    def _connected(self, _channel_id: str) -> None:
        self.show_form(shown=False)

    # Removing

    def _ask_remove(self, channel_id: str) -> None:
        address = one_line(self._cards[channel_id].channel.address)
        words = (
            "New mail will no longer arrive, and its tickets can no longer be answered. The tickets "
            "stay here, and the mailbox itself stays as it is."
        )
        act = partial(self.remove, channel_id)
        Question(f"Remove {address}?", words, "Remove", act, self, variant="danger").open()

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


def _enabled(reader: Reader) -> tuple[ChannelRow, ...]:
    return tuple(channel for channel in channels(reader) if channel.enabled)
