"""uvicorn with the relay's settings: no access log (tokens), no compression of sockets (memory)."""

from __future__ import annotations

import logging
import socket

import uvicorn

from inbox_desktop.relay.app import create_app
from inbox_desktop.relay.database import News
from inbox_desktop.relay.service import Relay

LARGEST_FRAME = 128 * 1024
HEARTBEAT_SECONDS = 20.0


class _Server(uvicorn.Server):
    """A server that does not wait for those who poll when it is to end."""

    def __init__(self, config: uvicorn.Config, relay: Relay) -> None:
        super().__init__(config)
        self._relay = relay

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer everybody who waits for news, then end."""
        self._relay.hub.publish(News(everything=True))
        await super().shutdown(sockets)


def make_server(relay: Relay) -> uvicorn.Server:
    """A server for the relay, not yet running. Addresses in logs and limits are those behind the proxies."""
    config = relay.config
    # Whoever adds handlers to every logger would otherwise write down the keys in files' addresses.
    logging.getLogger("uvicorn.access").disabled = True
    settings = uvicorn.Config(
        create_app(relay),
        host=config.host,
        port=config.port,
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=HEARTBEAT_SECONDS,
        ws_ping_timeout=HEARTBEAT_SECONDS,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(config.proxies),
        forwarded_allow_ips=list(config.proxies) or None,
        ssl_certfile=config.tls_cert,
        ssl_keyfile=config.tls_key,
        timeout_keep_alive=75,  # longer than proxies keep theirs, so that they never write into a closed one
        timeout_graceful_shutdown=5,
    )
    return _Server(settings, relay)
