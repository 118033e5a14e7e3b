"""What providers tell by webhook: which text it is about, stored once however often it comes."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from inbox_desktop.models.ids import new_id
from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.signatures import SignedRequest
from inbox_desktop.relay.tables import Webhook

log = logging.getLogger(__name__)

LARGEST_BODY: Final = 128 * 1024
"""Bytes. A text has at most 1,600 characters and ten pictures, which are told by their addresses."""

KEPT: Final = timedelta(days=30)
"""So long a webhook stays in the feed; a desktop that was away longer asks the provider itself."""

TEXT: Final = "text"
"""The kind of a webhook that brings somebody's text; others are "status/" and the provider's word."""

_ID_FORM = re.compile(r"[!-~]{1,100}", re.ASCII)
_KIND_FORM = re.compile(r"[!-~]{1,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook, read as far as the relay needs it: the provider's id of the text, what it tells of it."""

    external_id: str
    kind: str
    payload: Mapping[str, object]


def read_webhook(provider: Provider, request: SignedRequest) -> Told | None:
    """What a webhook tells; None if it tells nothing of a text.

    Sources: twilio.com/docs/messaging/guides/webhook-request and /track-outbound-message-status;
    developer.vonage.com/en/messaging/sms/guides/inbound-sms and /delivery-receipts;
    developers.telnyx.com/api-reference/callbacks/inbound-message and /delivery-update.
    """
    payload = _payload(request)
    told = _READERS[provider](payload)
    if not _ID_FORM.fullmatch(told.external_id) or not _KIND_FORM.fullmatch(told.kind):
        log.info("%s told something by webhook that is about no text", provider.value)
        return None
    return told


def store_webhook(writing: Writing, number_id: str, told: Told, at: datetime) -> bool:
    """Put a webhook into the feed; False if the same thing was told before."""
    connection = writing.connection
    same = select(Webhook.id).where(
        Webhook.number_id == number_id,
        Webhook.external_id == told.external_id,
        Webhook.kind == told.kind,
    )
    if connection.execute(same).first() is not None:
        return False
    seq = writing.take_seq()
    if connection.execute(same).first() is not None:  # another process was quicker: it held the counter
        return False
    connection.execute(
        insert(Webhook).values(
            id=new_id(),
            seq=seq,
            number_id=number_id,
            external_id=told.external_id,
            kind=told.kind,
            payload=json.dumps(told.payload),
            received_at=at,
        )
    )
    return True


def forget_webhooks(connection: Connection, at: datetime) -> int:
    """Delete what every desktop has pulled long ago; how many were deleted."""
    return connection.execute(delete(Webhook).where(Webhook.received_at < at - KEPT)).rowcount


def _payload(request: SignedRequest) -> Mapping[str, object]:
    if not request.is_json:
        return dict(request.form())
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _twilio(payload: Mapping[str, object]) -> Told:
    status = _word(payload, "MessageStatus")
    return Told(_word(payload, "MessageSid"), f"status/{status}" if status else TEXT, payload)


def _vonage(payload: Mapping[str, object]) -> Told:
    """The SMS API's webhooks and, by their other name for the id, those of the Messages API."""
    status = _word(payload, "status")
    external_id = _word(payload, "messageId") or _word(payload, "message_uuid")
    return Told(external_id, f"status/{status}" if status else TEXT, payload)


def _telnyx(payload: Mapping[str, object]) -> Told:
    event = _inside(payload, "data")
    message = _inside(event, "payload")
    word = _word(event, "event_type")
    if not word.startswith("message."):
        return Told("", word, payload)
    recipients = message.get("to")
    first = recipients[0] if isinstance(recipients, list) and recipients else {}
    status = _word(first, "status") if isinstance(first, dict) else ""
    kind = TEXT if word == "message.received" else f"status/{status or word.removeprefix('message.')}"
    return Told(_word(message, "id"), kind, payload)


def _inside(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def _word(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


_READERS: Final = {Provider.TWILIO: _twilio, Provider.VONAGE: _vonage, Provider.TELNYX: _telnyx}
