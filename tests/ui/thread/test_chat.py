"""A live chat in the thread: who is there, who types, what was seen, and what the relay's absence means."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.models.actions import SYSTEM, Outcome
from inbox_desktop.models.actions.chats import Conversation
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt, PostponeAttempt
from inbox_desktop.models.actions.inbound import InboundFile
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState, DeliveryState, MessageKind
from inbox_desktop.models.queries.chat_sites import site_setting_key
from inbox_desktop.models.queries.outbox import outbox
from inbox_desktop.ui.kit import Label
from inbox_desktop.ui.thread import bubble
from inbox_desktop.ui.thread.bubble import SENDING
from inbox_desktop.ui.thread.card import MessageCard
from inbox_desktop.ui.thread.chat_bubble import SEEN, ChatBubble
from inbox_desktop.ui.thread.pane import ThreadPane
from inbox_desktop.ui.thread.thumbnail import Thumbnail
from inbox_desktop.ui.thread.typing_line import TypingLine
from tests.models.chatting import ChatRoom
from tests.ui.fingers import click
from tests.ui.relays import SITE
from tests.ui.thread.test_pictures import encoded
from tests.ui.worlds import World, reply


class Chat:
    """One conversation of Ana's, who may be there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.room = ChatRoom(world.store, world.julia)
        self.room.clock = now() - timedelta(minutes=20)
        self.conversation = self.room.conversation(
            name="Ana Souza", email="ana.chat@mail.example", page_url="https://harbor.example/jackets?utm=1"
        )
        ticket_id = self.room.write(self.conversation, "Is the jacket back?").ticket_id
        assert ticket_id is not None
        self.ticket_id = ticket_id
        self.link(ChannelState.CONNECTED)
        self.site()

    def site(self, **changes: Any) -> None:
        site = replace(SITE, **changes)
        self.world.engine._save(site_setting_key(self.room.channel_id), site.to_json())

    def link(self, state: ChannelState, reason: str = "") -> None:
        channel_id = self.room.channel_id
        self.world.engine.tell(Health(channel_id, ChannelKind.CHAT, "Harbor", state, reason=reason))

    def visitor(self, **values: Any) -> None:
        self.world.engine.visitor(self.ticket_id, **values)

    def colleague(self, text: str) -> str:
        """Tom answers at another desktop; the message as the relay calls it."""
        message = self.room.message(self.conversation, text, kind=MessageKind.REPLY, author_name="Tom Kern")
        self.room.receive(message)
        return message.id

    def note(self, **changes: Any) -> Conversation:
        return self.room.note(self.conversation, **changes)


@pytest.fixture
def chat(world: World) -> Chat:
    return Chat(world)


@pytest.fixture
def shown(qtbot: QtBot, pane: ThreadPane, chat: Chat) -> ThreadPane:
    pane.show_ticket(chat.ticket_id)
    qtbot.waitUntil(lambda: pane.thread is not None and not pane.composer._pads[0].editor.isReadOnly())
    return pane


def bubbles(pane: ThreadPane) -> list[ChatBubble]:
    return [card for card in pane._column.cards if isinstance(card, ChatBubble)]


def typing_line(pane: ThreadPane) -> TypingLine | None:
    found = [line for line in pane._column.findChildren(TypingLine) if line.isVisible()]
    return found[0] if found else None


def facts(pane: ThreadPane) -> str:
    return pane._header.facts_words


# Presence and typing


