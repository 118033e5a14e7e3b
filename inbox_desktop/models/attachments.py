"""The attachment store: files under the SHA-256 of their content, outside the database."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from inbox_desktop.models.errors import StorageError, StorageFullError
from inbox_desktop.models.ids import new_id

_NO_SPACE = 28  # errno.ENOSPC, the same number on Linux, macOS and in Python on Windows


@dataclass(frozen=True, slots=True)
class AttachmentStore:
    """Content-addressed files. Writing the same content twice keeps one file."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the content with this hash lies, whether or not it is there."""
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store the content durably and return its SHA-256 in hex.

        Raises:
            StorageFullError, StorageError: it could not be written; nothing half-written stays.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        partial = path.with_name(f".{sha256}.{new_id()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            _make_durable(path.parent)
        except OSError as error:
            partial.unlink(missing_ok=True)
            kind = StorageFullError if error.errno == _NO_SPACE else StorageError
            raise kind(
                f"An attachment could not be stored ({error.strerror}). Its message was not taken over and "
                "will be fetched again. Free space on the disk."
            ) from error
        return sha256

    def holds(self, sha256: str, size: int) -> bool:
        """Whether content of this hash is there, in its full size in bytes."""
        try:
            return self.path(sha256).stat().st_size == size
        except OSError:
            return False

    def get(self, sha256: str) -> bytes:
        """The content with this hash.

        Raises:
            StorageError: it is not there or cannot be read.
        """
        try:
            return self.path(sha256).read_bytes()
        except OSError as error:
            raise StorageError(
                f"The attachment's content is missing on this computer ({error.strerror}). "
                "The message itself is kept; restore the attachments folder from a backup."
            ) from error


def _make_durable(folder: Path) -> None:
    """Make the names in a folder, and its own, outlive a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    for place in (folder, folder.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
