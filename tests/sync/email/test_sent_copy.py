"""Copies in the Sent folder of a real server, and looking messages up there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.kinds import DeliveryState, Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.sync.email.sender import EmailSender
from inbox_desktop.sync.email.sent_copy import SentFolder, find_sent_folder
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.sending import LookUp, NoCopyError, OutgoingFile
from tests.support import dovecot as dovecot_support
from tests.support import smtp_server
from tests.support.dovecot import Dovecot, free_port
from tests.support.smtp_server import SmtpServer
from tests.support.tls import TestAuthority
from tests.sync.email.outgoing import outgoing
from tests.sync.email.test_smtp import Handed


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        server.behaviour.offers_auth = False
        yield server


def sender_of(settings: MailSettings, folder: Path, password: str = dovecot_support.PASSWORD) -> EmailSender:
    return EmailSender(settings, lambda: password, AttachmentStore(folder))


def sent_mails(dovecot: Dovecot, user: str, folder: str = "Sent") -> list[tuple[bytes, tuple[bytes, ...]]]:
    with dovecot.client(user) as client:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "FLAGS"])
        return [(item[b"BODY[]"], item[b"FLAGS"]) for item in found.values()]


async def test_what_was_sent_lies_in_the_sent_folder_once(
    dovecot: Dovecot, mailbox: str, smtp: SmtpServer, trusted: TestAuthority, tmp_path: Path
) -> None:
    sender = sender_of(dovecot.settings(mailbox, Security.TLS, smtp=smtp.server), tmp_path)
    mail = outgoing(text="Grüße")
    assert await sender.look_up(mail) == LookUp(found=False)
    assert (await sender.send(mail, Handed())).state is DeliveryState.SENT
    await sender.file_copy(mail)
    await sender.file_copy(mail)
    ((content, flags),) = sent_mails(dovecot, mailbox)
    assert content == smtp.accepted[0].content
    assert b"\\Seen" in flags
    assert await sender.look_up(mail) == LookUp(found=True)
    assert await sender.look_up(outgoing(external_id="<other@shop.example>")) == LookUp(found=False)


async def test_files_are_sent_and_filed(
    dovecot: Dovecot, mailbox: str, smtp: SmtpServer, tmp_path: Path
) -> None:
    store = AttachmentStore(tmp_path)
    sha256 = store.put(b"%PDF-1.7 hello")
    mail = outgoing(files=(OutgoingFile("label.pdf", "application/pdf", 14, sha256),))
    sender = sender_of(dovecot.settings(mailbox, smtp=smtp.server), tmp_path)
    await sender.send(mail, Handed())
    await sender.file_copy(mail)
    assert sent_mails(dovecot, mailbox)[0][0] == smtp.accepted[0].content
    assert b"label.pdf" in smtp.accepted[0].content


async def test_a_file_that_is_gone_stops_the_mail_in_words(smtp: SmtpServer, tmp_path: Path) -> None:
    mail = outgoing(files=(OutgoingFile("a.pdf", "application/pdf", 1, "0" * 64),))
    result = await sender_of(MailSettings(None, smtp.server, ""), tmp_path).send(mail, Handed())
    assert result.state is DeliveryState.FAILED
    assert "missing" in result.detail
    assert smtp.accepted == []


async def test_without_a_password_it_waits_for_a_person(smtp: SmtpServer, tmp_path: Path) -> None:
    def locked() -> str:
        raise ChannelError(Fault.SECRET, "The keyring is locked.")

    sender = EmailSender(MailSettings(None, smtp.server, "a"), locked, AttachmentStore(tmp_path))
    result = await sender.send(outgoing(), Handed())
    assert result.state is DeliveryState.QUEUED
    assert result.needs_person
    assert "keyring" in result.detail


async def test_a_mailbox_that_cannot_be_reached_answers_nothing(smtp: SmtpServer, tmp_path: Path) -> None:
    unreachable = MailSettings(Server("127.0.0.1", free_port()), smtp.server, "a")
    sender = sender_of(unreachable, tmp_path)
    assert await sender.look_up(outgoing()) is None
    with pytest.raises(InboxError):
        await sender.file_copy(outgoing())


async def test_a_channel_without_a_mailbox_keeps_no_copies(smtp: SmtpServer, tmp_path: Path) -> None:
    sender = sender_of(MailSettings(None, smtp.server, "a"), tmp_path)
    assert await sender.look_up(outgoing()) == LookUp(found=False)
    with pytest.raises(NoCopyError):
        await sender.file_copy(outgoing())


async def test_servers_that_file_by_themselves_get_no_second_copy(tmp_path: Path) -> None:
    settings = MailSettings(Server("127.0.0.1", free_port()), Server("smtp.gmail.com", 465), "a")
    await sender_of(settings, tmp_path).file_copy(outgoing())


class Listing:
    """Answers LIST as some server does."""

    def __init__(self, *folders: tuple[tuple[bytes, ...], bytes | None, str]) -> None:
        self.folders = folders

    def list_folders(self) -> tuple[tuple[tuple[bytes, ...], bytes | None, str], ...]:
        return self.folders


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ([((), b"/", "Sent"), ((b"\\HasNoChildren", b"\\Sent"), b"/", "Ausgang")], "Ausgang"),
        ([((), b".", "INBOX"), ((), b".", "INBOX.Gesendete Objekte")], "INBOX.Gesendete Objekte"),
        ([((), b"/", "Éléments envoyés"), ((), b"/", "Brouillons")], "Éléments envoyés"),
        ([((), b"/", "[Gmail]/Sent Mail")], "[Gmail]/Sent Mail"),
        ([((), b"/", "Projects/Sent")], None),
        ([((b"\\Noselect",), b"/", "Sent"), ((), b"/", "SENT ITEMS")], "SENT ITEMS"),
        ([((), b"/", "Отправленные")], "Отправленные"),
        ([((), None, "INBOX")], None),
        ([], None),
    ],
)
def test_the_sent_folder_is_found(
    folders: list[tuple[tuple[bytes, ...], bytes | None, str]], expected: str | None
) -> None:
    assert find_sent_folder(Listing(*folders)) == expected


def test_a_password_is_never_shown() -> None:
    folder = SentFolder(Server("127.0.0.1", 993), "a", smtp_server.PASSWORD)
    assert smtp_server.PASSWORD not in repr(folder)
