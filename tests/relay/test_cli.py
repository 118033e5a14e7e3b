"""The `inbox-relay` command as a person types it."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from inbox_desktop.relay.cli import main
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.service import Relay
from tests.relay.processes import RelayProcess, run
from tests.relay.running import RunningRelay

Capture = pytest.CaptureFixture[str]


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
        (["init", "--database", "mysql://x"], "--database"),
    ):
        assert main([*arguments, "--data", str(tmp_path / "relay")]) == 1
        assert words in capsys.readouterr().err
    assert not (tmp_path / "relay" / "relay.db").exists()


def test_the_first_start_invites_and_a_second_process_is_refused(tmp_path: Path) -> None:
    with RelayProcess(tmp_path) as relay:
        assert httpx.get(f"{relay.url}/health", trust_env=False).json() == {"status": "ok"}
        token = relay.join()
        second = run("serve", "--listen", "127.0.0.1:0", data=tmp_path)
        assert second.returncode == 1
        assert "Another relay serves" in second.stderr
    with RelayProcess(tmp_path) as relay:
        assert relay.code == ""
        me = httpx.get(
            f"{relay.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        assert me.status_code == 200
    assert relay.process is not None
    assert relay.process.returncode == 0
    assert token not in "".join(relay.output)


def test_a_port_in_use_is_said_in_words(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "one") as relay:
        other = run("serve", "--listen", f"127.0.0.1:{relay.port}", data=tmp_path / "two")
    assert other.returncode == 1
    assert "can't listen" in other.stderr
    assert "Traceback" not in other.stderr
