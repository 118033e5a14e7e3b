"""Reading pictures from mail off the GUI thread: few formats, bounded sizes, never a vector or active one."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from inbox_desktop.models.queries.rows import AttachmentRow

FORMATS: Final = frozenset({b"png", b"jpeg", b"jpg", b"gif", b"webp", b"bmp"})
MOST_PIXELS: Final = 50_000_000
WIDEST: Final = 1_400
LARGEST_FILE: Final = 25_000_000
PICTURE_TYPES: Final = ("image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/bmp")


def is_picture(file: AttachmentRow) -> bool:
    """Whether the file calls itself a picture of a kind that is shown."""
    return not file.active and file.content_type.lower() in PICTURE_TYPES and file.size <= LARGEST_FILE


def read_picture(source: Path | bytes, longest: int = WIDEST) -> QImage | None:
    """The picture, at most `longest` pixels on each side; None when it is none or too large.

    The format is told by the content, never by name or type. Runs on any thread.
    """
    data = QByteArray()
    try:
        data = QByteArray(source if isinstance(source, bytes) else source.read_bytes())
    except OSError:
        return None
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if bytes(reader.format().data()) not in FORMATS or not size.isValid():
        return None
    if size.width() * size.height() > MOST_PIXELS:
        return None
    if max(size.width(), size.height()) > longest:
        reader.setScaledSize(size.scaled(QSize(longest, longest), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image


def read_own_images(sources: Sequence[str], files: Sequence[AttachmentRow]) -> dict[str, QImage]:
    """The pictures that a mail brings itself: cid: its parts, data: in its text. Runs on any thread."""
    parts = {_bare(file.content_id): Path(file.path) for file in files if file.content_id}
    found: dict[str, QImage] = {}
    for source in sources:
        content: Path | bytes | None = None
        if source.lower().startswith("cid:"):
            content = parts.get(_bare(source[4:]))
        elif source.lower().startswith("data:"):
            content = _data(source)
        image = read_picture(content) if content is not None else None
        if image is not None:
            found[source] = image
    return found


def read_fetched(fetched: Mapping[str, bytes]) -> dict[str, QImage]:
    """The pictures among what was fetched from the network. Runs on any thread."""
    images = {address: read_picture(content) for address, content in fetched.items()}
    return {address: image for address, image in images.items() if image is not None}


def referenced(sources: Sequence[str], file: AttachmentRow) -> bool:
    """Whether the mail's text shows this part itself, so that it needs no place among the attachments."""
    own = _bare(file.content_id or "")
    return bool(own) and any(
        source.lower().startswith("cid:") and _bare(source[4:]) == own for source in sources
    )


def _bare(content_id: str | None) -> str:
    return (content_id or "").strip().strip("<>").casefold()


def _data(source: str) -> bytes | None:
    head, _, payload = source.partition(",")
    try:
        return b64decode("".join(payload.split())) if head.lower().endswith(";base64") else None
    except (Base64Error, ValueError):
        return None
