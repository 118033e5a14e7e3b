"""What survives kill -9, and how two processes share a PostgreSQL."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from inbox_desktop.relay.config import RelayConfig
from tests.relay.running import ORIGIN, RunningRelay
from tests.support.plain_http import NO_TLS
from tests.support.postgresql import PostgreSql
from tests.support.relay_process import RelayProcess

StartRelay = Callable[[RelayConfig], RunningRelay]


class Talker(threading.Thread):
    """Visitors who write one message after the other, each until it is acknowledged."""

    def __init__(self, url: str, chat_id: str, name: str) -> None:
        super().__init__(name=name)
        self._client = httpx.Client(
            base_url=f"{url}/chat/{chat_id}/", headers={"Origin": ORIGIN}, trust_env=False, verify=NO_TLS
        )
        self._stopped = threading.Event()
        self._visitor: str | None = None
        self.acknowledged: set[str] = set()

    def run(self) -> None:
        number = 0
        while not self._stopped.wait(0.02):
            with suppress(httpx.HTTPError):
                if self._visitor is None or number % 8 == 0:  # before its rate limit
                    self._visitor = self._client.post("visitor", json={}).json()["token"]
                text = f"{self.name}-{number}"
                answer = self._client.post(
                    "messages",
                    json={"client_id": text, "text": text},
                    headers={"Authorization": f"Bearer {self._visitor}"},
                )
                if answer.status_code in {200, 201}:
                    self.acknowledged.add(text)
                    number += 1

    def stop(self) -> None:
        self._stopped.set()
        self.join()
        self._client.close()


def stored(url: str, token: str) -> list[str]:
    """The texts of all visitors' messages, page by page."""
    texts, after, more = [], 0, True
    while more:
        page = httpx.get(
            f"{url}/api/v1/feed?after={after}&limit=50",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            verify=NO_TLS,
            timeout=30,
        ).json()
        texts += [
            one["data"]["text"]
            for one in page["entries"]
            if one["kind"] == "message" and one["data"]["author"] == "visitor"
        ]
        after, more = page["next"], page["more"]
    return texts


def test_nothing_that_was_acknowledged_is_lost_over_kill_9(tmp_path: Path, database_url: str) -> None:
    relay, seed = RelayProcess(tmp_path / "relay", database_url), random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    talkers: list[Talker] = []
    token = ""
    for _ in range(2):
        with relay:
            if not talkers:
                token = relay.join()
                chat_id = relay.create_chat(token, ORIGIN)
                talkers = [Talker(relay.url, chat_id, name) for name in "ab"]
                for talker in talkers:
                    talker.start()
            known = sum(len(talker.acknowledged) for talker in talkers)
            while sum(len(talker.acknowledged) for talker in talkers) < known + 10:
                threading.Event().wait(0.01)
            threading.Event().wait(chance.random() * 0.2)
            relay.kill()
    with relay:
        for talker in talkers:
            talker.stop()
        texts = stored(relay.url, token)
    assert set.union(*(talker.acknowledged for talker in talkers)) <= set(texts)


@pytest.fixture
def pair(tmp_path: Path, postgresql: PostgreSql, start_relay: StartRelay) -> list[RunningRelay]:
    """Two processes' worth of relay on one PostgreSQL."""
    config = RelayConfig(tmp_path / "relay", postgresql.fresh())
    return [start_relay(config), start_relay(config)]


def test_news_signs_and_settings_reach_the_other_process(pair: list[RunningRelay]) -> None:
    here, there = pair
    chat_id, desktop = here.chat(), here.desktop()
    desktop.server = there
    visitor = here.visitor(chat_id)
    with visitor.socket() as page, desktop.socket() as desk:
        page.until("ready")
        page.send("message", client_id="a", text="Hello")
        conversation = page.until("ack")["conversation_id"]
        assert desk.until("presence") == {
            "type": "presence",
            "conversation_id": conversation,
            "present": True,
        }
        told = [one["data"] for one in desktop.feed() if one["kind"] == "message"]
        assert told[0]["text"] == "Hello"
        page.send("typing")
        assert desk.until("typing")["conversation_id"] == conversation
        desk.send("typing", conversation_id=conversation, agent_name="Ana")
        assert page.until("typing")["agent_name"] == "Ana"
        answer = desktop.answer(conversation, "Hi")
        while page.until("message")["message"]["id"] != answer["id"]:
            pass
        site = desktop.get(f"chats/{chat_id}").json()["site"]
        desktop.request("PUT", f"chats/{chat_id}", json={"site": {**site, "name": "New"}, "version": 1})
        page.until("config")
        assert here.get(f"/chat/{chat_id}/config", headers={"Origin": ORIGIN}).json()["name"] == "New"


def test_the_second_process_takes_over(tmp_path: Path, postgresql: PostgreSql) -> None:
    url = postgresql.fresh()
    with RelayProcess(tmp_path / "relay", url) as first:
        token = first.join()
        chat_id = first.create_chat(token, ORIGIN)
        with RelayProcess(tmp_path / "relay", url) as second:
            path = f"/chat/{chat_id}/"
            headers = {"Origin": ORIGIN}
            made = httpx.post(
                f"{first.url}{path}visitor", json={}, headers=headers, trust_env=False, verify=NO_TLS
            ).json()
            headers["Authorization"] = f"Bearer {made['token']}"
            body: dict[str, Any] = {"client_id": "a", "text": "Hello"}
            taken = httpx.post(
                f"{first.url}{path}messages", json=body, headers=headers, trust_env=False, verify=NO_TLS
            )
            first.kill()
            again = httpx.post(
                f"{second.url}{path}messages", json=body, headers=headers, trust_env=False, verify=NO_TLS
            )
            assert again.status_code == 200
            assert again.json()["message"] == taken.json()["message"]
            assert stored(second.url, token) == ["Hello"]


@pytest.mark.expects_log("interrupted", "could not be used", "could not be written")
def test_a_database_that_goes_and_comes_back(tmp_path: Path, start_relay: StartRelay) -> None:
    with PostgreSql() as own:
        server = start_relay(RelayConfig(tmp_path / "relay", own.fresh()))
        visitor = server.visitor(server.chat())
        visitor.write("Hello")
        own.stop()
        refused = visitor.post("messages", {"client_id": "b", "text": "Are you there?"})
        assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
        own.start()
        assert visitor.post("messages", {"client_id": "b", "text": "Are you there?"}).status_code == 201
        desktop = server.desktop()
        with visitor.socket() as page:
            page.until("ready")
            conversation = visitor.get("conversation").json()["conversation_id"]
            desktop.answer(conversation, "Yes")
            while page.until("message")["message"]["text"] != "Yes":
                pass
        server.__exit__()
        server.relay.close()
