"""The places of the inbox that a list can show: the views and the channels."""

from dataclasses import dataclass
from typing import Final

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.filters import View
from inbox_desktop.models.queries.rows import ChannelRow, ViewCounts

CHANNEL_ICONS: Final = {ChannelKind.EMAIL: "mail", ChannelKind.SMS: "phone", ChannelKind.CHAT: "chat"}


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the views pane. `ink` is the token of its icon, empty for that of the text."""

    view: View
    title: str
    icon: str
    channel_id: str | None = None
    ink: str = ""

    @property
    def key(self) -> str:
        """A name under which it is remembered."""
        return f"{self.view.value}:{self.channel_id}" if self.channel_id else self.view.value


MINE: Final = Place(View.MINE, "My inbox", "user")
UNASSIGNED: Final = Place(View.UNASSIGNED, "Unassigned", "unassigned")
ALL: Final = Place(View.ALL, "All tickets", "all")
SNOOZED: Final = Place(View.SNOOZED, "Snoozed", "clock")
VIEWS: Final = (MINE, UNASSIGNED, ALL, SNOOZED)


def place_of(channel: ChannelRow) -> Place:
    """A channel as a place."""
    title = channel.shown or channel.address or channel.name
    return Place(View.CHANNEL, title, CHANNEL_ICONS[channel.kind], channel.id, channel.kind.value)


def count_of(place: Place, counts: ViewCounts) -> int:
    """The number beside a place."""
    if place.channel_id is not None:
        return dict(counts.by_channel).get(place.channel_id, 0)
    numbers = {
        View.MINE: counts.mine,
        View.UNASSIGNED: counts.unassigned,
        View.ALL: counts.all,
        View.SNOOZED: counts.snoozed,
    }
    return numbers.get(place.view, 0)
