"""The thread pane over a real store: what it shows, keeps, and hands on."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.messages import AddNote
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState, DeliveryState, MessageKind
from inbox_desktop.models.queries.directory import setting
from inbox_desktop.models.queries.rows import MessageRow
from inbox_desktop.models.queries.thread import thread as read_thread
from inbox_desktop.ui.thread.card import MessageCard
from inbox_desktop.ui.thread.pane import REMOTE_SETTING, ThreadPane
from inbox_desktop.ui.thread.strip import StripLink
from tests.models.samples import done
from tests.ui.fingers import click, press, write
from tests.ui.thread.test_pictures import encoded
from tests.ui.worlds import World, reply


def messages(world: World, ticket_id: str) -> tuple[MessageRow, ...]:
    with world.store.read() as reader:
        found = read_thread(reader, ticket_id, world.store.profile.attachments)
    assert found is not None
    return found.messages


def show(qtbot: QtBot, pane: ThreadPane, ticket_id: str) -> None:
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.thread is not None and pane.thread.ticket.id == ticket_id)
    qtbot.waitUntil(lambda: pane._column.is_complete)


def cards(pane: ThreadPane) -> list[MessageCard]:
    return pane._column.cards


def texts(pane: ThreadPane) -> list[str]:
    return [card._body.toPlainText() for card in cards(pane)]


def link(card: MessageCard, words: str) -> StripLink:
    return next(one for one in card.findChildren(StripLink) if one.text() == words and not one.isHidden())


def follow_up(world: World, count: int, *, days: int = 0, **values: object) -> str:
    """A ticket with this many further mails of the same customer, which came so many days ago."""
    present = now() - timedelta(days=days)
    first = world.mail(sent_at=present - timedelta(hours=9), text="Message 0", **values)
    for number in range(1, count + 1):
        world.mail.answer(first, sent_at=present - timedelta(minutes=500 - number), text=f"Message {number}")
    assert first.ticket_id is not None
    return first.ticket_id


def test_no_ticket_says_what_to_do(pane: ThreadPane) -> None:
    assert pane.thread is None
    page = pane._pages.currentWidget()
    assert page is not None
    assert page.accessibleName() == "No ticket chosen"


def test_a_ticket_shows_its_messages_and_facts(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    ticket = follow_up(world, 3)
    show(qtbot, pane, ticket)
    assert texts(pane) == ["Message 0", "Message 1", "Message 2", "Message 3"]
    assert pane._header._subject.text() == "My order"
    assert f"#{world.row(ticket).number}" in pane._header._facts.accessibleName()


@pytest.mark.parametrize("days", [0, 3])
def test_the_newest_fifty_are_shown_and_older_ones_on_request(
    qtbot: QtBot, pane: ThreadPane, world: World, days: int
) -> None:
    """Also when the day that is named above the first of the fifty is named further up afterwards."""
    show(qtbot, pane, follow_up(world, 80, days=days))
    assert texts(pane)[0] == "Message 31"
    assert pane._column.is_at_bottom
    pane._column.verticalScrollBar().setValue(0)
    seen = cards(pane)[0]
    before = seen.mapTo(pane, seen.rect().topLeft()).y()
    pane._column.older_wanted.emit()
    qtbot.waitUntil(lambda: len(cards(pane)) == 81)
    qtbot.waitUntil(lambda: pane._column.is_complete)
    assert texts(pane)[0] == "Message 0"
    after = seen.mapTo(pane, seen.rect().topLeft()).y()
    assert abs(after - before) <= 60  # the button above it is gone


def test_a_new_message_is_followed_at_the_bottom(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    first = world.mail(sent_at=now() - timedelta(hours=1), text="First")
    assert first.ticket_id is not None
    show(qtbot, pane, first.ticket_id)
    kept = cards(pane)[0]
    world.mail.answer(first, sent_at=now(), text="Second")
    qtbot.waitUntil(lambda: texts(pane) == ["First", "Second"])
    assert cards(pane)[0] is kept
    assert pane._column.is_at_bottom


def test_a_new_message_does_not_move_somebody_who_reads_above(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    first = world.mail(sent_at=now() - timedelta(hours=1), text="line\n" * 30)
    for number in range(4):
        world.mail.answer(first, sent_at=now() - timedelta(minutes=20 - number), text="line\n" * 20)
    assert first.ticket_id is not None
    show(qtbot, pane, first.ticket_id)
    bar = pane._column.verticalScrollBar()
    bar.setValue(100)
    world.mail.answer(first, sent_at=now(), text="Newest")
    qtbot.waitUntil(lambda: texts(pane)[-1] == "Newest")
    assert bar.value() == 100
    assert not pane._column._pill.isHidden()
    click(pane._column._pill)
    assert pane._column.is_at_bottom
    assert pane._column._pill.isHidden()


def test_what_one_wrote_oneself_is_shown_at_once(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    first = world.mail(sent_at=now() - timedelta(hours=1), text="line\n" * 60)
    assert first.ticket_id is not None
    show(qtbot, pane, first.ticket_id)
    qtbot.waitUntil(lambda: not pane.composer._pad.editor.isReadOnly())
    pane.focus_reply()
    write(pane.composer._pad.editor, "On its way")
    pane._column.verticalScrollBar().setValue(100)
    with qtbot.waitSignal(pane.written):
        pane.composer.send()
    qtbot.waitUntil(lambda: texts(pane)[-1] == "On its way")
    assert pane._column.is_at_bottom
    assert pane._column._pill.isHidden()


def test_a_newest_message_higher_than_the_view_begins_with_its_first_line(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    outcome = world.mail(sent_at=now(), text="line\n" * 200)
    assert outcome.ticket_id is not None
    show(qtbot, pane, outcome.ticket_id)
    card = cards(pane)[0]
    assert card.height() > pane._column.viewport().height()
    assert card.mapTo(pane._column.viewport(), card.rect().topLeft()).y() >= 0


def test_another_ticket_replaces_all_and_none_empties(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    show(qtbot, pane, world.tickets[0])
    pane.show_ticket(world.tickets[1])
    assert pane.thread is None
    show(qtbot, pane, world.tickets[1])
    pane.show_ticket(None)
    assert cards(pane) == []
    assert pane.thread is None


def test_a_ticket_that_is_gone_is_said(qtbot: QtBot, pane: ThreadPane) -> None:
    pane.show_ticket("gone")
    qtbot.waitUntil(lambda: pane._pages.currentWidget() is pane._problem)
    assert "removed" in pane._problem.accessibleDescription()


def test_quotes_unfold_and_the_top_of_the_message_stays(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    outcome = world.mail(sent_at=now(), text="Yes\n" + "> old\n" * 40, visible_text="Yes")
    assert outcome.ticket_id is not None
    show(qtbot, pane, outcome.ticket_id)
    card = cards(pane)[0]
    assert texts(pane) == ["Yes"]
    before = card.mapTo(pane, card.rect().topLeft()).y()
    low = card.height()
    assert card._dots is not None
    card._dots.setChecked(True)
    qtbot.waitUntil(lambda: card.height() > low)
    assert "> old" in texts(pane)[0]
    after = card.mapTo(pane, card.rect().topLeft()).y()
    assert after <= before
    assert after >= pane._header.height()


def test_the_head_asks_for_commands(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    asked: list[str] = []
    pane.command.connect(lambda name, _anchor: asked.append(name))
    show(qtbot, pane, world.tickets[0])
    for button in (pane._header._assign, pane._header._snooze, pane._header._close):
        click(button)
    world.close(world.tickets[0])
    qtbot.waitUntil(lambda: pane._header._close.text() == "Reopen")
    click(pane._header._close)
    pane._header._fill_menu()
    menu = pane._header._more.menu()
    for action in menu.actions():
        action.trigger()
    assert asked == ["assign", "snooze", "close", "reopen", "assign_me", "unread", "block"]


def test_a_note_is_yellow_and_named(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    ticket = world.tickets[0]
    done(world.store, AddNote(actor=agent(world.tom), ticket_id=ticket, text="Call the depot"))
    show(qtbot, pane, ticket)
    note = cards(pane)[-1]
    assert note.message.kind is MessageKind.NOTE
    assert "private note" in note.accessibleName()


def test_what_happened_stands_between_the_messages(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    first = world.mail(sent_at=now() - timedelta(hours=1), text="First")
    assert first.ticket_id is not None
    world.close(first.ticket_id)
    world.mail.answer(first, sent_at=now(), text="Second")
    show(qtbot, pane, first.ticket_id)
    named = [entry.widget.accessibleName() for entry in pane._column._entries if entry.widget]
    assert any("closed the ticket" in name for name in named)
    assert any(name.startswith("Reopened by a reply") for name in named)


def test_undo_takes_a_waiting_reply_back(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    ticket = world.tickets[0]
    done(world.store, reply(world, ticket, text="Too soon", not_before=now() + timedelta(seconds=60)))
    show(qtbot, pane, ticket)
    card = cards(pane)[-1]
    assert card._delivery is not None
    assert card._delivery.accessibleName().startswith("Sending in ")
    click(link(card, "Undo"))
    qtbot.waitUntil(lambda: "Too soon" not in texts(pane))
    qtbot.waitUntil(lambda: pane.composer._pad.editor.toPlainText() == "Too soon")


def test_a_failed_reply_says_why_and_is_tried_again(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    ticket = world.tickets[0]
    done(world.store, reply(world, ticket))
    sent = messages(world, ticket)[-1]
    assert sent.delivery is not None
    me = agent(world.julia)
    done(world.store, BeginAttempt(actor=me, delivery_id=sent.delivery.id, external_id="<1@shop.example>"))
    failed = FinishAttempt(
        actor=me, delivery_id=sent.delivery.id, state=DeliveryState.FAILED, detail="550 No such user"
    )
    done(world.store, failed)
    show(qtbot, pane, ticket)
    card = cards(pane)[-1]
    assert card._delivery is not None
    assert card._delivery.accessibleName() == "Not sent: 550 No such user. It is kept here."
    click(link(card, "Try again"))
    qtbot.waitUntil(lambda: messages(world, ticket)[-1].delivery.state is DeliveryState.QUEUED)  # type: ignore[union-attr]


def test_an_unknown_end_asks_a_person(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    ticket = world.tickets[0]
    done(world.store, reply(world, ticket))
    sent = messages(world, ticket)[-1]
    assert sent.delivery is not None
    me = agent(world.julia)
    done(world.store, BeginAttempt(actor=me, delivery_id=sent.delivery.id, external_id="<1@shop.example>"))
    done(world.store, FinishAttempt(actor=me, delivery_id=sent.delivery.id, state=DeliveryState.UNKNOWN))
    show(qtbot, pane, ticket)
    click(link(cards(pane)[-1], "It was sent"))
    qtbot.waitUntil(lambda: messages(world, ticket)[-1].delivery.state is DeliveryState.SENT)  # type: ignore[union-attr]


def test_a_reply_waiting_for_the_network_says_so(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    ticket = world.tickets[0]
    done(world.store, reply(world, ticket))
    show(qtbot, pane, ticket)
    strip = cards(pane)[-1]._delivery
    assert strip is not None
    assert strip.accessibleName() == "Waiting to be sent"
    world.engine.tell(Health(world.channel, ChannelKind.EMAIL, "Support", ChannelState.OFFLINE))
    qtbot.waitUntil(lambda: strip.accessibleName().startswith("Queued, offline"))


REMOTE = '<p>Look</p><img data-remote="https://x.example/a.png" alt="">'


class Fetcher:
    """Answers the window's wish for remote images."""

    def __init__(self, content: dict[str, bytes] | None) -> None:
        self.content = content
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, urls: Sequence[str]) -> "Future[dict[str, bytes]]":
        self.asked.append(tuple(urls))
        future: Future[dict[str, bytes]] = Future()
        if self.content is None:
            future.set_exception(InboxError("There is no connection now. The mail is kept as it is."))
        else:
            future.set_result(self.content)
        return future


