"""The `inbox-relay` command as a person types it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from inbox_desktop.relay.cli import main
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.service import Relay
from tests.relay.running import RunningRelay
from tests.support.plain_http import NO_TLS
from tests.support.programs import ROOT
from tests.support.relay_process import RelayProcess, command

Capture = pytest.CaptureFixture[str]
_CODE = r"^  ([A-Z2-7-]{26,})$"


@pytest.fixture
def typed(config: RelayConfig, capsys: Capture):  # type: ignore[no-untyped-def]
    """Runs a command on the set-up; its exit code, what it printed, and what it said on standard error."""

    def run_it(*arguments: str) -> tuple[int, str, str]:
        chosen = ("--database", config.database) if config.database else ()
        code = main([*arguments, "--data", str(config.data), *chosen])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_it


def test_init_may_be_repeated(typed) -> None:  # type: ignore[no-untyped-def]
    assert [typed("init")[0] for _ in range(2)] == [0, 0]


def test_invite_list_and_revoke(typed, config: RelayConfig, start_relay) -> None:  # type: ignore[no-untyped-def]
    code = typed("invite", "--name", "Ana", "--valid", "30m")[1].strip()
    assert re.fullmatch(r"([A-Z2-7]{5}-){5}[A-Z2-7]", code)
    server: RunningRelay = start_relay(config)
    assert server.http.post("/api/v1/join", json={"code": code, "name": ""}).status_code == 201
    assert "Ana" in typed("desktops")[1]
    assert typed("revoke", "Bo")[0] == 1
    exit_code, said, _ = typed("revoke", "Ana")
    assert (exit_code, said) == (0, "Ana can no longer use this relay.\n")
    assert "revoked" in typed("desktops")[1]
    assert typed("revoke", "Ana")[0] == 1


def test_a_full_disk_is_said_in_words(typed, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def full(_connection: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr("inbox_desktop.relay.migrate.renew_epoch", full)
    code, _said, problem = typed("new-epoch")
    assert (code, "disk is full" in problem, "Traceback" in problem) == (1, True, False)


def test_two_desktops_of_one_name_need_the_id(typed, config: RelayConfig, start_relay) -> None:  # type: ignore[no-untyped-def]
    server: RunningRelay = start_relay(config)
    desks = [server.desktop("Ana") for _ in range(2)]
    assert "Several" in typed("revoke", "Ana")[2]
    assert typed("revoke", desks[0].id)[0] == 0
    assert [desk.get("me").status_code for desk in desks] == [401, 200]


def test_new_epoch(typed, config: RelayConfig) -> None:  # type: ignore[no-untyped-def]
    relay = Relay.open(config)
    before = relay.database.head()[1]
    assert typed("new-epoch")[0] == 0
    assert relay.database.head()[1] != before
    relay.close()


def test_what_is_wrong_is_said_in_words(tmp_path: Path, capsys: Capture) -> None:
    for arguments, words in (
        (["serve", "--listen", "0.0.0.0:80"], "without encryption"),
        (["serve", "--listen", "nonsense:x"], "--listen"),
        (["invite", "--valid", "soon"], "--valid"),
        (["serve", "--listen", "8765"], "--listen 8765"),
        (["serve", "--limit", "files-per-hour=many"], "--limit"),
        (["serve", "--tls-cert", __file__, "--tls-key", __file__], "can't be used"),
        (["init", "--database", "mysql://x"], "--database"),
        (["init", "--database", "postgresql://user@host:port/name"], "--database"),
    ):
        assert main([*arguments, "--data", str(tmp_path / "relay")]) == 1
        assert words in capsys.readouterr().err
    assert not (tmp_path / "relay" / "relay.db").exists()


@pytest.mark.parametrize("command", ["serve", "init", "invite", "desktops", "new-epoch"])
def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path, capsys: Capture, command: str) -> None:
    (tmp_path / "file").touch()
    assert main([command, "--data", str(tmp_path / "file" / "relay")]) == 1
    assert "can't be made" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "relay.lock").mkdir()
    told = _serve_too("127.0.0.1:0", tmp_path)
    assert told.returncode == 1
    assert "can't be written to" in told.stderr
    assert "Traceback" not in told.stderr


def test_without_a_word_it_listens_on_this_computer_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[RelayConfig] = []

    def serve(config: RelayConfig, _say: object) -> int:
        served.append(config)
        return 0

    monkeypatch.setattr("inbox_desktop.relay.serving.serve", serve)
    assert main(["serve", "--data", str(tmp_path)]) == 0
    assert [(one.host, one.port, one.own_url) for one in served] == [
        ("127.0.0.1", 8765, "http://127.0.0.1:8765")
    ]


def test_the_first_start_invites_and_a_second_process_is_refused(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path / "relay", is_warm=False)
    with relay:
        assert httpx.get(f"{relay.url}/health", trust_env=False, verify=NO_TLS).json() == {"status": "ok"}
        (code,) = re.findall(_CODE, relay.told, re.MULTILINE)
        token = relay.join(code=code)
        second = _serve_too("127.0.0.1:0", relay.data)
        assert second.returncode == 1
        assert "Another relay serves" in second.stderr
    relay.start()
    try:
        me = httpx.get(
            f"{relay.url}/api/v1/me",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            verify=NO_TLS,
        )
        assert me.status_code == 200
    finally:
        assert relay.stop() == 0
    assert re.findall(_CODE, relay.told, re.MULTILINE) == [code]
    assert token not in relay.told


def test_a_port_in_use_is_said_in_words(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "one") as relay:
        other = _serve_too(f"127.0.0.1:{relay.port}", tmp_path / "two")
    assert other.returncode == 1
    assert "can't listen" in other.stderr
    assert "Traceback" not in other.stderr


def _serve_too(address: str, data: Path) -> subprocess.CompletedProcess[str]:
    """One more relay, which is expected to give up."""
    words = command("serve", "--listen", address, data=data)
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_what_it_does_without_its_name_is_said(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir()
    words = command("serve", "--listen", "127.0.0.1:0", "--behind-proxy", "10.0.0.5", data=tmp_path / "relay")
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as relay:
        assert relay.stdout is not None
        told = [relay.stdout.readline() for _ in range(2)]
        relay.terminate()
    assert told[0].startswith("The relay serves http://127.0.0.1:")
    assert "--public-url" in told[1]
