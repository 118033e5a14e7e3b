"""The relay answers on loopback, on both databases."""

from __future__ import annotations

from tests.relay.running import RunningRelay


def test_health(server: RunningRelay) -> None:
    answer = server.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_what_is_not_there_is_refused_as_json(server: RunningRelay) -> None:
    answer = server.get("/nowhere")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
