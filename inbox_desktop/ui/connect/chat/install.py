"""How the chat gets onto the shop's page: the script tag, a test, and the secret for signed identities."""

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from inbox_desktop.models.chat_relay import ChatAtRelay
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.relay_test import RelayTest
from inbox_desktop.ui.connect.sight import bring_into_sight
from inbox_desktop.ui.connect.steps import StepsList
from inbox_desktop.ui.kit import Button, Label, Question, theme
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT, GAP_WIDE

_FIRST: Final = "Save the chat first. Then the script tag for your shop's pages stands here."
_PASTE: Final = "Paste this before </body> on every page that shall show the chat. It needs nothing else."
_SECRET: Final = (
    "If your shop signs customers in, its server can vouch for them: it sends their number and address with "
    'hex(HMAC-SHA256(secret, id + "\\n" + email)). Keep the secret on the server, never in a page.'
)
_HIDDEN: Final = "•" * 24
_RENEWING: Final = (
    "Identities that your server signed with the present secret no longer count; visitors who are signed in "
    "write as strangers until your server uses the new one. Conversations stay."
)


class InstallSection(QWidget):
    """Script tag, "Test connection" and identity secret of a chat that the relay at `relay_url` has.

    Signals:
        renewed(ChatAtRelay): the relay made another secret.
        trouble(str): something did not work, in words.
    """

    renewed = Signal(object)
    trouble = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget, relay_url: str) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._channel_id = ""
        self._relay_url = relay_url
        self._secret = ""
        self._first = Label(_FIRST, "text", "text_2", wrap=True, parent=self)
        self._all = QWidget(self)
        self.tag = QPlainTextEdit(self)
        self.tag.setReadOnly(True)
        self.tag.setAccessibleName("Script tag")
        self.tag.setTabChangesFocus(True)
        self.tag.setFixedHeight(theme().px(92))
        self.tag.setFont(_fixed_font())
        self.copy_tag = Button("Copy", icon_name="copy", parent=self)
        self.copy_tag.clicked.connect(
            lambda _checked=False: self._copy(self.tag.toPlainText(), self.copy_tag)
        )
        self.test_button = Button("Test connection", parent=self)
        self.test_button.clicked.connect(lambda _checked=False: self.test())
        self.steps = StepsList(self)
        self.steps.hide()
        in_sight = partial(bring_into_sight, self.steps, self)
        self._test = RelayTest(bridge, self.test_button, self.steps, self, in_sight)
        self.secret = QLineEdit(_HIDDEN, self)
        self.secret.setReadOnly(True)
        self.secret.setAccessibleName("Identity secret")
        self.show_button = Button("Show", icon_name="eye", parent=self)
        self.show_button.clicked.connect(lambda _checked=False: self._show_secret(self.is_secret_hidden))
        self.copy_secret = Button("Copy", icon_name="copy", parent=self)
        self.copy_secret.clicked.connect(lambda _checked=False: self._copy(self._secret, self.copy_secret))
        self.renew_button = Button("Renew…", variant="danger", parent=self)
        self.renew_button.clicked.connect(lambda _checked=False: self._ask_renew())
        self._lay_out()

    def _lay_out(self) -> None:
        inner = QVBoxLayout(self._all)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(Label("Script tag", "text", weight=600, parent=self))
        inner.addWidget(Label(_PASTE, "secondary", "text_2", wrap=True, parent=self))
        inner.addWidget(self.tag)
        inner.addLayout(_row(self.copy_tag, self.test_button))
        inner.addWidget(self.steps)
        inner.addSpacing(GAP_WIDE)
        inner.addWidget(Label("Identity secret", "text", weight=600, parent=self))
        inner.addWidget(Label(_SECRET, "secondary", "text_2", wrap=True, parent=self))
        inner.addWidget(self.secret)
        inner.addLayout(_row(self.show_button, self.copy_secret, self.renew_button))
        inner.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_TIGHT)
        column.addWidget(self._first)
        column.addWidget(self._all, 1)
        self.show_chat("", None)

    def show_chat(self, channel_id: str, chat: ChatAtRelay | None) -> None:
        """Show what belongs to a chat; None while the relay does not have it, or cannot be asked."""
        self._channel_id = channel_id
        self._secret = chat.identity_secret if chat is not None else ""
        self._first.setVisible(chat is None)
        self._all.setVisible(chat is not None)
        self.tag.setPlainText(chat.script_tag if chat is not None else "")
        self._show_secret(False)
        for button in (self.show_button, self.copy_secret, self.renew_button):
            button.setEnabled(bool(self._secret))

    # Secret

    @property
    def is_secret_hidden(self) -> bool:
        """Whether only dots stand where the secret would."""
        return self.secret.text() == _HIDDEN

    def _show_secret(self, shown: bool) -> None:
        self.secret.setText(self._secret if shown and self._secret else _HIDDEN)
        self.secret.setCursorPosition(0)
        self.show_button.setText("Show" if self.is_secret_hidden else "Hide")
        self.show_button.set_icon_name("eye" if self.is_secret_hidden else "eye-off")

    def _copy(self, text: str, button: Button) -> None:
        QGuiApplication.clipboard().setText(text)
        button.setText("Copied")
        button.set_icon_name("check")

    def _ask_renew(self) -> None:
        Question("Renew the identity secret?", _RENEWING, "Renew", self._renew, self, variant="danger").open()

    def _renew(self) -> None:
        future = self._bridge.chats().renew_identity_secret(self._channel_id)
        self._bridge.call(future, self.renewed.emit, self.trouble.emit)

    # Test

    def test(self) -> None:
        """Try the way to the relay, step by step."""
        self._test.begin(self._relay_url)


def _row(*buttons: Button) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GAP)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def _fixed_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(theme().px(12))
    return font
