"""Desktops keep visitors out, and let them in again. Both databases."""

from __future__ import annotations

import pytest

from inbox_desktop.models.ids import new_id
from tests.relay.running import DesktopClient, RunningRelay, VisitorClient


def block(desktop: DesktopClient, visitor_id: str, body: object) -> int:
    """Have a visitor blocked, or let in again; the status of the answer."""
    return desktop.request("PUT", f"visitors/{visitor_id}/blocked", json=body).status_code


def write(visitor: VisitorClient) -> int:
    """Try to write; the status of the answer."""
    return visitor.post("messages", {"client_id": new_id(), "text": "Hello?"}).status_code


def test_a_blocked_visitor_is_refused_until_it_is_let_in_again(server: RunningRelay) -> None:
    desktop, chat = server.desktop(), server.chat()
    visitor, other = server.visitor(chat), server.visitor(chat)
    for _ in range(2):  # the same once more is harmless
        assert block(desktop, visitor.id, {"blocked": True}) == 200
    assert (write(visitor), write(other)) == (403, 201)
    assert visitor.post("messages", {"client_id": new_id(), "text": "?"}).json()["error"] == "blocked"
    assert block(desktop, visitor.id, {"blocked": False}) == 200
    assert write(visitor) == 201


@pytest.mark.parametrize("body", [{}, {"blocked": "yes"}, {"blocked": 1}, {"blocked": True, "why": ""}])
def test_what_is_no_yes_or_no_changes_nothing(server: RunningRelay, body: dict[str, object]) -> None:
    visitor = server.visitor(server.chat())
    assert block(server.desktop(), visitor.id, body) == 400
    assert write(visitor) == 201


def test_nobody_else_blocks(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    path = f"/api/v1/visitors/{visitor.id}/blocked"
    assert server.http.put(path, json={"blocked": True}).status_code == 401
    assert block(server.desktop(), new_id(), {"blocked": True}) == 404
    assert write(visitor) == 201
