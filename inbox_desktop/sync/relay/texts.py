"""What texts need of the relay: webhooks for numbers, short links, public pictures; what its feed tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from inbox_desktop.sync.errors import ChannelError, Fault, OutsideError
from inbox_desktop.sync.relay.client import RelayClient, RelayError
from inbox_desktop.sync.relay.feed import Change, FeedPage
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.hooks import WHERE_TO_ENTER, number_id

if TYPE_CHECKING:  # it loads the numbering plans
    from inbox_desktop.models.sms_settings import Provider, SmsSettings


class RelayTexts:
    """The relay that this inbox is connected to, as texts see it. See `sms.hooks.RelayOfTexts`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def register(self, number_id: str, provider: Provider, number: str, secret: str) -> str:
        """Let the relay take a number's webhooks; returns their public address."""
        client = await self._services.relay.client()
        body = {"provider": provider.value, "number": number, "secret": secret}
        try:
            found = await client.put(f"numbers/{number_id}", body)
        except RelayError as error:
            if error.is_final:  # a key that is none; somebody must enter another
                raise OutsideError(str(error), needs_person=True) from None
            raise
        return str(_field(found, "webhook_url", str))

    async def shorten(self, message_id: str, urls: Iterable[str]) -> Mapping[str, str]:
        """The short link for each URL of a message that can be shortened."""
        client = await self._services.relay.client()
        found = await client.post("links", {"message_id": message_id, "urls": list(urls)})
        return {str(url): str(link) for url, link in _field(found, "links", dict).items()}

    async def publish(self, sha256: str, filename: str, content_type: str, content: bytes) -> str:
        """The public URL of a file."""
        client = await self._services.relay.client()
        found = await client.upload(f"pictures/{sha256}", content, content_type, {"name": filename})
        return str(_field(found, "url", str))


async def name_number(services: Services, channel_id: str, settings: SmsSettings) -> str:
    """Let the relay take the webhooks of a channel's number; returns where its provider shall call.

    Raises:
        OutsideError: the relay cannot be asked, or nobody has entered what they are signed with.
    """
    secret = await services.files.call(services.secrets.webhook_secret, channel_id, settings)
    if secret is None:
        raise ChannelError(
            Fault.SECRET,
            "The relay checks webhooks with what they are signed with, which was not entered yet. Texts are "
            f"polled as before. {WHERE_TO_ENTER.get(settings.provider.value, '')}".strip(),
        )
    return await RelayTexts(services).register(
        number_id(settings), settings.provider, settings.number, secret
    )


class TextWebhooks:
    """Hands the feed's webhooks to the channels of texts. See `feed.FeedHandler`.

    A text is stored in a transaction of its own, before the page's: told again, it changes nothing.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    async def prepare(self, page: FeedPage, client: RelayClient) -> Change | None:
        """Take in what providers told; what they told before this inbox was connected is polled."""
        for entry in page.of("webhook"):
            if entry.seq > page.history_until:
                await self._services.hooks.take(entry.data)
        return None

    async def taken(self, client: RelayClient) -> None:
        """Nothing follows from it."""


def _field(found: Any, name: str, kind: type) -> Any:
    """A field of the relay's answer.

    Raises:
        RelayError: it is not there.
    """
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, kind):
        raise RelayError(
            "The relay's answer cannot be read. Nothing was lost; it is asked again by itself. Perhaps this "
            "program or the relay is too old: update both.",
            rest=60.0,
        )
    return value
