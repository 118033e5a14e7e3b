"""What everybody may ask for: health, and the widget's one file."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inbox_desktop.relay.api.context import relay_of
from inbox_desktop.relay.database import head_of


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [Route("/health", health)]


async def health(request: Request) -> Response:
    """Whether this process works and its database answers."""
    await relay_of(request).database.aread(head_of)
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
