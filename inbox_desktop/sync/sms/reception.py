"""How one number's texts come: at once by webhook through a relay, or by polling alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.models.sms_settings import Provider as ProviderName
from inbox_desktop.sync.errors import OutsideError
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.channel import TextChannel
from inbox_desktop.sync.sms.hooks import WHERE_TO_ENTER, RelayOfTexts, Webhook, number_id
from inbox_desktop.sync.sms.intake import Intake
from inbox_desktop.sync.sms.own_texts import OwnTexts, waiting_in_parts
from inbox_desktop.sync.sms.provider import ProviderError, ProviderText

log = logging.getLogger(__name__)

SAFETY_NET: Final = timedelta(minutes=5)
"""How often it is polled while webhooks arrive."""

_MOST_WHOLES = 1_000


@dataclass(frozen=True, slots=True)
class _Work:
    """What takes texts in while the channel is signed in at its provider."""

    intake: Intake
    usual: timedelta


class Reception:
    """Takes one number's webhooks, and says how often it must be polled besides. See `hooks.Line`.

    Everything belongs to the engine's event loop. `look` ends the polling's present wait.
    """

    def __init__(self, services: Services, channel: TextChannel, look: Callable[[], None]) -> None:
        self.number_id = number_id(channel.settings)
        self.webhook_url = ""
        """Where the provider shall call, while the relay is there and takes its calls."""
        self._services = services
        self._channel = channel
        self._look = look
        self._own = OwnTexts(services, channel.id)
        self._read = _reader(channel.settings.provider)
        self._work: _Work | None = None
        self._registered_at: RelayOfTexts | None = None
        self._trouble = ""
        self._arrives = False
        self._polled_at = 0.0
        self._later: asyncio.TimerHandle | None = None
        self._part_states: dict[str, dict[str, DeliveryState]] = {}

    def open(self, intake: Intake, usual: timedelta) -> None:
        """The channel is signed in; `usual` is how long it waits between two polls without webhooks."""
        self._work = _Work(intake, usual)
        self._services.hooks.enter(self)

    def close(self) -> None:
        """The channel is not signed in any more."""
        self._services.hooks.leave(self)
        self._work = None
        self._forget_later()

    async def register(self) -> None:
        """Name the number to the relay, if there is one that does not know it yet."""
        relay = self._services.hooks.relay
        if relay is None:
            self.webhook_url, self._registered_at, self._trouble = "", None, ""
            return
        if relay is self._registered_at:
            return
        settings = self._channel.settings
        try:
            secret = await self._services.files.call(
                self._services.secrets.webhook_secret, self._channel.id, settings
            )
            if secret is None:
                self._trouble = WHERE_TO_ENTER.get(settings.provider.value, "")
            else:
                self.webhook_url = await relay.register(
                    self.number_id, settings.provider, settings.number, secret
                )
                self._trouble = ""
            self._registered_at = relay
        except OutsideError as error:
            self.webhook_url, self._trouble = "", str(error)
            self._registered_at = relay if error.needs_person else None

    @property
    def pause(self) -> float:
        """Seconds until the next poll."""
        assert self._work is not None, "not signed in"
        usual = self._work.usual
        return (max(usual, SAFETY_NET) if self._is_at_once else usual).total_seconds()

    @property
    def words(self) -> str:
        """How texts come, for people; "" while there is no relay, and so no choice."""
        hooks = self._services.hooks
        if not hooks.was_up or self._work is None:
            return ""
        fetched = f"Texts are fetched every {_duration(self._work.usual)}"
        if hooks.relay is None:
            return f"The relay cannot be reached. {fetched} until it is back."
        if self._is_at_once:
            return "Texts come at once, through the relay."
        if self._trouble:
            return f"{fetched}. Through the relay they would come at once. {self._trouble}"
        provider = self._channel.settings.provider.value.capitalize()
        return (
            f"{fetched}. To get them at once, enter {self.webhook_url} as the number's webhook at {provider}."
        )

    def polled(self, received: int) -> None:
        """A poll has ended, which brought so many texts that no webhook had brought."""
        self._polled_at = time.monotonic()
        self._forget_later()
        if received:
            self._arrives = False

    def relay_changed(self) -> None:
        """The relay has come or gone: register, or poll at the usual pace again."""
        self._look()

    async def take(self, webhook: Webhook) -> None:
        """Take in what a webhook tells; polling brings what it does not tell well enough."""
        if not self._arrives:
            self._arrives = True
            self._look()
        text = self._read(webhook)
        if self._work is None or text is None:
            self._look_soon()
            return
        try:
            await self._take(self._work.intake, text)
        except ProviderError as error:
            log.info("a text that came by webhook is polled instead: %s", error.trouble.name)
            self._look_soon()

    async def _take(self, intake: Intake, text: ProviderText) -> None:
        if text.direction is Direction.INBOUND:
            # Polling may have taken the parts of a long text for texts of their own.
            is_ours = text.recipient == self._channel.settings.number
            if is_ours and not await self._own.known(_ids(text)):
                await intake.take(Direction.INBOUND, [text], None)
        elif await self._own.knows(text.external_id):
            await intake.take(Direction.OUTBOUND, [text], None)
        elif (whole := await self._whole(text)) is not None:
            await intake.take(Direction.OUTBOUND, [whole], None)
        else:  # another program's, or one whose sending has not ended
            self._look_soon()

    async def _whole(self, part: ProviderText) -> ProviderText | None:
        """What a report on a part means for the text of ours that it is of; None if that is not known."""
        waiting = await self._services.read(partial(waiting_in_parts, channel_id=self._channel.id, at=now()))
        external_id = next((one for one in waiting if part.external_id in one.split("+")), None)
        if external_id is None or part.state is None:
            return None
        states = self._part_states.setdefault(external_id, {})
        states[part.external_id] = part.state
        if len(self._part_states) > _MOST_WHOLES:
            del self._part_states[next(iter(self._part_states))]
        if part.state is DeliveryState.FAILED:
            return replace(part, external_id=external_id)
        parts = external_id.split("+")
        is_there = all(states.get(one) is DeliveryState.DELIVERED for one in parts)
        return replace(part, external_id=external_id, state=part.state if is_there else DeliveryState.SENT)

    @property
    def _is_at_once(self) -> bool:
        return self._arrives and bool(self.webhook_url) and self._services.hooks.relay is not None

    def _look_soon(self) -> None:
        """Poll as soon as the usual pace allows it, not at every webhook of a campaign."""
        if self._work is None:
            self._look()
        elif self._later is None:
            wait = self._work.usual.total_seconds() - (time.monotonic() - self._polled_at)
            self._later = asyncio.get_running_loop().call_later(max(0.0, wait), self._look)

    def _forget_later(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None


def _reader(provider: ProviderName) -> Callable[[Webhook], ProviderText | None]:
    """What reads a provider's webhooks; what the parts of a text bring is known with the last of them."""
    # Loaded when there is a channel of texts, as in channel.py.
    from inbox_desktop.sync.sms import telnyx, twilio, vonage  # noqa: PLC0415
    from inbox_desktop.sync.sms.vonage_parts import Puzzle, TextPart  # noqa: PLC0415

    if provider is not ProviderName.VONAGE:
        read = twilio.read_webhook if provider is ProviderName.TWILIO else telnyx.read_webhook
        return lambda webhook: read(webhook.payload, webhook.received_at)
    puzzle = Puzzle()

    def read_vonage(webhook: Webhook) -> ProviderText | None:
        text = vonage.read_webhook(webhook.payload, webhook.received_at)
        return puzzle.add(text) if isinstance(text, TextPart) else text

    return read_vonage


def _ids(text: ProviderText) -> list[str]:
    """The id of a text, and those of its parts."""
    return list(dict.fromkeys([text.external_id, *text.external_id.split("+")]))


def _duration(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    return "minute" if seconds == 60 else f"{seconds} seconds"
