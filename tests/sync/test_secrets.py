"""Passwords come from the keyring or from a named variable; where neither works, words say what to do."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.secrets import Secrets, webhook_name

PLACE = Server("127.0.0.1", 1143, Security.NONE)


class Memory(KeyringBackend):
    """A keyring for tests."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    mine = Memory()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def settings(env: str | None = None, user: str = "ann") -> MailSettings:
    return MailSettings(PLACE, PLACE, user, password_env=env)


def test_a_password_is_stored_found_and_forgotten(memory: Memory) -> None:
    secrets = Secrets()
    secrets.store("channel", "sesame")
    assert secrets.password("channel", settings()) == "sesame"
    secrets.forget("channel")
    assert memory.kept == {}
    secrets.forget("channel")  # twice is no harm


def test_a_missing_password_is_named(memory: Memory) -> None:
    with pytest.raises(ChannelError, match="no password for ann") as caught:
        Secrets().password("channel", settings())
    assert caught.value.fault is Fault.SECRET
    assert caught.value.needs_person


def test_a_locked_keyring_is_named(memory: Memory) -> None:
    memory.locked = True
    with pytest.raises(ChannelError, match="Unlock it"):
        Secrets().password("channel", settings())


def test_without_any_keyring_the_words_say_what_to_do() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    try:
        with pytest.raises(ChannelError, match="--password-env"):
            Secrets().store("channel", "sesame")
    finally:
        keyring.set_keyring(before)


def test_a_variable_is_read_each_time_and_never_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "first")
    assert Secrets().password("channel", settings("SHOP_PASSWORD")) == "first"
    monkeypatch.setenv("SHOP_PASSWORD", "second")
    assert Secrets().password("channel", settings("SHOP_PASSWORD")) == "second"
    monkeypatch.delenv("SHOP_PASSWORD")
    with pytest.raises(ChannelError, match="SHOP_PASSWORD"):
        Secrets().password("channel", settings("SHOP_PASSWORD"))


def test_nobody_to_sign_in_needs_no_password() -> None:
    assert Secrets().password("channel", settings(user="")) == ""


def number(provider: Provider, env: str | None = None, **more: str) -> SmsSettings:
    return SmsSettings(provider, "account", "+12025550123", secret_env=env, **more)  # type: ignore[arg-type]


def test_what_webhooks_are_checked_with_is_where_each_provider_s_is(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = Secrets()
    secrets.store("channel", "auth token")
    monkeypatch.setenv("SIGNS", "signature secret")
    found = [
        secrets.webhook_secret("channel", number(Provider.TWILIO)),
        secrets.webhook_secret("channel", number(Provider.TELNYX, webhook_key="KEY=")),
        secrets.webhook_secret("channel", number(Provider.TELNYX)),
        secrets.webhook_secret("channel", number(Provider.VONAGE, webhook_secret_env="SIGNS")),
        secrets.webhook_secret("channel", number(Provider.VONAGE, webhook_secret_env="NOT_SET")),
        secrets.webhook_secret("channel", number(Provider.VONAGE)),
    ]
    assert found == ["auth token", "KEY=", None, "signature secret", None, None]
    secrets.store(webhook_name("channel"), "kept")
    assert secrets.webhook_secret("channel", number(Provider.VONAGE, env="TOKEN")) == "kept"
    secrets.forget("channel")
    assert memory.kept == {}, "the channel is removed with both"


def test_a_computer_without_a_keyring_may_have_no_signature_secret(memory: Memory) -> None:
    memory.locked = True
    assert Secrets().webhook_secret("channel", number(Provider.VONAGE, env="TOKEN")) is None
    with pytest.raises(ChannelError, match="Unlock it"):
        Secrets().webhook_secret("channel", number(Provider.VONAGE))
