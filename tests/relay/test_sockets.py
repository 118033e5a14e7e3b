"""Visitors' and desktops' sockets, on both databases."""

from __future__ import annotations

import asyncio
import socket as plain_socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from inbox_desktop.relay import presence
from inbox_desktop.relay.access import revoke
from inbox_desktop.relay.api import sockets
from inbox_desktop.relay.config import Limits, RelayConfig
from tests.relay.running import RunningRelay, Socket

StartRelay = Callable[[RelayConfig], RunningRelay]


def closed_with(socket: Socket) -> int:
    with suppress(ConnectionClosed):
        while True:
            socket.receive()
    assert socket.connection.close_code is not None
    return socket.connection.close_code


def test_a_conversation_by_socket(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    with visitor.socket() as page, desktop.socket() as desk:
        assert page.receive() == {
            "type": "ready",
            "conversation_id": None,
            "closed": False,
            "messages": [],
            "agent": {"typing_name": None, "seen_id": None},
            "head": 0,
        }
        head = desk.until("news")["head"]
        page.send("message", client_id="one", text="Hello")
        ack = page.until("ack")
        assert ack["client_id"] == "one"
        assert desk.until("news")["head"] > head
        conversation = ack["conversation_id"]
        answer = desktop.answer(conversation, "Hi")
        while (frame := page.until("message"))["message"]["author"] != "agent":
            pass
        assert (frame["message"]["text"], frame["conversation_id"]) == ("Hi", conversation)
        page.send("seen", message_id=answer["id"])
        desktop.post(f"conversations/{conversation}/seen", {"message_id": ack["message"]["id"]})
        assert page.until("seen")["message_id"] == ack["message"]["id"]
        desktop.post(f"conversations/{conversation}/close", {"seen_message_id": ack["message"]["id"]})
        assert page.until("closed")["conversation_id"] == conversation
    told = [one["data"] for one in desktop.feed() if one["kind"] == "conversation"][-1]
    assert told["visitor_seen_id"] == answer["id"]
    assert told["closed_at"] is not None


def test_a_message_sent_again_by_another_way_is_the_same(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    first = visitor.post("messages", {"client_id": "one", "text": "Hello"}).json()
    with visitor.socket() as page:
        page.send("message", client_id="one", text="Hello")
        assert page.until("ack")["message"] == first["message"]


def test_two_tabs_see_the_same(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    with visitor.socket() as one, visitor.socket() as other:
        other.until("ready")
        one.until("ready")
        one.send("message", client_id="a", text="Hello")
        taken = one.until("ack")
        assert other.until("message")["message"] == taken["message"]


def test_a_socket_goes_on_after_a_position(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    visitor.write("Hello")
    head = visitor.get("conversation").json()["head"]
    second = visitor.write("Hello?")
    with visitor.socket(after=head) as page:
        assert page.receive()["messages"] == [second["message"]]


def test_typing_both_ways(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    conversation = visitor.write("Hello")["conversation_id"]
    with visitor.socket() as page, desktop.socket() as desk:
        page.until("ready")
        desk.until("news")  # it listens: signs of typing are not kept for who comes later
        page.send("typing")
        assert desk.until("typing") == {"type": "typing", "conversation_id": conversation}
        desk.send("typing", conversation_id=conversation, agent_name="Ana")
        assert page.until("typing") == {"type": "typing", "agent_name": "Ana"}
    assert visitor.get("conversation").json()["agent"]["typing_name"] == "Ana"


def test_presence(server: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_GRACE_SECONDS", 0.05)
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    conversation = visitor.write("Hello")["conversation_id"]
    visitor.post("leave", {"token": visitor.token})
    with desktop.socket() as desk:
        desk.until("news")
        with visitor.socket():
            assert desk.until("presence") == {
                "type": "presence",
                "conversation_id": conversation,
                "present": True,
            }
            server.in_loop(server.relay.presence.go_round)
            with desktop.socket() as second:
                assert second.until("presence")["present"] is True
        assert desk.until("presence")["present"] is False


def test_settings_and_unknown_frames(server: RunningRelay) -> None:
    chat_id, desktop = server.chat(), server.desktop()
    visitor = server.visitor(chat_id)
    with visitor.socket() as page, desktop.socket() as desk:
        page.until("ready")
        found = desktop.get(f"chats/{chat_id}").json()
        desktop.request("PUT", f"chats/{chat_id}", json={"site": found["site"], "version": 1})
        page.until("config")
        for socket in (page, desk):
            socket.send("ping")
            socket.until("pong")
            for wrong in ("nonsense", "[1]", '{"type": 1}', '{"type": "launch"}'):
                socket.connection.send(wrong)
                assert socket.until("refused")["error"] == "bad_request"
        page.send("message", client_id="a", text="")
        assert page.until("refused")["client_id"] == "a"
        page.send("message", client_id="a", text="x", secret="y")
        assert "secret" in page.until("refused")["message"]


def test_too_many_messages_are_refused_with_a_time(
    sqlite_config: RelayConfig, start_relay: StartRelay
) -> None:
    server = start_relay(replace(sqlite_config, limits=Limits(messages_at_once=2, messages_per_minute=1)))
    with server.visitor(server.chat()).socket() as page:
        for number in range(3):
            page.send("message", client_id=str(number), text="Hello")
        refused = page.until("refused")
    assert (refused["error"], refused["client_id"]) == ("rate_limited", "2")
    assert 0 < refused["retry_after"] <= 60


def test_a_page_that_talks_without_end_is_ended(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    server = start_relay(replace(sqlite_config, limits=Limits(frames_per_minute=5)))
    visitor = server.visitor(server.chat())
    with visitor.socket() as page:
        page.until("ready")
        for _ in range(3):
            page.send("ping")
            page.connection.send("nonsense")
        assert closed_with(page) == sockets.TOO_MANY


def test_wrong_greetings_end_the_socket(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    other = server.visitor(server.chat())
    with visitor.socket() as page:
        page.until("ready")
    for token, code in (
        (other.token, sockets.UNAUTHORIZED),
        ("x", sockets.BAD_HELLO),
        ("\ud800" * 20, sockets.BAD_HELLO),
    ):
        visitor.token = token
        with visitor.socket() as page:
            assert closed_with(page) == code
    with connect(f"{server.websocket_url}/api/v1/socket") as connection:
        desk = Socket(connection)
        desk.send("hello", token="x" * 40)
        assert closed_with(desk) == sockets.UNAUTHORIZED


def test_another_origin_gets_no_socket(server: RunningRelay) -> None:
    visitor = server.visitor(server.chat())
    with pytest.raises(InvalidStatus) as caught, visitor.socket(origin="https://evil.example"):
        pass
    assert caught.value.response.status_code == 403


def test_a_silent_socket_is_ended(
    sqlite_config: RelayConfig, start_relay: StartRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HELLO_SECONDS", 0.05)
    server = start_relay(sqlite_config)
    with connect(f"{server.websocket_url}/api/v1/socket") as connection:
        assert closed_with(Socket(connection)) == sockets.BAD_HELLO


def test_a_visitor_has_so_many_windows(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    server = start_relay(replace(sqlite_config, limits=Limits(sockets_per_visitor=1)))
    visitor = server.visitor(server.chat())
    with visitor.socket() as first:
        first.until("ready")
        with visitor.socket() as second:
            assert closed_with(second) == sockets.TOO_MANY
    with visitor.socket() as third:
        third.until("ready")


def test_a_revoked_desktop_is_cut_off(server: RunningRelay) -> None:
    desktop = server.desktop()
    with desktop.socket() as desk:
        desk.until("news")
        server.relay.database.write(lambda writing: revoke(writing, desktop.id))
        server.in_loop(server.relay.desktops.go_round)
        assert closed_with(desk) == sockets.UNAUTHORIZED
    assert desktop.get("me").status_code == 401


class Stuck:
    """A socket whose other end reads nothing."""

    async def send_text(self, text: str) -> None:
        await asyncio.Event().wait()

    async def close(self, code: int) -> None:
        self.code = code


async def test_who_reads_too_slowly_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_WAITING", 5)
    stuck = Stuck()
    looked: list[int] = []

    async def look() -> None:
        looked.append(1)

    line = sockets.Line(stuck, look)  # type: ignore[arg-type]

    async def listen() -> None:
        for number in range(100):
            line.look_again()  # news are gathered while one is sent: they take no place
            line.put({"type": "typing", "number": number})
            await asyncio.sleep(0)
        await asyncio.Event().wait()

    await sockets.both_ways(stuck, line, listen)  # type: ignore[arg-type]
    assert stuck.code == sockets.TOO_SLOW
    assert len(looked) <= 2


def test_a_stuck_reader_holds_nobody_up(sqlite_config: RelayConfig, start_relay: StartRelay) -> None:
    server = start_relay(sqlite_config)
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    conversation = visitor.write("Hello")["conversation_id"]
    raw = plain_socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])))
    raw.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_RCVBUF, 4096)
    url = f"{server.websocket_url}/chat/{visitor.chat_id}/socket"
    headers = {"Origin": visitor.headers["Origin"]}
    with (
        connect(url, sock=raw, additional_headers=headers, max_queue=1, close_timeout=0.1) as stuck,
        visitor.socket() as page,
    ):
        Socket(stuck).send("hello", token=visitor.token)
        page.until("ready")
        for number in range(20):
            desktop.answer(conversation, f"{number} " + "x" * 49_000)
            assert page.until("message")["message"]["text"].startswith(f"{number} ")
