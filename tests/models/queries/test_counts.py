"""The numbers beside the views agree with the lists, and are not counted."""

from datetime import timedelta

from sqlalchemy import Engine, event

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.tickets import Assign, Close, MarkUnread, Snooze
from inbox_desktop.models.queries.counts import view_counts
from inbox_desktop.models.queries.filters import TicketFilter, View
from inbox_desktop.models.queries.rows import ViewCounts
from inbox_desktop.models.queries.tickets import ticket_rows
from inbox_desktop.models.store import Store
from tests.models.samples import START, Mailroom, add_channel, done


def test_an_empty_inbox_counts_nothing(store: Store, julia: str) -> None:
    with store.read() as connection:
        assert view_counts(connection, julia) == ViewCounts(0, 0, 0, 0, 0, ())


def test_the_numbers_are_the_lengths_of_the_lists(
    store: Store, julia: str, email_channel: str, receive: Mailroom
) -> None:
    other = add_channel(store, julia, address="sales@shop.example", name="Sales")
    received = [receive() for _ in range(6)] + [receive(channel_id=other)]
    ids = [outcome.ticket_id or "" for outcome in received]
    done(store, Assign(actor=agent(julia), ticket_id=ids[0], assignee_id=julia))
    done(store, Assign(actor=agent(julia), ticket_id=ids[1], assignee_id=julia))
    seen = received[1].action.message_id  # type: ignore[attr-defined]
    done(store, Close(actor=agent(julia), ticket_id=ids[1], seen_inbound_id=seen))
    done(store, MarkUnread(actor=agent(julia), ticket_id=ids[1]))
    done(store, Snooze(actor=agent(julia), at=START, ticket_id=ids[2], until=START + timedelta(days=1)))
    with store.read() as connection:
        found = view_counts(connection, julia)

        def length(view: View, channel_id: str | None = None) -> int:
            return len(ticket_rows(connection, TicketFilter(view, channel_id=channel_id, me=julia)))

        assert (found.mine, found.unassigned) == (length(View.MINE), length(View.UNASSIGNED)) == (1, 4)
        assert (found.all, found.snoozed) == (length(View.ALL), length(View.SNOOZED)) == (7, 1)
        assert dict(found.by_channel) == {
            email_channel: length(View.CHANNEL, email_channel),
            other: length(View.CHANNEL, other),
        }
        assert found.unread == 5, "unread tickets that are open"
        assert view_counts(connection, None).mine == 0


def test_no_ticket_is_looked_at(store: Store, julia: str, receive: Mailroom) -> None:
    receive()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with store.read() as connection:
            view_counts(connection, julia)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert statements
    assert not [statement for statement in statements if "tickets" in statement.replace("ticket_counts", "")]
