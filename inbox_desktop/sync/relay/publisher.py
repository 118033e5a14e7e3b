"""The public address of this inbox's texts: the relay's short links and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from inbox_desktop.models.errors import StorageError
from inbox_desktop.sync.errors import OutsideError
from inbox_desktop.sync.sending import OutgoingFile
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.publishing import PublishingError

if TYPE_CHECKING:
    from inbox_desktop.sync.relay.texts import RelayTexts


class RelayPublisher:
    """Publishes through the relay while this inbox is connected to one. See `sms.publishing.Publisher`.

    While the relay is out of reach texts with links or pictures wait: an attempt whose end is not known is
    looked up by what the text said, which must be the same again.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def is_open(self) -> bool:
        """Whether there is a relay, as far as was known when somebody last looked."""
        return self._services.relay.is_connected

    async def publish(self, file: OutgoingFile) -> str:
        """The public URL of a file: the same one while the relay keeps it."""
        try:
            if await self._services.relay.settings() is None:
                raise _no_relay(file)
            content = await self._services.files.call(self._services.store.attachments.get, file.sha256)
            return await self._texts().publish(file.sha256, file.filename, file.content_type, content)
        except StorageError as error:
            raise PublishingError(
                f"Not sent yet: the picture {file.filename} can't be read. {error}"
            ) from error
        except OutsideError as error:
            raise _failure(
                f"the picture {file.filename} could not be put where a provider fetches it", error
            ) from None

    async def shorten(self, message_id: str, urls: Sequence[str]) -> Mapping[str, str]:
        """The short link for each URL; those that the relay does not shorten stay as they are."""
        try:
            if not urls or await self._services.relay.settings() is None:
                return {}
            return await self._texts().shorten(message_id, urls)
        except StorageError as error:
            raise PublishingError(f"Not sent yet: {error}") from error
        except OutsideError as error:
            raise _failure("its short links could not be made", error) from None

    def _texts(self) -> RelayTexts:
        from inbox_desktop.sync.relay.texts import RelayTexts  # noqa: PLC0415 - loads the HTTP library

        return RelayTexts(self._services)


def _failure(what: str, error: OutsideError) -> PublishingError:
    from inbox_desktop.sync.relay.client import RelayError  # noqa: PLC0415 - loads the HTTP library

    is_final = isinstance(error, RelayError) and error.is_final
    words = f"Not sent: {what}. {error}" if is_final else f"Not sent yet: {what}. {error}"
    return PublishingError(words, is_final=is_final)


def _no_relay(file: OutgoingFile) -> PublishingError:
    return PublishingError(
        f"The picture {file.filename} was not sent: a provider fetches pictures from a public address, "
        "which takes a relay. Send the text without it, or send it by e-mail.",
        is_final=True,
    )
