"""Whether a webhook comes from the provider that it says it is from: the three providers' signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.sms_settings import Provider

TELNYX_TOLERANCE: Final = timedelta(minutes=5)
"""How far a Telnyx webhook's time may be from ours: each attempt is signed anew."""

VONAGE_TOLERANCE: Final = timedelta(hours=24, minutes=5)
"""How old a Vonage webhook may be: one that was not taken comes again for 24 hours."""

CLOCKS_APART: Final = timedelta(minutes=5)
"""How far ahead of ours a provider's clock may be."""

_MOST_FIELDS = 1_000
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
_JSON = "application/json"
_HASHES = {64: hashlib.sha256, 128: hashlib.sha512}


class SignatureError(InboxError):
    """A webhook is not known to come from its provider. The text is for the relay's log: it has no secret."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A webhook as it came: the exact public URL, headers by lower-case names, the bytes of the body."""

    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON; else it is a form."""
        return self.headers.get("content-type", "").split(";", maxsplit=1)[0].strip().lower() == _JSON

    def form(self) -> list[tuple[str, str]]:
        """The fields of the form in the body, as they stand there.

        Raises:
            SignatureError: it is no form.
        """
        return _fields(self.body.decode("utf-8", "replace"))


def check_signature(provider: Provider, secret: str, request: SignedRequest, at: datetime) -> None:
    """Make sure that a webhook was signed with the number's secret, and not long before `at` (UTC).

    `secret` is Twilio's auth token, Vonage's signature secret, Telnyx's public key (base64).

    Raises:
        SignatureError: it was not.
    """
    match provider:
        case Provider.TWILIO:
            _check_twilio(secret, request)
        case Provider.VONAGE:
            _check_vonage(secret, request, at)
        case Provider.TELNYX:
            _check_telnyx(secret, request, at)


def check_secret(provider: Provider, secret: str) -> None:
    """Make sure that webhooks can be checked with a secret at all.

    Raises:
        SignatureError: it is empty, or no Ed25519 key where Telnyx needs one. The words are for people.
    """
    if not secret.strip():
        raise SignatureError("The secret that webhooks are signed with is missing.")
    if provider is Provider.TELNYX:
        _telnyx_key(secret)


def twilio_signature(token: str, url: str, fields: list[tuple[str, str]]) -> str:
    """What Twilio writes into X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted fields, in base64.

    Source: twilio.com/docs/usage/webhooks/webhooks-security.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(token.encode("utf-8"), signed.encode("utf-8"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


def vonage_signature(secret: str, fields: Mapping[str, str], length: int = 64) -> str:
    """What Vonage's SMS API writes into `sig`: an HMAC (SHA-256 or SHA-512, by its length in hex digits).

    Source: developer.vonage.com/en/getting-started/concepts/signing-messages.
    """
    parts = (
        f"&{name}={value.replace('&', '_').replace('=', '_')}"
        for name, value in sorted(fields.items())
        if name != "sig"
    )
    return hmac.new(secret.encode("utf-8"), "".join(parts).encode("utf-8"), _HASHES[length]).hexdigest()


def _check_twilio(token: str, request: SignedRequest) -> None:
    given = request.headers.get("x-twilio-signature", "")
    fields = [] if request.is_json else request.form()
    if request.is_json:
        _check_body_hash(request)
    # Twilio itself is not of one mind whether the port stands in the URL that it signs.
    expected = [twilio_signature(token, url, fields) for url in _with_and_without_port(request.url)]
    if not any(_equal(given, one) for one in expected):
        raise SignatureError("the X-Twilio-Signature header is missing or not the right one")


def _check_body_hash(request: SignedRequest) -> None:
    """A body of JSON is signed by its SHA-256 in the URL; same source as `twilio_signature`."""
    named = dict(_fields(urlsplit(request.url).query)).get("bodySHA256", "")
    if not _equal(named.lower(), hashlib.sha256(request.body).hexdigest()):
        raise SignatureError("bodySHA256 is missing from the URL or not that of the body")


def _check_vonage(secret: str, request: SignedRequest, at: datetime) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        _check_vonage_token(secret, token.strip(), request.body, at)
    else:
        _check_vonage_sig(secret, _vonage_fields(request), at)


def _check_vonage_token(secret: str, token: str, body: bytes, at: datetime) -> None:
    """A JWT in the Authorization header, which names the SHA-256 of the body.

    Source: developer.vonage.com/en/getting-started/concepts/webhooks, "Validating signed webhooks".
    """
    claims = _claims(secret, token)
    if not _equal(str(claims.get("payload_hash")).lower(), hashlib.sha256(body).hexdigest()):
        raise SignatureError("the payload_hash of the token is not that of the body")
    _check_time(claims.get("iat"), at, VONAGE_TOLERANCE)


def _claims(secret: str, token: str) -> dict[str, object]:
    """What a JWT says that was signed by HMAC-SHA256 with the secret (RFC 7519, RFC 7515).

    PyJWT warns at each one, since Vonage's secrets are shorter than RFC 7518 asks for.
    """
    signed, _, signature = token.rpartition(".")
    digest = hmac.new(secret.encode("utf-8"), signed.encode("utf-8"), hashlib.sha256).digest()
    if not _equal(signature, base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")):
        raise SignatureError("the token in the Authorization header is not signed with the number's secret")
    head, _, body = signed.partition(".")
    if _token_part(head).get("alg") != "HS256":
        raise SignatureError("the token in the Authorization header is not signed by HS256")
    return _token_part(body)


def _token_part(part: str) -> dict[str, object]:
    try:
        values = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise SignatureError("the token in the Authorization header cannot be read")
    return values


def _check_vonage_sig(secret: str, fields: Mapping[str, str], at: datetime) -> None:
    given = fields.get("sig", "").lower()
    if len(given) not in _HASHES:
        raise SignatureError(
            "there is no token in the Authorization header, and no sig made by SHA-256 HMAC or SHA-512 HMAC"
        )
    if not _equal(given, vonage_signature(secret, fields, len(given))):
        raise SignatureError("the sig is not the right one")
    _check_time(fields.get("timestamp", ""), at, VONAGE_TOLERANCE)


def _vonage_fields(request: SignedRequest) -> dict[str, str]:
    if not request.is_json:
        return dict(request.form())
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError):
        raise SignatureError("the body is no JSON") from None
    if not isinstance(values, dict):
        raise SignatureError("the body is no JSON object")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


def _check_telnyx(key: str, request: SignedRequest, at: datetime) -> None:
    """Ed25519 over the time, a bar and the body.

    Source: developers.telnyx.com/api-reference/callbacks (every page of it).
    """
    sent = request.headers.get("telnyx-timestamp", "")
    try:
        signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""), validate=True)
        _telnyx_key(key).verify(signature, sent.encode("utf-8") + b"|" + request.body)
    except (InvalidSignature, ValueError):
        raise SignatureError("the telnyx-signature-ed25519 header is missing or not the right one") from None
    _check_time(sent, at, TELNYX_TOLERANCE)


def _telnyx_key(key: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(key.strip(), validate=True))
    except ValueError:
        raise SignatureError(
            "This is no public key of Telnyx's: 44 letters and digits with “=” at the end."
        ) from None


def _check_time(seconds: object, at: datetime, tolerance: timedelta) -> None:
    """Seconds of Unix time, not longer ago than `tolerance`, nor in the future."""
    text = str(seconds)
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise SignatureError("the time of signing is missing")
    age = timedelta(seconds=at.timestamp() - int(text))
    if not -CLOCKS_APART <= age <= tolerance:
        raise SignatureError(f"it was signed {abs(age)} {'ago' if age > timedelta(0) else 'ahead of now'}")


def _fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise SignatureError("the form has too many fields") from None


def _with_and_without_port(url: str) -> list[str]:
    parts = urlsplit(url)
    begin, rest = f"{parts.scheme}://", url[len(f"{parts.scheme}://{parts.netloc}") :]
    bare = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    hosts = (parts.netloc, bare, bare + _DEFAULT_PORTS.get(parts.scheme, ""))
    return [begin + host + rest for host in dict.fromkeys(hosts)]


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))
