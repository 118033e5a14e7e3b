"""Files in chats: which are taken, told by their content; stored in the database, attached to one message."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from inbox_desktop.models.clock import now
from inbox_desktop.models.filetypes import is_active
from inbox_desktop.models.ids import new_id
from inbox_desktop.relay.api.errors import ApiError, bad_request, not_found
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.tables import File

_LONGEST_NAME: Final = 120
_TEXT_LOOKED_AT: Final = 64 * 1024
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")

ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".log", ".csv"),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "video/webm": (".webm",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
}
"""The types that are taken, and how their names end; the first ending is the usual one."""

SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in place."""

FILE_TYPES: Final = tuple(ending for endings in ENDINGS.values() for ending in endings)

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
)
_BRANDS: Final = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
}
_OFFICE: Final = (
    (b"word/", ".docx"),
    (b"xl/", ".xlsx"),
    (b"ppt/", ".pptx"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", ".odt"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ".ods"),
)
_MACROS: Final = (b"vbaProject", b"Basic/")


class Upload(NamedTuple):
    """A file that was sent, looked at: its cleaned name, its type by content, and its bytes."""

    name: str
    content_type: str
    content: bytes


def examined(name: str, content: bytes) -> Upload:
    """A file that may be stored.

    Raises:
        ApiError: it is empty, or of no type that is taken.
    """
    if not content:
        raise bad_request("The file is empty.")
    content_type = type_of(content)
    if content_type is None:
        raise ApiError(415, "file_type", "Files of this type are not taken.")
    cleaned = clean_name(name, ENDINGS[content_type])
    if is_active(cleaned, content_type):
        raise ApiError(415, "file_type", "Files of this type are not taken.")
    return Upload(cleaned, content_type, content)


def type_of(content: bytes) -> str | None:
    """The type that the content shows, or None when it is none of `ENDINGS`."""
    for magic, content_type in _MAGIC:
        if content.startswith(magic):
            return content_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], "video/mp4")
    if content[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}:
        return "audio/mpeg"
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return "text/plain" if _is_text(content) else None


def clean_name(name: str, endings: tuple[str, ...]) -> str:
    """A file name without folders, control and direction characters, and with an ending of its type."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*')
    kept = " ".join(kept.split()).strip(". ") or "file"
    path = PurePosixPath(kept)
    ending = path.suffix.lower() if path.suffix.lower() in endings else endings[0]
    stem = path.stem if path.suffix.lower() in endings else kept
    return (stem[: _LONGEST_NAME - len(ending)].strip(". ") or "file") + ending


class Stored(NamedTuple):
    """A stored file without its content."""

    id: str
    chat_id: str | None
    name: str
    content_type: str
    size: int


_COLUMNS: Final = (File.id, File.chat_id, File.name, File.content_type, File.size)


def store_file(
    writing: Writing, owner: str, client_id: str, upload: Upload, chat_id: str | None = None
) -> tuple[Stored, bool]:
    """Keep a file of a visitor or a desktop; sent again it is the first one, and False."""
    known = select(*_COLUMNS).where(File.owner == owner, File.client_id == client_id)
    if (row := writing.connection.execute(known).one_or_none()) is not None:
        return Stored(*row), False
    statement = insert(File).values(
        id=new_id(),
        chat_id=chat_id,
        owner=owner,
        client_id=client_id,
        name=upload.name,
        content_type=upload.content_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        content=upload.content,
        created_at=now(),
    )
    try:
        with writing.connection.begin_nested():
            row = writing.connection.execute(statement.returning(*_COLUMNS)).one()
    except IntegrityError:  # another process stored it at the same moment
        return Stored(*writing.connection.execute(known).one()), False
    return Stored(*row), True


def attach(
    connection: Connection,
    file_ids: tuple[str, ...],
    owner: str,
    conversation_id: str,
    message_id: str,
    chat_id: str | None = None,
) -> None:
    """Give files that belong to nothing yet to their owner's message.

    Raises:
        ApiError: 404, when one is not there, not the owner's, or already given.
    """
    if not file_ids:
        return
    values: dict[str, Any] = {"conversation_id": conversation_id, "message_id": message_id}
    if chat_id is not None:
        values["chat_id"] = chat_id
    given = connection.execute(
        update(File)
        .where(File.id.in_(file_ids), File.owner == owner, File.message_id.is_(None))
        .values(**values)
        .returning(File.id)
    ).all()
    if len(given) != len(file_ids):
        raise not_found("A file of this message")


class Content(NamedTuple):
    """A file to be sent out."""

    name: str
    content_type: str
    content: bytes
    created_at: datetime


def file_content(connection: Connection, file_id: str, chat_id: str | None = None) -> Content:
    """A file; with `chat_id` only one of that chat.

    Raises:
        ApiError: 404.
    """
    query = select(File.name, File.content_type, File.content, File.created_at).where(File.id == file_id)
    if chat_id is not None:
        query = query.where(File.chat_id == chat_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise not_found("This file")
    return Content(*row)


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(content[:_TEXT_LOOKED_AT])


def _office_type(content: bytes) -> str | None:
    """A document in a ZIP archive by the names in it; any other archive, or one with macros, is not taken."""
    if any(sign in content for sign in _MACROS):
        return None
    for sign, ending in _OFFICE:
        if sign in content[:200] if sign.startswith(b"mimetype") else sign in content:
            return next(kind for kind, endings in ENDINGS.items() if ending in endings)
    return None
