"""The demo's public address, which is none: short links and pictures of texts, served on loopback."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from inbox_desktop.demo.post import HOST
from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.sync.sending import OutgoingFile

if TYPE_CHECKING:
    from inbox_desktop.demo.servers import LoopbackServer

_CODE_BYTES = 6  # eight letters: among a million links two are the same with a chance of 1 in 500


class LoopbackPublisher:
    """Publishes what the texts of one demo refer to: see `sync.sms.publishing.Publisher`.

    Its address is known from the beginning; it serves once it is started.
    """

    is_open = True

    def __init__(self, attachments: AttachmentStore) -> None:
        self._attachments = attachments
        self._files: dict[str, OutgoingFile] = {}
        self._links: dict[str, str] = {}
        self._listening = socket.create_server((HOST, 0))
        self._url = f"http://{HOST}:{self._listening.getsockname()[1]}"
        self._server: LoopbackServer | None = None

    async def publish(self, file: OutgoingFile) -> str:
        """The URL of a file."""
        self._files[file.sha256] = file
        return f"{self._url}/pictures/{file.sha256}/{quote(file.filename)}"

    async def shorten(self, message_id: str, urls: Sequence[str]) -> Mapping[str, str]:
        """A short link for each URL."""
        codes = {url: _code(message_id, url) for url in urls}
        self._links.update((code, url) for url, code in codes.items())
        return {url: f"{self._url}/{code}" for url, code in codes.items()}

    def start(self) -> None:
        """Begin to serve, in a thread of its own."""
        # A web server is much to load, and nothing is published before the window is there.
        from inbox_desktop.demo.public_pages import public_pages  # noqa: PLC0415
        from inbox_desktop.demo.servers import LoopbackServer  # noqa: PLC0415

        pages = public_pages(self._links, self._files, self._attachments)
        self._server = LoopbackServer(pages, "demo publisher", self._listening)
        self._server.start()

    def stop(self) -> None:
        """Serve no more."""
        if self._server is not None:
            self._server.stop()
        self._listening.close()


def _code(message_id: str, url: str) -> str:
    """The same for the same link of the same message."""
    digest = hashlib.sha256(f"{message_id} {url}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:_CODE_BYTES]).decode("ascii")
