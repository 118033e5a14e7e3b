"""The demo's world: it begins alike each time, all is well in it, and its customers live."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from inbox_desktop.demo.chats import past_chats
from inbox_desktop.demo.story import newcomers, past_stories
from inbox_desktop.demo.team import SUPPORT
from inbox_desktop.demo.texts import text_stories
from inbox_desktop.demo.world import Demo
from inbox_desktop.models.actions import Outcome, agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.check import check
from inbox_desktop.models.errors import ProfileError
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, Direction, MessageKind, TicketStatus
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import (
    Channel,
    Customer,
    Delivery,
    DraftRow,
    Message,
    Recipient,
    Ticket,
    TicketTag,
)
from tests.demo.living import NOBODY_NEW, QUICK, Living, begin, rows, texts, ticket_with

EVERYBODY = len(past_stories()) + len(text_stories()) + len(past_chats())


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    """One world that runs, for all tests that use a ticket of their own."""
    world = begin(None, QUICK)
    # Once mails and texts have gone to and fro all threads run.
    ticket_id = reply(world, "Student discount?", "It is still valid.")
    text_ticket_id = ticket_with(world.store, "+13035550187")
    world.reply(text_ticket_id, "It is.")
    world.eventually(lambda: len(texts(world.store, ticket_id)) == 6)
    world.eventually(lambda: len(texts(world.store, text_ticket_id)) == 4)
    yield world
    world.end()


def appearance(store: Store) -> list[tuple[Any, ...]]:
    """All that a person sees of the tickets, times aside."""
    query = (
        select(
            Ticket.number,
            Ticket.subject,
            Ticket.status,
            Ticket.unread,
            Ticket.message_count,
            Ticket.snippet,
            Ticket.has_attachments,
            Customer.name,
            Customer.blocked,
        )
        .join(Customer, Customer.id == Ticket.customer_id)
        .order_by(Ticket.last_message_at.desc(), Ticket.number)
    )
    return rows(store, query)


def reply(living: Living, subject: str, text: str) -> str:
    """Julia answers; returns the ticket's id."""
    ((ticket_id,),) = rows(living.store, select(Ticket.id).where(Ticket.subject == subject))
    outcome = living.reply(ticket_id, text)
    assert isinstance(outcome, Outcome), outcome
    return str(ticket_id)


class TestWorld:
    def test_every_story_is_a_ticket(self, past: Store) -> None:
        query = select(Ticket.subject, Ticket.customer_address)
        found = rows(past, query.where(Ticket.channel_kind != ChannelKind.CHAT))
        subjects = sorted(subject for subject, _ in found if subject)
        assert subjects == sorted(story.subject for story in past_stories())
        phones = sorted(address for subject, address in found if not subject)
        assert phones == sorted(story.phone for story in text_stories())

    def test_there_are_tickets_in_every_state(self, past: Store) -> None:
        counted = dict(rows(past, select(Ticket.status, func.count()).group_by(Ticket.status)))
        assert counted[TicketStatus.OPEN] >= 25
        assert counted[TicketStatus.SNOOZED] >= 5
        assert counted[TicketStatus.CLOSED] >= 15

    def test_messages_of_every_kind_are_there(self, past: Store) -> None:
        kinds = {kind for (kind,) in rows(past, select(Message.kind).distinct())}
        assert kinds >= {
            MessageKind.MESSAGE,
            MessageKind.REPLY,
            MessageKind.NOTE,
            MessageKind.AUTO_REPLY,
            MessageKind.BOUNCE,
        }

    def test_one_reply_waits_one_failed_and_one_came_back(self, past: Store) -> None:
        mails = (
            select(Delivery.state, func.count())
            .join(Message, Message.id == Delivery.message_id)
            .join(Channel, Channel.id == Delivery.channel_id)
            .where(Message.kind == MessageKind.REPLY, Channel.kind == ChannelKind.EMAIL)
        )
        counted = dict(rows(past, mails.group_by(Delivery.state)))
        assert counted[DeliveryState.QUEUED] == 1
        assert counted[DeliveryState.FAILED] == 1
        query = select(Delivery.detail).where(Delivery.state == DeliveryState.FAILED)
        assert any("mailbox is full" in detail for (detail,) in rows(past, query))
        bounced = rows(past, select(Recipient.detail).where(Recipient.state == DeliveryState.FAILED))
        assert any("moved" in detail for (detail,) in bounced)

    def test_nothing_lies_in_the_future_and_each_thread_is_in_order(self, past: Store) -> None:
        query = (
            select(Message.ticket_id, Message.sent_at, Message.stored_at)
            .where(Message.ticket_id.is_not(None))
            .order_by(Message.ticket_id, Message.order_at)
        )
        found = rows(past, query)
        assert all(sent <= stored.replace(microsecond=999_999) for _, sent, stored in found)
        assert found == sorted(found, key=lambda row: (row[0], row[1].replace(microsecond=0)))

    def test_drafts_tags_and_a_blocked_customer_are_there(self, past: Store) -> None:
        assert len(rows(past, select(DraftRow.ticket_id))) == 2
        assert len(rows(past, select(TicketTag.tag).distinct())) == 10
        blocked = rows(past, select(Customer.name).where(Customer.blocked).order_by(Customer.name))
        assert blocked == [("",), ("Growth Rocket",)]

    def test_julia_sits_at_the_window(self, past: Store) -> None:
        with past.read() as connection:
            julia = me(connection)
        assert julia is not None
        assert julia.name == "Julia Mendes"

    def test_all_is_well(self, past: Store) -> None:
        report = check(past)
        assert report.problems == ()
        assert report.ok


