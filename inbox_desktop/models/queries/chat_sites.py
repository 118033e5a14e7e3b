"""The settings of a web chat as this computer last saw them; their truth is at the relay.

What reads them is loaded with the first one: the window's start must not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from inbox_desktop.models.queries.directory import setting

if TYPE_CHECKING:
    from inbox_desktop.models.chat_settings import ChatSite


def site_setting_key(channel_id: str) -> str:
    """Under which setting a chat's site is kept, as `ChatSite.to_json` wrote it."""
    return f"chat.site.{channel_id}"


def known_site(connection: Connection, channel_id: str) -> ChatSite | None:
    """A chat's site as it was when this computer last saw it; None if it never did."""
    kept: Any = setting(connection, site_setting_key(channel_id), None)
    if not isinstance(kept, dict):
        return None
    from inbox_desktop.models.chat_settings import ChatSite  # noqa: PLC0415 - see above

    try:
        return ChatSite.from_json(kept)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
