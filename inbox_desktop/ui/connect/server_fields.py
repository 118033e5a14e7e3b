"""The servers of a mailbox as fields: name, port, protection, user, folders, further addresses."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.models.kinds import Security
from inbox_desktop.ui.connect.values import IMAP_PORTS, SMTP_PORTS, Field, MailValues
from inbox_desktop.ui.kit import Label, NumberField, theme
from inbox_desktop.ui.kit.tokens import GAP

_WORDS: Final = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "None"}


class ServerLine(QWidget):
    """One server: host, port and protection. Another protection brings its usual port along."""

    changed = Signal()

    def __init__(self, name: str, ports: dict[Security, int], parent: QWidget) -> None:
        super().__init__(parent)
        self._ports = ports
        self.host = QLineEdit(self)
        self.host.setAccessibleName(f"{name}: server")
        self.host.textEdited.connect(self._edited)
        self.port = NumberField(1, 65_535, parent=self)
        self.port.setAccessibleName(f"{name}: port")
        self.port.setGroupSeparatorShown(False)
        self.port.setFixedWidth(theme().px(84))
        self.port.valueChanged.connect(self._edited)
        self.security = QComboBox(self)
        self.security.setAccessibleName(f"{name}: protection")
        for security, words in _WORDS.items():
            self.security.addItem(words, security)
        self.security.setFixedWidth(theme().px(112))
        self.security.activated.connect(self._protection_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.host, 1)
        row.addWidget(self.port)
        row.addWidget(self.security)

    def _edited(self) -> None:
        self.changed.emit()

    def value(self) -> tuple[str, int, Security]:
        """What the fields hold."""
        return self.host.text(), self.port.value(), Security(self.security.currentData())

    def set_value(self, host: str, port: int, security: Security) -> None:
        """Show a server. Sends no `changed`."""
        self.blockSignals(True)
        self.host.setText(host)
        self.host.setCursorPosition(0)
        self.security.setCurrentIndex(self.security.findData(security))
        self.port.setValue(port)
        self.blockSignals(False)

    def _protection_chosen(self) -> None:
        if self.port.value() in self._ports.values():
            self.port.setValue(self._ports[Security(self.security.currentData())])
        self.changed.emit()


class ServerFields(QWidget):
    """All of a mailbox that is not address and password.

    Signals:
        changed: the person changed something.
        submitted: Enter was pressed in one of the fields.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._labels: list[Label] = []
        self._imap = ServerLine("Incoming mail", IMAP_PORTS, self)
        self._smtp = ServerLine("Outgoing mail", SMTP_PORTS, self)
        self._user = self._line("User name")
        self._folders = self._line("Folders")
        self._aliases = self._line("Other addresses that arrive here")
        self.set_values(MailValues())
        self._aliases.setPlaceholderText("help@shop.example, orders@shop.example")
        self._imap.changed.connect(self.changed)
        self._smtp.changed.connect(self.changed)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        rows = (
            ("Incoming (IMAP)", self._imap),
            ("Outgoing (SMTP)", self._smtp),
            ("User name", self._user),
            ("Folders", self._folders),
            ("Other addresses", self._aliases),
        )
        for number, (words, field) in enumerate(rows):
            label = Label(words, "text", "text_2", parent=self)
            label.setBuddy(field.host if isinstance(field, ServerLine) else field)
            self._labels.append(label)
            grid.addWidget(label, number, 0)
            grid.addWidget(field, number, 1)
        for line in self.findChildren(QLineEdit):
            line.returnPressed.connect(self.submitted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)

    def align_with(self, labels: Sequence[QWidget]) -> None:
        """Let these labels, of fields above, and our own take the same room."""
        both = (*labels, *self._labels)
        widest = max(label.sizeHint().width() for label in both)
        for label in both:
            label.setMinimumWidth(widest)

    def _line(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.textEdited.connect(self._edited)
        return field

    def _edited(self) -> None:
        self.changed.emit()

    def set_values(self, values: MailValues) -> None:
        """Show these servers. Sends no `changed`."""
        self._imap.set_value(values.imap_host, values.imap_port, values.imap_security)
        self._smtp.set_value(values.smtp_host, values.smtp_port, values.smtp_security)
        self._user.setText(values.user)
        self._folders.setText(values.folders)
        self._aliases.setText(values.aliases)

    def values(self, address: str) -> MailValues:
        """What the fields hold, for an address."""
        imap_host, imap_port, imap_security = self._imap.value()
        smtp_host, smtp_port, smtp_security = self._smtp.value()
        return MailValues(
            address=address,
            user=self._user.text(),
            imap_host=imap_host,
            imap_port=imap_port,
            imap_security=imap_security,
            smtp_host=smtp_host,
            smtp_port=smtp_port,
            smtp_security=smtp_security,
            folders=self._folders.text(),
            aliases=self._aliases.text(),
        )

    def field(self, which: Field) -> QWidget | None:
        """The field that a problem is about."""
        return {
            Field.IMAP: self._imap.host,
            Field.SMTP: self._smtp.host,
            Field.USER: self._user,
            Field.FOLDERS: self._folders,
            Field.ALIASES: self._aliases,
        }.get(which)
