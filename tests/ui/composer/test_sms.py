"""Writing a text: plain, counted, with few files, only to whom it may go, and at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.messages import LONGEST_SMS, Reply
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.profiles import MergeCustomers
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState, DeliveryState
from inbox_desktop.models.queries.outbox import outbox
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.models.sms_settings import AutoResponder, Provider
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer.composer import NOTE, REPLY, Composer
from inbox_desktop.ui.composer.sms import files_refusal, files_trouble
from inbox_desktop.ui.kit import Button, theme
from inbox_desktop.ui.thread.pane import ThreadPane
from tests.models.texting import ANA, Phones
from tests.ui.fingers import CTRL, click, press, write
from tests.ui.worlds import World

GRANTED, REVOKED = ConsentState.GRANTED, ConsentState.REVOKED
PICTURE = DraftFile("jacket.png", "image/png", 40_000, "0" * 64)


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge) -> ThreadPane:
    theme().install("light")
    made = ThreadPane(bridge)
    qtbot.addWidget(made)
    made.resize(574, 800)
    made.show()
    return made


@pytest.fixture
def phones(world: World) -> Phones:
    made = Phones(world.store, world.julia, provider=Provider.TELNYX, auto_responder=AutoResponder.OFF)
    made.at = now() - timedelta(minutes=30)
    return made


@pytest.fixture
def ticket(world: World, phones: Phones) -> str:
    ticket_id = phones.text("Where is my order?").ticket_id
    assert ticket_id is not None
    return ticket_id


def consent(world: World, state: ConsentState = GRANTED) -> None:
    world.do(
        ChangeConsent(
            actor=agent(world.julia),
            phone=ANA,
            kinds=(ConsentKind.TRANSACTIONAL,),
            state=state,
            source=ConsentSource.AGENT,
        )
    )


def show(qtbot: QtBot, pane: ThreadPane, ticket_id: str) -> Composer:
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.ticket.id == ticket_id)
    qtbot.waitUntil(lambda: not pane.composer._pads[REPLY].editor.isReadOnly())
    return pane.composer


@pytest.fixture
def composer(qtbot: QtBot, pane: ThreadPane, world: World, ticket: str) -> Composer:
    """The composer over Ana's texts, who agreed."""
    consent(world)
    found = show(qtbot, pane, ticket)
    qtbot.waitUntil(lambda: bool(found.texts._rules.provider))
    found.focus_reply()
    return found


def links(composer: Composer) -> list[str]:
    banner = composer._strip._banner
    return [button.text() for button in banner.findChildren(Button)] if banner else []


# Plain and counted


def test_a_text_is_plain_and_goes_to_the_phone_alone(
    qtbot: QtBot, composer: Composer, world: World, ticket: str
) -> None:
    editor = composer._pads[REPLY].editor
    write(editor, "It is ")
    press(editor, Qt.Key.Key_B, CTRL)
    write(editor, "on its way")
    pasted = QMimeData()
    pasted.setHtml("<b>today</b>")
    editor.insertFromMimeData(pasted)
    press(editor, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: composer._pads[REPLY].is_blank)
    (reply,) = (action for action in world.engine.performed if isinstance(action, Reply))
    assert (reply.text, reply.html) == ("It is on its waytoday", None)
    assert (reply.to, reply.cc, reply.bcc, reply.not_before) == ((), (), (), None)
    with world.store.read() as reader:
        (row,) = (one for one in outbox(reader) if one.message_id == reply.message_id)
    assert (row.ticket_id, row.recipients) == (ticket, (ANA,))
    assert (row.state, row.not_before) == (DeliveryState.QUEUED, None)


def test_there_is_nothing_to_format_and_nobody_to_add(composer: Composer) -> None:
    toolbar = composer._toolbar
    assert [tool.isHidden() for tool in toolbar._tools] == [False, True, True, True, True]
    assert composer._addressing.summary.isVisible()
    assert not composer._addressing.summary.isEnabled()
    assert (
        composer._addressing.summary.accessibleName() == "Recipients: to (415) 555-0132 from (415) 555-0100"
    )
    assert composer._pads[REPLY].editor.placeholderText() == "Text (415) 555-0132…"


def test_a_note_in_a_conversation_by_text_is_as_rich_as_ever(composer: Composer) -> None:
    composer.focus_note()
    assert not any(tool.isHidden() for tool in composer._toolbar._tools)
    assert composer._toolbar.length == ""
    press(composer._pads[NOTE].editor, Qt.Key.Key_B, CTRL)
    write(composer._pads[NOTE].editor, "heavy")
    assert not composer._pads[NOTE].editor.is_plain


def test_mail_is_written_as_ever_after_a_text(
    qtbot: QtBot, composer: Composer, pane: ThreadPane, world: World
) -> None:
    show(qtbot, pane, world.tickets[0])
    assert not any(tool.isHidden() for tool in composer._toolbar._tools)
    assert composer._addressing.summary.isEnabled()
    press(composer._pads[REPLY].editor, Qt.Key.Key_B, CTRL)
    write(composer._pads[REPLY].editor, "heavy")
    assert not composer._pads[REPLY].editor.is_plain


def test_the_length_is_counted_while_one_types(composer: Composer) -> None:
    assert composer._toolbar.length == "0 / 160 · 1 segment"
    write(composer._pads[REPLY].editor, "Hello")
    assert composer._toolbar.length == "5 / 160 · 1 segment"
    assert composer.texts.note.text == ""


