"""Importing: .eml files, mbox files, Maildirs; repeated without harm; what is odd is named."""

from __future__ import annotations

import os
import sys
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.check import check
from inbox_desktop.models.errors import NotFoundError
from inbox_desktop.models.kinds import Security, UidState
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Channel, Message, Ticket
from inbox_desktop.sync.email.importing import ImportProgress, ImportReport, import_mails
from inbox_desktop.sync.email.mail_files import find_mail_files
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets
from tests.support.mails import id_of, mail

PLACE = Server("127.0.0.1", 1143, Security.NONE)
SETTINGS = MailSettings(PLACE, PLACE, "ann", password_env="NOWHERE")


def mbox(path: Path, *mails: bytes) -> Path:
    parts = (
        b"From ana@example.com Sun Mar  1 09:00:00 2026\n" + m.replace(b"\r\n", b"\n") + b"\n" for m in mails
    )
    path.write_bytes(b"".join(parts))
    return path


def subjects(store: Store) -> list[str]:
    with store.read() as connection:
        return sorted(connection.scalars(select(Message.subject)))


def numbers(report: ImportReport) -> tuple[int, int, int]:
    return report.counts.stored, report.counts.duplicate, report.counts.quarantined


def test_files_of_every_kind(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "one.eml").write_bytes(mail(1))
    (folder / "deep" / "picture.png").write_bytes(b"\x89PNG")
    archive = mbox(tmp_path / "archive", mail(2), mail(3, text="Hi\n\n>From here on\nquoted\n"))
    maildir = tmp_path / "Maildir"
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True)
    (maildir / "cur" / "1.a.host:2,S").write_bytes(mail(4))
    (maildir / "new" / "2.b.host").write_bytes(mail(5, sender="Bo <bo@example.com>"))
    heard: list[ImportProgress] = []
    report = import_mails(store, [folder, archive, str(maildir)], progress=heard.append)
    assert report.problems == []
    assert numbers(report) == (5, 0, 0)
    assert subjects(store) == [f"Question {n}" for n in range(1, 6)]
    assert heard[-1] == ImportProgress(5, 5)
    with store.read() as connection:
        unread = {r.subject: r.unread for r in connection.execute(select(Ticket.subject, Ticket.unread))}
        text = connection.scalar(select(Message.text).where(Message.subject == "Question 3"))
    assert unread["Question 5"]
    assert not unread["Question 4"]
    assert text is not None
    assert "\nFrom here on" in text
    (found,) = check(store).ledger
    assert dict(found.states) == {UidState.STORED: 5}


