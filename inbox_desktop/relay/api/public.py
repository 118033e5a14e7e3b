"""What everybody may ask for: health, and the widget's one file."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inbox_desktop.relay.api.context import relay_of
from inbox_desktop.relay.database import head_of
from inbox_desktop.relay.widget_file import widget_file

_WIDGET_SECONDS: Final = 300


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [Route("/health", health), Route("/widget.js", widget)]


async def health(request: Request) -> Response:
    """Whether this process works and its database answers."""
    await relay_of(request).database.aread(head_of)
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def widget(request: Request) -> Response:
    """The widget, compressed where the browser takes that; unchanged, it is not sent again."""
    file = widget_file()
    headers = {
        "ETag": file.etag,
        "Cache-Control": f"public, max-age={_WIDGET_SECONDS}",
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = file.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = file.gzipped, "gzip"
    return Response(content, headers=headers, media_type="text/javascript")