def test_what_makes_it_dear_is_said_and_can_be_made_plain(composer: Composer) -> None:
    editor = composer._pads[REPLY].editor
    editor.textCursor().insertText("It’s here")
    note = composer.texts.note
    assert note.text.startswith("The character ’ is not in the SMS alphabet")
    click(note.plain_button)
    assert editor.text() == "It's here"
    assert note.text == ""
    editor.undo()
    assert editor.text() == "It’s here"
    editor.textCursor().insertText(" ş")
    assert note.plain_button.isHidden()  # some would stay, and nothing would be saved


def test_too_long_a_text_is_not_sent(composer: Composer, world: World) -> None:
    composer._pads[REPLY].editor.textCursor().insertText("x" * (LONGEST_SMS + 12))
    assert composer._toolbar.length == "12 of 1,612 characters too many"
    composer.send()
    assert "at most 1,600 characters" in composer._strip.text
    assert not [action for action in world.engine.performed if isinstance(action, Reply)]
    assert composer._pads[REPLY].editor.text() == "x" * (LONGEST_SMS + 12)


# Pictures


def test_without_a_relay_pictures_are_refused_in_words(composer: Composer, tmp_path: Path) -> None:
    picture = tmp_path / "jacket.png"
    picture.write_bytes(b"x")
    composer._pads[REPLY].attach([picture])
    assert "no relay is connected" in composer._strip.text
    assert "answer by e-mail" in composer._strip.text
    composer._strip.clear()
    composer._pads[REPLY].attach_picture(QImage(3, 3, QImage.Format.Format_RGB32))
    assert composer._pads[REPLY].tray.files() == ()
    composer.focus_note()
    assert composer._pads[NOTE].files_refusal == ""


def test_with_a_relay_pictures_can_be_attached(
    qtbot: QtBot, composer: Composer, world: World, tmp_path: Path
) -> None:
    world.engine.publishes = True
    composer._refresh()
    for name in ("jacket.png", "plan.pdf"):
        (tmp_path / name).write_bytes(b"x")
        composer._pads[REPLY].attach([tmp_path / name])
    qtbot.waitUntil(lambda: len(composer._pads[REPLY].tray.files()) == 2)
    composer.send()
    assert composer._strip.text.startswith("plan.pdf can't be sent by text")


def test_a_provider_without_pictures_says_so() -> None:
    assert files_refusal(Provider.VONAGE, publishes=True).startswith("Vonage sends no pictures.")
    assert files_refusal(Provider.TWILIO, publishes=True) == ""
    assert "Twilio fetches it" in files_refusal(Provider.TWILIO, publishes=False)


@pytest.mark.parametrize(
    ("files", "provider", "words"),
    [
        ((PICTURE,), Provider.TWILIO, ""),
        ((DraftFile("a.heic", "image/heic", 9, ""),), Provider.TWILIO, "only JPEG, PNG and GIF"),
        ((DraftFile("a.png", "image/png", 3_000_000, ""),), Provider.TELNYX, "Telnyx takes 1.0 MB"),
        ((PICTURE,) * 11, Provider.TWILIO, "takes 10 pictures"),
    ],
)
def test_only_pictures_that_the_provider_takes_go_out(
    files: tuple[DraftFile, ...], provider: Provider, words: str
) -> None:
    found = files_trouble(files, provider)
    assert words in found
    assert bool(found) is bool(words)


# Who may not be texted


def test_somebody_never_asked_cannot_be_texted_and_the_ways_out_are_there(
    qtbot: QtBot, pane: ThreadPane, ticket: str
) -> None:
    composer = show(qtbot, pane, ticket)
    assert not composer._pads[REPLY].isVisible()
    assert not composer._toolbar.isVisible()
    assert "ask them to text START" in composer._strip.text
    assert links(composer) == ["They agreed elsewhere…"]
    with qtbot.waitSignal(composer.consent_wanted):
        click(composer._strip._banner.findChildren(Button)[0])  # type: ignore[union-attr]


def test_whoever_opted_out_can_only_come_back_themselves(
    qtbot: QtBot, pane: ThreadPane, world: World, phones: Phones, ticket: str
) -> None:
    consent(world)
    phones.at = now()
    phones.text("STOP")
    composer = show(qtbot, pane, ticket)
    assert "they opted out" in composer._strip.text
    assert links(composer) == []
    phones.text("START")
    qtbot.waitUntil(composer._pads[REPLY].isVisible)


def test_a_person_who_also_wrote_mail_can_be_answered_there(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    mail, texts = world.row(world.tickets[0]), world.row(ticket)
    world.do(MergeCustomers(actor=agent(world.julia), from_id=texts.customer_id, into_id=mail.customer_id))
    composer = show(qtbot, pane, ticket)
    qtbot.waitUntil(lambda: len(links(composer)) == 2)
    assert links(composer)[0] == f"Answer by e-mail in #{mail.number}"
    with qtbot.waitSignal(composer.ticket_wanted) as wanted:
        click(composer._strip._banner.findChildren(Button)[0])  # type: ignore[union-attr]
    assert wanted.args == [mail.id]


def test_a_blocked_person_is_unblocked_first(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    consent(world)
    world.do(SetBlocked(actor=agent(world.julia), customer_id=world.row(ticket).customer_id, blocked=True))
    composer = show(qtbot, pane, ticket)
    assert "blocked" in composer._strip.text
    assert links(composer) == ["Unblock"]


def test_a_note_is_possible_whoever_may_be_texted(qtbot: QtBot, pane: ThreadPane, ticket: str) -> None:
    composer = show(qtbot, pane, ticket)
    composer.focus_note()
    assert composer._pads[NOTE].isVisible()
    assert composer._toolbar.isVisible()
    assert composer._strip.text == ""
