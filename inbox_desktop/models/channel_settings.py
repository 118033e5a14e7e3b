"""What the settings of every kind of channel have in common, and reading them back from a channel's row."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.mail_settings import MailSettings


class ChannelSettings(Protocol):
    """How one channel is read and written. Frozen; never the secret itself."""

    KIND: ClassVar[ChannelKind]

    @property
    def account(self) -> str:
        """The name that the channel signs in with; "" for one that signs in nowhere."""

    @property
    def secret_env(self) -> str | None:
        """The environment variable that holds the secret; None stands for the keyring."""

    def to_json(self) -> dict[str, Any]:
        """These settings as plain JSON values, for the channel's row."""

    def reads_the_same(self, former: dict[str, Any]) -> bool:
        """Whether a channel with the `former` row's settings has received the very same messages."""


def read_settings(kind: ChannelKind, values: dict[str, Any]) -> ChannelSettings:
    """The settings read back from a channel's row.

    Raises:
        KeyError, TypeError, ValueError: the row does not hold settings of this kind.
    """
    if kind is ChannelKind.EMAIL:
        return MailSettings.from_json(values)
    if kind is ChannelKind.SMS:
        from inbox_desktop.models.sms_settings import SmsSettings  # noqa: PLC0415 - loads the numbering plans

        return SmsSettings.from_json(values)
    from inbox_desktop.models.chat_settings import ChatSettings  # noqa: PLC0415 - loads business hours

    return ChatSettings.from_json(values)
