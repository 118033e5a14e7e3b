"""What stands around list and thread, read in one go: counts, channels, people, outbox, and who sits here."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from inbox_desktop.models.queries.counts import view_counts
from inbox_desktop.models.queries.directory import agents, channels, me, setting
from inbox_desktop.models.queries.outbox import outbox
from inbox_desktop.models.queries.rows import AgentRow, ChannelRow, OutboxRow, ViewCounts
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.gathering import Gathering

BADGE_SETTING = "unread_badge"
_KINDS = {"ticket", "delivery", "channel", "agent", "setting", "customer"}


@dataclass(frozen=True, slots=True)
class Glance:
    """One consistent look around. `badge` is the number to show outside, 0 when that is switched off."""

    counts: ViewCounts
    channels: tuple[ChannelRow, ...]
    people: tuple[AgentRow, ...]
    outbox: tuple[OutboxRow, ...]
    me: AgentRow | None
    badge: int

    @property
    def connected(self) -> set[str]:
        """The ids of the channels that have not been removed."""
        return {channel.id for channel in self.channels if channel.enabled}

    @property
    def is_new(self) -> bool:
        """Whether this inbox has never been connected to anything."""
        return not any(channel.enabled for channel in self.channels) and not self.counts.all


def look_around(my_id: str, reader: Reader) -> Glance:
    """Read all of it."""
    here = me(reader)
    my_id = here.id if here else my_id
    counts = view_counts(reader, my_id)
    wanted = setting(reader, BADGE_SETTING, default=True)
    return Glance(
        counts=counts,
        channels=channels(reader),
        people=agents(reader, my_id),
        outbox=outbox(reader),
        me=here,
        badge=counts.unread if wanted else 0,
    )


class Surroundings(QObject):
    """Looks around at the start and after changes.

    Signals:
        seen(Glance): what there is now.
    """

    seen = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.glance: Glance | None = None
        self._news = Gathering(self)
        self._news.due.connect(self.look)
        bridge.changed.connect(self._on_changed)

    def look(self) -> None:
        """Read again."""
        self._bridge.query(
            partial(look_around, self._bridge.me.id), self._seen, key=("surroundings", id(self))
        )

    def _seen(self, glance: Glance) -> None:
        self._bridge.set_me(glance.me)
        if glance != self.glance:
            self.glance = glance
            self.seen.emit(glance)

    def _on_changed(self, changed: Changed) -> None:
        if changed.kind in _KINDS:
            self._news.add()
