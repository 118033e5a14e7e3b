"""A mail as it came: its source to read, and to save as a file."""

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDir, QStandardPaths, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from inbox_desktop.models.queries.originals import original
from inbox_desktop.models.queries.rows import MessageRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Button, Label, full_time, one_line, theme
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_WIDE
from inbox_desktop.ui.thread.files import ask_where, not_written, safe_label
from inbox_desktop.ui.thread.words import size_words

MOST_SHOWN: Final = 400_000
"""So many bytes are shown; the file that is saved has all of them."""

_LONGEST_LINE: Final = 2_000
_SIZE: Final = (760, 620)


def source_text(mail: bytes) -> str:
    """The beginning of a mail as text: bytes that are no UTF-8 as Latin-1, endless lines cut."""
    shown = mail[:MOST_SHOWN]
    try:
        text = shown.decode("utf-8")
    except UnicodeDecodeError:
        text = shown.decode("latin-1")
    return "\n".join(
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in text.splitlines()
    )


class OriginalDialog(QDialog):
    """The source of one mail. Show it with open()."""

    def __init__(self, bridge: Bridge, message: MessageRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Original mail")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bridge = bridge
        self._message = message
        self._mail = b""
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Source of the mail")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText("Loading…")
        self.said = Label(self._heading(), "secondary", "text_2", wrap=True, parent=self)
        self.save_button = Button("Save as…", parent=self)
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(lambda _checked=False: self._ask_where())
        self._lay_out()
        bridge.query(partial(original, message_id=message.id), self._arrived, self.said.setText)

    def _heading(self) -> str:
        who = one_line(self._message.author_address)
        return f"From {who}, {full_time(self._message.sent_at, self.locale())}"

    def _lay_out(self) -> None:
        close = Button("Close", variant="primary", parent=self)
        close.clicked.connect(lambda _checked=False: self.accept())
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addStretch(1)
        buttons.addWidget(self.save_button)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_WIDE, EDGE_WIDE, EDGE_WIDE, EDGE_WIDE)
        column.setSpacing(GAP_WIDE)
        column.addWidget(Label("Original mail", "page", weight=600, parent=self))
        column.addWidget(self.said)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        self.resize(theme().px(_SIZE[0]), theme().px(_SIZE[1]))

    def _arrived(self, mail: bytes) -> None:
        self._mail = mail
        self.text.setPlainText(source_text(mail))
        self.text.setFocus()
        self.save_button.setEnabled(True)
        if len(mail) > MOST_SHOWN:
            part = f"{size_words(MOST_SHOWN)} of {size_words(len(mail))}"
            self.said.setText(f"{self._heading()}. The first {part} are shown; save it to see all.")

    def _ask_where(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self, "Save the mail", folder or QDir.homePath(), "Mail (*.eml)")
        dialog.setDefaultSuffix("eml")
        ask_where(dialog, f"{safe_label(self._message.author_address)}.eml", self.save_to)

    def save_to(self, target: Path) -> None:
        """Write the mail to `target`, and say so."""
        self._bridge.in_background(partial(_write, self._mail, target), self._saved, self.said.setText)

    def _saved(self, target: Path) -> None:
        self.said.setText(f"Saved {target.name}")


def _write(mail: bytes, target: Path) -> Path:
    try:
        target.write_bytes(mail)
    except OSError as error:
        raise not_written(target, error, "mail") from error
    return target
