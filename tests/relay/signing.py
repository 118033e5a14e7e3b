"""Webhooks as the providers sign them, for tests of what takes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inbox_desktop.relay.signatures import twilio_signature, vonage_signature

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_TELNYX = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TELNYX_KEY = base64.b64encode(_TELNYX.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


@dataclass(frozen=True)
class Signed:
    """What is posted: the body and its headers."""

    body: bytes
    headers: dict[str, str]


def by_twilio(token: str, url: str, fields: Mapping[str, str]) -> Signed:
    """A form, signed with the auth token for this very URL."""
    signature = twilio_signature(token, url, list(fields.items()))
    return Signed(urlencode(fields).encode(), {"Content-Type": FORM, "X-Twilio-Signature": signature})


def by_vonage(secret: str, fields: Mapping[str, str], at: datetime) -> Signed:
    """JSON with a signature inside."""
    values = {**fields, "timestamp": str(int(at.timestamp())), "nonce": "a-nonce"}
    values["sig"] = vonage_signature(secret, values)
    return Signed(json.dumps(values).encode(), {"Content-Type": JSON})


def by_telnyx(event: Mapping[str, object], at: datetime) -> Signed:
    """JSON, signed with the key whose public half is TELNYX_KEY."""
    body, sent = json.dumps(event).encode(), str(int(at.timestamp()))
    signature = base64.b64encode(_TELNYX.sign(sent.encode() + b"|" + body)).decode()
    headers = {"Content-Type": JSON, "telnyx-timestamp": sent, "telnyx-signature-ed25519": signature}
    return Signed(body, headers)


def telnyx_event(kind: str, text_id: str, status: str = "") -> dict[str, object]:
    """What Telnyx tells of a text, as far as the relay reads it."""
    to = [{"phone_number": "+12025550123", "status": status}]
    return {"data": {"event_type": kind, "payload": {"id": text_id, "to": to, "text": "Hello"}}}
