"""The pictures of texts, at public addresses from which a provider fetches them, for a while."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.keys import new_token
from inbox_desktop.relay.tables import Picture

LARGEST: Final = 10_000_000
"""Bytes. No provider takes more than five million."""

LIVES: Final = timedelta(days=7)
"""So long a picture can be fetched after it was last sent."""

CONTENT_TYPES: Final = frozenset(
    {
        *("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/heic"),
        *("audio/mpeg", "audio/mp4", "audio/ogg", "audio/amr", "audio/3gpp", "audio/wav"),
        *("video/mp4", "video/mpeg", "video/quicktime", "video/webm", "video/3gpp"),
        *("application/pdf", "text/plain", "text/vcard", "text/csv"),
    }
)
"""What may be published: nothing that a browser would run on the relay's own address."""

_TOKEN_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """A file as it is served."""

    name: str
    content_type: str
    content: bytes


def put_picture(writing: Writing, file: Published, at: datetime) -> str:
    """Publish a file; returns its token, the same one while the same file is there."""
    connection = writing.connection
    sha256 = hashlib.sha256(file.content).hexdigest()
    same = select(Picture.token).where(
        Picture.sha256 == sha256, Picture.name == file.name, Picture.content_type == file.content_type
    )
    token = connection.execute(same.where(Picture.expires_at > at)).scalar()
    if token is not None:
        connection.execute(update(Picture).where(Picture.token == token).values(expires_at=at + LIVES))
        return str(token)
    token = new_token()
    connection.execute(
        insert(Picture).values(
            token=token,
            name=file.name,
            content_type=file.content_type,
            size=len(file.content),
            sha256=sha256,
            content=file.content,
            created_at=at,
            expires_at=at + LIVES,
        )
    )
    return token


def find_picture(connection: Connection, token: str, at: datetime) -> Published | None:
    """The file of a token; None for one that was never given or has expired."""
    if not _TOKEN_FORM.fullmatch(token):
        return None
    row = connection.execute(
        select(Picture.name, Picture.content_type, Picture.content).where(
            Picture.token == token, Picture.expires_at > at
        )
    ).first()
    return None if row is None else Published(*row)


def forget_pictures(connection: Connection, at: datetime) -> int:
    """Delete what has expired; how many were deleted."""
    return connection.execute(delete(Picture).where(Picture.expires_at <= at)).rowcount
