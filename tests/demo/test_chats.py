"""Web chat in the demo: a real relay, the shop's page, visitors who chat and answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from inbox_desktop.demo.chats import ChatDeed, chat_talk, coming_visitors, past_chats
from inbox_desktop.demo.world import Demo
from inbox_desktop.models.actions import Outcome
from inbox_desktop.models.check import check
from inbox_desktop.models.kinds import ChannelKind, Direction, MessageKind, TicketStatus
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import ChatConversation, Message, Ticket
from tests.demo.living import NOBODY_NEW, Living, begin, rows, texts
from tests.support.plain_http import NO_TLS

LIVELY = replace(NOBODY_NEW, first_visitor=0.1, visitor=(0.1, 0.2))
CHATS = select(Ticket.id).where(Ticket.channel_kind == ChannelKind.CHAT)


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    """One world that runs, into which visitors come."""
    world = begin(None, LIVELY)
    # Now all threads run.
    world.eventually(lambda: all(ticket_of(world.store, one.name) for one in coming_visitors()))
    yield world
    world.end()


def ticket_of(store: Store, name: str) -> str | None:
    """The newest ticket of the visitor with this name."""
    query = select(ChatConversation.ticket_id).where(ChatConversation.name == name)
    return next((str(ticket_id) for (ticket_id,) in rows(store, query) if ticket_id), None)


class TestStories:
    def test_every_visitor_can_be_answered_in_their_language(self) -> None:
        assert {story.locale for story in (*past_chats(), *coming_visitors())} <= chat_talk().keys()

    def test_steps_are_in_order(self) -> None:
        for story in past_chats():
            spans = [step.ago for step in story.steps]
            assert spans == sorted(spans, reverse=True)
            assert story.steps[0].deed is ChatDeed.WRITE


class TestPast:
    def test_every_conversation_is_a_ticket_in_its_state(self, past: Store) -> None:
        tickets = rows(past, select(Ticket.status, Ticket.unread).where(Ticket.channel_kind == "chat"))
        closed = [story for story in past_chats() if story.steps[-1].deed is ChatDeed.DO]
        assert len(tickets) == len(past_chats())
        assert sum(status == TicketStatus.CLOSED for status, _unread in tickets) == len(closed)
        assert all(unread == (status == TicketStatus.OPEN) for status, unread in tickets)

    def test_what_was_said_stands_there_with_what_was_answered_by_itself(self, past: Store) -> None:
        ticket_id = ticket_of(past, "Rui Tavares")
        query = select(Message.kind, Message.author_name).where(Message.ticket_id == ticket_id)
        assert rows(past, query.order_by(Message.order_at, Message.id)) == [
            (MessageKind.MESSAGE, "Rui Tavares"),
            (MessageKind.AUTO_REPLY, ""),
            (MessageKind.AUTO_REPLY, ""),
            (MessageKind.REPLY, "Julia Mendes"),
            (MessageKind.MESSAGE, "Rui Tavares"),
        ]

    def test_the_check_finds_nothing(self, past: Store) -> None:
        assert check(past).problems == ()


class TestLife:
    def test_a_visitor_answers_in_the_same_ticket(self, living: Living) -> None:
        ticket_id = ticket_of(living.store, "Nora Lindqvist")
        assert ticket_id is not None
        before = len(texts(living.store, ticket_id))
        assert isinstance(living.reply(ticket_id, "Take L, it is cut for layers."), Outcome)
        living.eventually(lambda: len(texts(living.store, ticket_id)) >= before + 2)
        assert texts(living.store, ticket_id)[before:][:2] == [
            (Direction.OUTBOUND, "Take L, it is cut for layers."),
            (Direction.INBOUND, "Then L it is. Thank you!"),
        ]

    def test_visitors_come_by_themselves(self, living: Living) -> None:
        marcos = ticket_of(living.store, "Marcos Pinto")
        assert marcos is not None
        living.eventually(lambda: len(texts(living.store, marcos)) >= 4)
        said = [text for direction, text in texts(living.store, marcos) if direction == Direction.INBOUND]
        assert said == list(coming_visitors()[1].says)

    def test_the_shop_shows_the_widget_under_a_strict_policy(self, living: Living) -> None:
        chats = living.demo.chats
        with httpx.Client(base_url=chats.shop_url, trust_env=False, verify=NO_TLS) as browser:
            home = browser.get("/")
            assert f'src="{chats.relay_url}/widget.js"' in home.text
            policy = home.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "Pier lantern" in browser.get("/goods/lantern").text
            assert "thirty days" in browser.get("/returns").text
            assert browser.get("/shop.css").headers["Content-Type"].startswith("text/css")
            assert [browser.get(path).status_code for path in ("/goods/yacht", "/jobs")] == [404, 404]
            widget = browser.get(f"{chats.relay_url}/widget.js")
            assert widget.status_code == 200


def test_a_kept_world_goes_on_at_new_addresses(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = Demo(folder)
    first.prepare().close()
    first.stop()
    world = begin(folder, NOBODY_NEW)
    try:
        ticket_id = ticket_of(world.store, "Camille Moreau")
        assert ticket_id is not None
        assert isinstance(world.reply(ticket_id, "It has arrived."), Outcome)
        world.eventually(lambda: texts(world.store, ticket_id)[-1][1] == "The parcel is on its way back.")
        assert check(world.store).problems == ()
    finally:
        world.end()
