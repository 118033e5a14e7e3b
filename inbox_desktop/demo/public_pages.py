"""What stands at the demo's public address: pages that lead on, and pictures."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.models.errors import StorageError
from inbox_desktop.sync.sending import OutgoingFile


def public_pages(
    links: Mapping[str, str], files: Mapping[str, OutgoingFile], attachments: AttachmentStore
) -> ASGIApp:
    """Serves `links` (URL by code) and `files` (by SHA-256), also those that are added later."""

    async def lead_on(request: Request) -> Response:
        url = links.get(request.path_params["code"])
        return RedirectResponse(url, 302) if url else Response("There is no such link.", 404)

    async def show(request: Request) -> Response:
        file = files.get(request.path_params["sha256"])
        try:
            content = attachments.get(file.sha256) if file else None
        except StorageError:
            content = None
        if file is None or content is None:
            return Response("There is no such picture.", 404)
        return Response(content, media_type=file.content_type)

    return Router([Route("/pictures/{sha256}/{filename}", show), Route("/{code}", lead_on)])
