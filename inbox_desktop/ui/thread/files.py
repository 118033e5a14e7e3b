"""What may be done with an attachment: open a copy of it with the system's program, or save it somewhere."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QStandardPaths, QTemporaryDir, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.queries.rows import AttachmentRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Question, one_line

_FORBIDDEN: Final = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def safe_label(filename: str) -> str:
    """The file's name as it may be written to disk: one plain name, no path, no leading dot."""
    label = one_line(filename, 180).translate(_FORBIDDEN).strip(" .")
    return label or "attachment"


def ask_where(dialog: QFileDialog, label: str, save: Callable[[Path], None]) -> None:
    """Ask under which name a file shall be saved, and hand the answer to `save`."""
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.selectFile(label)
    dialog.fileSelected.connect(lambda path: save(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def not_written(target: Path, error: OSError, what: str) -> InboxError:
    """That a file could not be saved, in words; `what` is kept here: "attachment"."""
    return InboxError(
        f"{target.name} could not be written ({error.strerror}). The {what} is kept here. "
        "Choose another folder, or free some space."
    )


class FileActions(QObject):
    """Opens and saves attachments for one window.

    Signals:
        notice(str): a sentence for the person: what was saved, or what went wrong.
    """

    notice = Signal(str)

    def __init__(self, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self._copies: QTemporaryDir | None = None
        self._count = 0
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)

    def open(self, file: AttachmentRow) -> None:
        """Open a copy with the system's program. Active files are only saved, after a warning."""
        if file.active:
            self.save(file)
            return
        if self._copies is None:
            self._copies = QTemporaryDir()
        self._count += 1
        target = Path(self._copies.path()) / str(self._count) / safe_label(file.filename)
        self._bridge.in_background(partial(_copy, Path(file.path), target), self._opened, self.notice.emit)

    def _opened(self, copy: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy))):
            self.notice.emit(f"No program on this computer opens {copy.name}. Save it instead.")

    def save(self, file: AttachmentRow) -> None:
        """Ask where to, and save. Before an active file is saved, say what it may do."""
        if not file.active:
            self._ask_where(file)
            return
        words = (
            "Files of this kind can run programs or load pages when they are opened. "
            "Save it only if you expected it from this sender."
        )
        title = f"Save {safe_label(file.filename)}?"
        Question(title, words, "Save as…", partial(self._ask_where, file), self._window).open()

    def _ask_where(self, file: AttachmentRow) -> None:
        dialog = QFileDialog(self._window, "Save attachment", self._folder)
        ask_where(dialog, safe_label(file.filename), partial(self.save_to, file))

    def save_to(self, file: AttachmentRow, target: Path) -> None:
        """Write the file's content to `target`."""
        self._folder = str(target.parent)
        self._bridge.in_background(partial(_copy, Path(file.path), target), self._saved, self.notice.emit)

    def _saved(self, target: Path) -> None:
        self.notice.emit(f"Saved {target.name}")


def _copy(source: Path, target: Path) -> Path:
    """Copy content alone (no permissions). Raises InboxError in words."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    except FileNotFoundError as error:
        raise InboxError(
            "The attachment's content is missing on this computer. The message is kept; restore the "
            "attachments folder from a backup."
        ) from error
    except OSError as error:
        raise not_written(target, error, "attachment") from error
    return target