def test_the_head_says_whether_the_visitor_is_there(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    assert facts(shown).startswith("Not here now · #")
    chat.visitor(present=True)
    qtbot.waitUntil(lambda: facts(shown).startswith("Here now · #"))
    chat.visitor(present=False, left_at=now() - timedelta(seconds=2))
    qtbot.waitUntil(lambda: facts(shown).startswith("Left just now · #"))
    chat.visitor(present=False, left_at=now() - timedelta(minutes=3, seconds=1))
    qtbot.waitUntil(lambda: facts(shown).startswith("Left 3 min ago · #"))


def test_a_line_says_that_the_visitor_types(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    assert typing_line(shown) is None
    chat.visitor(present=True, typing=True)
    qtbot.waitUntil(lambda: typing_line(shown) is not None)
    line = typing_line(shown)
    assert line is not None
    assert line.accessibleName() == "Ana Souza is typing…"
    assert line.shown_words(500) == "Ana Souza is typing…"
    assert line.shown_words(90).endswith("… is typing…")
    assert facts(shown).startswith("Typing…")
    chat.visitor(typing=False)
    qtbot.waitUntil(lambda: typing_line(shown) is None)


def test_somebody_elses_visitor_changes_nothing_here(qtbot: QtBot, shown: ThreadPane, world: World) -> None:
    heard: list[object] = []
    shown.live.changed.connect(lambda: heard.append(1))
    with qtbot.waitSignal(shown._bridge.live):
        world.engine.visitor("another", present=True, typing=True)
    assert heard == []


def test_a_mail_has_nobody_who_could_be_there(
    qtbot: QtBot, shown: ThreadPane, chat: Chat, world: World
) -> None:
    chat.visitor(present=True, typing=True)
    qtbot.waitUntil(lambda: typing_line(shown) is not None)
    shown.show_ticket(world.tickets[0])
    qtbot.waitUntil(lambda: shown.thread is not None and shown.thread.ticket.id == world.tickets[0])
    assert "here" not in facts(shown)
    assert typing_line(shown) is None
    assert shown.composer.chats.hint == ""


# Messages


def test_messages_are_bubbles_under_the_visitors_name(shown: ThreadPane) -> None:
    (bubble,) = bubbles(shown)
    assert "Ana Souza wrote" in bubble.accessibleName()
    assert shown._header._subject.text() == "Ana Souza"


def test_a_visitor_without_a_name_is_told_apart(qtbot: QtBot, pane: ThreadPane, chat: Chat) -> None:
    nameless = chat.room.conversation()
    ticket_id = chat.room.write(nameless).ticket_id
    pane.show_ticket(ticket_id)
    qtbot.waitUntil(lambda: pane.thread is not None)
    assert pane._header._subject.text() == f"Visitor · {nameless.visitor_id[-4:].upper()}"


def test_automatic_answers_are_marked(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    kind = MessageKind.AUTO_REPLY
    chat.room.write(chat.conversation, "We are with you in minutes.", kind=kind, author_name="Harbor")
    qtbot.waitUntil(lambda: len(bubbles(shown)) == 2)
    assert "automatic reply" in bubbles(shown)[1].accessibleName()


def test_a_colleagues_answer_is_no_other_programs(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    chat.colleague("On Thursday.")
    qtbot.waitUntil(lambda: len(bubbles(shown)) == 2)
    assert "another program" not in bubbles(shown)[1].accessibleName()


def test_notes_stay_cards(qtbot: QtBot, shown: ThreadPane) -> None:
    shown.composer.focus_note()
    shown.composer._pads[1].editor.insertPlainText("Ask the warehouse")
    shown.composer.send()
    qtbot.waitUntil(lambda: len(shown._column.cards) == 2)
    assert type(shown._column.cards[1]) is MessageCard


def test_what_the_visitor_saw_last_is_marked(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    first = chat.colleague("On Thursday.")
    second = chat.colleague("Shall I put one aside?")
    chat.note(visitor_seen_id=first)
    qtbot.waitUntil(lambda: [one.is_seen for one in bubbles(shown)] == [False, True, False])
    assert bubbles(shown)[1]._foot() == SEEN
    assert bubbles(shown)[1].accessibleName().endswith(f"{SEEN}.")
    chat.note(visitor_seen_id=second)
    qtbot.waitUntil(lambda: [one.is_seen for one in bubbles(shown)] == [False, False, True])


def test_files_of_a_visitor_are_shown_below_the_bubble(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    content = encoded(60, 40)
    sha256 = chat.world.store.attachments.put(content)
    file = InboundFile("crack.png", "image/png", len(content), sha256)
    chat.room.write(chat.conversation, "", files=(file,))
    qtbot.waitUntil(lambda: bool(shown._column.findChildren(Thumbnail)))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DeliveryState.FAILED, "Not sent: The conversation is gone. It is kept here."),
        (DeliveryState.SENT, ""),
    ],
)
def test_what_became_of_an_answer_is_told(
    qtbot: QtBot, shown: ThreadPane, chat: Chat, world: World, state: DeliveryState, words: str
) -> None:
    action = reply(world, chat.ticket_id, "Thursday.")
    assert isinstance(world.do(action), Outcome)
    with world.store.read() as reader:
        (row,) = (one for one in outbox(reader) if one.message_id == action.message_id)
    world.do(BeginAttempt(actor=SYSTEM, delivery_id=row.delivery_id, external_id=None))
    detail = "The conversation is gone" if words else ""
    world.do(FinishAttempt(actor=SYSTEM, delivery_id=row.delivery_id, state=state, detail=detail))

    def told() -> bool:
        last = bubbles(shown)[-1]
        strip = last._delivery
        delivery = last.message.delivery
        is_it = delivery is not None and delivery.state is state
        return is_it and (strip.accessibleName() if strip is not None else "") == words

    qtbot.waitUntil(told)


def test_an_answer_that_leaves_at_once_offers_no_undo(
    qtbot: QtBot, shown: ThreadPane, chat: Chat, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubble, "_MOMENT_MS", 3_600_000)  # however slow this machine is
    world.do(reply(world, chat.ticket_id, "Thursday."))
    qtbot.waitUntil(lambda: bubbles(shown)[-1].message.text == "Thursday.")
    last = bubbles(shown)[-1]
    assert (last._delivery, last._foot()) == (None, SENDING)


def test_an_answer_that_does_not_leave_at_once_says_that_it_waits(
    qtbot: QtBot, shown: ThreadPane, chat: Chat, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubble, "_MOMENT_MS", 200)
    world.do(reply(world, chat.ticket_id, "Thursday."))
    qtbot.waitUntil(lambda: bubbles(shown)[-1].message.text == "Thursday.")
    last = bubbles(shown)[-1]
    qtbot.waitUntil(lambda: last._delivery is not None)
    assert last._delivery is not None
    assert last._delivery.accessibleName() == "Waiting to be sent"


def test_what_waits_for_the_relay_does_not_repeat_why(
    qtbot: QtBot, shown: ThreadPane, chat: Chat, world: World
) -> None:
    action = reply(world, chat.ticket_id, "Thursday.")
    world.do(action)
    with world.store.read() as reader:
        (row,) = (one for one in outbox(reader) if one.message_id == action.message_id)
    world.do(BeginAttempt(actor=SYSTEM, delivery_id=row.delivery_id, external_id=None))
    why = "Not sent yet. The relay can't be reached."
    until = now() + timedelta(minutes=1)
    world.do(PostponeAttempt(actor=SYSTEM, delivery_id=row.delivery_id, until=until, detail=why))
    qtbot.waitUntil(
        lambda: told_below(shown).startswith("Not sent yet: The relay can't be reached. Next try")
    )
    chat.link(ChannelState.OFFLINE, "The relay can't be reached.")
    qtbot.waitUntil(lambda: told_below(shown).startswith("Queued, offline. It leaves by itself later."))


def told_below(shown: ThreadPane) -> str:
    """What the strip below the last bubble says; empty without one."""
    strip = bubbles(shown)[-1]._delivery
    return strip.accessibleName() if strip is not None else ""


# The relay


def test_a_long_reason_is_not_cut(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    shown.resize(560, 800)
    chat.link(ChannelState.OFFLINE, "The relay can't be reached. " * 12)
    qtbot.waitUntil(shown.live.banner.isVisible)
    banner = shown.live.banner._banner
    assert banner is not None
    label = banner.findChildren(Label)[0]
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))
    assert banner.geometry().bottom() <= shown.live.banner.rect().bottom()


def test_while_the_relay_is_away_the_thread_says_what_waits_where(
    qtbot: QtBot, shown: ThreadPane, chat: Chat, world: World
) -> None:
    chat.visitor(present=True)
    chat.link(ChannelState.OFFLINE, "The relay at chat.harbor.example can't be reached.")
    qtbot.waitUntil(lambda: "chat.harbor.example" in shown.live.banner.words)
    assert shown.live.banner.isVisible()
    assert facts(shown).startswith("#")
    assert "waits here" in shown.composer.chats.hint
    banner = shown.live.banner._banner
    assert banner is not None
    click(banner.findChildren(type(banner.add_link("x", lambda: None)))[0])
    assert world.engine.synced == [chat.room.channel_id]
    chat.link(ChannelState.CONNECTED)
    qtbot.waitUntil(lambda: shown.live.banner.words == "")
    assert not shown.live.banner.isVisible()


# What becomes of an answer


def hint(shown: ThreadPane) -> str:
    return shown.composer.chats.hint


def test_the_hint_goes_while_the_visitor_is_there(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    qtbot.waitUntil(lambda: "e-mailed to ana.chat@mail.example" in hint(shown))
    assert "Unseen for 3 minutes" in hint(shown)
    chat.visitor(present=True)
    qtbot.waitUntil(lambda: hint(shown) == "")


@pytest.mark.parametrize(
    ("site", "email", "words"),
    [
        ({"support_address": ""}, "a@b.example", "sends no follow-up e-mails"),
        ({"follow_up": False}, "a@b.example", "sends no follow-up e-mails"),
        ({}, "", "without an e-mail address"),
        ({"follow_up_minutes": 1}, "a@b.example", "Unseen for a minute"),
    ],
)
def test_who_left_may_not_see_the_answer(
    qtbot: QtBot, pane: ThreadPane, chat: Chat, site: dict[str, Any], email: str, words: str
) -> None:
    chat.site(**site)
    chat.note(email=email)
    pane.show_ticket(chat.ticket_id)
    qtbot.waitUntil(lambda: words in hint(pane))
    assert hint(pane).startswith("Ana has left")


def test_a_conversation_that_ended_says_so(qtbot: QtBot, shown: ThreadPane, chat: Chat) -> None:
    chat.note(closed_at=datetime.now(tz=now().tzinfo))
    qtbot.waitUntil(lambda: "has ended" in hint(shown))
    assert facts(shown).startswith("#")
