"""What one round of synchronisation did, in numbers and words."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """How many mails came and what became of them."""

    fetched: int = 0
    stored: int = 0
    duplicate: int = 0
    set_aside: int = 0
    quarantined: int = 0
    gone: int = 0

    def add(self, other: "Counts") -> None:
        """Count these, too."""
        self.fetched += other.fetched
        self.stored += other.stored
        self.duplicate += other.duplicate
        self.set_aside += other.set_aside
        self.quarantined += other.quarantined
        self.gone += other.gone


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """One channel's part. `errors` are sentences for people; empty when everything the server had is here."""

    channel_id: str
    name: str
    counts: Counts = field(default_factory=Counts)
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the deliveries that were due, and how many still wait."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What `Engine.sync_once` did. `sending_problems` are sentences on what kept channels from sending."""

    channels: tuple[ChannelReport, ...] = ()
    deliveries: DeliveryReport = field(default_factory=DeliveryReport)
    sending_problems: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that did not work, each a sentence with the channel's name in front."""
        found = [f"{channel.name}: {error}" for channel in self.channels for error in channel.errors]
        found += self.sending_problems
        if self.deliveries.failed:
            found.append(f"{_messages(self.deliveries.failed)} could not be sent. The tickets say why.")
        if self.deliveries.unknown:
            found.append(
                f"It is not known whether {_messages(self.deliveries.unknown)} arrived. Nothing is sent "
                "again by itself; the tickets say what to do."
            )
        return tuple(found)

    def to_text(self) -> str:
        """The numbers, a line for each channel and one for what was sent."""
        lines = [f"{channel.name}: {counts_text(channel.counts)}" for channel in self.channels]
        sent = self.deliveries
        if sent.sent or sent.failed or sent.unknown or sent.waiting:
            lines.append(
                f"Outbox: {sent.sent} sent, {sent.failed} failed, {sent.unknown} not known, {sent.waiting} "
                "waiting"
            )
        return "\n".join(lines) or "No channel yet: nothing to synchronise."


def counts_text(counts: Counts) -> str:
    """The numbers in words; those that are rare are left out when they are zero."""
    parts = [f"{counts.fetched} fetched", f"{counts.stored} stored"]
    rare = {
        "duplicate": counts.duplicate,
        "automatic, set aside": counts.set_aside,
        "in quarantine": counts.quarantined,
        "gone meanwhile": counts.gone,
    }
    return ", ".join(parts + [f"{number} {name}" for name, number in rare.items() if number])


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"
