"""Which set-ups a relay takes, and what it says to the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from inbox_desktop.relay.config import RelayConfig, RelayError, listen_address
from inbox_desktop.relay.keys import KEY_VARIABLE, load_keys
from inbox_desktop.relay.service import Relay


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.53"])
def test_loopback_needs_nothing(tmp_path: Path, host: str) -> None:
    assert RelayConfig(tmp_path, host=host).checked().host == host


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.0.2.1", "chat.shop.example", "127.0.0.1.evil.example"],  # noqa: S104
)
def test_other_addresses_need_encryption(tmp_path: Path, host: str) -> None:
    with pytest.raises(RelayError, match="without encryption"):
        RelayConfig(tmp_path, host=host).checked()
    RelayConfig(tmp_path, host=host, proxies=("10.0.0.5",)).checked()
    for name in ("cert", "key"):
        (tmp_path / name).write_text("x")
    RelayConfig(tmp_path, host=host, tls_cert=tmp_path / "cert", tls_key=tmp_path / "key").checked()


@pytest.mark.parametrize("proxy", ["*", "0.0.0.0/0", "::/0", "proxy", ""])
def test_a_proxy_is_named_by_its_address(tmp_path: Path, proxy: str) -> None:
    with pytest.raises(RelayError, match="behind-proxy"):
        RelayConfig(tmp_path, proxies=(proxy,)).checked()


def test_half_a_certificate_or_none_at_all(tmp_path: Path) -> None:
    (tmp_path / "cert").write_text("x")
    with pytest.raises(RelayError, match="belong together"):
        RelayConfig(tmp_path, tls_cert=tmp_path / "cert").checked()
    with pytest.raises(RelayError, match="is not there"):
        RelayConfig(tmp_path, tls_cert=tmp_path / "cert", tls_key=tmp_path / "none").checked()


@pytest.mark.parametrize(
    "url",
    [
        "http://chat.shop.example",
        "chat.shop.example",
        "https://",
        "https://a:b@c",
        "https://c/path",
        "https://[x",
    ],
)
def test_public_addresses_that_cannot_be_used(tmp_path: Path, url: str) -> None:
    with pytest.raises(RelayError, match="public-url"):
        RelayConfig(tmp_path, public_url=url).checked()


def test_public_addresses_that_can(tmp_path: Path) -> None:
    for url in ("https://chat.shop.example", "https://chat.shop.example:8443", "http://127.0.0.1:9"):
        assert RelayConfig(tmp_path, public_url=url).checked().own_url == url


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:///x", "relay.db"])
def test_other_databases_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(RelayError, match="postgresql://"):
        RelayConfig(tmp_path, url).checked()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9", ("127.0.0.1", 9)),
        ("[::1]:9", ("::1", 9)),
        ("[::1]", ("::1", 8765)),
        (":9", ("127.0.0.1", 9)),
        ("localhost", ("localhost", 8765)),
        ("127.0.0.1:0", ("127.0.0.1", 0)),
    ],
)
def test_where_to_listen(text: str, address: tuple[str, int]) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize("text", ["::1:9", "a b:1", "x:99999", "x:y", "8765", "x:٣"])
def test_no_place_to_listen(text: str) -> None:
    with pytest.raises(RelayError, match="--listen"):
        listen_address(text)


def test_the_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    made = load_keys(tmp_path)
    assert (tmp_path / "relay.key").stat().st_mode & 0o777 == 0o600
    assert load_keys(tmp_path).check == made.check


def test_the_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o755)  # as some systems make a new user's folder
    relay = Relay.open(RelayConfig(tmp_path / "relay"))
    names = {one.name: one.stat().st_mode & 0o077 for one in (tmp_path / "relay").glob("relay.*")}
    relay.close()
    assert {"relay.db", "relay.db-wal", "relay.key"} <= names.keys()
    assert set(names.values()) == {0}


def test_the_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "A" * 44)
    assert load_keys(tmp_path).check
    assert not (tmp_path / "relay.key").exists()
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(RelayError, match="no relay key"):
        load_keys(tmp_path)


def test_derived_keys_differ_by_purpose(tmp_path: Path) -> None:
    keys = load_keys(tmp_path)
    assert keys.sign("file", "1") != keys.sign("link", "1")
    assert keys.is_signed("file", "1", keys.sign("file", "1"))
    assert not keys.is_signed("file", "2", keys.sign("file", "1"))
    assert keys.identity_secret("a", 1) != keys.identity_secret("a", 2)
