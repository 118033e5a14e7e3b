"""The relay of web chat in the settings: connect to one, see how it is, test it, leave it."""

from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from PySide6.QtCore import QLocale, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.models.chat_relay import RelayInfo
from inbox_desktop.models.clock import now
from inbox_desktop.models.queries.directory import setting
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.channel_words import channel_tone, state_words
from inbox_desktop.ui.connect.chat.relay_test import RelayTest
from inbox_desktop.ui.connect.steps import StepsList
from inbox_desktop.ui.connect.tested_form import TestedForm
from inbox_desktop.ui.kit import Button, Card, ElidedLabel, Label, Question, StatusDot, Tone
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT, GAP_WIDE

RELAY_SETTING: Final = "relay"
_SECOND_MS: Final = 1_000
_WHAT: Final = (
    "The relay is a small program on a server of yours. Visitors' messages wait there until a desktop "
    "fetches them, so nothing is lost while this computer is off."
)
_WHERE: Final = "“inbox-relay invite” on the server prints a code. It works once."
_NO_URL: Final = "Write the relay's address, as in https://chat.shop.example."
_NO_CODE: Final = "Write the invitation code that the relay printed."
_UNREACHED: Final = "The relay could not be reached like this. Nothing was connected; see below."
_LEAVING: Final = (
    "Chats no longer arrive here, and answers to visitors no longer leave. The tickets stay, and the relay "
    "keeps what visitors write: connect again to fetch it. Your shop's pages go on showing the chat."
)


def relay_url(reader: Reader) -> str:
    """Where the relay of this inbox is; empty without one."""
    found: Any = setting(reader, RELAY_SETTING, None)
    return str(found.get("url", "")) if isinstance(found, dict) else ""


class RelayForm(TestedForm):
    """Address and invitation code, tested and connected.

    Signals:
        connected(RelayInfo): this inbox belongs to the relay now.
    """

    connected = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(bridge, parent)
        self.url = self.line("Address of the relay", "https://chat.shop.example")
        self.code = self.line("Invitation code", "From the relay's start, or from inbox-relay invite")
        self.code.setEchoMode(QLineEdit.EchoMode.Password)
        form = QFormLayout()
        form.setHorizontalSpacing(GAP_WIDE)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(Label("Address", "text", "text_2", parent=self), self.url)
        form.addRow(Label("Invitation code", "text", "text_2", parent=self), self.code)
        form.addRow(Label("", parent=self), Label(_WHERE, "secondary", "text_2", wrap=True, parent=self))
        self.column.addWidget(Label(_WHAT, "secondary", "text_2", wrap=True, parent=self))
        self.column.addLayout(form)
        self.add_end()
        self.setFocusProxy(self.url)

    def begin(self, *, connect: bool) -> None:
        """Check what was typed; test; connect when the test held and that is wanted."""
        url, code = self.url.text().strip(), self.code.text().strip()
        if not url or not code:
            self.show_problem(_NO_CODE if url else _NO_URL, self.code if url else self.url)
            return
        self.clear_problem()
        self.set_busy(busy=True, connect=connect)
        self.run_test(
            partial(self.bridge.chats().test_relay, url, code),
            partial(self._connect, url, code) if connect else None,
            _UNREACHED,
        )

    def _connect(self, url: str, code: str) -> None:
        future = self.bridge.chats().connect_relay(url, code)
        self.bridge.call(future, self._connected, self.give_up)

    def _connected(self, info: RelayInfo) -> None:
        self.set_busy(busy=False)
        self.code.clear()
        self.connected.emit(info)


class RelayState(QWidget):
    """The relay that is connected: how it is, and what can be done."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._url = ""
        self._name = ElidedLabel("", weight=600, parent=self)
        self.state = StatusDot("", Tone.NEUTRAL, self)
        self._reason = Label("", "secondary", "text_2", wrap=True, parent=self)
        self._trouble = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._trouble.hide()
        self.test_button = Button("Test connection", parent=self)
        self.test_button.clicked.connect(lambda _checked=False: self.test())
        self.leave_button = Button("Disconnect…", variant="danger", parent=self)
        self.leave_button.clicked.connect(lambda _checked=False: self._ask_leave())
        self.steps = StepsList(self)
        self.steps.hide()
        self._test = RelayTest(bridge, self.test_button, self.steps, self)
        words = QVBoxLayout()
        words.setSpacing(GAP_TIGHT)
        words.addWidget(self._name)
        words.addWidget(self.state)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addLayout(words, 1)
        row.addWidget(self.test_button)
        row.addWidget(self.leave_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_TIGHT)
        column.addLayout(row)
        for widget in (self._reason, self._trouble, self.steps):
            column.addWidget(widget)

    def set_url(self, url: str) -> None:
        """Name the relay."""
        self._url = url
        self._name.set_text(urlsplit(url).netloc or url)
        self.refresh()

    def refresh(self) -> None:
        """Show how the link is now."""
        health = self._bridge.chats().relay_health()
        if health is None:
            self.state.set_status("Not running", Tone.NEUTRAL)
            self._reason.hide()
            return
        words = state_words(health, now(), QLocale())
        self.state.set_status(words[:1].upper() + words[1:], channel_tone(health), health.reason)
        self._reason.setText(health.reason)
        self._reason.setVisible(bool(health.reason))

    def test(self) -> None:
        """Try the way to the relay, step by step."""
        self._test.begin(self._url)

    def _ask_leave(self) -> None:
        Question(
            "Disconnect from the relay?", _LEAVING, "Disconnect", self.leave, self, variant="danger"
        ).open()

    def leave(self) -> None:
        """Leave the relay."""
        self._bridge.call(self._bridge.chats().disconnect_relay(), self._left, self._not_left)

    def _left(self, _nothing: None) -> None:
        self._trouble.hide()

    def _not_left(self, words: str) -> None:
        self._trouble.setText(words)
        self._trouble.show()


class RelayCard(Card):
    """The form while there is no relay, else its state.

    Signals:
        found(str): the relay's address is known now; empty without one.
    """

    found = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__("Relay", parent=parent)
        self._bridge = bridge
        self.url = ""
        self.form = RelayForm(bridge, self)
        self.form.connected.connect(lambda _info: self._read())
        self.state = RelayState(bridge, self)
        self.form.hide()
        self.state.hide()
        self.add(self.form)
        self.add(self.state)
        self._clock = QTimer(self)
        self._clock.setInterval(_SECOND_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        bridge.changed.connect(self._on_changed)
        self._read()

    def _tick(self) -> None:
        if self.url and self.isVisible():
            self.state.refresh()

    def _on_changed(self, changed: Changed) -> None:
        if changed.kind in {"setting", "channel"}:
            self._read()

    def _read(self) -> None:
        self._bridge.query(relay_url, self._arrived, key=(id(self), "relay"))

    def _arrived(self, url: str) -> None:
        self.url = url
        self.form.setVisible(not url)
        self.state.setVisible(bool(url))
        if url:
            self.state.set_url(url)
        self.found.emit(url)
