"""Writing and sending over a real store."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import Outcome, agent
from inbox_desktop.models.actions.channels import SaveSetting
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageFullError
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.drafts import draft
from inbox_desktop.models.queries.rows import Draft, DraftFile
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer.composer import NOTE, REPLY, Composer
from inbox_desktop.ui.composer.files import too_large_words
from inbox_desktop.ui.kit import Button, theme
from inbox_desktop.ui.thread.pane import ThreadPane
from tests.models.samples import done
from tests.ui.fingers import CTRL, SHIFT, click, press, write
from tests.ui.worlds import World, reply


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge) -> ThreadPane:
    theme().install("light")
    made = ThreadPane(bridge)
    qtbot.addWidget(made)
    made.resize(574, 800)
    made.show()
    return made


@pytest.fixture
def ticket(qtbot: QtBot, pane: ThreadPane, world: World) -> str:
    """A ticket of Ana's, on the screen."""
    show(qtbot, pane, world.tickets[0])
    return world.tickets[0]


def show(qtbot: QtBot, pane: ThreadPane, ticket_id: str | None) -> None:
    pane.show_ticket(ticket_id)
    if ticket_id is not None:
        qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.ticket.id == ticket_id)
        qtbot.waitUntil(lambda: not pane.composer._pad.editor.isReadOnly())


def stored(world: World, ticket_id: str, *, is_note: bool = False) -> Draft | None:
    with world.store.read() as reader:
        return draft(reader, ticket_id, is_note)


def type_reply(pane: ThreadPane, words: str) -> Composer:
    pane.focus_reply()
    write(pane.composer._pad.editor, words)
    return pane.composer


def choose(composer: Composer, field: str, addresses: str) -> None:
    """Write whom the reply is for."""
    line = composer._addressing.fields._fields[field]
    line.setText(addresses)
    line.textEdited.emit(addresses)


def performed(world: World, kind: type[Reply] | type[AddNote]) -> list[Reply | AddNote]:
    return [action for action in world.engine.performed if isinstance(action, kind)]


def strip_link(composer: Composer, words: str) -> QPushButton:
    return next(button for button in composer._strip.findChildren(Button) if button.text() == words)


def test_what_is_typed_is_kept_as_a_draft(qtbot: QtBot, pane: ThreadPane, world: World, ticket: str) -> None:
    composer = type_reply(pane, "Almost done")
    qtbot.waitUntil(lambda: composer._toolbar.state == "Draft saved")
    kept = stored(world, ticket)
    assert kept is not None
    assert (kept.text, kept.is_note) == ("Almost done", False)
    assert pane.thread is not None
    assert kept.seen_message_id == pane.thread.messages[-1].id


