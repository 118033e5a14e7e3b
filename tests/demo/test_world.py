"""The demo's world: it begins alike each time, all is well in it, and its customers live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from inbox_desktop.demo.customers import Pace
from inbox_desktop.demo.story import newcomers, past_stories
from inbox_desktop.demo.team import SUPPORT
from inbox_desktop.demo.world import Demo
from inbox_desktop.models.actions import Outcome, agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.check import check
from inbox_desktop.models.errors import ProfileError
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.kinds import DeliveryState, Direction, MessageKind, TicketStatus
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
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets

QUICK = Pace(answer=(0.05, 0.1), first_newcomer=0.2, newcomer=(0.05, 0.1), retry=0.1)
NOBODY_NEW = Pace(answer=(0.05, 0.1), first_newcomer=3_600.0, retry=0.1)
PATIENCE_SECONDS = 40.0


@dataclass
class Living:
    """A demo that runs."""

    demo: Demo
    store: Store
    engine: Engine

    def end(self) -> None:
        """As the program ends it."""
        self.demo.stop()
        self.engine.stop()
        self.store.close()
        self.demo.stop()


def begin(folder: Path | None, pace: Pace) -> Living:
    """As the program begins it."""
    demo = Demo(folder, pace)
    store = demo.prepare()
    engine = Engine(store, Secrets())
    engine.start()
    demo.start(engine)
    return Living(demo, store, engine)


@pytest.fixture(scope="module")
def past() -> Iterator[Store]:
    """A world as it begins, in which nobody lives."""
    demo = Demo(None)
    store = demo.prepare()
    yield store
    store.close()
    demo.stop()


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    """One world that runs, for all tests that use a ticket of their own."""
    world = begin(None, QUICK)
    ticket_id = reply(world, "Student discount?", "It is still valid.")  # now all the engine's threads run
    eventually(lambda: len(texts(world.store, ticket_id)) == 6)
    yield world
    world.end()


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def rows(store: Store, query: Any) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


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


def texts(store: Store, ticket_id: str) -> list[tuple[str, str]]:
    """Who wrote what in a ticket, in order."""
    query = select(Message.direction, Message.visible_text).where(Message.ticket_id == ticket_id)
    return [(direction, text.strip()) for direction, text in rows(store, query.order_by(Message.order_at))]


def reply(living: Living, subject: str, text: str) -> str:
    """Julia answers; returns the ticket's id."""
    with living.store.read() as connection:
        julia = me(connection)
        ticket_id = connection.scalars(select(Ticket.id).where(Ticket.subject == subject)).one()
    assert julia is not None
    action = Reply(actor=agent(julia.id), ticket_id=ticket_id, text=text, seen_message_id=None)
    (outcome,) = living.engine.perform([action]).result()
    assert isinstance(outcome, Outcome), outcome
    return ticket_id


class TestWorld:
    def test_every_story_is_a_ticket(self, past: Store) -> None:
        subjects = sorted(subject for (subject,) in rows(past, select(Ticket.subject)))
        assert subjects == sorted(story.subject for story in past_stories())

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
        counted = dict(rows(past, select(Delivery.state, func.count()).group_by(Delivery.state)))
        assert counted[DeliveryState.QUEUED] == 1
        assert counted[DeliveryState.FAILED] == 1
        query = select(Delivery.detail).where(Delivery.state == DeliveryState.FAILED)
        assert "mailbox is full" in rows(past, query)[0][0]
        bounced = rows(past, select(Recipient.detail).where(Recipient.state == DeliveryState.FAILED))
        assert any("moved" in detail for (detail,) in bounced)

    def test_nothing_lies_in_the_future_and_each_thread_is_in_order(self, past: Store) -> None:
        query = select(Message.ticket_id, Message.sent_at, Message.stored_at).order_by(
            Message.ticket_id, Message.order_at
        )
        found = rows(past, query)
        assert all(sent <= stored.replace(microsecond=999_999) for _, sent, stored in found)
        assert found == sorted(found, key=lambda row: (row[0], row[1].replace(microsecond=0)))

    def test_drafts_tags_and_a_blocked_customer_are_there(self, past: Store) -> None:
        assert len(rows(past, select(DraftRow.ticket_id))) == 2
        assert len(rows(past, select(TicketTag.tag).distinct())) == 10
        assert rows(past, select(Customer.name).where(Customer.blocked)) == [("Growth Rocket",)]

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
        eventually(lambda: len(texts(first.store, ticket_id)) == 3)
        first.end()
        second = begin(tmp_path / "demo", NOBODY_NEW)
        try:
            assert len(appearance(second.store)) == len(past_stories())
            reply(second, "Do you ship to Svalbard?", "And it is not expensive.")
            eventually(lambda: len(texts(second.store, ticket_id)) == 5)
        finally:
            second.end()

    def test_a_world_that_was_not_finished_is_built_anew(self, tmp_path: Path) -> None:
        open_inbox(Profile(tmp_path / "demo")).close()
        (tmp_path / "demo" / "demo.txt").write_text("half")
        demo = Demo(tmp_path / "demo")
        store = demo.prepare()
        try:
            assert len(appearance(store)) == len(past_stories())
        finally:
            store.close()
            demo.stop()
        assert (tmp_path / "demo" / "inbox.db").exists()


class TestCustomers:
    def test_a_reply_is_answered_in_the_same_ticket(self, living: Living) -> None:
        subject = "Where is my order? It should have come on Friday"
        (story,) = [story for story in past_stories() if story.subject == subject]
        ticket_id = reply(living, subject, "It is on its way.")
        eventually(lambda: texts(living.store, ticket_id)[-1] == (Direction.INBOUND, story.answers[0]))
        reply(living, subject, "Enjoy the trip.")
        eventually(lambda: texts(living.store, ticket_id)[-1] == (Direction.INBOUND, story.answers[1]))

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
        eventually(lambda: texts(living.store, ticket_id)[-1][0] == Direction.INBOUND)
        status = rows(living.store, select(Ticket.status, Ticket.unread).where(Ticket.id == ticket_id))
        assert status == [(TicketStatus.OPEN, True)]

    def test_customers_stop_when_everything_is_said(self, living: Living) -> None:
        subject = "One glove is missing"
        ticket_id = ""
        for place in range(4):
            ticket_id = reply(living, subject, f"Answer {place}.")
            eventually(lambda: texts(living.store, ticket_id)[-1][0] == Direction.INBOUND)  # noqa: B023
        reply(living, subject, "The last word.")
        time.sleep(0.5)
        assert texts(living.store, ticket_id)[-1] == (Direction.OUTBOUND, "The last word.")

    def test_new_customers_write_and_can_be_answered(self, living: Living) -> None:
        everybody = len(past_stories()) + len(newcomers())
        eventually(lambda: len(appearance(living.store)) == everybody)
        newest = newcomers()[-1]
        ticket_id = reply(living, newest.subject, "You were not charged.")
        eventually(lambda: texts(living.store, ticket_id)[-1] == (Direction.INBOUND, newest.answers[0]))
        addressed = rows(living.store, select(Message.channel_address).where(Message.ticket_id == ticket_id))
        assert {address for (address,) in addressed} == {SUPPORT}
        assert len(rows(living.store, select(Channel.id))) == 1
        assert check(living.store).ok
