"""Mails as they came, before anything read them."""

import zlib

from sqlalchemy import Connection, select

from inbox_desktop.models.errors import NotFoundError
from inbox_desktop.models.tables import Message, RawMail


def original(connection: Connection, message_id: str) -> bytes:
    """The mail that a message was made of (RFC 5322), byte for byte.

    Raises:
        NotFoundError: the message came otherwise than by mail, or is not there.
    """
    joined = select(RawMail.content).join(Message, Message.raw_id == RawMail.id)
    content = connection.execute(joined.where(Message.id == message_id)).scalar_one_or_none()
    if content is None:
        raise NotFoundError("There is no original of this message; all there is of it stands in the thread.")
    return zlib.decompress(content)
