"""Passwords: in the operating system's keyring, or in an environment variable that the channel names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.relay.access import RELAY

if TYPE_CHECKING:  # it loads the numbering plans
    from inbox_desktop.models.sms_settings import SmsSettings

_SERVICE = "Inbox Desktop"


class Secrets:
    """Looks up, stores and forgets the password of a channel. Calls may block; never on an event loop."""

    def password(self, channel_id: str, settings: ChannelSettings) -> str:
        """What the channel signs in with, looked up each time; "" for one that signs in nowhere.

        Raises:
            ChannelError: there is none, or the keyring cannot be asked.
        """
        if settings.KIND is ChannelKind.CHAT:  # chats sign in nowhere: the relay's link does, for all of them
            return self.kept(RELAY, settings.secret_env, "the relay")
        if not settings.account:
            return ""
        return self.kept(channel_id, settings.secret_env, settings.account)

    def kept(self, secret_id: str, variable: str | None, whose: str) -> str:
        """A secret: what the environment `variable` holds; with None, what the keyring keeps under the id.

        Raises:
            ChannelError: there is none, or the keyring cannot be asked.
        """
        if variable is not None:
            return _from_environment(variable)
        found = _keyring_call("get_password", secret_id)
        if found is None:
            raise ChannelError(
                Fault.SECRET,
                f"The keyring of this computer holds no password for {whose}. What was received "
                "before is kept. Connect the channel again, or set a password in its settings.",
            )
        return found

    def store(self, channel_id: str, password: str) -> None:
        """Put the password into the keyring.

        Raises:
            ChannelError: the keyring cannot be used, or does not take it.
        """
        _keyring_call("set_password", channel_id, password)

    def forget(self, channel_id: str) -> None:
        """Take the password out of the keyring, if it is there, and what webhooks are signed with.

        Raises:
            ChannelError: the keyring cannot be used.
        """
        for name in (channel_id, webhook_name(channel_id)):
            if _keyring_call("get_password", name) is not None:
                _keyring_call("delete_password", name)

    def webhook_secret(self, channel_id: str, settings: SmsSettings) -> str | None:
        """What the provider's webhooks for a number are checked with; None if nobody has entered it.

        Twilio signs with the auth token that the channel signs in with.

        Raises:
            ChannelError: the auth token is missing, or the keyring cannot be asked.
        """
        if settings.provider == "twilio":
            return self.password(channel_id, settings)
        if settings.webhook_key or settings.webhook_secret_env is not None:
            return settings.webhook_key or os.environ.get(settings.webhook_secret_env or "") or None
        if settings.provider == "telnyx":
            return None
        try:
            return _keyring_call("get_password", webhook_name(channel_id))
        except ChannelError:
            if settings.secret_env is not None:  # a computer without a keyring
                return None
            raise


def webhook_name(channel_id: str) -> str:
    """Under which name the keyring holds what a number's webhooks are signed with."""
    return f"{channel_id}/webhooks"


def _from_environment(name: str) -> str:
    password = os.environ.get(name)
    if not password:
        raise ChannelError(
            Fault.SECRET,
            f"The environment variable {name}, which should hold the channel's password, is not set. What "
            "was received before is kept. Set it and start the program again.",
        )
    return password


def _keyring_call(function: str, channel_id: str, *arguments: str) -> str | None:
    import keyring  # noqa: PLC0415 - asks for its back ends at import, which takes long
    from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415

    try:
        found: str | None = getattr(keyring, function)(_SERVICE, channel_id, *arguments)
    except NoKeyringError as error:
        raise ChannelError(
            Fault.SECRET,
            "This computer has no keyring in which a password could be kept safely, and it is kept nowhere "
            "else. Install one (GNOME Keyring, KWallet or KeePassXC), or name a variable that holds it on "
            "the command line: --password-env (mailbox), --secret-env (number) or --token-env (relay).",
        ) from error
    except KeyringError as error:
        raise ChannelError(
            Fault.SECRET,
            f"The keyring of this computer could not be used ({type(error).__name__}). Nothing was changed. "
            "Unlock it and try again.",
        ) from error
    return found
