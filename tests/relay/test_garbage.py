"""Whatever is sent, the relay answers in its own words and goes on: no HTTP 500, no ended process."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from tests.relay.running import ORIGIN, RunningRelay

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "\0", "\ud800", "x" * 70, "' OR 1=1 --", "9" * 30, "-1", "1e400", "../..", "\u202e", "٣"]
    ),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        TEXTS,
        st.sampled_from([2**63, -(2**63), 10**40]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)
NAMES = st.sampled_from(
    "client_id text file_ids page_url locale faq message_id token email name identity code site version "
    "seen_message_id agent_name reason type after conversation_id urls provider number secret".split()
)
BODIES = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=6).map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
    st.sampled_from([b"[" * 3000, b'{"a":' * 2000, b"\xff\xfe", b'"\\ud800"', b"1" * 5000]),
)
PATHS = st.sampled_from(
    """
    /chat/{chat}/config /chat/{chat}/visitor /chat/{chat}/conversation /chat/{chat}/messages
    /chat/{chat}/seen /chat/{chat}/typing /chat/{chat}/leave /chat/{chat}/transcript /chat/{chat}/files
    /chat/{chat}/files/{x} /chat/{x}/config /api/v1/join /api/v1/me /api/v1/feed
    /api/v1/conversations/{x}/messages /api/v1/conversations/{conversation}/messages
    /api/v1/conversations/{conversation}/seen /api/v1/conversations/{conversation}/close
    /api/v1/files /api/v1/files/{x} /api/v1/chats /api/v1/chats/{chat}
    /api/v1/chats/{chat}/identity-secret /api/v1/mail-jobs/{x}/claim /api/v1/mail-jobs/{x}/failed
    /api/v1/links /api/v1/numbers/{x} /api/v1/pictures/{x} /l/{x} /p/{x}/{x} /hooks/twilio/{x}
    /hooks/{x}/{x} /widget.js /health /{x}
    """.split()
)
QUERIES = st.dictionaries(
    st.sampled_from("after wait limit epoch name client_id conversation_id key message_id".split()),
    TEXTS.filter(lambda text: "\ud800" not in text),
    max_size=3,
)
QUIET = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


@pytest.mark.expects_log("webhook .* was refused")
def test_requests(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    conversation = visitor.write("Hello")["conversation_id"]
    tokens = st.sampled_from([visitor.token, desktop.token, "x", "x" * 40])

    @settings(max_examples=250, suppress_health_check=QUIET)
    @given(
        method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
        path=PATHS,
        segment=TEXTS,
        query=QUERIES,
        body=BODIES,
        token=tokens,
    )
    def send(method: str, path: str, segment: str, query: dict[str, str], body: bytes, token: str) -> None:
        server.relay.gate._guesses._levels.clear()
        server.relay.gate._messages._levels.clear()
        known = {"chat": visitor.chat_id, "conversation": conversation}
        quoted = httpx.URL("http://x").join(path.format(**known, x="{x}"))
        raw = str(quoted.path).replace(
            "{x}", "".join(f"%{byte:02x}" for byte in segment.encode("utf-8", "ignore"))
        )
        query = {name: value for name, value in query.items() if name != "wait"}
        answer = server.http.request(
            method,
            server.url + raw,
            params=query,
            content=body,
            headers={"Origin": ORIGIN, "Authorization": f"Bearer {token}"},
        )
        assert answer.status_code < 500, (method, raw, query, body, answer.text)

    send()
    assert visitor.write("Still there?")["message"]["text"] == "Still there?"


def test_frames(server: RunningRelay) -> None:
    visitor, desktop = server.visitor(server.chat()), server.desktop()
    visitor.write("Hello")
    kinds = st.sampled_from(["hello", "message", "seen", "typing", "ping", "ready", "x", 7, None])
    frames = st.one_of(
        st.builds(
            lambda values, kind: json.dumps({**values, "type": kind}), st.dictionaries(NAMES, VALUES), kinds
        ),
        VALUES.map(json.dumps),
        st.binary(max_size=20),
        st.sampled_from(["[" * 3000, "{}", ""]),
    )

    @settings(max_examples=60, suppress_health_check=QUIET)
    @given(frames=st.lists(frames, max_size=6), to_desktops=st.booleans())
    def send(frames: list[Any], to_desktops: bool) -> None:
        server.relay.gate._messages._levels.clear()
        socket = desktop.socket() if to_desktops else visitor.socket()
        with suppress(ConnectionClosed), socket as opened:
            for frame in frames:
                opened.connection.send(frame)
            opened.send("ping")
            opened.until("pong")

    send()
    with visitor.socket() as page:
        assert page.receive()["type"] == "ready"


def test_no_secret_is_logged(server: RunningRelay, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        visitor, desktop = server.visitor(server.chat()), server.desktop()
        with visitor.socket() as page:
            page.until("ready")
        file_id = visitor.put_file(b"secret").json()["file_id"]
        url = visitor.write("a secret text", file_ids=[file_id])["message"]["files"][0]["url"]
        server.get(url)
        visitor.post("leave", {"token": visitor.token})
        desktop.feed()
    logged = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("inbox_desktop", "uvicorn", "starlette", "sqlalchemy"))
        and record.levelno >= logging.INFO
    ]
    for secret in (visitor.token, desktop.token, url.rpartition("=")[2], "a secret text"):
        assert secret not in "\n".join(logged)
