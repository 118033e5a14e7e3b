"""The first start: connect a mailbox, or look around in the demo."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.mail_form import MailForm
from inbox_desktop.ui.kit import Button, Card, Divider, Label, Theme, theme
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_WIDE

_WIDTH = 540


class ConnectPage(QWidget):
    """Stands in the window while there is no channel.

    Signals:
        connected(str): a mailbox was connected; its channel's id.
        demo_requested: the person wants to look around in the sample world.
    """

    connected = Signal(str)
    demo_requested = Signal()

    def __init__(self, bridge: Bridge, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look.changed.connect(self.update)
        self.form = MailForm(bridge, self, ask_name=True)
        self.form.connected.connect(self.connected)
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
        column.addWidget(Label("Connect a mailbox", "page", weight=600, parent=self))
        column.addWidget(
            Label(
                "Mail that arrives there becomes tickets, and your answers leave from its address. The "
                "mailbox itself stays as it is: nothing is moved, deleted or marked as read.",
                "text",
                "text_2",
                wrap=True,
                parent=self,
            )
        )
        column.addSpacing(GAP_WIDE)
        card = Card(parent=self)
        card.setFixedWidth(theme().px(_WIDTH))
        card.body.setContentsMargins(4, GAP, 4, GAP)
        card.add(self.form)
        column.addWidget(card)
        column.addWidget(
            Label(
                "The password is kept in this computer's keyring, never in the inbox's own files.",
                "secondary",
                "text_2",
                wrap=True,
                parent=self,
            )
        )
        column.addSpacing(GAP_WIDE)
        column.addWidget(Divider(parent=self))
        column.addSpacing(GAP)
        column.addLayout(self._demo_row())
        column.addStretch(2)
        return column

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
