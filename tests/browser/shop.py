"""The shop whose pages carry the widget: a web server on this computer, at another origin than the relay."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_PAGE = """<!doctype html>
<html lang="{lang}"{html}><head><meta charset="utf-8"><title>Harbor Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>Harbor Shop</h1><p>Rain jackets and ropes, {path}.</p>
<p><a id="next" href="/next?chat={chat}">Next page</a> <input id="search" aria-label="Search the shop"></p>
<div id="tall"></div>{body}
{early}<script src="{relay}/widget.js" data-chat="{chat}"{attributes} async></script></body></html>"""


class Shop:
    """Any path is a page with the widget. `headers` go with every page; the rest is filled into it."""

    def __init__(self) -> None:
        self.relay = ""
        self.headers: dict[str, str] = {}
        self.fill = {"html": "", "body": "", "attributes": "", "early": "", "lang": "en"}
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that is called
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="shop")

    def start(self) -> None:
        """Open."""
        self._thread.start()

    def stop(self) -> None:
        """Close."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        """A plain page again."""
        self.headers = {}
        self.fill = {"html": "", "body": "", "attributes": "", "early": "", "lang": "en"}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Send the page."""
        address = urlsplit(handler.path)
        if address.path == "/favicon.ico":
            handler.send_response(204)
            handler.end_headers()
            return
        chat = parse_qs(address.query).get("chat", [""])[0]
        page = _PAGE.format(path=address.path, chat=chat, relay=self.relay, **self.fill).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(page)))
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(page)
