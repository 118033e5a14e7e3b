"""The customers' mails read as they were meant: the new words are seen, the quotes are folded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inbox_desktop.demo import received
from inbox_desktop.demo.letters import Letter, write, write_bounce
from inbox_desktop.demo.received import Received
from inbox_desktop.demo.story import Person, Story, past_stories
from inbox_desktop.sync.email.mime import parse_mail
from inbox_desktop.sync.email.parsed import MailKind

SUPPORT = "support@harbor.example"
NOW = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)
FIRST_ID = "<first@post.example>"
TEAMS = Received(
    recipients=("ana@post.example",),
    message_id="<answer@harbor.example>",
    references=(FIRST_ID,),
    sent_at=NOW,
    author_name="Julia Mendes",
    author_address=SUPPORT,
    subject="Re: Where is it?",
    text="Hello Ana,\n\nit is on its way.\n\nJulia",
    automatic=False,
)
LANGUAGES = sorted({(s.language, s.look, s.client) for s in past_stories()})


def story(language: str = "en", look: str = "plain", client: str = "") -> Story:
    person = Person("Ana Soúza", "ana@post.example")
    return Story(
        person, "Where is it?", (), language=language, look=look, client=client, signature="Ana\nEastport"
    )


@pytest.mark.parametrize(("language", "look", "client"), LANGUAGES)
def test_an_answer_shows_what_is_new(language: str, look: str, client: str) -> None:
    letter = Letter(story(language, look, client), "Thank you,\n\nthat is all.", NOW, answers=TEAMS)
    mail = parse_mail(write(letter, SUPPORT).content)
    assert mail.visible_text.strip() == letter.text
    assert "it is on its way" in mail.text
    assert mail.warnings == ()
    assert (mail.in_reply_to, mail.references) == (TEAMS.message_id, (FIRST_ID, TEAMS.message_id))
    assert mail.subject == "Re: Where is it?"
    assert mail.from_verified
    assert mail.date == NOW


def test_a_further_mail_before_any_answer_joins_the_first() -> None:
    mail = parse_mail(write(Letter(story(), "Hello?", NOW, earlier=FIRST_ID), SUPPORT).content)
    assert (mail.in_reply_to, mail.references, mail.subject) == (FIRST_ID, (FIRST_ID,), "Re: Where is it?")


def test_a_first_mail_brings_its_files_and_remote_pictures() -> None:
    letter = Letter(
        story(look="html"), "Look.", NOW, files=("jacket.png", "care-sheet.pdf"), images=2, tracker=True
    )
    mail = parse_mail(write(letter, SUPPORT).content)
    assert [(file.filename, file.content_type) for file in mail.attachments] == [
        ("jacket.png", "image/png"),
        ("care-sheet.pdf", "application/pdf"),
    ]
    assert [what.partition(" ")[0] for what in mail.blocked] == ["image", "image", "tracker"]
    assert mail.references == ()


def test_a_bounce_names_the_mail_that_it_returns() -> None:
    mail = parse_mail(write_bounce(TEAMS, "ana@post.example", SUPPORT, NOW).content)
    assert mail.kind is MailKind.BOUNCE
    assert mail.bounced is not None
    assert mail.bounced.original_message_id == TEAMS.message_id
    assert mail.bounced.recipient == "ana@post.example"


def test_an_automatic_reply_is_known_as_such() -> None:
    letter = Letter(story(), "I am away.", NOW, answers=TEAMS, automatic=True)
    assert parse_mail(write(letter, SUPPORT).content).kind is MailKind.AUTO_REPLY


def test_a_customer_reads_the_answer_and_not_their_own_quoted_words() -> None:
    content = (
        "From: Julia Mendes <support@harbor.example>\r\nTo: ana@post.example\r\nSubject: Re: Where is it?\r\n"
        "Date: Sun, 22 Nov 2026 13:30:00 +0000\r\nMessage-ID: <answer@harbor.example>\r\n"
        f"References: {FIRST_ID}\r\n\r\n"
        "Hello Ana,\r\n\r\nit is on its way.\r\n\r\nJulia\r\n\r\nOn Sunday, Ana wrote:\r\n> Where is it?\r\n"
    )
    assert received.read(content.encode(), ("Ana@post.example",)) == TEAMS
