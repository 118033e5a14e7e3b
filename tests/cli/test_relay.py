"""The relay on the command line: connect, status, disconnect, and a chat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_desktop.relay.config import RelayConfig
from tests.relay.running import RunningRelay
from tests.support.programs import Program

VARIABLE = "INBOX_TEST_RELAY_TOKEN"


@pytest.fixture
def relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningRelay]:
    with RunningRelay(RelayConfig(tmp_path / "relay")) as running:
        monkeypatch.setenv(VARIABLE, running.desktop().token)
        yield running


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "profile")


def connect(program: Program, relay: RunningRelay) -> str:
    return program.here("relay", "connect", "--url", relay.url, "--token-env", VARIABLE).out


def test_connect_and_leave(relay: RunningRelay, program: Program) -> None:
    assert program.here("relay", "status", code=1).out == "This inbox is connected to no relay.\n"
    assert f"at {relay.url}" in connect(program, relay)
    status = program.here("relay", "status").out
    assert [line.split()[:2] for line in status.splitlines()] == [
        ["ok", "name:"],
        ["ok", "port:"],
        ["ok", "certificate:"],
        ["ok", "sign-in:"],
    ]
    program.here("relay", "disconnect")
    program.here("relay", "status", code=1)


def test_a_chat_and_its_script_tag(relay: RunningRelay, program: Program) -> None:
    connect(program, relay)
    out = program.here("channel", "add", "chat", "--name", "Acme", "--origin", "https://acme.example").out
    assert f'<script src="{relay.url}/widget.js" data-chat="' in out
    (channel,) = program.here("channel", "list", "--json").lines
    assert (channel["kind"], channel["name"]) == ("chat", "Acme")
    assert f'data-chat="{channel["address"]}"' in out, "as the tag names it: capital letters count"
    assert f" {channel['address']} " in program.here("channel", "list").out
    assert "ok      sign-in" in program.here("channel", "test", "acme").out


def test_chats_that_are_there_come_with_the_relay(relay: RunningRelay, program: Program) -> None:
    relay.chat(name="Harbor")
    connect(program, relay)
    (channel,) = program.here("channel", "list", "--json").lines
    assert channel["name"] == "Harbor"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://chat.shop.example", "no relay's address"),
        ("http://chat.shop.example", "in plain text"),
        ("https://chat.shop.example/path", "no path"),
    ],
)
def test_an_address_that_is_none(relay: RunningRelay, program: Program, url: str, words: str) -> None:
    result = program.here("relay", "connect", "--url", url, "--token-env", VARIABLE, code=1)
    assert words in result.err


def test_a_token_that_is_not_known(
    relay: RunningRelay, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "x" * 43)
    result = program.here("relay", "connect", "--url", relay.url, "--token-env", VARIABLE, code=1)
    assert "does not know this desktop" in result.err
    assert "inbox-relay invite" in result.err
    program.here("relay", "status", code=1)


def test_without_a_relay_there_is_no_chat(program: Program) -> None:
    result = program.here(
        "channel", "add", "chat", "--name", "Acme", "--origin", "https://acme.example", code=1
    )
    assert "connected to no relay" in result.err


def test_nobody_is_asked_where_nobody_sits(program: Program, relay: RunningRelay) -> None:
    assert "--code-stdin" in program.here("relay", "connect", "--url", relay.url, code=1).err
