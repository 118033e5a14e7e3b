"""Actions on channels and settings: add, change, remove, save."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import select

from inbox_desktop.models.actions.base import Action, Effect, RefusedError
from inbox_desktop.models.kinds import ChannelKind, Role
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Channel, Setting

CONFIGURERS = frozenset({Role.OWNER, Role.ADMIN, Role.MANAGER})


@dataclass(frozen=True, kw_only=True)
class AddChannel(Action):
    """Add a channel. `settings` are the kind's own, without any secret.

    The id of a removed channel brings that one back, with its tickets and all that it had received.
    """

    name: ClassVar[str] = "channel.add"
    roles: ClassVar[frozenset[Role]] = CONFIGURERS
    channel_id: str
    kind: ChannelKind
    channel_name: str
    address: str
    settings: dict[str, Any] = field(hash=False)

    def apply(self, session: WriteSession) -> Effect:
        """Refused when a channel of this kind has the address already."""
        same = select(Channel).where(
            Channel.kind == self.kind, Channel.address == self.address, Channel.removed_at.is_(None)
        )
        if session.scalar(same) is not None:
            raise RefusedError(f"{self.address} is already connected. Nothing was added.")
        former = session.get(Channel, self.channel_id)
        if former is not None:
            former.name, former.settings, former.removed_at = self.channel_name, self.settings, None
            return Effect()
        session.add(
            Channel(
                id=self.channel_id,
                kind=self.kind,
                name=self.channel_name,
                address=self.address,
                settings=self.settings,
                created_at=self.at,
            )
        )
        return Effect()


@dataclass(frozen=True, kw_only=True)
class ChangeChannel(Action):
    """Replace a channel's settings, for example after the provider moved its servers.

    `channel_name` None leaves its name as it is.
    """

    name: ClassVar[str] = "channel.change"
    roles: ClassVar[frozenset[Role]] = CONFIGURERS
    channel_id: str
    settings: dict[str, Any] = field(hash=False)
    channel_name: str | None = None

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the channel is gone."""
        channel = present_channel(session, self.channel_id)
        undo = ChangeChannel(
            actor=self.actor,
            channel_id=channel.id,
            settings=channel.settings,
            channel_name=None if self.channel_name is None else channel.name,
        )
        channel.settings = self.settings
        if self.channel_name is not None:
            channel.name = self.channel_name
        return Effect(undo=undo)


@dataclass(frozen=True, kw_only=True)
class RemoveChannel(Action):
    """Stop a channel for good. Its tickets stay."""

    name: ClassVar[str] = "channel.remove"
    roles: ClassVar[frozenset[Role]] = CONFIGURERS
    channel_id: str

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the channel is gone already."""
        present_channel(session, self.channel_id).removed_at = self.at
        return Effect()


@dataclass(frozen=True, kw_only=True)
class SaveSetting(Action):
    """Set one setting of the account to a JSON value."""

    name: ClassVar[str] = "setting.save"
    key: str
    value: Any = field(hash=False)

    def apply(self, session: WriteSession) -> Effect:
        """Never refused."""
        setting = session.get(Setting, self.key)
        if setting is None:
            session.add(Setting(key=self.key, value=self.value))
            return Effect()
        if setting.value == self.value:
            return Effect()  # nobody is told of it: whoever hears of settings begins anew
        undo = SaveSetting(actor=self.actor, key=self.key, value=setting.value)
        setting.value = self.value
        return Effect(undo=undo)


def present_channel(session: WriteSession, channel_id: str) -> Channel:
    """The channel, or a refusal when it was removed."""
    channel = session.get(Channel, channel_id)
    if channel is None or channel.removed_at is not None:
        raise RefusedError("This channel was removed. Nothing was changed.")
    return channel
