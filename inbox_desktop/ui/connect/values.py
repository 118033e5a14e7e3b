"""What is typed into the form of a mailbox, checked and turned into settings. No widgets."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import DEFAULT_FOLDERS, MailSettings, Server, insecure_reason
from inbox_desktop.ui.composer.addresses import parse

IMAP_PORTS: Final = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}
SMTP_PORTS: Final = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,251}[A-Za-z0-9.])?|[0-9A-Fa-f:.]{2,45}")


class Field(StrEnum):
    """The fields of the form, to say which one is to be corrected."""

    ADDRESS = "address"
    PASSWORD = "password"
    USER = "user"
    IMAP = "imap"
    SMTP = "smtp"
    FOLDERS = "folders"
    ALIASES = "aliases"


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way, and in which field."""

    field: Field
    words: str


@dataclass(frozen=True, slots=True)
class MailValues:
    """The form's content as it was typed. The password is never part of its text form."""

    address: str = ""
    user: str = ""
    imap_host: str = ""
    imap_port: int = IMAP_PORTS[Security.TLS]
    imap_security: Security = Security.TLS
    smtp_host: str = ""
    smtp_port: int = SMTP_PORTS[Security.TLS]
    smtp_security: Security = Security.TLS
    folders: str = ", ".join(DEFAULT_FOLDERS)
    aliases: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the address's last @, lower case; empty while there is none."""
        return self.address.strip().rpartition("@")[2].casefold() if "@" in self.address else ""

    def settings(self) -> MailSettings:
        """The settings that these values mean. Ask `problem` first."""
        folders = tuple(name.strip() for name in self.folders.split(",") if name.strip())
        imap_host = self.imap_host.strip()
        return MailSettings(
            imap=Server(imap_host, self.imap_port, self.imap_security) if imap_host else None,
            smtp=Server(self.smtp_host.strip(), self.smtp_port, self.smtp_security),
            user=self.user.strip() or self.address.strip(),
            folders=folders or DEFAULT_FOLDERS,
            aliases=parse(self.aliases)[0],
        )

    def with_settings(self, settings: MailSettings) -> "MailValues":
        """These values with the servers and all else that the settings hold."""
        imap = settings.imap or Server("", self.imap_port, self.imap_security)
        return replace(
            self,
            user=settings.user,
            imap_host=imap.host,
            imap_port=imap.port,
            imap_security=imap.security,
            smtp_host=settings.smtp.host,
            smtp_port=settings.smtp.port,
            smtp_security=settings.smtp.security,
            folders=", ".join(settings.folders),
            aliases=", ".join(settings.aliases),
        )

    def without_servers(self) -> "MailValues":
        """These values without what was guessed or found for an address that stood here before."""
        return MailValues(address=self.address, folders=self.folders, aliases=self.aliases)

    def guessed(self) -> "MailValues":
        """These values with the usual names of servers, where nothing is known of the domain."""
        return replace(
            self,
            user=self.user or self.address.strip(),
            imap_host=self.imap_host or f"imap.{self.domain}",
            smtp_host=self.smtp_host or f"smtp.{self.domain}",
        )


def address_problem(address: str) -> Problem | None:
    """Why this is no address that can be connected, or None."""
    good, bad = parse(address)
    if len(good) == 1 and not bad and good[0] == address.strip():
        return None
    return Problem(Field.ADDRESS, "Write one whole e-mail address, such as support@shop.example.")


def problem(values: MailValues, *, has_password: bool, needs_imap: bool = True) -> Problem | None:
    """The first thing that is missing or wrong, or None when a connection can be tried.

    Mail that comes by forwarding needs no IMAP.
    """
    if (found := address_problem(values.address)) is not None:
        return found
    if not has_password:
        return Problem(Field.PASSWORD, "Write the mailbox's password, or the app password of your provider.")
    servers = ((Field.IMAP, "incoming", values.imap_host), (Field.SMTP, "outgoing", values.smtp_host))
    for field, kind, host in servers:
        is_left_out = field is Field.IMAP and not needs_imap and not host.strip()
        if not is_left_out and not _HOST.fullmatch(host.strip()):
            return Problem(
                field, f"Write the name of the server for {kind} mail, such as {field}.shop.example."
            )
    settings = values.settings()
    for field, server in ((Field.IMAP, settings.imap), (Field.SMTP, settings.smtp)):
        if server is not None and (reason := insecure_reason(server)) is not None:
            return Problem(field, reason)
    if bad := parse(values.aliases)[1]:
        return Problem(Field.ALIASES, f"“{bad[0]}” is no e-mail address.")
    return None
