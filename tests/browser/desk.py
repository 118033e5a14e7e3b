"""A desktop as the relay sees it: a plain HTTP client of the desktops' interface, with an agent at it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.ids import new_id
from tests.support.plain_http import NO_TLS

PATIENCE_SECONDS = 20

Json = dict[str, Any]


class Desk:
    """One desktop that has joined. It pulls the feed from its own cursor and remembers all it was told."""

    def __init__(self, url: str, code: str, agent: str) -> None:
        self.agent = agent
        self._socket_url = f"{url.replace('http', 'ws', 1)}/api/v1/socket"
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=30, trust_env=False, verify=NO_TLS)
        joined = self._http.post("/join", json={"code": code, "name": agent}).raise_for_status().json()
        self._token: str = joined["token"]
        self._http.headers["Authorization"] = f"Bearer {self._token}"
        self._cursor = 0
        self._epoch = self._http.get("/me").raise_for_status().json()["epoch"]
        self.messages: dict[str, Json] = {}
        self.conversations: dict[str, Json] = {}
        self.jobs: dict[str, Json] = {}

    def close(self) -> None:
        """Leave."""
        self._http.close()

    def forget(self) -> None:
        """Leave behind all that there is so far."""
        self.pull()
        for kept in (self.messages, self.conversations, self.jobs):
            kept.clear()

    def create_chat(self, site: ChatSite) -> str:
        """A new chat's id."""
        made = self._http.post("/chats", json={"site": site.to_json()}).raise_for_status()
        return str(made.json()["id"])

    def change_chat(self, chat_id: str, **changes: Any) -> None:
        """Change a chat's settings."""
        now = self._http.get(f"/chats/{chat_id}").raise_for_status().json()
        changed = {"site": {**now["site"], **changes}, "version": now["version"]}
        self._http.put(f"/chats/{chat_id}", json=changed).raise_for_status()

    def identity_secret(self, chat_id: str) -> str:
        """With which the shop signs its customers."""
        return str(
            self._http.get(f"/chats/{chat_id}/identity-secret").raise_for_status().json()["identity_secret"]
        )

    def pull(self) -> None:
        """Fetch all that is new."""
        more = True
        while more:
            query: dict[str, Any] = {"after": self._cursor, "epoch": self._epoch}
            page = self._http.get("/feed", params=query).raise_for_status().json()
            kept = {"message": self.messages, "conversation": self.conversations, "mail_job": self.jobs}
            for entry in page["entries"]:
                if entry["kind"] in kept:
                    kept[entry["kind"]][entry["data"]["id"]] = entry["data"]
            self._cursor, more = page["next"], page["more"]

    def wait_for(self, what: str, found: Callable[[], Json | None]) -> Json:
        """Pull until it is there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.pull()
            if (one := found()) is not None:
                return one
            assert time.monotonic() < deadline, f"{what} did not come; {list(self.messages.values())}"
            threading.Event().wait(0.05)

    def message(self, text: str) -> Json:
        """The message with this text; waits for it."""
        return self.wait_for(text, lambda: next(iter(self.with_text(text)), None))

    def with_text(self, text: str) -> list[Json]:
        """All messages that are exactly this."""
        return [one for one in self.messages.values() if one["text"] == text]

    def in_order(self, conversation_id: str) -> list[Json]:
        """A conversation's messages."""
        found = [one for one in self.messages.values() if one["conversation_id"] == conversation_id]
        return sorted(found, key=lambda one: int(one["position"]))

    def answer(self, conversation_id: str, text: str, agent: str = "") -> str:
        """Write to the visitor; the message's id."""
        message = {"client_id": new_id(), "text": text, "agent_name": agent or self.agent, "file_ids": []}
        sent = self._http.post(f"/conversations/{conversation_id}/messages", json=message).raise_for_status()
        return str(sent.json()["message"]["id"])

    def saw(self, message: Json) -> None:
        """The agent has seen everything up to this message."""
        body = {"message_id": message["id"]}
        self._http.post(f"/conversations/{message['conversation_id']}/seen", json=body).raise_for_status()

    def close_conversation(self, conversation_id: str) -> None:
        """End the conversation, having seen all of it."""
        self.pull()
        body = {"seen_message_id": self.in_order(conversation_id)[-1]["id"]}
        self._http.post(f"/conversations/{conversation_id}/close", json=body).raise_for_status()

    def file(self, file_id: str) -> bytes:
        """A file's content."""
        return self._http.get(f"/files/{file_id}").raise_for_status().content

    @contextmanager
    def live(self) -> Iterator[Live]:
        """The desktop's socket while it is open."""
        with connect(self._socket_url, proxy=None) as socket:
            socket.send(json.dumps({"type": "hello", "token": self._token}))
            yield Live(socket, self.agent)


class Live:
    """What is not kept: who types, who is there."""

    def __init__(self, socket: ClientConnection, agent: str) -> None:
        self._socket = socket
        self._agent = agent

    def tell_typing(self, conversation_id: str) -> None:
        """The agent is typing."""
        frame = {"type": "typing", "conversation_id": conversation_id, "agent_name": self._agent}
        self._socket.send(json.dumps(frame))

    def wait_for(self, kind: str) -> Json:
        """The next frame of this type."""
        while True:
            frame: Json = json.loads(self._socket.recv(PATIENCE_SECONDS))
            if frame["type"] == kind:
                return frame
