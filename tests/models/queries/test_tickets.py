"""Lists of tickets: who is in which view, in which order, page by page, and how they are looked for."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update
from sqlalchemy.dialects import sqlite

from inbox_desktop.models.actions import SYSTEM, agent
from inbox_desktop.models.actions.channels import RemoveChannel
from inbox_desktop.models.actions.deliveries import (
    BeginAttempt,
    CancelDelivery,
    FinishAttempt,
    RecipientResult,
    RetryDelivery,
)
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.tickets import AddTag, Assign, Close, MarkRead, RemoveTag, Snooze
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, TicketStatus
from inbox_desktop.models.queries.filters import Sort, StatusFilter, TicketFilter, View, shape
from inbox_desktop.models.queries.outbox import outbox
from inbox_desktop.models.queries.paging import STRETCHES, statement
from inbox_desktop.models.queries.rows import PageKey, TicketRow
from inbox_desktop.models.queries.tickets import find_ticket, ticket_by_number, ticket_row, ticket_rows
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Ticket
from tests.models.samples import START, Mailroom, add_agent, add_channel, done
from tests.models.texting import Phones


def close(store: Store, julia: str, ticket_id: str | None) -> None:
    with store.read() as connection:
        row = ticket_row(connection, ticket_id or "")
    assert row is not None
    done(store, Close(actor=agent(julia), ticket_id=row.id, seen_inbound_id=row.last_inbound_id))


def rows(store: Store, wanted: TicketFilter, sort: Sort = Sort.NEWEST, limit: int = 50) -> list[TicketRow]:
    with store.read() as connection:
        return list(ticket_rows(connection, wanted, sort, limit))


def numbers(store: Store, wanted: TicketFilter, sort: Sort = Sort.NEWEST) -> list[int]:
    return [row.number for row in rows(store, wanted, sort)]


def row_of(store: Store, ticket_id: str | None) -> TicketRow:
    with store.read() as connection:
        found = ticket_row(connection, ticket_id or "")
    assert found is not None
    return found


@pytest.fixture
def four(store: Store, julia: str, receive: Mailroom) -> list[str]:
    """Four tickets: #1 Julia's and open, #2 nobody's and open, #3 snoozed, #4 closed."""
    ids = [receive().ticket_id or "" for _ in range(4)]
    done(store, Assign(actor=agent(julia), ticket_id=ids[0], assignee_id=julia))
    until = START + timedelta(days=1)
    done(store, Snooze(actor=agent(julia), at=START, ticket_id=ids[2], until=until))
    close(store, julia, ids[3])
    return ids


def test_each_view_shows_its_tickets_and_by_default_its_status(
    store: Store, julia: str, email_channel: str, four: list[str]
) -> None:
    assert numbers(store, TicketFilter(View.MINE, me=julia)) == [1]
    assert numbers(store, TicketFilter(View.UNASSIGNED, me=julia)) == [2]
    assert numbers(store, TicketFilter(View.SNOOZED, me=julia)) == [3]
    assert numbers(store, TicketFilter(View.ALL, me=julia)) == [4, 3, 2, 1]
    assert numbers(store, TicketFilter(View.CHANNEL, channel_id=email_channel)) == [2, 1]


def test_a_view_is_filtered_by_status(store: Store, julia: str, four: list[str]) -> None:
    assert numbers(store, TicketFilter(View.UNASSIGNED, StatusFilter.CLOSED)) == [4]
    assert numbers(store, TicketFilter(View.UNASSIGNED, StatusFilter.ANY)) == [4, 3, 2]
    assert numbers(store, TicketFilter(View.ALL, StatusFilter.OPEN)) == [2, 1]
    assert numbers(store, TicketFilter(View.SNOOZED, StatusFilter.ANY)) == [3]
    assert numbers(store, TicketFilter(View.SNOOZED, StatusFilter.OPEN)) == []


def test_mine_is_nothing_for_nobody_and_a_channel_view_needs_its_channel(
    store: Store, four: list[str]
) -> None:
    assert numbers(store, TicketFilter(View.MINE)) == []
    assert numbers(store, TicketFilter(View.CHANNEL)) == []


