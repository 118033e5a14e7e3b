"""The first start: connect a mailbox or a phone number, or look around in the demo."""

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.mail_form import MailForm
from inbox_desktop.ui.kit import Button, Card, Divider, Label, Theme, theme
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_WIDE

if TYPE_CHECKING:
    from inbox_desktop.ui.connect.sms_form import SmsForm

_WIDTH: Final = 540


class _Words(NamedTuple):
    """What the page says about one kind of channel. `other` leads to the other one."""

    title: str
    text: str
    other: str


_MAIL: Final = _Words(
    "Connect a mailbox",
    "Mail that arrives there becomes tickets, and your answers leave from its address. The mailbox itself "
    "stays as it is: nothing is moved, deleted or marked as read.",
    "Connect a phone number instead",
)
_TEXTS: Final = _Words(
    "Connect a phone number",
    "Texts to your number at Twilio, Vonage or Telnyx become tickets, one for each person, and your answers "
    "leave from that number.",
    "Connect a mailbox instead",
)


class ConnectPage(QWidget):
    """Stands in the window while there is no channel.

    Signals:
        connected(str): a channel was connected; its id.
        demo_requested: the person wants to look around in the sample world.
    """

    connected = Signal(str)
    demo_requested = Signal()

    def __init__(self, bridge: Bridge, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._shows_texts = False
        look.changed.connect(self.update)
        self.form = MailForm(bridge, self, ask_name=True)
        self.form.connected.connect(self.connected)
        self.texts: SmsForm | None = None
        self.other = Button(_MAIL.other, variant="link", parent=self)
        self.other.clicked.connect(lambda _checked=False: self.show_texts(shown=not self._shows_texts))
        self.demo = Button("Look around in the demo", parent=self)
        self.demo.clicked.connect(self.demo_requested)
        content = QWidget()
        content.setAutoFillBackground(False)
        across = QHBoxLayout(content)
        across.addStretch(1)
        across.addLayout(self._column())
        across.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def showEvent(self, event: QShowEvent) -> None:
        """Ready for the address to be typed."""
        super().showEvent(event)
        self.form.address.setFocus()

    def _column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(EDGE_WIDE, 48, EDGE_WIDE, 32)
        column.setSpacing(GAP)
        column.addStretch(1)
        self._title = Label(_MAIL.title, "page", weight=600, parent=self)
        self._text = Label(_MAIL.text, "text", "text_2", wrap=True, parent=self)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(GAP_WIDE)
        self._card = Card(parent=self)
        self._card.setFixedWidth(theme().px(_WIDTH))
        self._card.let_grow()
        self._card.body.setContentsMargins(4, GAP, 4, GAP)
        self._card.add(self.form)
        column.addWidget(self._card)
        column.addWidget(
            Label(
                "Passwords and keys stay in this computer's keyring, never in the inbox's own files.",
                "secondary",
                "text_2",
                wrap=True,
                parent=self,
            )
        )
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(GAP_WIDE)
        column.addWidget(Divider(parent=self))
        column.addSpacing(GAP)
        column.addLayout(self._demo_row())
        column.addStretch(2)
        return column

    def show_texts(self, *, shown: bool) -> None:
        """Show the form of a number for texts, or that of a mailbox; what was typed stays in each."""
        if self.texts is None:
            from inbox_desktop.ui.connect.sms_form import SmsForm  # noqa: PLC0415 - few begin with texts

            self.texts = SmsForm(self._bridge, self._card, ask_name=True)
            self.texts.connected.connect(self.connected)
            self._card.add(self.texts)
            QWidget.setTabOrder(self.texts, self.other)
        self._shows_texts = shown
        self.form.setVisible(not shown)
        self.texts.setVisible(shown)
        words = _TEXTS if shown else _MAIL
        self._title.setText(words.title)
        self._text.setText(words.text)
        self.other.setText(words.other)
        (self.texts.number if shown else self.form.address).setFocus()

    def _demo_row(self) -> QHBoxLayout:
        said = "Only looking? The demo has a shop's mail and customers who answer."
        words = Label(said, "text", "text_2", wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(GAP_WIDE)
        row.addWidget(words, 1)
        row.addWidget(self.demo)
        return row

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("window"))
        painter.end()
