"""The phone numbers whose providers call this relay, each with the secret that signs its webhooks."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, delete, insert, select, update

from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.keys import Keys
from inbox_desktop.relay.tables import Number

log = logging.getLogger(__name__)

ID_FORM: Final = re.compile(r"[A-Za-z0-9_-]{8,36}", re.ASCII)
"""What a number's id may look like. Desktops choose it: the same number has the same one on each."""

NUMBER_FORM: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
"""E.164."""

_PURPOSE = "numbers"


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """A number and the secret that its webhooks are signed with."""

    id: str
    provider: Provider
    number: str
    secret: str


def put_number(writing: Writing, keys: Keys, known: KnownNumber, at: datetime) -> None:
    """Keep a number, or give it another secret. The secret is stored encrypted with the relay's key."""
    fernet = Fernet(keys.fernet_key(_PURPOSE))
    values = {
        "provider": known.provider.value,
        "number": known.number,
        "secret": fernet.encrypt(known.secret.encode("utf-8")).decode("ascii"),
    }
    changed = writing.connection.execute(update(Number).where(Number.id == known.id).values(values))
    if not changed.rowcount:
        writing.connection.execute(insert(Number).values(id=known.id, created_at=at, **values))


def find_number(connection: Connection, keys: Keys, number_id: str) -> KnownNumber | None:
    """The number of this id; None if there is none, or its secret was encrypted with another key."""
    known = select(Number).where(Number.id == number_id)
    row = connection.execute(known).mappings().first() if ID_FORM.fullmatch(number_id) else None
    if row is None:
        return None
    try:
        secret = Fernet(keys.fernet_key(_PURPOSE)).decrypt(row["secret"].encode("ascii")).decode("utf-8")
    except InvalidToken:
        log.warning(
            "the secret of a number cannot be decrypted with this key; its desktop will tell it again"
        )
        return None
    return KnownNumber(row["id"], Provider(row["provider"]), row["number"], secret)


def delete_number(writing: Writing, number_id: str) -> bool:
    """Forget a number; whether it was there. What its provider told before stays in the feed."""
    return bool(writing.connection.execute(delete(Number).where(Number.id == number_id)).rowcount)
