"""A mail's source: shown as it came, and saved byte for byte."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.thread.card import MessageCard
from inbox_desktop.ui.thread.original import MOST_SHOWN, OriginalDialog, source_text
from inbox_desktop.ui.thread.pane import ThreadPane
from tests.ui.worlds import World

MAIL = b"From: ana@example.com\r\nSubject: =?utf-8?Q?Ol=C3=A1?=\r\n\r\nWhere is my \xe1?\r\n"


def open_card(qtbot: QtBot, pane: ThreadPane, ticket_id: str) -> MessageCard:
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.ticket.id == ticket_id)
    return pane.findChildren(MessageCard)[-1]


def offered(card: MessageCard) -> list[str]:
    menu = card.menu(card.rect().center())
    words = [action.text() for action in menu.actions()]
    menu.deleteLater()
    return words


def test_a_mail_is_shown_and_saved_as_it_came(
    qtbot: QtBot, pane: ThreadPane, world: World, tmp_path: Path
) -> None:
    card = open_card(qtbot, pane, world.arrive(raw_id=world.mail.raw(MAIL)))
    assert "Show original…" in offered(card)
    card.show_original()
    (dialog,) = pane.window().findChildren(OriginalDialog)
    qtbot.waitUntil(dialog.save_button.isEnabled)
    assert dialog.text.toPlainText().splitlines()[-1] == "Where is my á?"
    dialog.save_to(tmp_path / "mail.eml")
    qtbot.waitUntil(lambda: dialog.said.text() == "Saved mail.eml")
    assert (tmp_path / "mail.eml").read_bytes() == MAIL
    dialog.save_to(tmp_path / "nowhere" / "mail.eml")
    qtbot.waitUntil(lambda: "could not be written" in dialog.said.text())
    dialog.accept()


def test_what_came_otherwise_has_no_original_to_show(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    words = offered(open_card(qtbot, pane, world.arrive()))
    assert "Show original…" not in words
    assert any("Copy" in word for word in words)


def test_a_huge_mail_is_shown_in_part_and_says_so(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    card = open_card(qtbot, pane, world.arrive(raw_id=world.mail.raw(MAIL + b"x\r\n" * MOST_SHOWN)))
    card.show_original()
    (dialog,) = pane.window().findChildren(OriginalDialog)
    qtbot.waitUntil(dialog.save_button.isEnabled)
    assert "The first 400 KB of 1.2 MB are shown" in dialog.said.text()
    dialog.accept()


@pytest.mark.parametrize(
    ("mail", "text"), [(b"a\r\nb", "a\nb"), (b"\xe1", "á"), ("á".encode(), "á"), (b"", "")]
)
def test_bytes_are_read_as_utf_8_or_latin_1(mail: bytes, text: str) -> None:
    assert source_text(mail) == text


def test_an_endless_line_is_cut() -> None:
    assert source_text(b"x" * 5_000) == "x" * 2_000 + "…"
