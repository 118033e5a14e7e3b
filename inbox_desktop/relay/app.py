"""The relay as an ASGI application: routes, errors, start and stop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from inbox_desktop.relay.api import blocking, desktops, hooks, public, texts, visitors
from inbox_desktop.relay.api.errors import HANDLERS
from inbox_desktop.relay.service import Relay

ROUTE_MODULES = (public, visitors, desktops, blocking, texts, hooks)
"""Each has `routes() -> list[BaseRoute]`; the first route that fits answers."""


def create_app(relay: Relay) -> Starlette:
    """The application of an open relay. It starts and stops the relay with the server, and leaves it open."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await relay.start()
        try:
            yield
        finally:
            await relay.stop()

    routes: list[BaseRoute] = [route for module in ROUTE_MODULES for route in module.routes()]
    app = Starlette(routes=routes, exception_handlers=HANDLERS, lifespan=lifespan)
    # A path with a slash too many is nobody's: the redirect would lead wherever the Host header says.
    app.router.redirect_slashes = False
    app.state.relay = relay
    return app