def test_a_file_that_cannot_be_read_is_named_and_the_rest_of_its_folder_comes_in(
    store: Store, tmp_path: Path
) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    (tmp_path / "Maildir" / "new" / "1.a.host").write_bytes(mail(1))
    (tmp_path / "broken.eml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "later.eml").write_bytes(mail(2))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "in a folder that is no Maildir.eml").write_bytes(mail(3))
    report = import_mails(store, [tmp_path])
    assert numbers(report) == (3, 0, 0)
    (problem,) = report.problems
    assert "broken.eml cannot be read" in problem


def test_folders_that_lead_back_to_themselves_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(mail(1))
    for name in ("a", "b"):
        (tmp_path / name).symlink_to(tmp_path)
    files, problems = find_mail_files([tmp_path])
    assert ([file.path.name for file in files], problems) == (["one.eml"], [])


def test_twice_is_no_harm(store: Store, tmp_path: Path) -> None:
    archive = mbox(tmp_path / "archive", mail(1), mail(2))
    import_mails(store, [archive])
    assert numbers(import_mails(store, [archive])) == (0, 2, 0)
    assert subjects(store) == ["Question 1", "Question 2"]


def test_without_a_channel_one_is_added_that_neither_fetches_nor_sends(store: Store, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(mail(1))
    report = import_mails(store, [tmp_path / "one.eml"])
    assert "imported@localhost.invalid" in report.to_text()
    with store.read() as connection:
        address, settings = connection.execute(select(Channel.address, Channel.settings)).one()
    assert address == "imported@localhost.invalid"
    assert MailSettings.from_json(settings).imap is None


def test_into_the_only_channel_or_the_one_that_is_named(store: Store, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(mail(1))
    engine = Engine(store, Secrets())
    engine.add_channel(SETTINGS, "support@shop.example", None)
    assert import_mails(store, [tmp_path]).address == "support@shop.example"
    engine.add_channel(SETTINGS, "sales@shop.example", None)
    with pytest.raises(NotFoundError, match="--channel"):
        import_mails(store, [tmp_path])
    assert import_mails(store, [tmp_path], address="sales@shop.example").address == "sales@shop.example"
    with pytest.raises(NotFoundError, match=r"nobody@shop\.example"):
        import_mails(store, [tmp_path], address="nobody@shop.example")


def test_history_finds_its_thread_whatever_the_order(store: Store, tmp_path: Path) -> None:
    archive = mbox(
        tmp_path / "archive",
        mail(3, references=[id_of(1), id_of(2)]),
        mail(1),
        mail(2, references=[id_of(1)]),
    )
    import_mails(store, [archive])
    with store.read() as connection:
        (ticket,) = connection.execute(select(Ticket.subject, Ticket.message_count)).all()
    assert ticket == ("Question 1", 3)


def test_what_holds_no_mail_is_named(store: Store, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    report = import_mails(store, [picture, tmp_path / "missing.eml"])
    assert len(report.problems) == 2
    assert "no mail" in report.problems[0]
    assert "missing.eml" in report.problems[1]


def test_a_mail_that_is_too_large_is_named(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox_desktop.sync.email.mail_files.LARGEST_MAIL", 1_000)
    archive = mbox(tmp_path / "archive", mail(1), mail(2, text="x" * 2_000 + "\n"), mail(3))
    (tmp_path / "large.eml").write_bytes(mail(4, text="x" * 2_000))
    report = import_mails(store, [archive, tmp_path / "large.eml"])
    assert numbers(report) == (2, 0, 0)
    assert subjects(store) == ["Question 1", "Question 3"]
    assert ["mail 2" in report.problems[0], "large.eml" in report.problems[1]] == [True, True]


@pytest.mark.parametrize("name", ["huge.eml", "huge.mbox", "lines.mbox"])
def test_a_file_that_is_larger_than_the_memory_allows_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("inbox_desktop.sync.email.mail_files.LARGEST_MAIL", 1024 * 1024)
    path = tmp_path / name
    head = b"From x\n" if name.endswith("mbox") else b""
    with path.open("wb") as file:
        file.write(head + b"Subject: a\n\n")
        if name.startswith("lines"):
            file.writelines(b"x" * 9_999 + b"\n" for _ in range(6_000))
        file.truncate(60_000_000)
    ((found,), _) = find_mail_files([path])
    tracemalloc.start()
    try:
        assert [(m.too_large, len(m.raw)) for m in found.mails()] == [(True, 0)]
        assert found.count() == 1
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_line_that_a_program_forgot_to_escape_ends_no_mail(tmp_path: Path) -> None:
    words = "Hi\n\nFrom here on it rains.\nNo field stands here: it does not begin the line.\n"
    archive = mbox(tmp_path / "archive", mail(1, text=words), mail(2))
    with archive.open("ab") as file:
        file.write(b"From x\n")  # an empty mail is one, too
    ((found,), _) = find_mail_files([archive])
    first, second, last = found.mails()
    assert b"\nFrom here on it rains.\n" in first.raw
    assert (second.raw, last.raw) == (mail(2).replace(b"\r\n", b"\n"), b"")
    assert found.count() == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes among its files")
def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.eml")
    (tmp_path / "one.eml").write_bytes(mail(1))
    files, problems = find_mail_files([tmp_path])
    assert [file.path.name for file in files] == ["one.eml"]
    assert problems == [f"{tmp_path / 'pipe.eml'} cannot be read (not a regular file). It was left out."]


def test_an_mbox_is_counted_as_it_is_read(tmp_path: Path) -> None:
    archive = mbox(tmp_path / "archive", mail(1, text="a\n\nb\n"), mail(2), mail(3))
    ((file,), problems) = find_mail_files([archive])
    assert problems == []
    assert file.count() == len(list(file.mails())) == 3
    assert [m.raw for m in file.mails()][1] == mail(2).replace(b"\r\n", b"\n")


@pytest.mark.parametrize(("status", "seen"), [(b"", True), (b"Status: RO\n", True), (b"Status: O\n", False)])
def test_what_an_mbox_says_of_having_been_read(tmp_path: Path, status: bytes, seen: bool) -> None:
    path = tmp_path / "archive"
    path.write_bytes(b"From x\nSubject: a\n" + status + b"\nbody\n")
    ((file,), _) = find_mail_files([path])
    assert [m.seen for m in file.mails()] == [seen]
