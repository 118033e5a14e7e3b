"""The demo's shop page, with the chat in its corner: what a customer of the sample shop sees."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

_FOLDER: Final = files("inbox_desktop.resources") / "demo" / "shop"


def shop_pages(relay_url: str, chat_id: str) -> ASGIApp:
    """The shop's pages, with the widget of a chat at a relay.

    They come with a content security policy as strict as the widget allows it: see docs/relay.md.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string((_FOLDER / "page.html").read_text(encoding="utf-8"))
    shop = tomllib.loads((_FOLDER / "shop.toml").read_text(encoding="utf-8"))
    goods, texts = ({one["slug"]: one for one in shop[kind]} for kind in ("goods", "texts"))
    style = (_FOLDER / "shop.css").read_bytes()
    headers = {"Content-Security-Policy": _policy(relay_url)}

    def page(**content: Any) -> Response:
        shown = {"one": None, "text": None, "goods": shop["goods"], "relay": relay_url, "chat_id": chat_id}
        return Response(template.render({**shown, **content}), media_type="text/html", headers=headers)

    async def home(_request: Request) -> Response:
        return page(title="Things for the coast")

    async def product(request: Request) -> Response:
        one = goods.get(request.path_params["slug"])
        return page(title=one["name"], one=one) if one else _nothing()

    async def text(request: Request) -> Response:
        said = texts.get(request.path_params["slug"])
        return page(title=said["title"], text=said) if said else _nothing()

    async def looks(_request: Request) -> Response:
        return Response(style, media_type="text/css")

    return Router(
        [
            Route("/", home),
            Route("/shop.css", looks),
            Route("/goods/{slug}", product),
            Route("/{slug}", text),
        ]
    )


def _policy(relay_url: str) -> str:
    socket_url = relay_url.replace("http", "ws", 1)
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            f"script-src {relay_url}",
            f"connect-src {relay_url} {socket_url}",
            f"img-src data: {relay_url}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _nothing() -> Response:
    return Response("There is no such page.", 404)
