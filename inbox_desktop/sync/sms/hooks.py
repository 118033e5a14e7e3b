"""Webhooks on their way from the relay to the channels of texts, and whether there is a relay at present."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:  # it loads the numbering plans, which a start without numbers does not need
    from inbox_desktop.models.sms_settings import Provider, SmsSettings

log = logging.getLogger(__name__)

WHERE_TO_ENTER: Final = {
    "vonage": "Enter the signature secret of the account with inbox-desktop channel webhook NUMBER "
    "--secret-stdin.",
    "telnyx": "Enter the account's public key in the channel's settings.",
}
"""Where a person enters what a provider's webhooks are signed with; Twilio signs with the auth token."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """What a provider told the relay, whose signature the relay has checked.

    `kind` is "text", or "status/" and the provider's word. `received_at` (UTC) is the relay's time.
    """

    number_id: str
    external_id: str
    kind: str
    payload: Mapping[str, object]
    received_at: datetime

    @classmethod
    def from_feed(cls, data: Mapping[str, object]) -> Webhook | None:
        """A webhook as the relay's feed tells it; None for what cannot be read."""
        try:
            payload = json.loads(str(data["payload"]))
            return cls(
                number_id=str(data["number_id"]),
                external_id=str(data["external_id"]),
                kind=str(data["kind"]),
                payload=payload if isinstance(payload, dict) else {},
                received_at=datetime.fromisoformat(str(data["received_at"])).astimezone(UTC),
            )
        except (KeyError, ValueError, RecursionError):
            log.warning("the relay told a webhook that cannot be read; polling brings what it told of")
            return None


class RelayOfTexts(Protocol):
    """What texts need of a relay that is connected. Each method raises OutsideError if it cannot be had."""

    async def register(self, number_id: str, provider: Provider, number: str, secret: str) -> str:
        """Let the relay take the number's webhooks, signed with `secret`; returns their public address."""
        ...

    async def shorten(self, message_id: str, urls: Iterable[str]) -> Mapping[str, str]:
        """The short link for each URL of a message that can be shortened."""
        ...

    async def publish(self, sha256: str, filename: str, content_type: str, content: bytes) -> str:
        """The public URL of a file."""
        ...


class Line(Protocol):
    """A channel of texts that takes webhooks."""

    number_id: str
    webhook_url: str

    async def take(self, webhook: Webhook) -> None:
        """Take in what a webhook tells.

        Raises:
            StorageError: it could not be stored; it must be told again.
        """
        ...

    def relay_changed(self) -> None:
        """The relay has come or gone."""


class TextHooks:
    """Hands webhooks to the channels that they are for. Belongs to the engine's event loop.

    `relay` is the relay while its link is up. `was_up`: there is a relay, which may be out of reach now.
    """

    def __init__(self) -> None:
        self.relay: RelayOfTexts | None = None
        self.was_up = False
        self._lines: dict[str, Line] = {}

    def up(self, relay: RelayOfTexts) -> None:
        """The link to the relay is up."""
        self.was_up = True
        self._change(relay)

    def down(self) -> None:
        """The relay cannot be reached at present."""
        self._change(None)

    def gone(self) -> None:
        """No relay is connected any more."""
        self.was_up = False
        self._change(None)

    def enter(self, line: Line) -> None:
        """A channel takes its number's webhooks from now on."""
        self._lines[line.number_id] = line

    def leave(self, line: Line) -> None:
        """A channel takes no more."""
        if self._lines.get(line.number_id) is line:
            del self._lines[line.number_id]

    async def take(self, data: Mapping[str, object]) -> None:
        """An entry of the relay's feed, which may come again. Polling brings what no channel takes.

        Raises:
            StorageError: it could not be stored; it must be told again.
        """
        webhook = Webhook.from_feed(data)
        line = self._lines.get(webhook.number_id) if webhook is not None else None
        if webhook is not None and line is not None:
            await line.take(webhook)

    def webhook_url(self, settings: SmsSettings) -> str:
        """Where a number's provider shall call now; "" while it is only polled."""
        line = self._lines.get(number_id(settings))
        return "" if line is None else line.webhook_url

    def _change(self, relay: RelayOfTexts | None) -> None:
        if relay is not self.relay:
            self.relay = relay
            for line in list(self._lines.values()):
                line.relay_changed()


def number_id(settings: SmsSettings) -> str:
    """By which name relay and desktops know a number: the same one on every desktop."""
    digest = hashlib.sha256(f"{settings.provider.value} {settings.number}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:15]).decode("ascii")
