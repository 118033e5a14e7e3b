"""The relay's server: encryption, proxies, and what must not be there."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from inbox_desktop.relay.access import invite
from inbox_desktop.relay.config import Limits, RelayConfig, RelayError
from inbox_desktop.relay.service import Relay
from tests.relay.running import ORIGIN, RunningRelay
from tests.support.tls import TestAuthority

StartRelay = Callable[[RelayConfig], RunningRelay]


def test_it_serves_with_a_certificate(
    tmp_path: Path, sqlite_config: RelayConfig, start_relay: StartRelay
) -> None:
    authority = TestAuthority(tmp_path)
    files = authority.valid()
    config = replace(sqlite_config, tls_cert=files.certificate, tls_key=files.key).checked()
    server = start_relay(config)
    trust = ssl.create_default_context(cafile=authority.file)
    answer = httpx.get(server.url.replace("http:", "https:") + "/health", verify=trust, trust_env=False)
    assert answer.json() == {"status": "ok"}
    with pytest.raises(httpx.HTTPError):
        server.get("/health")


def newcomers(server: RunningRelay, *forwarded: str) -> list[int]:
    chat_id = server.chat()
    return [
        server.http.post(
            f"/chat/{chat_id}/visitor", json={}, headers={"Origin": ORIGIN, "X-Forwarded-For": address}
        ).status_code
        for address in forwarded
    ]


def test_a_declared_proxy_tells_the_visitors_address(
    sqlite_config: RelayConfig, start_relay: StartRelay
) -> None:
    limits = Limits(new_visitors_per_minute=1)
    server = start_relay(replace(sqlite_config, proxies=("127.0.0.1",), limits=limits))
    assert newcomers(server, "192.0.2.1", "192.0.2.1", "192.0.2.2") == [201, 429, 201]


def test_nobody_else_is_believed(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    limits = Limits(new_visitors_per_minute=1, loopback_is_free=False)
    server = start_relay(replace(sqlite_config, limits=limits))
    assert newcomers(server, "192.0.2.1", "192.0.2.2") == [201, 429]


def test_a_page_can_read_when_it_may_ask_again(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    limits = Limits(requests_per_minute=2, loopback_is_free=False)
    server = start_relay(replace(sqlite_config, limits=limits))
    path = f"/chat/{server.chat()}/config"
    headers = {"Origin": ORIGIN}
    while (answer := server.get(path, headers=headers)).status_code == 200:
        pass
    assert (answer.status_code, answer.json()["error"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "Retry-After"
    assert server.http.options(path, headers=headers).status_code == 204
    assert server.http.options(path, headers={"Origin": "https://evil.example"}).status_code == 403


def test_codes_cannot_be_tried_without_end(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    limits = Limits(requests_per_minute=5, loopback_is_free=False)
    server = start_relay(replace(sqlite_config, limits=limits))
    code = server.relay.database.write(invite)
    tried = [
        server.http.post("/api/v1/join", json={"code": one, "name": ""}).status_code
        for one in (*["wrong"] * 5, code)
    ]
    assert tried == [403, 403, 403, 403, 403, 429]


def test_it_does_not_say_what_it_is_made_of(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    answer = start_relay(sqlite_config).get("/health")
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers


def test_a_missing_driver_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RelayError, match="not installed"):
        Relay.open(RelayConfig(tmp_path, "postgresql://localhost/relay"))


def test_a_log_of_every_request_stays_off(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    import logging

    start_relay(sqlite_config)
    assert logging.getLogger("uvicorn.access").disabled