def test_a_channel_narrows_any_view(store: Store, julia: str, receive: Mailroom) -> None:
    receive()
    other = add_channel(store, julia, address="sales@shop.example", name="Sales")
    receive(channel_id=other)
    assert numbers(store, TicketFilter(View.UNASSIGNED, channel_id=other)) == [2]
    assert numbers(store, TicketFilter(View.CHANNEL, channel_id=other)) == [2]


def test_unread_only(store: Store, julia: str, receive: Mailroom) -> None:
    first = receive()
    receive()
    row = row_of(store, first.ticket_id)
    done(store, MarkRead(actor=agent(julia), ticket_id=row.id, seen_message_id=row.last_message_id))
    assert numbers(store, TicketFilter(unread_only=True)) == [2]


def test_text_narrows_a_list(store: Store, receive: Mailroom) -> None:
    receive(text="The parcel is late")
    receive(text="The invoice is wrong")
    assert numbers(store, TicketFilter(text="invoice")) == [2]
    assert numbers(store, TicketFilter(text="the")) == [2, 1]
    assert numbers(store, TicketFilter(text="*")) == []


def test_waiting_puts_whoever_waits_longest_first_and_the_answered_last(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = [receive() for _ in range(4)]
    for outcome in (received[0], received[1]):
        seen = row_of(store, outcome.ticket_id).last_message_id
        answer = Reply(
            actor=agent(julia), ticket_id=outcome.ticket_id or "", text="Yes.", seen_message_id=seen
        )
        done(store, answer)
    receive.answer(received[0])
    assert numbers(store, TicketFilter(), Sort.WAITING) == [3, 4, 1, 2]


def test_created_and_oldest(store: Store, receive: Mailroom) -> None:
    first = receive()
    receive()
    receive.answer(first)
    assert numbers(store, TicketFilter(), Sort.NEWEST) == [1, 2]
    assert numbers(store, TicketFilter(), Sort.OLDEST) == [2, 1]
    assert numbers(store, TicketFilter(), Sort.CREATED) == [2, 1]


def every_filter(me: str, channel_id: str) -> list[TicketFilter]:
    return [
        TicketFilter(view, status, channel_id=channel_id if view is View.CHANNEL else None, me=me)
        for view in View
        for status in StatusFilter
    ]


@given(
    lives=st.lists(
        st.tuples(
            st.sampled_from(TicketStatus),
            st.booleans(),
            st.integers(0, 3),
            st.one_of(st.none(), st.integers(0, 3)),
            st.integers(0, 3),
        ),
        max_size=12,
    ),
    size=st.integers(1, 4),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_bring_every_ticket_once_and_in_order(
    store: Store, julia: str, email_channel: str, receive: Mailroom, lives: list[tuple], size: int
) -> None:
    """Times collide on purpose: ties are where paging by key goes wrong."""
    with store.write() as session:
        session.execute(update(Ticket).values(status="hidden"))  # those of the examples before
    for status, mine, last, waiting, created in lives:
        values = {
            "status": status,
            "assignee_id": julia if mine else None,
            "last_message_at": START + timedelta(hours=last),
            "waiting_since": None if waiting is None else START + timedelta(hours=waiting),
            "created_at": START + timedelta(hours=created),
        }
        ticket_id = receive().ticket_id
        with store.write() as session:
            session.execute(update(Ticket).where(Ticket.id == ticket_id).values(values))
    with store.read() as connection:
        for wanted in every_filter(julia, email_channel):
            for sort in Sort:
                whole = ticket_rows(connection, wanted, sort, 1000)
                assert paged(connection, wanted, sort, size) == [row.id for row in whole]
                assert [row.id for row in sorted(whole, key=lambda row: rank(row, sort))] == [
                    row.id for row in whole
                ]
                expected = {s for s in TicketStatus if s in wanted.statuses}
                assert {row.status for row in whole} <= expected


def paged(connection: Connection, wanted: TicketFilter, sort: Sort, size: int) -> list[str]:
    found: list[str] = []
    after: PageKey | None = None
    while page := ticket_rows(connection, wanted, sort, size, after):
        found.extend(row.id for row in page)
        after = page[-1].page_key
    return found


def rank(row: TicketRow, sort: Sort) -> tuple:
    newest = (-row.last_message_at.timestamp(),)
    match sort:
        case Sort.NEWEST:
            return newest
        case Sort.OLDEST:
            return (row.last_message_at,)
        case Sort.CREATED:
            return (-row.created_at.timestamp(),)
        case Sort.WAITING:
            waits = row.waiting_since
            return (1, *newest) if waits is None else (0, waits.timestamp(), row.last_message_at.timestamp())


@pytest.mark.parametrize("key", [None, "", "7:1", "0:1,2", "x", "0:x", "-1:5"])
def test_a_key_of_another_list_is_refused(store: Store, key: str | None) -> None:
    with store.read() as connection, pytest.raises(ValueError, match=r"."):
        ticket_rows(connection, TicketFilter(), Sort.NEWEST, 10, PageKey(key, new_id()))


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("status", list(StatusFilter))
def test_every_list_is_a_walk_along_an_index(
    store: Store, view: View, status: StatusFilter, sort: Sort
) -> None:
    wanted = TicketFilter(view, status, channel_id="c" if view is View.CHANNEL else None, me="m")
    if not wanted.statuses:
        return
    plans: list[str] = []
    for number in range(len(STRETCHES[sort])):
        for is_behind in (False, True):
            plans.extend(plan(store, statement(shape(wanted), sort, number, is_behind=is_behind)))
    assert any("USING COVERING INDEX ix_tickets_" in step for step in plans)
    wrong = [step for step in plans if "SCAN tickets" in step or "TEMP B-TREE" in step]
    assert not wrong, plans


def test_unread_tickets_are_found_without_looking_at_the_read_ones(store: Store) -> None:
    wanted = TicketFilter(View.ALL, StatusFilter.CLOSED, unread_only=True)
    steps = plan(store, statement(shape(wanted), Sort.NEWEST, 0, is_behind=False))
    assert any("ix_tickets_unread" in step for step in steps), steps


def plan(store: Store, query: object) -> list[str]:
    compiled = query.compile(dialect=sqlite.dialect(paramstyle="named"))  # type: ignore[attr-defined]
    with store.read() as connection:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", compiled.params)
        return [row[3] for row in steps]


# One row


def test_a_row_tells_what_lists_show(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive(text="Where is it?\n\nAna")
    done(store, Assign(actor=agent(julia), ticket_id=received.ticket_id or "", assignee_id=julia))
    row = row_of(store, received.ticket_id)
    assert (row.number, row.subject, row.snippet) == (1, "My order", "Where is it? Ana")
    assert (row.customer_name, row.customer_address) == ("Ana Souza", "ana@example.com")
    assert (row.channel_name, row.channel_kind) == ("Support", ChannelKind.EMAIL)
    assert (row.assignee_id, row.assignee_name) == (julia, "Julia")
    assert row.status is TicketStatus.OPEN
    assert row.unread
    assert row.last_message_id == row.last_inbound_id == received.action.message_id  # type: ignore[attr-defined]
    assert not row.delivery_problem
    done(store, SetBlocked(actor=agent(julia), customer_id=row.customer_id, blocked=True))
    assert row_of(store, row.id).customer_blocked


def test_tags_stand_in_the_order_of_their_adding_and_once(
    store: Store, julia: str, receive: Mailroom
) -> None:
    ticket_id = receive().ticket_id or ""
    for tag in ("Shipping", "VIP", "Returns"):
        done(store, AddTag(actor=agent(julia), ticket_id=ticket_id, tag=tag))
    done(store, RemoveTag(actor=agent(julia), ticket_id=ticket_id, tag="VIP"))
    assert row_of(store, ticket_id).tags == ("Shipping", "Returns")


def test_a_delivery_problem_shows_until_the_newest_reply_arrives(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = receive()

    def reply() -> str:
        done(
            store,
            Reply(actor=agent(julia), ticket_id=received.ticket_id or "", text="x", seen_message_id=None),
        )
        with store.read() as connection:
            return outbox(connection)[-1].delivery_id

    def end(delivery_id: str, state: DeliveryState, *recipients: RecipientResult) -> bool:
        begin = BeginAttempt(actor=SYSTEM, delivery_id=delivery_id, external_id=f"<{new_id()}@shop.example>")
        done(store, begin)
        done(store, FinishAttempt(actor=SYSTEM, delivery_id=delivery_id, state=state, recipients=recipients))
        return row_of(store, received.ticket_id).delivery_problem

    first = reply()
    assert not row_of(store, received.ticket_id).delivery_problem
    assert end(first, DeliveryState.FAILED)
    done(store, RetryDelivery(actor=agent(julia), delivery_id=first))
    assert not row_of(store, received.ticket_id).delivery_problem
    assert not end(reply(), DeliveryState.SENT)
    bounced = RecipientResult("ana@example.com", DeliveryState.FAILED, "no such mailbox")
    assert end(reply(), DeliveryState.SENT, bounced)
    assert end(reply(), DeliveryState.UNKNOWN)
    newest = reply()
    assert not row_of(store, received.ticket_id).delivery_problem
    assert end(newest, DeliveryState.FAILED)
    with store.read() as connection:
        failed = next(row for row in outbox(connection) if row.delivery_id == newest)
    done(
        store,
        CancelDelivery(actor=agent(julia), ticket_id=failed.ticket_id, message_id=failed.message_id),
    )
    assert row_of(store, received.ticket_id).delivery_problem, "the unknown one before it is the newest again"


# Finding one


@pytest.mark.parametrize("name", ["#2", "2", " # 2 ", "02"])
def test_a_ticket_is_found_by_its_number(store: Store, receive: Mailroom, name: str) -> None:
    receive()
    receive()
    with store.read() as connection:
        found = find_ticket(connection, name)
    assert found is not None
    assert found.number == 2


def test_a_ticket_is_found_by_its_id(store: Store, receive: Mailroom) -> None:
    ticket_id = receive().ticket_id or ""
    with store.read() as connection:
        assert find_ticket(connection, f" {ticket_id.upper()} ") == ticket_row(connection, ticket_id)


@given(st.text(max_size=30))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_no_ticket_is_not_found(store: Store, name: str) -> None:
    with store.read() as connection:
        assert find_ticket(connection, name) is None


@pytest.mark.parametrize("number", [0, -1, 3, 2**63, 10**30])
def test_numbers_that_no_ticket_has(store: Store, receive: Mailroom, number: int) -> None:
    receive()
    with store.read() as connection:
        assert ticket_by_number(connection, number) is None


def test_tickets_of_a_removed_channel_stay_in_the_lists(
    store: Store, julia: str, email_channel: str, receive: Mailroom
) -> None:
    receive()
    done(store, RemoveChannel(actor=agent(julia), channel_id=email_channel))
    add_agent(store, "Tom")
    assert numbers(store, TicketFilter()) == [1]


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+14155550132", "(415) 555-0132"), ("+493012345678", "+49 30 12345678"), ("HARBOR", "HARBOR")],
)
def test_a_phone_is_shown_as_it_is_dialled_where_our_number_is(
    store: Store, julia: str, phone: str, shown: str
) -> None:
    phones = Phones(store, julia)
    ticket_id = phones.text("Hello", phone).ticket_id
    with store.read() as reader:
        row = ticket_row(reader, ticket_id or "")
    assert row is not None
    assert (row.customer_address, row.customer_shown) == (phone, shown)


def test_a_conversation_by_text_says_whether_it_may_be_answered(store: Store, julia: str) -> None:
    phones = Phones(store, julia)
    ticket_id = phones.text("Hello").ticket_id or ""

    def may_text() -> bool | None:
        with store.read() as reader:
            row = ticket_row(reader, ticket_id)
        assert row is not None
        return row.may_text

    assert may_text() is False
    phones.text("START")
    assert may_text() is True
    phones.text("STOP")
    assert may_text() is False


def test_mail_asks_for_no_consent(store: Store, receive: Mailroom) -> None:
    ticket_id = receive().ticket_id or ""
    with store.read() as reader:
        row = ticket_row(reader, ticket_id)
    assert row is not None
    assert row.may_text is None