class TestFolder:
    def test_every_demo_begins_alike_and_leaves_nothing(self, past: Store) -> None:
        demo = Demo(None)
        store = demo.prepare()
        try:
            assert [row[1] for row in appearance(store)] == [row[1] for row in appearance(past)]
            changed = [
                pair for pair in zip(appearance(store), appearance(past), strict=True) if pair[0] != pair[1]
            ]
            assert changed == []
            demo.stop()
            assert demo.profile.folder.exists(), "the store is still open"
        finally:
            store.close()
            demo.stop()
        assert not demo.profile.folder.exists()

    def test_a_real_inbox_is_left_alone(self, tmp_path: Path) -> None:
        open_inbox(Profile(tmp_path / "real")).close()
        demo = Demo(tmp_path / "real")
        with pytest.raises(ProfileError, match="no demo"):
            demo.prepare()
        assert (tmp_path / "real" / "inbox.db").exists()
        assert not (tmp_path / "real" / "demo.txt").exists()

    def test_a_named_folder_is_kept_and_goes_on(self, tmp_path: Path) -> None:
        first = begin(tmp_path / "demo", NOBODY_NEW)
        ticket_id = reply(first, "Do you ship to Svalbard?", "We do.")
        text_ticket_id = ticket_with(first.store, "+13035550187")
        first.reply(text_ticket_id, "We do.")
        first.eventually(lambda: len(texts(first.store, ticket_id)) == 3)
        first.eventually(lambda: len(texts(first.store, text_ticket_id)) == 4)
        first.end()
        second = begin(tmp_path / "demo", NOBODY_NEW)
        try:
            assert len(appearance(second.store)) == EVERYBODY
            reply(second, "Do you ship to Svalbard?", "And it is not expensive.")
            second.reply(text_ticket_id, "For little.")
            second.eventually(lambda: len(texts(second.store, ticket_id)) == 5)
            second.eventually(lambda: len(texts(second.store, text_ticket_id)) == 6)
        finally:
            second.end()

    def test_a_world_that_was_not_finished_is_built_anew(self, tmp_path: Path) -> None:
        open_inbox(Profile(tmp_path / "demo")).close()
        (tmp_path / "demo" / "demo.txt").write_text("half")
        demo = Demo(tmp_path / "demo")
        store = demo.prepare()
        try:
            assert len(appearance(store)) == EVERYBODY
        finally:
            store.close()
            demo.stop()
        assert (tmp_path / "demo" / "inbox.db").exists()


class TestCustomers:
    def test_a_reply_is_answered_in_the_same_ticket(self, living: Living) -> None:
        subject = "Where is my order? It should have come on Friday"
        (story,) = [story for story in past_stories() if story.subject == subject]
        ticket_id = reply(living, subject, "It is on its way.")
        living.eventually(lambda: texts(living.store, ticket_id)[-1] == (Direction.INBOUND, story.answers[0]))
        reply(living, subject, "Enjoy the trip.")
        living.eventually(lambda: texts(living.store, ticket_id)[-1] == (Direction.INBOUND, story.answers[1]))

    def test_the_answer_reopens_a_closed_ticket(self, living: Living) -> None:
        subject = "Gift wrapping"
        with living.store.read() as connection:
            julia = me(connection)
            ticket_id = connection.scalars(select(Ticket.id).where(Ticket.subject == subject)).one()
        assert julia is not None
        action = Reply(
            actor=agent(julia.id),
            ticket_id=ticket_id,
            text="One more thing.",
            seen_message_id=None,
            close=True,
        )
        living.engine.perform([action]).result()
        living.eventually(lambda: texts(living.store, ticket_id)[-1][0] == Direction.INBOUND)
        status = rows(living.store, select(Ticket.status, Ticket.unread).where(Ticket.id == ticket_id))
        assert status == [(TicketStatus.OPEN, True)]

    def test_customers_stop_when_everything_is_said(self, living: Living) -> None:
        subject = "One glove is missing"
        ticket_id = ""
        for place in range(4):
            ticket_id = reply(living, subject, f"Answer {place}.")
            living.eventually(lambda: texts(living.store, ticket_id)[-1][0] == Direction.INBOUND)  # noqa: B023
        reply(living, subject, "The last word.")
        time.sleep(0.5)
        assert texts(living.store, ticket_id)[-1] == (Direction.OUTBOUND, "The last word.")

    def test_new_customers_write_and_can_be_answered(self, living: Living) -> None:
        everybody = EVERYBODY + len(newcomers())
        living.eventually(lambda: len(appearance(living.store)) == everybody)
        newest = newcomers()[-1]
        ticket_id = reply(living, newest.subject, "You were not charged.")
        living.eventually(
            lambda: texts(living.store, ticket_id)[-1] == (Direction.INBOUND, newest.answers[0])
        )
        addressed = rows(living.store, select(Message.channel_address).where(Message.ticket_id == ticket_id))
        assert {address for (address,) in addressed} == {SUPPORT}
        assert len(rows(living.store, select(Channel.id))) == 3
        assert check(living.store).ok
