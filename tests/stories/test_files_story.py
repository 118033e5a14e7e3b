"""Mails as files: looked into without storing them, and taken in from another program's archive."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from tests.bench.mails import mails
from tests.stories.letters import letter
from tests.support.programs import Program

pytestmark = pytest.mark.slow

KEYS = (
    "path message_id in_reply_to references date from from_verified reply_to to cc subject kind bounced text "
    "visible_text html blocked attachments warnings"
).split()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program over a profile that does not exist yet."""
    return Program(tmp_path / "profile")


@pytest.mark.parametrize("folder", ["bounces", "reply-trimming"])
def test_i_can_inspect_any_mail_without_an_error(program: Program, shared_data: Path, folder: str) -> None:
    files = sorted(path for path in (shared_data / folder).rglob("*") if path.is_file())
    assert files
    result = program("inspect", *map(str, files))
    assert [line["path"] for line in result.lines] == [str(file) for file in files]
    assert all(list(line) == KEYS for line in result.lines)
    assert result.err == ""
    assert not program.profile.exists()


def test_i_can_import_my_old_mails_and_doing_it_again_changes_nothing(
    program: Program, tmp_path: Path
) -> None:
    archive = make_archive(tmp_path / "archive")

    program("import", *map(str, archive))
    first = program.here("tickets", "--status=any", "--json").lines
    program("import", *map(str, archive))

    assert program.here("tickets", "--status=any", "--json").lines == first
    report = program.here("check", "--json").json
    assert report["ok"], report
    assert report["messages"] == sum(t["message_count"] for t in first) == 1 + 20 + 20
    assert "A letter in a file" in {t["subject"] for t in first}


def make_archive(folder: Path) -> list[Path]:
    """One .eml file, an mbox file and a Maildir; 41 mails in all."""
    folder.mkdir()
    single, boxed, directory = folder / "one.eml", folder / "old.mbox", folder / "Maildir"
    single.write_bytes(letter("From a file", subject="A letter in a file"))
    box, maildir = mailbox.mbox(boxed), mailbox.Maildir(directory)
    for mail in mails(20, seed=2):
        box.add(mail)
    for mail in mails(20, seed=3):
        maildir.add(mail)
    box.close()
    maildir.close()
    return [single, boxed, directory]
