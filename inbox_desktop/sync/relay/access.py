"""Which relay this inbox is connected to, and the one client that everything at this desktop uses."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from inbox_desktop.models.queries.directory import setting
from inbox_desktop.sync.errors import ChannelError, Fault

if TYPE_CHECKING:
    from inbox_desktop.models.store import Reader
    from inbox_desktop.sync.relay.client import RelayClient
    from inbox_desktop.sync.services import Services

RELAY: Final = "relay"
"""The setting that names the relay, and the id under which the keyring holds its token."""


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Where the relay is. `secret_env` names a variable that holds the token; None stands for the keyring."""

    url: str
    secret_env: str | None = None

    def to_json(self) -> dict[str, Any]:
        """These settings as plain JSON values."""
        return asdict(self)


def relay_settings(connection: Reader) -> RelaySettings | None:
    """The relay that this inbox is connected to, None without one."""
    found = setting(connection, RELAY, None)
    if not isinstance(found, dict) or not isinstance(found.get("url"), str):
        return None
    return RelaySettings(found["url"], found.get("secret_env"))


class RelayAccess:
    """Signs in at the relay. Belongs to the event loop, but for `is_connected`.

    `is_connected`: there is a relay, as far as was known when somebody last looked.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._client: RelayClient | None = None
        self._of: tuple[str, str] | None = None
        self.is_connected = False

    async def settings(self) -> RelaySettings | None:
        """The relay that this inbox is connected to, None without one.

        Raises:
            StorageError: the database could not be read.
        """
        found = await self._services.read(relay_settings)
        self.is_connected = found is not None
        return found

    async def client(self) -> RelayClient:
        """The client of the relay; the same one until the settings or the token change. Never close it.

        Raises:
            ChannelError: there is no relay, or no token. RelayError: its address is none.
        """
        settings = await self.settings()
        if settings is None:
            raise ChannelError(
                Fault.SETTINGS,
                "This inbox is connected to no relay. What was received before is kept, and your answers "
                "wait in the outbox. Connect to the relay in the settings of web chat.",
            )
        token = await self.token(settings)
        if self._client is None or self._of != (settings.url, token):
            from inbox_desktop.sync.relay.client import RelayClient  # noqa: PLC0415 - loads the HTTP library

            former = self._client
            self._client, self._of = RelayClient(settings.url, token), (settings.url, token)
            if former is not None:
                await former.close()
        return self._client

    async def token(self, settings: RelaySettings) -> str:
        """The token of this desktop.

        Raises:
            ChannelError: there is none, or the keyring cannot be asked.
        """
        secrets = self._services.secrets
        return await self._services.files.call(secrets.kept, RELAY, settings.secret_env, "the relay")

    async def close(self) -> None:
        """End the connections; the next client is another one."""
        client, self._client, self._of = self._client, None, None
        if client is not None:
            await client.close()
