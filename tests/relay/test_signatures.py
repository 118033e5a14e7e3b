"""The providers' signatures, against values that were computed with openssl, and what is forged."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.relay.signatures import (
    SignatureError,
    SignedRequest,
    check_secret,
    check_signature,
    twilio_signature,
    vonage_signature,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

URL = "https://relay.shop.example/hooks/twilio/n1"
TOKEN = "the auth token"
TEXT = [
    ("To", "+12025550123"),
    ("From", "+12025550177"),
    ("MessageSid", "SM1"),
    ("Body", "Olá & tschüß 🙂"),
]
TWILIO = SignedRequest(
    URL,
    {"content-type": FORM, "x-twilio-signature": "PJrIs4bKhZliDRCrQ3nZRN2SdTg="},
    urlencode(TEXT).encode(),
)
TWILIO_JSON = SignedRequest(
    f"{URL}?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
    {"content-type": JSON, "x-twilio-signature": "MhMCfRsPbb26W6JCLWLrlfYbTa8="},
    b'{"property": "value", "boolean": true}',
)

SIGNATURE_SECRET = "a signature secret"
LONG_SECRET = "a longer signature secret: " * 5
SIG_256 = "c2ee6e2ef12e3b5b2afee22635b131b184a20571d0fd5079a5f9b2f5439a40ae"
SIG_512 = (
    "33c4cd0cf3239b1aee3b0f6f03a1f02eb69f11952ccdf77c4693a1a46e5c92ba"
    "e93e67711c3c4cc54e169325b611b38361a0d5b3de3b63e45f0b4bcad3b349d8"
)
RECEIVED = {
    "msisdn": "447700900001",
    "to": "447700900000",
    "messageId": "0A0000000123ABCD1",
    "text": "Hello a=b & c 🙂",
    "type": "unicode",
    "keyword": "HELLO",
    "api-key": "abcd1234",
    "message-timestamp": "2026-11-22 12:00:00",
    "timestamp": "1795348800",
    "nonce": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
}
VONAGE_URL = "https://relay.shop.example/hooks/vonage/n2"
VONAGE = SignedRequest(
    VONAGE_URL, {"content-type": JSON}, json.dumps({**RECEIVED, "sig": SIG_256.upper()}).encode()
)
VONAGE_FORM = SignedRequest(
    VONAGE_URL, {"content-type": FORM}, urlencode({**RECEIVED, "sig": SIG_512}).encode()
)
TOKEN_OF_VONAGE = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJpYXQiOjE3OTUzNDg4MDAsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcy"
    "I6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6IjEyOWNiYWNlYjY4ZjZlNWE5NzhlMmNmNWQzM2I2ZjQ4OTk5YjcxZTBh"
    "NDgxOTFkNjI5MzE0NmUyMjhkMDA2YWUiLCJhcGlfa2V5IjoiYWJjZDEyMzQifQ."
    "PFQgfMN7rl0vBR1OAIQceH6REnD0mrTHK-NEayPKheI"
)
VONAGE_TOKEN = SignedRequest(
    VONAGE_URL,
    {
        "content-type": JSON,
        "authorization": f"Bearer {TOKEN_OF_VONAGE}",
    },
    b'{"messageId":"0A0000000123ABCD1","text":"Hello"}',
)

PUBLIC_KEY = "hixlHiY13mLIo5JfXhSlJZb30bL4U+oN84aZvChTZYw="
TELNYX = SignedRequest(
    "https://relay.shop.example/hooks/telnyx/n3",
    {
        "content-type": JSON,
        "telnyx-timestamp": "1795348800",
        "telnyx-signature-ed25519": "HhQANzEd1bAR1XzGLEhK3A5AXqxd/qe4q17uZ6B6YlfyZRD+FYIw6WWhUkGM"
        "JK9AZWk0oG+9Ojk5NDd/675DDA==",
    },
    b'{"data":{"event_type":"message.received"}}',
)

SIGNED = [
    pytest.param(Provider.TWILIO, TOKEN, TWILIO, id="twilio"),
    pytest.param(Provider.TWILIO, TOKEN, TWILIO_JSON, id="twilio-json"),
    pytest.param(Provider.VONAGE, SIGNATURE_SECRET, VONAGE, id="vonage-sig"),
    pytest.param(Provider.VONAGE, SIGNATURE_SECRET, VONAGE_FORM, id="vonage-form"),
    pytest.param(Provider.VONAGE, SIGNATURE_SECRET, VONAGE_TOKEN, id="vonage-token"),
    pytest.param(Provider.TELNYX, PUBLIC_KEY, TELNYX, id="telnyx"),
]
ANOTHER_KEY = base64.b64encode(
    Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
).decode()


@pytest.mark.parametrize(("provider", "secret", "request_"), SIGNED)
def test_what_is_signed_is_taken(provider: Provider, secret: str, request_: SignedRequest) -> None:
    check_signature(provider, secret, request_, NOON)


@pytest.mark.parametrize(("provider", "secret", "request_"), SIGNED)
@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda r: replace(r, body=r.body.replace(b"e", b"f", 1)), id="body"),
        pytest.param(lambda r: replace(r, body=b""), id="empty"),
        pytest.param(lambda r: replace(r, body=b"\xff{]["), id="garbage"),
        pytest.param(lambda r: replace(r, headers={}, body=r.body.replace(b"sig", b"xig")), id="unsigned"),
        pytest.param(
            lambda r: replace(r, headers={**r.headers, "content-type": "text/plain"}, body=b"[1]"), id="list"
        ),
    ],
)
def test_what_was_changed_is_refused(
    provider: Provider,
    secret: str,
    request_: SignedRequest,
    forge: Callable[[SignedRequest], SignedRequest],
) -> None:
    with pytest.raises(SignatureError) as caught:
        check_signature(provider, secret, forge(request_), NOON)
    assert secret not in str(caught.value)


@pytest.mark.parametrize(("provider", "secret", "request_"), SIGNED)
def test_another_secret_is_refused(provider: Provider, secret: str, request_: SignedRequest) -> None:
    for other in (ANOTHER_KEY, ""):
        with pytest.raises(SignatureError):
            check_signature(provider, other, request_, NOON)


def test_twilios_own_example_is_signed_as_its_page_says() -> None:
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("https", "http"),
        URL.replace("relay.shop", "relay2.shop"),
        URL + "/",
        URL + "?",
        URL + "x",
        URL.replace("n1", "N1"),
    ],
)
def test_a_text_for_another_url_is_refused(url: str) -> None:
    with pytest.raises(SignatureError):
        check_signature(Provider.TWILIO, TOKEN, replace(TWILIO, url=url), NOON)


def test_twilio_may_sign_the_url_with_or_without_its_port() -> None:
    for host in ("relay.shop.example:443", "relay.shop.example"):
        check_signature(
            Provider.TWILIO, TOKEN, replace(TWILIO, url=URL.replace("relay.shop.example", host)), NOON
        )
    signed = twilio_signature(TOKEN, URL.replace("example", "example:443"), TEXT)
    request = replace(TWILIO, headers={**TWILIO.headers, "x-twilio-signature": signed})
    check_signature(Provider.TWILIO, TOKEN, request, NOON)


def test_a_field_that_is_there_twice_counts_with_both_values() -> None:
    fields = [*TEXT, ("MediaUrl", "b"), ("MediaUrl", "a"), ("Empty", "")]
    request = replace(
        TWILIO,
        body=urlencode(fields).encode(),
        headers={**TWILIO.headers, "x-twilio-signature": twilio_signature(TOKEN, URL, fields)},
    )
    check_signature(Provider.TWILIO, TOKEN, request, NOON)
    with pytest.raises(SignatureError):
        check_signature(Provider.TWILIO, TOKEN, replace(request, body=urlencode(fields[1:]).encode()), NOON)


def test_a_form_of_countless_fields_is_not_read() -> None:
    body = "&".join(f"a{n}=1" for n in range(5_000)).encode()
    with pytest.raises(SignatureError, match="too many fields"):
        check_signature(Provider.TWILIO, TOKEN, replace(TWILIO, body=body), NOON)


@pytest.mark.parametrize(
    ("provider", "secret", "request_", "oldest"),
    [
        pytest.param(
            Provider.VONAGE, SIGNATURE_SECRET, VONAGE, timedelta(hours=24, minutes=5), id="vonage-sig"
        ),
        pytest.param(
            Provider.VONAGE, SIGNATURE_SECRET, VONAGE_TOKEN, timedelta(hours=24, minutes=5), id="token"
        ),
        pytest.param(Provider.TELNYX, PUBLIC_KEY, TELNYX, timedelta(minutes=5), id="telnyx"),
    ],
)
def test_an_old_webhook_is_refused_and_one_from_the_future_too(
    provider: Provider, secret: str, request_: SignedRequest, oldest: timedelta
) -> None:
    for age in (timedelta(0), oldest - SECOND, -timedelta(minutes=5) + SECOND):
        check_signature(provider, secret, request_, NOON + age)
    for age in (oldest + SECOND, -timedelta(minutes=5) - SECOND):
        with pytest.raises(SignatureError, match="signed"):
            check_signature(provider, secret, request_, NOON + age)


@pytest.mark.parametrize(
    "claims",
    [
        {"payload_hash": hashlib.sha256(VONAGE_TOKEN.body).hexdigest()},
        {"iat": 1795348800},
        {"iat": 1795348800, "payload_hash": hashlib.sha256(b"another").hexdigest()},
        {"iat": "soon", "payload_hash": hashlib.sha256(VONAGE_TOKEN.body).hexdigest()},
    ],
)
def test_a_token_without_time_or_the_bodys_hash_is_refused(claims: dict[str, object]) -> None:
    request = replace(VONAGE_TOKEN, headers={"authorization": f"Bearer {_token(claims, 'HS256')}"})
    with pytest.raises(SignatureError):
        check_signature(Provider.VONAGE, LONG_SECRET, request, NOON)


def test_a_token_by_another_algorithm_is_refused() -> None:
    claims = {"iat": 1795348800, "payload_hash": hashlib.sha256(VONAGE_TOKEN.body).hexdigest()}
    for algorithm in ("HS256", "HS512", "none"):
        token = _token(claims, algorithm)
        request = replace(VONAGE_TOKEN, headers={"authorization": f"Bearer {token}"})
        if algorithm == "HS256":
            check_signature(Provider.VONAGE, LONG_SECRET, request, NOON)
        else:
            with pytest.raises(SignatureError):
                check_signature(Provider.VONAGE, LONG_SECRET, request, NOON)


def test_a_token_that_only_looks_like_one_is_refused() -> None:
    for token in ("", ".", "..", "a.b.c", "é.é.é", TOKEN_OF_VONAGE.rpartition(".")[0]):
        request = replace(VONAGE_TOKEN, headers={"authorization": f"Bearer {token}"})
        with pytest.raises(SignatureError):
            check_signature(Provider.VONAGE, SIGNATURE_SECRET, request, NOON)


def _token(claims: dict[str, object], algorithm: str) -> str:
    """A token by an implementation that is not ours."""
    key = "" if algorithm == "none" else LONG_SECRET
    return jwt.encode(claims, key, algorithm=algorithm)


def test_a_hash_by_md5_is_not_believed() -> None:
    signed = "".join(f"&{name}={value}" for name, value in sorted(RECEIVED.items())) + SIGNATURE_SECRET
    sig = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
    request = replace(VONAGE, body=json.dumps({**RECEIVED, "sig": sig}).encode())
    with pytest.raises(SignatureError, match="SHA-256 HMAC"):
        check_signature(Provider.VONAGE, SIGNATURE_SECRET, request, NOON)


def test_numbers_in_a_json_body_are_signed_as_they_are_written() -> None:
    values = {**RECEIVED, "timestamp": 1795348800}
    sig = vonage_signature(SIGNATURE_SECRET, RECEIVED)
    request = replace(VONAGE, body=json.dumps({**values, "sig": sig}).encode())
    check_signature(Provider.VONAGE, SIGNATURE_SECRET, request, NOON)


def test_a_secret_is_looked_at_before_it_is_relied_on() -> None:
    check_secret(Provider.TWILIO, TOKEN)
    check_secret(Provider.VONAGE, SIGNATURE_SECRET)
    check_secret(Provider.TELNYX, f" {PUBLIC_KEY}\n")
    for provider, secret in (
        (Provider.TWILIO, "  "),
        (Provider.VONAGE, ""),
        (Provider.TELNYX, "KEY0123"),
        (Provider.TELNYX, base64.b64encode(b"short").decode()),
    ):
        with pytest.raises(SignatureError):
            check_secret(provider, secret)
