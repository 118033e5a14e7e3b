"""What the composer must know besides the ticket: our own addresses, and how long sending can be undone."""

from dataclasses import dataclass
from typing import Any, Final

from inbox_desktop.models.queries.directory import channel_settings, channels, setting
from inbox_desktop.models.store import Reader

UNDO_SETTING: Final = "undo_send_seconds"
DEFAULT_UNDO_SECONDS: Final = 10
MOST_UNDO_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`own` are the addresses of all our channels, lower case; a reply never goes to them."""

    own: frozenset[str] = frozenset()
    undo_seconds: int = DEFAULT_UNDO_SECONDS


def surroundings(reader: Reader) -> Surroundings:
    """Read them."""
    own: set[str] = set()
    for channel in channels(reader):
        settings = channel_settings(reader, channel.id) or {}
        aliases = settings.get("aliases", ())
        own.update(str(address).casefold() for address in (channel.address, *aliases))
    return Surroundings(frozenset(own), undo_seconds(setting(reader, UNDO_SETTING, DEFAULT_UNDO_SECONDS)))


def undo_seconds(value: Any) -> int:
    """The setting as a number of seconds from 0 to 60, whatever it holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return DEFAULT_UNDO_SECONDS
    return max(0, min(MOST_UNDO_SECONDS, int(value)))
