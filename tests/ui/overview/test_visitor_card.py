"""The card of a chat's visitor: where they are, and who they say they are."""

from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.chat_words import language_words, page_words
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.overview.pane import OverviewPane
from tests.models.chatting import ChatRoom
from tests.ui.worlds import World


@pytest.fixture
def room(world: World) -> ChatRoom:
    made = ChatRoom(world.store, world.julia)
    made.clock = now() - timedelta(minutes=20)
    world.engine.tell(Health(made.channel_id, ChannelKind.CHAT, "Harbor", ChannelState.CONNECTED))
    return made


@pytest.fixture
def pane(qtbot: QtBot, bridge: Bridge) -> OverviewPane:
    theme().install("light")
    made = OverviewPane(bridge, theme())
    qtbot.addWidget(made)
    made.resize(284, 800)
    made.show()
    return made


def test_what_is_known_of_a_visitor_is_shown(
    qtbot: QtBot, pane: OverviewPane, room: ChatRoom, world: World
) -> None:
    visitor = room.conversation(
        name="Ana Souza",
        email="ana.chat@mail.example",
        page_url="https://harbor.example/products/rain-jacket?utm_source=x",
        locale="pt-BR",
    )
    ticket_id = room.write(visitor).ticket_id
    assert ticket_id is not None
    pane.show_ticket(ticket_id)
    card = pane.visitor
    qtbot.waitUntil(card.isVisible)
    shown = [
        row.value() for row in (card.now, card.page, card.name, card.email, card.identity, card.language)
    ]
    assert shown == [
        "Not here now",
        "/products/rain-jacket",
        "Ana Souza",
        "ana.chat@mail.example",
        "Not verified",
        "Portuguese (Brazil)",
    ]
    assert card.open_page.isVisible()
    world.engine.visitor(ticket_id, present=True)
    qtbot.waitUntil(lambda: card.now.value() == "Here now")
    world.engine.tell(Health(room.channel_id, ChannelKind.CHAT, "Harbor", ChannelState.OFFLINE))
    qtbot.waitUntil(card.now.isHidden)
    room.note(visitor, verified=True)
    qtbot.waitUntil(lambda: card.identity.value() == "Verified")
    room.note(visitor, closed_at=now())
    qtbot.waitUntil(lambda: card.now.value() == "Conversation ended")


def test_what_is_not_known_is_left_out(qtbot: QtBot, pane: OverviewPane, room: ChatRoom) -> None:
    pane.show_ticket(room.write(room.conversation(page_url="javascript:alert(1)")).ticket_id)
    card = pane.visitor
    qtbot.waitUntil(card.isVisible)
    assert [row.isHidden() for row in (card.name, card.email, card.identity, card.language)] == [True] * 4
    assert card.open_page.isHidden()
    labels = [label.text() for label in pane._head._addresses if label.isVisible()]
    assert labels == []


def test_a_mail_has_no_visitor(qtbot: QtBot, pane: OverviewPane, world: World) -> None:
    pane.show_ticket(world.tickets[0])
    qtbot.waitUntil(lambda: pane.overview is not None)
    assert pane.visitor.isHidden()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://shop.example/cart?x=1#y", "/cart"),
        ("https://shop.example/", "shop.example"),
        ("https://[broken", "https://[broken"),
        ("", ""),
    ],
)
def test_a_page_is_named_by_its_path(address: str, words: str) -> None:
    assert page_words(address) == words


@pytest.mark.parametrize(
    ("locale", "words"),
    [("pt-BR", "Portuguese (Brazil)"), ("es", "Spanish"), ("", ""), ("tlh-x", "tlh-x")],
)
def test_languages_are_said_in_words(locale: str, words: str) -> None:
    assert language_words(locale) == words
