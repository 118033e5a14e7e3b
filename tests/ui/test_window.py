"""The whole window over a small inbox: the keys, what moves on, what stays, what survives a restart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QTextEdit
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.tickets import MarkUnread
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState, TicketStatus
from inbox_desktop.models.queries.rows import Thread
from inbox_desktop.ui.cheat_sheet import CheatSheet
from inbox_desktop.ui.kit import Button, Density, theme
from inbox_desktop.ui.outbox_panel import OutboxPanel
from inbox_desktop.ui.people_picker import PeoplePicker
from inbox_desktop.ui.places import ALL, SNOOZED, UNASSIGNED, Place
from inbox_desktop.ui.window import MainWindow, build_window
from tests.models.samples import Mailroom, add_agent, add_channel, open_store
from tests.ui.fingers import CTRL, NONE, SHIFT, only, press, write
from tests.ui.worlds import SmallEngine, World, reply

pytestmark = [
    # The offscreen platform cannot raise windows, and says so.
    pytest.mark.qt_log_ignore("does not support", "propagateSizeHints"),
    pytest.mark.expects_log("does not support"),
]


@dataclass
class Desk:
    """A window, the world behind it, and fingers."""

    window: MainWindow
    world: World
    qtbot: QtBot

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        press(QApplication.focusWidget() or self.window, key, held)

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=8000)

    def go(self, place: Place) -> None:
        with self.qtbot.waitSignal(self.window.tickets.shown):
            self.window.show_place(place)
        self.wait(lambda: self.shown() == self.current())

    def current(self) -> str | None:
        row = self.window.tickets.current
        return row.id if row else None

    def chosen(self) -> str:
        """The chosen ticket; there must be one."""
        found = self.current()
        assert found is not None
        return found

    def thread(self) -> Thread:
        """What is on the screen; there must be something."""
        found = self.window.thread_pane.thread
        assert found is not None
        return found

    def shown(self) -> str | None:
        thread = self.window.thread_pane.thread
        return thread.ticket.id if thread else None

    def listed(self) -> list[str]:
        return [row.id for row in self.window.tickets.model.rows]

    def told(self) -> str:
        message = self.window.toast.current
        return message.text if message else ""

    def status(self, ticket: str) -> TicketStatus:
        return self.world.row(ticket).status

    def select(self, ticket: str) -> None:
        assert self.window.tickets.select(ticket)
        self.window.tickets.focus()
        self.wait(lambda: self.shown() == ticket)


@pytest.fixture
def desk(world: World, qtbot: QtBot) -> Iterator[Desk]:
    desk = open_desk(world, qtbot)
    yield desk
    close(desk.window)


def open_desk(world: World, qtbot: QtBot) -> Desk:
    window = build_window(world.store, world.engine, theme())
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.content_shown):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return Desk(window, world, qtbot)


def close(window: MainWindow) -> None:
    window.close()
    window.shut_down()


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_the_first_ticket_is_shown_and_not_read_by_that(desk: Desk) -> None:
    assert desk.current() == desk.listed()[0] == desk.shown()
    desk.qtbot.wait(1200)
    assert not any(action.name == "ticket.read" for action in desk.world.engine.performed)


def test_j_and_k_go_through_the_list(desk: Desk) -> None:
    first, second = desk.listed()[:2]
    desk.press(Qt.Key.Key_J)
    desk.wait(lambda: desk.shown() == second)
    desk.press(Qt.Key.Key_K)
    desk.wait(lambda: desk.shown() == first)


def test_a_ticket_that_one_looks_at_is_read_after_a_second_and_u_leaves_it_unread(desk: Desk) -> None:
    unread = next(row.id for row in desk.window.tickets.model.rows if row.unread)
    desk.select(unread)
    assert desk.world.row(unread).unread
    desk.wait(lambda: not desk.world.row(unread).unread)
    desk.wait(lambda: not next(row.unread for row in desk.window.tickets.model.rows if row.id == unread))
    desk.press(Qt.Key.Key_U)
    desk.wait(lambda: desk.world.row(unread).unread)
    desk.qtbot.wait(1300)
    assert desk.world.row(unread).unread


def test_e_closes_goes_on_and_ctrl_z_brings_it_back(desk: Desk) -> None:
    first, second = desk.listed()[:2]
    desk.press(Qt.Key.Key_E)
    desk.wait(lambda: desk.shown() == second)
    assert desk.status(first) is TicketStatus.CLOSED
    assert desk.told().startswith("Closed #")
    desk.press(Qt.Key.Key_Z, CTRL)
    desk.wait(lambda: desk.shown() == first)
    assert desk.status(first) is TicketStatus.OPEN


def test_l_shows_the_customer_and_takes_a_tag(desk: Desk) -> None:
    desk.select(desk.listed()[0])
    if desk.window.overview.isVisible():
        desk.press(Qt.Key.Key_O)
    assert not desk.window.overview.isVisible()
    desk.press(Qt.Key.Key_L)
    desk.wait(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    write(QApplication.focusWidget() or desk.window, "refund")
    desk.press(Qt.Key.Key_Return)
    desk.wait(lambda: "refund" in desk.world.row(desk.chosen()).tags)
    assert desk.window.overview.isVisible()


def test_shift_e_goes_on_even_where_closed_tickets_stay(desk: Desk) -> None:
    desk.go(ALL)
    first, second = desk.listed()[:2]
    desk.press(Qt.Key.Key_E, SHIFT)
    desk.wait(lambda: desk.shown() == second)
    assert desk.status(first) is TicketStatus.CLOSED
    assert first in desk.listed()


def test_a_message_that_nobody_has_seen_is_not_closed(desk: Desk) -> None:
    ticket = desk.chosen()
    desk.window.thread_pane.blockSignals(True)
    seen = desk.thread()
    sent = desk.world.mail_ids[ticket]
    desk.world.arrive(author_address=seen.ticket.customer_address, references=(sent,), in_reply_to=sent)
    desk.press(Qt.Key.Key_E)
    desk.wait(lambda: desk.told().startswith("The customer has written since."))
    assert desk.status(ticket) is TicketStatus.OPEN


def test_i_takes_a_ticket_and_stays_on_it(desk: Desk) -> None:
    desk.go(UNASSIGNED)
    ticket = desk.chosen()
    desk.press(Qt.Key.Key_I)
    desk.wait(lambda: desk.listed() == [])
    assert desk.world.row(ticket).assignee_id == desk.world.julia
    assert desk.shown() == ticket
    desk.wait(lambda: desk.thread().ticket.assignee_id == desk.world.julia)
    desk.press(Qt.Key.Key_E)
    desk.wait(lambda: desk.status(ticket) is TicketStatus.CLOSED)


def test_a_opens_the_team(desk: Desk) -> None:
    first, second = desk.listed()[:2]
    desk.press(Qt.Key.Key_A)
    picker = only(desk.window, PeoplePicker)
    write(picker.search.edit, "tom")
    press(picker.search.edit, Qt.Key.Key_Return)
    desk.wait(lambda: desk.shown() == second)
    assert desk.world.row(first).assignee_id == desk.world.tom
    assert desk.told().endswith("to Tom Kern")


def test_s_snoozes(desk: Desk) -> None:
    first = desk.chosen()
    desk.press(Qt.Key.Key_S)
    menu = open_menu()
    menu.actions()[0].trigger()
    menu.close()
    desk.wait(lambda: desk.status(first) is TicketStatus.SNOOZED)
    desk.wait(lambda: first not in desk.listed())


def test_several_tickets_at_once(desk: Desk) -> None:
    tickets = desk.listed()
    desk.window.tickets.focus()
    desk.press(Qt.Key.Key_A, CTRL)
    assert len(desk.window.tickets.selected()) == len(tickets)
    desk.press(Qt.Key.Key_E)
    desk.wait(lambda: desk.listed() == [])
    assert {desk.status(ticket) for ticket in tickets} == {TicketStatus.CLOSED}
    assert desk.told() == f"Closed {len(tickets)} tickets"
    desk.wait(lambda: desk.shown() is None)
    desk.press(Qt.Key.Key_Z, CTRL)
    desk.wait(lambda: desk.listed() == tickets)


def test_the_context_menu_offers_what_makes_sense(desk: Desk) -> None:
    desk.window._open_menu(desk.window.tickets.view.current_point())
    menu = open_menu()
    words = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert "Close" in words
    assert "Reopen" not in words
    assert "Assign to me" not in words
    menu.close()


def test_slash_searches_and_escape_leads_back(desk: Desk) -> None:
    mine = desk.listed()
    desk.press(Qt.Key.Key_Slash)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    write(field, "invoice")
    desk.wait(lambda: [row.customer_name for row in desk.window.tickets.model.rows] == ["Chidi Okafor"])
    assert desk.window.tickets.question.title == "Search"
    desk.press(Qt.Key.Key_Down)
    assert desk.window.tickets.view.hasFocus()
    desk.wait(lambda: desk.shown() == desk.listed()[0])
    found = desk.shown()
    desk.press(Qt.Key.Key_Escape)
    desk.wait(lambda: desk.listed() == mine)
    assert desk.shown() == found


def search_field(desk: Desk) -> QLineEdit:
    """The search of a window that is wide enough to show its views."""
    desk.window.resize(1440, 900)
    desk.wait(desk.window.views.isVisible)
    desk.press(Qt.Key.Key_Slash)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    return field


def test_down_from_the_search_selects_the_first_that_was_found(desk: Desk) -> None:
    field = search_field(desk)
    write(field, "yuki")
    desk.wait(lambda: [row.customer_name for row in desk.window.tickets.model.rows] == ["Yuki Tanaka"])
    desk.press(Qt.Key.Key_Down)
    assert [row.id for row in desk.window.tickets.selected()] == desk.listed()


def test_escape_leaves_a_search_that_found_nothing(desk: Desk) -> None:
    mine = desk.listed()
    field = search_field(desk)
    write(field, "nowhere")
    desk.wait(lambda: desk.listed() == [])
    desk.press(Qt.Key.Key_Escape)
    assert not field.text()
    assert field.hasFocus()
    desk.wait(lambda: desk.listed() == mine)
    desk.press(Qt.Key.Key_Escape)
    assert desk.window.tickets.view.hasFocus()


def test_a_list_that_was_empty_does_not_take_the_keyboard_later(desk: Desk) -> None:
    field = search_field(desk)
    write(field, "nowhere")
    desk.wait(lambda: desk.listed() == [])
    desk.window.tickets.focus()
    field.setFocus()
    field.selectAll()
    write(field, "invoice")
    desk.wait(lambda: len(desk.listed()) == 1)
    assert field.hasFocus()


def test_numbers_choose_views(desk: Desk) -> None:
    desk.press(Qt.Key.Key_3)
    desk.wait(lambda: len(desk.listed()) == len(desk.world.tickets))
    desk.press(Qt.Key.Key_2)
    desk.wait(lambda: desk.window.tickets.question.place == UNASSIGNED)


def test_r_and_n_write_and_escape_leads_back_to_the_list(desk: Desk) -> None:
    for key in (Qt.Key.Key_R, Qt.Key.Key_N):
        desk.press(key)
        editor = QApplication.focusWidget()
        assert isinstance(editor, QTextEdit)
        write(editor, "je")
        assert editor.toPlainText().endswith("je")
        desk.press(Qt.Key.Key_Escape)
        assert desk.window.tickets.view.hasFocus()


def test_question_mark_shows_the_keys(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Question)
    sheet = only(desk.window, CheatSheet)
    assert sheet.isVisible()
    sheet.accept()


def test_f5_synchronises(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F5)
    assert desk.world.engine.synced == [None]


def test_counts_and_badge_follow(desk: Desk) -> None:
    before = desk.window.rail.inbox.count
    desk.world.arrive(author_address="new@mail.example")
    desk.wait(lambda: desk.window.rail.inbox.count == before + 1)
    buttons = {button.place: button.count for button in desk.window.views._buttons}
    assert buttons[ALL] == len(desk.world.tickets) + 1


def test_a_channels_state_is_told_below(desk: Desk) -> None:
    assert desk.window.status.words()[0].startswith("E-mail synced")
    desk.world.engine.tell(
        Health(desk.world.channel, ChannelKind.EMAIL, "Support", ChannelState.OFFLINE, "No net.")
    )
    desk.wait(lambda: desk.window.status.words() == ["E-mail offline"])
    desk.window.status.try_wanted.emit(desk.world.channel)
    assert desk.world.engine.synced == [desk.world.channel]


def test_what_waits_can_be_cancelled_from_the_outbox(desk: Desk) -> None:
    ticket = desk.chosen()
    desk.world.do(reply(desk.world, ticket))
    desk.wait(desk.window.status.outbox.isVisible)
    assert desk.window.status.outbox.text() == "Outbox: 1 waiting"
    desk.window.open_outbox()
    panel = only(desk.window, OutboxPanel)
    next(button for button in panel.findChildren(Button) if button.text() == "Cancel").click()
    desk.wait(lambda: not desk.window.status.outbox.isVisible())
    assert desk.told() == f"The answer in #{desk.world.row(ticket).number} is a draft again"
    panel.close()


def test_sending_offers_undo(desk: Desk) -> None:
    action = reply(desk.world, desk.chosen(), close=True, not_before=now() + timedelta(seconds=9))
    outcome = desk.world.do(action)
    desk.window.thread_pane.sent.emit([outcome])
    assert desk.told() == "Ticket closed, answer on its way"
    assert desk.window.door.can_undo


def test_what_leaves_at_once_offers_no_undo(desk: Desk) -> None:
    outcome = desk.world.do(reply(desk.world, desk.chosen()))
    desk.window.thread_pane.sent.emit([outcome])
    assert desk.told() == "Answer on its way"
    assert not desk.window.door.can_undo


def test_ctrl_z_takes_the_answer_back(desk: Desk) -> None:
    desk.press(Qt.Key.Key_R)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QTextEdit)
    write(editor, "Too early")
    with desk.qtbot.waitSignal(desk.window.thread_pane.written):
        desk.press(Qt.Key.Key_Return, CTRL)
    assert desk.window.tickets.view.hasFocus()  # letters are commands again
    desk.press(Qt.Key.Key_Z, CTRL)
    desk.wait(lambda: editor.toPlainText() == "Too early")


def test_letters_typed_before_the_draft_is_there_are_text_and_no_commands(desk: Desk) -> None:
    ticket = desk.chosen()
    desk.press(Qt.Key.Key_R)
    pad = desk.window.thread_pane.composer._pad
    pad.set_read_only(read_only=True)
    for key in (Qt.Key.Key_E, Qt.Key.Key_2):
        desk.press(key)
    pad.set_read_only(read_only=False)
    assert pad.editor.toPlainText() == "e2"
    assert desk.status(ticket) is TicketStatus.OPEN


def test_an_error_anywhere_is_told(desk: Desk) -> None:
    desk.window.reporter.told.emit("Something broke.")
    assert desk.told() == "Something broke."


def test_a_ticket_from_elsewhere_is_shown_without_the_list(desk: Desk) -> None:
    other = next(ticket for ticket in desk.world.tickets if ticket not in desk.listed())
    desk.window.open_ticket(other)
    desk.wait(lambda: desk.shown() == other)
    assert desk.window.tickets.selected() == ()
    assert [row.id for row in desk.window.situation().tickets] == [other]


def test_where_one_was_is_remembered(world: World, qtbot: QtBot) -> None:
    desk = open_desk(world, qtbot)
    desk.go(UNASSIGNED)
    desk.window.tickets.set_density(Density.COMPACT)
    theme().set_choice("dark")
    desk.window.panes.set_widths([190, 380, 500, 300])
    close(desk.window)
    theme().set_choice("light")
    again = open_desk(world, qtbot)
    assert again.window.tickets.question.place == UNASSIGNED
    assert again.window.tickets.view.delegate.density is Density.COMPACT
    assert theme().choice == "dark"
    assert again.window.panes.widths[:2] == [190, 380]
    theme().set_choice("system")
    close(again.window)


def test_an_inbox_without_channels_begins_with_connecting_one(tmp_path: Path, qtbot: QtBot) -> None:
    store = open_store(tmp_path)
    add_agent(store, "Julia")
    window = build_window(store, SmallEngine(store), theme())
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.content_shown):
        window.show()
    assert window.connect_page is not None
    assert window.connect_page.isVisible()
    assert not window.panes.isVisible()
    assert window.windowTitle() == "Inbox Desktop"
    window.run("view_snoozed")
    assert window.tickets.question.place != SNOOZED
    with qtbot.waitSignal(window.demo_requested):
        window.connect_page.demo_requested.emit()
    close(window)
    store.close()


def test_the_first_mailbox_leads_to_its_tickets_and_the_keyboard_works(tmp_path: Path, qtbot: QtBot) -> None:
    store = open_store(tmp_path)
    engine = SmallEngine(store)
    me = add_agent(store, "Julia")
    window = build_window(store, engine, theme())
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.content_shown):
        window.show()
    window.activateWindow()
    page = window.connect_page
    assert page is not None
    page.form.secret.setFocus()
    channel = add_channel(store, me)
    page.connected.emit(channel)
    qtbot.waitUntil(window.panes.isVisible)
    assert window.tickets.question.place == UNASSIGNED
    mailroom = Mailroom(store, channel)
    for number in range(3):
        mailroom(text=f"Hello {number}")
        qtbot.waitUntil(lambda number=number: window.tickets.model.rowCount() == number + 1)  # type: ignore[misc]
    press(QApplication.focusWidget() or window, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: window.thread_pane.thread is not None)
    assert len(window.tickets.selected()) == 1
    close(window)
    store.close()


def test_closing_says_so(desk: Desk) -> None:
    with desk.qtbot.waitSignal(desk.window.closed):
        desk.window.close()


def test_news_during_shutdown_do_no_harm(desk: Desk) -> None:
    desk.window.shut_down()
    read = next(row.id for row in desk.window.tickets.model.rows if not row.unread)
    desk.world.do(MarkUnread(actor=agent(desk.world.julia), ticket_id=read))
    desk.qtbot.wait(400)
    assert desk.world.row(read).unread
    assert not any(row.unread for row in desk.window.tickets.model.rows if row.id == read)
