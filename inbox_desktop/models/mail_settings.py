"""The settings of an e-mail channel: servers, folders, sign-in. Never the password itself."""

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from inbox_desktop.models.hosts import is_loopback
from inbox_desktop.models.kinds import ChannelKind, Security

DEFAULT_FOLDERS = ("INBOX",)


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail server listens. `host` is a name or an address, `port` 1 to 65535."""

    host: str
    port: int
    security: Security = Security.TLS

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this very machine, the only place where plain text is allowed."""
        return is_loopback(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How one mailbox is read and written.

    Mail comes in by `imap`, or by forwarding to the built-in SMTP listener at `listen`, or both ways.
    `password_env` names an environment variable that is read at every sign-in (servers, tests); when
    it is None the password lies in the operating system's keyring under the channel's id.
    `aliases` are further addresses whose mail arrives here; replies leave from the one written to.
    """

    KIND: ClassVar = ChannelKind.EMAIL

    imap: Server | None
    smtp: Server
    user: str
    folders: tuple[str, ...] = DEFAULT_FOLDERS
    aliases: tuple[str, ...] = field(default=())
    password_env: str | None = None
    listen: Server | None = None

    @property
    def account(self) -> str:
        """The name that the channel signs in with; "" for one that signs in nowhere."""
        return self.user

    @property
    def secret_env(self) -> str | None:
        """The environment variable that holds the password; None stands for the keyring."""
        return self.password_env

    def reads_the_same(self, former: dict[str, Any]) -> bool:
        """Whether a channel with these former settings read this very mailbox: elsewhere UIDs mean others."""
        wanted = self.to_json()
        return (former.get("imap"), former.get("user")) == (wanted["imap"], wanted["user"])

    def to_json(self) -> dict[str, Any]:
        """These settings as plain JSON values, for the channel's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "MailSettings":
        """The settings read back from a channel's row.

        Raises:
            KeyError, TypeError, ValueError: the row does not hold mail settings.
        """
        return cls(
            imap=_server(values["imap"]) if values["imap"] else None,
            smtp=_server(values["smtp"]),
            user=values["user"],
            folders=tuple(values["folders"]),
            aliases=tuple(values.get("aliases", ())),
            password_env=values.get("password_env"),
            listen=_server(values["listen"]) if values.get("listen") else None,
        )


def _server(values: dict[str, Any]) -> Server:
    return Server(values["host"], int(values["port"]), Security(values["security"]))


def insecure_reason(server: Server) -> str | None:
    """Why this server may not be used as it is set, or None: plain text only on this machine."""
    if server.security is Security.NONE and not server.is_loopback:
        return (
            f"{server} would receive the password in plain text. Choose TLS or STARTTLS; "
            "unencrypted connections are allowed to this computer only."
        )
    return None


@dataclass(frozen=True, slots=True)
class Discovery:
    """The servers that were found for an address, or None, and what a person should know about it.

    `source` is "provider" (a known one), "domain" (its own autoconfig file), "guess" (servers that answered
    under the usual names) or "".
    """

    settings: MailSettings | None
    source: str
    note: str