def remote_mail(world: World, **values: object) -> str:
    outcome = world.mail(
        sent_at=now(), html=REMOTE, text="Look", blocked=("image https://x.example/a.png",), **values
    )
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def test_remote_images_are_loaded_once_when_asked_for(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Fetcher({"https://x.example/a.png": encoded(30, 20)})
    monkeypatch.setattr(world.engine, "fetch_remote", fetch)
    show(qtbot, pane, remote_mail(world))
    card = cards(pane)[0]
    assert fetch.asked == []
    click(link(card, "Load once"))
    qtbot.waitUntil(lambda: card._remote_strip is None)
    assert fetch.asked == [("https://x.example/a.png",)]
    assert card._body.document().toHtml().count("message-image:") == 1
    with world.store.read() as reader:
        assert setting(reader, REMOTE_SETTING, []) == []


def test_always_remembers_the_sender(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Fetcher({"https://x.example/a.png": encoded(30, 20)})
    monkeypatch.setattr(world.engine, "fetch_remote", fetch)
    show(qtbot, pane, remote_mail(world))
    click(link(cards(pane)[0], "Always"))
    qtbot.waitUntil(lambda: len(fetch.asked) == 1)
    second = remote_mail(world)
    show(qtbot, pane, second)
    qtbot.waitUntil(lambda: len(fetch.asked) == 2)
    forged = remote_mail(world, author_verified=False)
    show(qtbot, pane, forged)
    assert len(fetch.asked) == 2
    qtbot.waitUntil(lambda: cards(pane)[-1]._remote_strip is not None)


def test_images_that_do_not_come_are_said(
    qtbot: QtBot, pane: ThreadPane, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.engine, "fetch_remote", Fetcher(None))
    show(qtbot, pane, remote_mail(world))
    card = cards(pane)[0]
    click(link(card, "Load once"))
    strip = card._remote_strip
    assert strip is not None
    qtbot.waitUntil(lambda: strip.accessibleName().startswith("There is no connection"))
    assert strip.isEnabled()


def test_an_unverified_sender_is_marked_in_words(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    outcome = world.mail(sent_at=now(), author_verified=False)
    assert outcome.ticket_id is not None
    show(qtbot, pane, outcome.ticket_id)
    assert "could not be verified" in cards(pane)[0].accessibleName()


def test_a_message_without_anything_says_so(qtbot: QtBot, pane: ThreadPane, world: World) -> None:
    show(qtbot, pane, world.arrive(text="", subject=""))
    strip = cards(pane)[-1]._warning
    assert strip is not None
    assert strip.accessibleName() == "This message has no text"


def test_arrows_go_from_message_to_message_and_tab_stops_once(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    show(qtbot, pane, follow_up(world, 3))
    found = cards(pane)
    stops = [card for card in found if card.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [found[-1]]
    found[-1].setFocus()
    press(found[-1], Qt.Key.Key_Up)
    assert pane.focusWidget() is found[-2]
    press(found[-2], Qt.Key.Key_Home)
    assert pane.focusWidget() is found[0]
    press(found[0], Qt.Key.Key_Return)
    assert pane.focusWidget() is found[0]._body
    press(found[0]._body, Qt.Key.Key_Escape)
    assert pane.focusWidget() is found[0]
    stops = [card for card in found if card.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [found[0]]


def test_it_stays_at_the_newest_message_when_the_room_shrinks(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    show(qtbot, pane, follow_up(world, 20))
    assert pane._column.is_at_bottom
    pane.focus_reply()
    pane.composer._pad.editor.setPlainText("line\n" * 12)
    qtbot.waitUntil(lambda: pane._column.height() < 520)
    assert pane._column.is_at_bottom
    pane._column.verticalScrollBar().setValue(200)
    pane.resize(520, 700)
    qtbot.waitUntil(lambda: pane.width() == 520)
    assert not pane._column.is_at_bottom


def test_tab_goes_from_the_head_over_the_newest_message_to_the_composer(
    qtbot: QtBot, pane: ThreadPane, world: World
) -> None:
    show(qtbot, pane, remote_mail(world))
    qtbot.waitUntil(lambda: not pane.composer._pad.editor.isReadOnly())
    pane._header._more.setFocus()
    card = cards(pane)[-1]
    visited = []
    for _ in range(6):
        focused = pane.focusWidget()
        assert focused is not None
        press(focused, Qt.Key.Key_Tab)
        visited.append(pane.focusWidget())
    assert visited[0] is card
    assert visited[1:3] == [link(card, "Load once"), link(card, "Always")]
    assert visited[-1] is pane.composer._pad.editor