def test_drafts_are_kept_apart_by_ticket_and_by_tab(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    type_reply(pane, "A reply")
    pane.focus_note()
    write(pane.composer._pad.editor, "A note")
    show(qtbot, pane, world.tickets[1])
    assert pane.composer._pad.is_blank
    show(qtbot, pane, ticket)
    qtbot.waitUntil(lambda: [pad.editor.text() for pad in pane.composer._pads] == ["A reply", "A note"])


def test_a_draft_is_there_after_a_restart(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str, bridge: Bridge
) -> None:
    type_reply(pane, "Unfinished")
    pane.hide()
    qtbot.waitUntil(lambda: stored(world, ticket) is not None)
    second = ThreadPane(bridge)
    qtbot.addWidget(second)
    show(qtbot, second, ticket)
    qtbot.waitUntil(lambda: second.composer._pad.editor.text() == "Unfinished")


def test_whom_a_draft_is_for_is_there_after_a_restart(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str, bridge: Bridge
) -> None:
    choose(type_reply(pane, "Not for Ana"), "To", "tom@x.example")
    pane.hide()
    qtbot.waitUntil(lambda: stored(world, ticket) is not None)
    second = ThreadPane(bridge)
    qtbot.addWidget(second)
    show(qtbot, second, ticket)
    qtbot.waitUntil(lambda: second.composer._pad.editor.text() == "Not for Ana")
    assert second.composer._addressing.summary.accessibleName().startswith("Recipients: to tom@x.example")
    with qtbot.waitSignal(second.sent):
        second.composer.send()
    sent = performed(world, Reply)[-1]
    assert isinstance(sent, Reply)
    assert (sent.to, sent.cc) == (("tom@x.example",), ())


def test_who_was_chosen_as_before_is_not_kept(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    composer = type_reply(pane, "For Ana after all")
    usual = composer._addressing.fields.recipients()
    choose(composer, "To", "tom@x.example")
    choose(composer, "To", ", ".join(usual.to))
    composer.save_now()
    qtbot.waitUntil(lambda: composer._toolbar.state == "Draft saved")
    kept = stored(world, ticket)
    assert kept is not None
    assert kept.recipients is None


def test_what_is_no_address_stays_in_its_ticket(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    choose(type_reply(pane, "Hello"), "Bcc", "nonsense")
    show(qtbot, pane, world.tickets[1])
    assert not pane.composer._addressing.fields.mistakes()


def test_an_emptied_draft_is_forgotten(qtbot: QtBot, pane: ThreadPane, world: World, ticket: str) -> None:
    composer = type_reply(pane, "x")
    qtbot.waitUntil(lambda: stored(world, ticket) is not None)
    press(composer._pad.editor, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: stored(world, ticket) is None)


def test_ctrl_return_sends_after_the_undo_window(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    composer = type_reply(pane, "On its way")
    with qtbot.waitSignal(pane.sent) as sent:
        press(composer._pad.editor, Qt.Key.Key_Return, CTRL)
    assert sent.args is not None
    outcome = sent.args[0][0]
    assert isinstance(outcome, Outcome)
    assert outcome.undo is not None
    action = outcome.action
    assert isinstance(action, Reply)
    assert (action.text, action.html, action.close) == ("On its way", None, False)
    assert action.not_before is not None
    assert action.not_before - action.at == timedelta(seconds=10)
    assert composer._pad.is_blank
    qtbot.waitUntil(lambda: stored(world, ticket) is None)
    qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.messages[-1].text == "On its way")


def test_ctrl_shift_return_closes_too(qtbot: QtBot, pane: ThreadPane, world: World, ticket: str) -> None:
    composer = type_reply(pane, "Done")
    with qtbot.waitSignal(pane.sent):
        press(composer._pad.editor, Qt.Key.Key_Return, CTRL | SHIFT)
    assert world.row(ticket).status is TicketStatus.CLOSED


def test_the_undo_window_is_a_setting(qtbot: QtBot, pane: ThreadPane, world: World, ticket: str) -> None:
    done(world.store, SaveSetting(actor=agent(world.julia), key="undo_send_seconds", value=0))
    qtbot.waitUntil(lambda: pane.composer._surroundings.undo_seconds == 0)
    composer = type_reply(pane, "Now")
    with qtbot.waitSignal(pane.sent):
        composer.send()
    assert performed(world, Reply)[-1].not_before is None  # type: ignore[union-attr]


def test_formatting_is_sent_as_html(qtbot: QtBot, pane: ThreadPane, world: World, ticket: str) -> None:
    composer = type_reply(pane, "plain ")
    composer._pad.editor.toggle_bold()
    write(composer._pad.editor, "bold")
    with qtbot.waitSignal(pane.sent):
        composer.send()
    assert performed(world, Reply)[-1].html == "<div>plain <b>bold</b></div>"


def test_a_note_is_added_and_never_sent(qtbot: QtBot, pane: ThreadPane, world: World, ticket: str) -> None:
    pane.focus_note()
    write(pane.composer._pad.editor, "Only for us")
    with qtbot.waitSignal(pane.sent):
        press(pane.composer._pad.editor, Qt.Key.Key_Return, CTRL | SHIFT)
    assert performed(world, AddNote)[-1].text == "Only for us"
    assert performed(world, Reply) == []
    assert world.row(ticket).status is TicketStatus.OPEN


def test_a_colleagues_answer_stops_mine_and_nothing_is_lost(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    composer = type_reply(pane, "My answer")
    theirs = reply(world, ticket, "Tom was quicker")
    with world.store.write() as session:
        from inbox_desktop.models.actions import perform

        perform(
            session,
            Reply(actor=agent(world.tom), ticket_id=ticket, seen_message_id=theirs.seen_message_id, text="x"),
        )
    composer.send()
    qtbot.waitUntil(lambda: composer._strip.text == "Tom Kern has written since you began.")
    qtbot.waitUntil(lambda: len(composer._strip.findChildren(Button)) == 2)
    assert composer._pad.editor.text() == "My answer"
    assert not composer._pad.editor.isReadOnly()
    with qtbot.waitSignal(pane.sent):
        click(strip_link(composer, "Send anyway"))
    assert composer._pad.is_blank


def test_what_came_since_is_said_before_sending(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    first = world.mail(sent_at=now() - timedelta(hours=1))
    assert first.ticket_id is not None
    show(qtbot, pane, first.ticket_id)
    composer = type_reply(pane, "My answer")
    world.mail.answer(first, sent_at=now(), text="Wait")
    qtbot.waitUntil(lambda: composer._strip.text == "Ana Souza has written since you began.")
    click(strip_link(composer, "Show what is new"))
    assert composer._strip.text == ""
    with qtbot.waitSignal(pane.sent):
        composer.send()


def test_a_blocked_customer_is_not_answered_but_noted(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    composer = pane.composer
    done(
        world.store,
        SetBlocked(actor=agent(world.julia), customer_id=world.row(ticket).customer_id, blocked=True),
    )
    qtbot.waitUntil(lambda: composer._strip.text.startswith("This customer is blocked."))
    assert composer._pads[REPLY].isHidden()
    with qtbot.waitSignal(pane.command) as asked:
        click(strip_link(composer, "Unblock"))
    assert asked.args is not None
    assert asked.args[0] == "unblock"
    pane.focus_note()
    assert composer._strip.text == ""
    assert not composer._pads[NOTE].isHidden()


def test_the_text_stays_when_the_disk_is_full(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    composer = type_reply(pane, "Precious")
    world.engine.failing = StorageFullError("The disk is full.")
    with qtbot.waitSignal(pane.notice) as told:
        composer.save_now()
    assert told.args is not None
    assert "stays in the editor" in told.args[0]
    composer.send()
    qtbot.waitUntil(lambda: "the text is kept" in composer._strip.text)
    assert composer._pad.editor.text() == "Precious"
    world.engine.failing = None
    with qtbot.waitSignal(pane.sent):
        composer.send()


def test_not_saved_stays_in_sight_while_one_types_on(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str
) -> None:
    world.engine.failing = StorageFullError("The disk is full.")
    composer = type_reply(pane, "Precious")
    with qtbot.waitSignal(pane.notice):
        composer.save_now()
    write(composer._pad.editor, ", more precious")
    assert composer._toolbar.state == "Draft not saved"
    composer.save_now()
    qtbot.wait(50)
    assert composer._toolbar.state == "Draft not saved"
    world.engine.failing = None
    composer.save_now()
    qtbot.waitUntil(lambda: composer._toolbar.state == "Draft saved")


def test_files_are_attached_kept_and_taken_off(
    qtbot: QtBot, pane: ThreadPane, world: World, ticket: str, tmp_path: Path
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"content")
    composer = pane.composer
    composer._pad.attach([tmp_path / "plan.pdf"])
    composer._pad.attach_picture(QImage(8, 8, QImage.Format.Format_RGB32))
    qtbot.waitUntil(lambda: len(composer._pad.tray.files()) == 2)
    qtbot.waitUntil(lambda: (kept := stored(world, ticket)) is not None and len(kept.files) == 2)
    names = {file.filename for file in composer._pad.tray.files()}
    assert names == {"plan.pdf", "picture-1.png"}
    press(composer._pad.tray._chips[0], Qt.Key.Key_Delete)
    assert len(composer._pad.tray.files()) == 1
    with qtbot.waitSignal(pane.sent):
        composer.send()
    assert len(performed(world, Reply)[-1].files) == 1


def test_a_file_that_cannot_be_read_is_said(
    qtbot: QtBot, pane: ThreadPane, ticket: str, tmp_path: Path
) -> None:
    with qtbot.waitSignal(pane.notice) as told:
        pane.composer._pad.attach([tmp_path / "gone.pdf"])
    assert told.args is not None
    assert "gone.pdf could not be read" in told.args[0]
    assert not pane.composer._pad.is_busy


def test_large_files_are_warned_about() -> None:
    large = DraftFile("a.mov", "video/mp4", 20_000_000, "x")
    assert too_large_words((large,)) == ""
    assert too_large_words((large, large)).startswith("The files are 40.0 MB together.")


def test_recipients_can_be_changed_and_reply_all_is_offered(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    ticket = world.arrive(to=("support@shop.example",), cc=("tom@x.example", "help@shop.example"))
    show(qtbot, pane, ticket)
    composer = type_reply(pane, "Hello all")
    composer._addressing.summary.setChecked(True)
    fields = composer._addressing.fields
    qtbot.waitUntil(lambda: fields._all.text() == "Reply all: add tom@x.example")
    click(fields._all)
    choose(composer, "Bcc", "boss@x.example, nonsense")
    composer.send()
    assert "nonsense" in composer._strip.text
    choose(composer, "Bcc", "boss@x.example")
    with qtbot.waitSignal(pane.sent):
        composer.send()
    sent = performed(world, Reply)[-1]
    assert isinstance(sent, Reply)
    assert (sent.to, sent.cc, sent.bcc) == (("ana@example.com",), ("tom@x.example",), ("boss@x.example",))


def test_a_reply_taken_back_can_be_sent_after_something_new_came(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    first = world.mail(sent_at=now() - timedelta(hours=1))
    assert first.ticket_id is not None
    show(qtbot, pane, first.ticket_id)
    composer = type_reply(pane, "Too soon")
    choose(composer, "Cc", "tom@x.example")
    with qtbot.waitSignal(pane.sent) as sent:
        composer.send()
    assert sent.args is not None
    assert isinstance(world.do(sent.args[0][0].undo), Outcome)
    qtbot.waitUntil(lambda: composer._pad.editor.text() == "Too soon")
    assert composer._addressing.fields.recipients().cc == ("tom@x.example",)
    world.mail.answer(first, sent_at=now() + timedelta(seconds=1), text="Wait")
    qtbot.waitUntil(lambda: composer._strip.text == "Ana Souza has written since you began.")
    composer.send()
    qtbot.waitUntil(lambda: len(composer._strip.findChildren(Button)) == 2)
    with qtbot.waitSignal(pane.sent):
        click(strip_link(composer, "Send anyway"))


def test_files_dropped_on_the_composer_are_attached(
    qtbot: QtBot, pane: ThreadPane, ticket: str, tmp_path: Path
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"content")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "plan.pdf")), QUrl("https://x.example/a.pdf")])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    pane.composer.dropEvent(drop)
    qtbot.waitUntil(lambda: [f.filename for f in pane.composer._pad.tray.files()] == ["plan.pdf"])


def test_nothing_is_sent_while_there_is_nothing(pane: ThreadPane, world: World, ticket: str) -> None:
    pane.composer.send()
    type_reply(pane, "  ")
    pane.composer.send()
    assert performed(world, Reply) == []


def test_in_little_room_the_buttons_leave_words_out_and_keep_them_for_screen_readers(
    qtbot: QtBot, pane: ThreadPane, ticket: str
) -> None:
    send, close = pane.composer._toolbar.button, pane._header._close
    wide = send.sizeHint().width(), close.sizeHint().width()
    pane.resize(340, 800)
    qtbot.waitUntil(lambda: send.sizeHint().width() < wide[0])
    assert close.sizeHint().width() == close.sizeHint().height()
    assert close.accessibleName() == "Close"
    pane.resize(574, 800)
    qtbot.waitUntil(lambda: (send.sizeHint().width(), close.sizeHint().width()) == wide)
