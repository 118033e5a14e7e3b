"""Fetching the pictures of texts into the attachment store, without letting one hold the others up."""

from __future__ import annotations

import logging
import mimetypes
from collections import Counter
from dataclasses import dataclass, field

from inbox_desktop.models.actions.inbound import InboundFile
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.provider import Picture, Provider, ProviderError, ProviderText, Trouble

log = logging.getLogger(__name__)

_PATIENCE = 5  # polls: a provider lists a text a moment before its pictures can be had
_LATER = {Trouble.BUSY, Trouble.AMBIGUOUS}


@dataclass(slots=True)
class Fetched:
    """The files of one text, and a sentence for each picture that could not be had."""

    files: list[InboundFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Pictures:
    """Fetches pictures from one provider. Belongs to the event loop."""

    def __init__(self, services: Services, provider: Provider) -> None:
        self._services = services
        self._provider = provider
        self._failures: Counter[str] = Counter()

    async def fetch(self, text: ProviderText) -> Fetched:
        """The pictures of one text.

        Raises:
            ProviderError: the provider does not hand one out at present; ask again at the next poll.
            StorageError: a picture could not be stored.
        """
        fetched = Fetched()
        for place, picture in enumerate(text.pictures, 1):
            try:
                content, content_type = await self._provider.picture(picture)
            except ProviderError as error:
                self._failures[picture.reference] += 1
                if error.trouble in _LATER and self._failures[picture.reference] < _PATIENCE:
                    raise
                log.info("a picture of a text could not be fetched: %s", error.trouble.name)
                fetched.warnings.append(f"A picture of this text could not be fetched: {error}")
            else:
                fetched.files.append(await self._keep(picture, place, content, content_type))
            del self._failures[picture.reference]
        return fetched

    async def _keep(self, picture: Picture, place: int, content: bytes, content_type: str) -> InboundFile:
        kind = (content_type or picture.content_type or "application/octet-stream").partition(";")[0].strip()
        sha256 = await self._services.files.call(self._services.store.attachments.put, content)
        name = f"picture-{place}{mimetypes.guess_extension(kind) or ''}"
        return InboundFile(name, kind, len(content), sha256)
