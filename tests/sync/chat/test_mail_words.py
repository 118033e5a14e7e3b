"""What stands in the e-mails of a chat."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.kinds import MailJobKind
from inbox_desktop.models.rules.business_hours import BusinessHours
from inbox_desktop.sync.chat.mail_words import ChatMail, Line, chat_mail

SITE = ChatSite("Acme", ("https://acme.example",), hours=BusinessHours("America/Sao_Paulo"))
AT = datetime(2026, 7, 1, 15, tzinfo=UTC)
PAGE = "https://acme.example/cart"


def mail(kind: MailJobKind, *lines: Line, locale: str = "en", name: str = "", page: str = "") -> ChatMail:
    return chat_mail(kind, SITE, lines, locale=locale, name=name, page=page)


def test_a_follow_up_holds_what_was_not_seen() -> None:
    lines = (Line("Julia", "It left today. ", AT), Line("Julia", "", AT, ("label.pdf",)))
    found = mail(MailJobKind.FOLLOW_UP, *lines, name="Ana Souza", page=PAGE)
    assert found.subject == "Acme has answered you"
    assert found.text == (
        "Hello Ana Souza,\n\nyou left our chat before you saw this:\n\nIt left today.\n\nFile: label.pdf\n\n"
        f"Just answer this e-mail, and we go on.\nYou can also go on in the chat: {PAGE}\n\nJulia, Acme"
    )


def test_a_transcript_holds_everything_by_the_shops_clock() -> None:
    lines = (Line("", "Where is it?", AT), Line("Acme", "Welcome!", AT), Line("Julia", "Here.", AT))
    found = mail(MailJobKind.TRANSCRIPT, *lines)
    assert found.subject == "Your chat with Acme"
    assert "You (2026-07-01 12:00):\nWhere is it?\n\nAcme (2026-07-01 12:00):\nWelcome!" in found.text
    assert "Julia (2026-07-01 12:00):\nHere." in found.text


@pytest.mark.parametrize(
    ("locale", "words"),
    [("pt-BR", "Acme respondeu"), ("es", "Acme te ha respondido"), ("fr", "Acme has answered you")],
)
def test_in_the_visitors_language(locale: str, words: str) -> None:
    assert mail(MailJobKind.FOLLOW_UP, Line("Julia", "Oi", AT), locale=locale).subject == words


def test_nobody_puts_lines_or_addresses_into_it() -> None:
    found = mail(
        MailJobKind.FOLLOW_UP,
        Line("Julia", "Hi", AT),
        name="Ana\r\nBcc: all@example.com",
        page="javascript:alert(1)",
    )
    assert "Hello Ana Bcc: all@example.com,\n" in found.text
    assert "javascript" not in found.text
    assert "\n" not in found.subject


def test_without_a_name_nobody_is_named() -> None:
    assert mail(MailJobKind.FOLLOW_UP, Line("", "Hi", AT)).text.startswith("Hello,\n\n")
