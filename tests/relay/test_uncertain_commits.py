"""The database is lost in the middle of a commit: what is told then is true, and repeating is harmless."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from inbox_desktop.relay.access import invite
from inbox_desktop.relay.config import RelayConfig
from tests.relay.running import RunningRelay
from tests.support.postgresql import PostgreSql

pytestmark = pytest.mark.expects_log("the database could not be used", "could not be written")

LoseNext = Callable[[], None]
"""Loses the server's answer to the next commit."""


@pytest.fixture
def shared(
    postgresql: PostgreSql, tmp_path: Path, start_relay: Callable[[RelayConfig], RunningRelay]
) -> RunningRelay:
    return start_relay(RelayConfig(tmp_path / "relay", postgresql.fresh()))


@pytest.fixture(params=[True, False], ids=["kept", "not kept"])
def lose_next(
    request: pytest.FixtureRequest, shared: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> LoseNext:
    dialect = shared.relay.database.writer.dialect
    commit = dialect.do_commit

    def lose(connection: Any) -> None:
        monkeypatch.setattr(dialect, "do_commit", commit)
        if request.param:
            commit(connection)
        connection.dbapi_connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    return lambda: monkeypatch.setattr(dialect, "do_commit", lose)


def test_a_message_of_a_visitor_is_there_once_when_it_is_repeated(
    shared: RunningRelay, lose_next: LoseNext
) -> None:
    visitor = shared.visitor(shared.chat())
    told = {"client_id": "a", "text": "Hello"}
    lose_next()
    refused = visitor.post("messages", told)
    assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
    assert "may or may not have been stored. Trying again is harmless." in refused.json()["message"]
    assert refused.headers["Retry-After"]
    assert visitor.post("messages", told).is_success
    written = [one for one in visitor.get("conversation").json()["messages"] if one["author"] == "visitor"]
    assert [one["text"] for one in written] == ["Hello"]


def test_so_it_is_told_over_the_socket(shared: RunningRelay, lose_next: LoseNext) -> None:
    visitor = shared.visitor(shared.chat())
    with visitor.socket() as page:
        page.until("ready")
        lose_next()
        page.send("message", client_id="a", text="Hello")
        refused = page.until("refused")
        assert (refused["error"], refused["client_id"]) == ("unavailable", "a")
        assert "may or may not have been stored" in refused["message"]
        page.send("message", client_id="a", text="Hello")
        assert page.until("ack")["message"]["text"] == "Hello"


def test_an_answer_is_there_once_when_it_is_repeated(shared: RunningRelay, lose_next: LoseNext) -> None:
    visitor, desktop = shared.visitor(shared.chat()), shared.desktop()
    visitor.write("Hello")
    path = f"conversations/{visitor.get('conversation').json()['conversation_id']}/messages"
    told = {"client_id": "b", "text": "Hi", "agent_name": "Ana"}
    lose_next()
    refused = desktop.post(path, told)
    assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
    assert "Trying again is harmless." in refused.json()["message"]
    assert desktop.post(path, told).is_success
    answers = [one["text"] for one in desktop.get(path).json()["messages"] if one["author"] == "agent"]
    assert answers == ["Hi"]


def test_whoever_made_a_chat_is_told_to_look(shared: RunningRelay, lose_next: LoseNext) -> None:
    site = shared.desktop().get(f"chats/{shared.chat()}").json()["site"]
    desktop = shared.desktop()
    lose_next()
    refused = desktop.post("chats", {"site": site})
    assert refused.status_code == 503
    assert "Look whether the chat is there" in refused.json()["message"]


def test_whoever_joined_is_told_that_the_code_may_be_used_up(
    shared: RunningRelay, lose_next: LoseNext
) -> None:
    told = {"code": shared.relay.database.write(invite), "name": "desk"}
    lose_next()
    refused = shared.http.post("/api/v1/join", json=told)
    assert refused.status_code == 503
    assert "ask for a new one" in refused.json()["message"]
    assert shared.http.post("/api/v1/join", json=told).status_code in {201, 403}
