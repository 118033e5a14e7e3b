"""The relay's own key, and what is made from it: tokens' hashes, signatures, identity secrets."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from inbox_desktop.relay.config import RelayError

KEY_VARIABLE: Final = "INBOX_RELAY_KEY"
_KEY_BYTES: Final = 32


class Keys:
    """Derives what is secret from the relay's one key. Two purposes never share a derived key."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return hmac.digest(self._master, purpose.encode(), "sha256")

    def fernet_key(self, purpose: str) -> bytes:
        """A key as `cryptography.fernet.Fernet` takes it."""
        return base64.urlsafe_b64encode(self.derived(purpose))

    def sign(self, purpose: str, text: str) -> str:
        """A signature of 43 letters (256 bits) that fits into a URL."""
        digest = hmac.digest(self.derived(purpose), text.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def is_signed(self, purpose: str, text: str, signature: str) -> bool:
        """Whether `sign` made this signature."""
        return hmac.compare_digest(self.sign(purpose, text).encode(), signature.encode())

    def identity_secret(self, chat_id: str, generation: int) -> str:
        """With which a shop's server signs its customers: 64 hexadecimal digits."""
        return self.derived(f"identity/{chat_id}/{generation}").hex()

    @property
    def check(self) -> str:
        """Tells this key from another one without telling the key."""
        return self.derived("check").hex()


def identity_signature(secret: str, external_id: str, email: str) -> str:
    """What the shop's server computes: hexadecimal HMAC-SHA256 over the id, a line break and the address."""
    return hmac.new(secret.encode(), f"{external_id}\n{email}".encode(), "sha256").hexdigest()


def new_token() -> str:
    """A bearer token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_keys(data: Path) -> Keys:
    """The relay's key from INBOX_RELAY_KEY, else from the data folder, where it is made if need be.

    Raises:
        RelayError: the key cannot be read or is no key.
    """
    if given := os.environ.get(KEY_VARIABLE, "").strip():
        return Keys(_decoded(given, f"the environment variable {KEY_VARIABLE}"))
    path = data / "relay.key"
    try:
        if not path.exists():
            _create(path)
        return Keys(_decoded(path.read_text("ascii").strip(), str(path)))
    except (OSError, UnicodeDecodeError) as error:
        raise RelayError(
            f"The relay's key {path} cannot be read ({error}). Nothing was changed. Check the file's owner."
        ) from error


def _create(path: Path) -> None:
    text = base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n"
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, text)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _KEY_BYTES:
        raise RelayError(
            f"What stands in {where} is no relay key: {_KEY_BYTES} bytes in URL-safe Base64 are wanted. "
            "Nothing was changed. Put the key back that this database was made with."
        )
    return key
