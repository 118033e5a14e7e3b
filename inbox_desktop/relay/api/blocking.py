"""The part of the desktops' interface that keeps visitors out, and lets them in again."""

from __future__ import annotations

from sqlalchemy import update
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inbox_desktop.models.json_values import yes_or_no
from inbox_desktop.relay.access import DesktopRow
from inbox_desktop.relay.api import bodies
from inbox_desktop.relay.api.context import relay_of
from inbox_desktop.relay.api.errors import not_found
from inbox_desktop.relay.api.sign_in import for_desktops
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.tables import Visitor


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [Route("/api/v1/visitors/{id}/blocked", for_desktops(set_blocked), methods=["PUT"])]


async def set_blocked(request: Request, _desktop: DesktopRow) -> Response:
    """Take nothing more from a visitor, or take it again; the same once more is harmless."""
    visitor_id = bodies.path_id(request)
    given = bodies.fields(await bodies.json_body(request), {"blocked": yes_or_no}, {})

    def block(writing: Writing) -> None:
        change = update(Visitor).where(Visitor.id == visitor_id).values(blocked=given["blocked"])
        if not writing.connection.execute(change).rowcount:
            raise not_found()

    await relay_of(request).database.awrite(block)
    return JSONResponse({})
