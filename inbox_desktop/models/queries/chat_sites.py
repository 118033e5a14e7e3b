"""The settings of a web chat as this computer last saw them; their truth is at the relay."""

from typing import Any

from sqlalchemy import Connection

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.queries.directory import setting


def site_setting_key(channel_id: str) -> str:
    """Under which setting a chat's site is kept, as `ChatSite.to_json` wrote it."""
    return f"chat.site.{channel_id}"


def known_site(connection: Connection, channel_id: str) -> ChatSite | None:
    """A chat's site as it was when this computer last saw it; None if it never did."""
    kept: Any = setting(connection, site_setting_key(channel_id), None)
    if not isinstance(kept, dict):
        return None
    try:
        return ChatSite.from_json(kept)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
