"""`channel webhook`: where a number's provider shall call, and the secret that it signs with."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest

from inbox_desktop.cli import main
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.numbers import find_number
from tests.relay.running import RunningRelay
from tests.sync.test_secrets import Memory

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    mine = Memory()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningRelay]:
    with RunningRelay(RelayConfig(tmp_path / "relay")) as running:
        monkeypatch.setenv("INBOX_TEST_RELAY_TOKEN", running.desktop().token)
        yield running


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["--profile", str(tmp_path / "profile"), *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def _add(run: Run, provider: str, account: str, *more: str) -> None:
    number = ("--provider", provider, "--number", "+12025550123", "--account", account)
    code, _, told = run("channel", "add", "sms", *number, "--secret-stdin", *more, typed="the secret\n")
    assert code == 0, told


def _connect(run: Run, server: RunningRelay) -> None:
    code, _, told = run("relay", "connect", "--url", server.url, "--token-env", "INBOX_TEST_RELAY_TOKEN")
    assert code == 0, told


def test_the_address_is_said_and_the_relay_knows_the_number(
    run: Run, server: RunningRelay, memory: Memory
) -> None:
    _add(run, "vonage", "abcd1234")
    _connect(run, server)
    code, _, told = run("channel", "webhook", "+12025550123")
    assert (code, "--secret-stdin" in told) == (1, True), "the signature secret is asked for"
    code, out, _ = run("channel", "webhook", "+12025550123", "--secret-stdin", typed="it signs\n")
    assert code == 0
    url = out.splitlines()[1]
    assert url.startswith(f"{server.relay.config.own_url}/hooks/vonage/")
    relay = server.relay
    known = relay.database.read(lambda reading: find_number(reading, relay.keys, url.rpartition("/")[2]))
    assert known is not None
    assert known.secret == "it signs"
    assert run("channel", "webhook", "+12025550123")[1] == out, "the same address every time"


def test_a_public_key_is_given_with_the_number(run: Run, server: RunningRelay, memory: Memory) -> None:
    _add(run, "telnyx", "shop", "--webhook-key", "no key")
    _connect(run, server)
    code, _, told = run("channel", "webhook", "+12025550123")
    assert (code, "no public key of Telnyx" in told) == (1, True)


def test_without_a_relay_there_is_no_address(run: Run, memory: Memory) -> None:
    _add(run, "twilio", "AC" + "0" * 32)
    code, _, told = run("channel", "webhook", "+12025550123")
    assert (code, "connected to no relay" in told) == (1, True)
    assert run("channel", "webhook", "+12025550199")[0] == 1
