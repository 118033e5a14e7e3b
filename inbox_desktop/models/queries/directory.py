"""Who and what an inbox has: the people, the channels, the settings."""

from typing import Any

from sqlalchemy import Connection, select

from inbox_desktop.models.kinds import ChannelKind, Role
from inbox_desktop.models.phones import show_phone_to
from inbox_desktop.models.queries.rows import AgentRow, ChannelRow
from inbox_desktop.models.tables import Agent, Channel, Setting

ME = "me"
"""The setting that says who sits at this machine: an agent's id."""


def agents(connection: Connection, me: str | None) -> tuple[AgentRow, ...]:
    """The people of the team, me first, then by name."""
    found = connection.execute(select(Agent.id, Agent.name, Agent.email))
    rows = [AgentRow(row.id, row.name, row.email, row.id == me) for row in found]
    return tuple(sorted(rows, key=lambda row: (not row.is_me, row.name.casefold(), row.id)))


def me(connection: Connection) -> AgentRow | None:
    """The agent who sits here: the one that the setting names, else the owner; None in an empty inbox."""
    named = setting(connection, ME, None)
    query = select(Agent.id, Agent.name, Agent.email)
    found = connection.execute(query.where(Agent.id == named)).first() if isinstance(named, str) else None
    if found is None:
        found = connection.execute(query.where(Agent.role == Role.OWNER).order_by(Agent.id).limit(1)).first()
    return AgentRow(found.id, found.name, found.email, is_me=True) if found else None


def channels(connection: Connection) -> tuple[ChannelRow, ...]:
    """The channels in the order in which they were added. A removed one is no longer `enabled`."""
    query = select(Channel.id, Channel.kind, Channel.name, Channel.address, Channel.removed_at)
    return tuple(
        ChannelRow(
            row.id,
            ChannelKind(row.kind),
            row.name,
            row.address,
            enabled=row.removed_at is None,
            shown=_shown(ChannelKind(row.kind), row.name, row.address),
        )
        for row in connection.execute(query.order_by(Channel.created_at, Channel.id))
    )


def _shown(kind: ChannelKind, name: str, address: str) -> str:
    """What people call a channel: a chat has no address that says anything."""
    if kind is ChannelKind.SMS:
        return show_phone_to(address, address)
    return name if kind is ChannelKind.CHAT else address


def channel_settings(connection: Connection, channel_id: str) -> dict[str, Any] | None:
    """The settings of a channel as its kind writes them (for e-mail: `MailSettings.from_json`), or None."""
    settings: dict[str, Any] | None = connection.scalar(
        select(Channel.settings).where(Channel.id == channel_id)
    )
    return settings


def removed_channels(connection: Connection, kind: ChannelKind, address: str) -> dict[str, dict[str, Any]]:
    """The settings of the removed channels that had this address, by id, the one removed last first."""
    query = (
        select(Channel.id, Channel.settings)
        .where(Channel.kind == kind, Channel.address == address, Channel.removed_at.is_not(None))
        .order_by(Channel.removed_at.desc(), Channel.id)
    )
    return {row.id: row.settings for row in connection.execute(query)}


def setting(connection: Connection, key: str, default: Any) -> Any:
    """One setting of the account as a JSON value, or `default` when it was never saved."""
    found = connection.execute(select(Setting.value).where(Setting.key == key)).first()
    return default if found is None else found.value
