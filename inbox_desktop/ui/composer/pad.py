"""One page of the composer: the editor with its files, for the reply or for the note."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.drafts import attach_to_draft
from inbox_desktop.models.queries.rows import Draft, DraftFile, Recipients
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer.editor import Editor
from inbox_desktop.ui.composer.files import FileTray, as_png, too_large_words
from inbox_desktop.ui.composer.link_dialog import LinkDialog
from inbox_desktop.ui.kit import Banner, Tone


class Pad(QWidget):
    """What is being written. `seen_id` is the newest message of the ticket when it was begun.

    `begun_at` (UTC) is when the draft was last read from the store; None for what was begun here.
    `recipients` were chosen by the person; None while the reply goes where the ticket's last mail says.

    Signals:
        edited: the text or the files changed by the person's hand.
        busy_changed: a file is being added, or is no longer.
        trouble(str): a file could not be attached, and why, in words.
        refused(str): no file may hang on this one, and why, in words.
    """

    edited = Signal()
    busy_changed = Signal()
    trouble = Signal(str)
    refused = Signal(str)

    def __init__(self, bridge: Bridge, *, is_note: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.is_note = is_note
        self.seen_id: str | None = None
        self.begun_at: datetime | None = None
        self.recipients: Recipients | None = None
        self.ticket_id: str | None = None
        self._adding: Counter[str | None] = Counter()
        self._pictures = 0
        self._is_text = False
        self.files_refusal = ""
        """Why no file may be attached, in words; empty when files may."""
        self.editor = Editor(self)
        self.editor.setAccessibleName("Private note" if is_note else "Reply")
        self.editor.edited.connect(self._edited)
        self.editor.files_given.connect(self.attach)
        self.editor.image_given.connect(self.attach_picture)
        self.editor.link_wanted.connect(self.ask_link)
        self.tray = FileTray(self)
        self.tray.changed.connect(self._edited)
        self._too_large = Banner("", Tone.WARN, parent=self)
        self._too_large.hide()
        inner = QVBoxLayout()
        inner.setContentsMargins(14, 2, 14, 0)
        inner.addWidget(self.editor)
        large = QVBoxLayout()
        large.setContentsMargins(14, 0, 14, 0)
        large.addWidget(self._too_large)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(inner)
        column.addWidget(self.tray)
        column.addLayout(large)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to send or to keep."""
        return self.editor.is_blank and not self.tray.files()

    @property
    def is_busy(self) -> bool:
        """Whether a file is still being added to this ticket's draft."""
        return self._adding[self.ticket_id] > 0

    def set_read_only(self, *, read_only: bool) -> None:
        """Whether nothing may change now: what stands here is being read or sent."""
        self.editor.hold(held=read_only)
        self.tray.setEnabled(not read_only)

    def draft(self) -> Draft | None:
        """What there is, as a draft; None without a ticket."""
        if self.ticket_id is None:
            return None
        return Draft(
            ticket_id=self.ticket_id,
            is_note=self.is_note,
            html=self.editor.html(),
            text=self.editor.text(),
            files=self.tray.files(),
            seen_message_id=self.seen_id,
            saved_at=now(),
            recipients=self.recipients,
        )

    def load(self, ticket_id: str | None, draft: Draft | None) -> None:
        """Show a draft of a ticket, or an empty page. What stands there already stays as it is."""
        same = ticket_id == self.ticket_id
        html, text = (draft.html, draft.text) if draft else ("", "")
        files = draft.files if draft else ()
        self.ticket_id = ticket_id
        self.seen_id = draft.seen_message_id if draft else None
        self.begun_at = draft.saved_at if draft else None
        self.recipients = draft.recipients if draft else None
        if not (same and self.editor.text() == text and self.editor.html() == html):
            self.editor.load(html, text)
        self._set_files(files)

    def _set_files(self, files: Sequence[DraftFile]) -> None:
        if files != self.tray.files():
            self.tray.set_files(files)
        self._warn()

    def _edited(self) -> None:
        self._warn()
        self.edited.emit()

    def _warn(self) -> None:
        is_mail = not self.is_note and not self._is_text
        words = too_large_words(self.tray.files()) if is_mail else ""
        self._too_large.set_text(words)
        self._too_large.setVisible(bool(words))

    def set_text(self, *, is_text: bool) -> None:
        """Whether a text by SMS is written here: nothing but letters, and perhaps pictures."""
        self._is_text = is_text
        self.editor.set_text_only(text_only=is_text)
        self._warn()

    def add_below(self, widget: QWidget) -> None:
        """Let something stand below the editor and its files."""
        self._column.addWidget(widget)

    # Files

    def choose_files(self) -> None:
        """Ask which files to hang on."""
        if self.files_refusal:
            self.refused.emit(self.files_refusal)
            return
        dialog = QFileDialog(self, "Attach files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.attach([Path(path) for path in paths]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def attach(self, paths: Sequence[Path]) -> None:
        """Hang files on. They are copied into the store, so that the originals may go."""
        if self.files_refusal:
            self.refused.emit(self.files_refusal)
            return
        for path in paths:
            added, failed = self._begin_adding()
            self._bridge.store_file(path, added, failed)

    def attach_picture(self, image: QImage) -> None:
        """Hang a picture without a file on, as a PNG file."""
        if self.files_refusal:
            self.refused.emit(self.files_refusal)
            return
        self._pictures += 1
        name = f"picture-{self._pictures}.png"
        added, failed = self._begin_adding()

        def store(content: bytes) -> None:
            self._bridge.store_file(content, added, failed, name)

        self._bridge.in_background(partial(as_png, image), store, failed)

    def _begin_adding(self) -> tuple[Callable[[DraftFile], None], Callable[[str], None]]:
        """A file of this ticket is on its way: what takes it, and what hears that it did not come."""
        self._adding[self.ticket_id] += 1
        self.busy_changed.emit()
        return partial(self._added, self.ticket_id), partial(self._not_added, self.ticket_id)

    def _end_adding(self, ticket_id: str | None) -> None:
        self._adding[ticket_id] -= 1
        self.busy_changed.emit()

    def _added(self, ticket_id: str | None, file: DraftFile) -> None:
        self._end_adding(ticket_id)
        if ticket_id == self.ticket_id and not self.editor.isReadOnly():
            self.tray.add(file)
            self._edited()
        elif ticket_id is not None:
            # Another ticket is on the screen, or the draft is being read: the store knows where it belongs.
            change = partial(
                attach_to_draft, ticket_id=ticket_id, is_note=self.is_note, file=file, saved_at=now()
            )
            self._bridge.write(change, failed=self.trouble.emit)

    def _not_added(self, ticket_id: str | None, words: str) -> None:
        self._end_adding(ticket_id)
        self.trouble.emit(words)

    # Links

    def ask_link(self) -> None:
        """Ask where a link is to lead."""
        words, address = self.editor.link_at_cursor()
        dialog = LinkDialog(words, address, self.editor.set_link, self)
        dialog.open()
