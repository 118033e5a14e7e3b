"""Fixtures of the stories: a shop with real mail servers, and the real program that reads its mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from inbox_desktop.models.kinds import Security
from tests.stories.letters import SUPPORT, read
from tests.support import smtp_server
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.fixtures import (
    authority,
    dovecot,
    own_dovecot,
    served_folder,
    shared_dovecot,
    trusted,
)
from tests.support.programs import Program, Result
from tests.support.smtp_server import SmtpServer
from tests.support.tls import TestAuthority

__all__ = ["authority", "dovecot", "own_dovecot", "served_folder", "shared_dovecot", "trusted"]

PASSWORD_VARIABLE = "INBOX_STORY_PASSWORD"


@dataclass
class Shop:
    """A shop's mailbox and its submission server, and the program of those who answer its mail."""

    imap: Dovecot
    smtp: SmtpServer
    program: Program

    def connect(self, *options: str) -> Result:
        """Add the shop's mailbox as a person does on the command line."""
        return self.program.here(*self.words(*options))

    def words(self, *options: str, imap_port: int | None = None, host: str = "localhost") -> tuple[str, ...]:
        """The command line that adds the mailbox, with TLS both ways."""
        return (
            "channel",
            "add",
            "email",
            f"--address={SUPPORT}",
            f"--imap={host}:{imap_port or self.imap.tls_port}",
            "--imap-security=tls",
            f"--smtp=localhost:{self.smtp.port}",
            "--smtp-security=tls",
            f"--user={SUPPORT}",
            f"--password-env={PASSWORD_VARIABLE}",
            *options,
        )

    def receives(self, *mails: bytes) -> None:
        """Mails arrive on the server."""
        self.imap.append(SUPPORT, *mails)

    def sent(self) -> list[EmailMessage]:
        """What the submission server has accepted, in order."""
        return [read(accepted.content) for accepted in self.smtp.accepted]

    def sent_folder(self) -> list[EmailMessage]:
        """The copies in the Sent folder."""
        with self.imap.client(SUPPORT) as client:
            client.select_folder("Sent", readonly=True)
            found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
        return [read(values[b"BODY[]"]) for values in found.values()]

    def subjects(self) -> list[str]:
        """The subjects of all tickets, sorted."""
        return sorted(t["subject"] for t in self.program.here("tickets", "--status=any", "--json").lines)


@pytest.fixture
def shop(
    own_dovecot: Dovecot, authority: TestAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """A shop that has just opened: servers that work, an empty mailbox, no channel yet."""
    monkeypatch.setattr(smtp_server, "USER", SUPPORT)
    monkeypatch.setattr(smtp_server, "PASSWORD", PASSWORD)
    own_dovecot.add_user(SUPPORT)
    environment = {PASSWORD_VARIABLE: PASSWORD, "SSL_CERT_FILE": str(authority.file)}
    with SmtpServer(Security.TLS, authority.valid()) as smtp:
        yield Shop(own_dovecot, smtp, Program(tmp_path / "profile", environment))
