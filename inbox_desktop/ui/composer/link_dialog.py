"""The small dialog that asks where a link leads."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.ui.kit import Label
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP_WIDE


class LinkDialog(QDialog):
    """Asks for words and address. `accept_link` gets both and says whether the address may be linked to."""

    def __init__(
        self, words: str, address: str, accept_link: Callable[[str, str], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Link")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._accept_link = accept_link
        self.words = QLineEdit(words, self)
        self.address = QLineEdit(address, self)
        self.address.setPlaceholderText("https://")
        self.address.setMinimumWidth(320)
        self._problem = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._problem.hide()
        form = QFormLayout()
        form.addRow("Text", self.words)
        form.addRow("Address", self.address)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Ok | standard.Cancel, self)
        buttons.accepted.connect(self._try)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_WIDE, EDGE_WIDE, EDGE_WIDE, EDGE_WIDE)
        column.setSpacing(GAP_WIDE)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(buttons)
        self.address.setFocus()

    def _try(self) -> None:
        if self._accept_link(self.words.text(), self.address.text()):
            self.accept()
            return
        self._problem.setText("This is no web or e-mail address. Links begin with https://, mailto: or tel:.")
        self._problem.show()
