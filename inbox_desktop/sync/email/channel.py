"""An e-mail channel as the synchronisation sees it, and the addresses that are the team's own."""

from dataclasses import dataclass

from sqlalchemy import select

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.models.store import Reader
from inbox_desktop.models.tables import Channel

IMPORT_ADDRESS = "imported@localhost.invalid"
"""The address of a channel that only holds imported mail. The domain can never exist (RFC 6761)."""


@dataclass(frozen=True, slots=True)
class MailChannel:
    """One e-mail channel: its id, its name for people, its address and its servers."""

    id: str
    name: str
    address: str
    settings: MailSettings

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its address and its aliases, in lower case."""
        return tuple(dict.fromkeys(item.lower() for item in (self.address, *self.settings.aliases)))

    @property
    def is_import_only(self) -> bool:
        """Whether it has no servers and only holds imported mail."""
        return self.settings.imap is None and self.settings.listen is None


def own_addresses(connection: Reader) -> frozenset[str]:
    """Every address of the team's present e-mail channels, in lower case."""
    rows = connection.execute(
        select(Channel.address, Channel.settings).where(
            Channel.kind == ChannelKind.EMAIL, Channel.removed_at.is_(None)
        )
    )
    found: set[str] = set()
    for address, settings in rows:
        found.add(address.lower())
        found.update(alias.lower() for alias in settings.get("aliases", ()))
    return frozenset(found)
