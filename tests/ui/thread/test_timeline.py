"""The order of messages, events and days in a thread."""

from datetime import UTC, date, timedelta, timezone
from typing import Any

import pytest

from inbox_desktop.models.kinds import ChannelKind, MessageKind
from inbox_desktop.models.queries.rows import MessageRow, Thread
from inbox_desktop.ui.thread.timeline import DayItem, EventItem, MessageItem, OlderItem, timeline
from tests.ui.thread.rows import AT, event, message, thread, ticket

TODAY = date(2025, 11, 20)


def keys(*items: object) -> list[str]:
    return [getattr(item, "key", "") for item in items]


def test_a_thread_that_began_today_names_no_day() -> None:
    items = timeline(thread(message("m1"), message("m2")), TODAY, UTC)
    assert keys(*items) == ["message m1", "message m2"]


def test_days_are_named_where_they_change() -> None:
    first, second = message("m1", sent_at=AT - timedelta(days=2)), message("m2")
    items = timeline(thread(first, second), TODAY, UTC)
    assert keys(*items) == ["day 2025-11-18", "message m1", "day 2025-11-20", "message m2"]


def test_the_day_is_that_of_the_reader() -> None:
    late = message("m1", sent_at=AT.replace(hour=23))
    east = timezone(timedelta(hours=2))
    assert timeline(thread(late), TODAY, UTC) == (MessageItem(late),)
    assert timeline(thread(late), TODAY, east)[0] == DayItem(date(2025, 11, 21))


def test_a_mail_with_a_wrong_date_does_not_turn_the_days_back() -> None:
    rows = (message("m1"), message("m2", sent_at=AT - timedelta(days=900)), message("m3"))
    assert keys(*timeline(thread(*rows), TODAY, UTC)) == ["message m1", "message m2", "message m3"]


def test_an_event_stands_above_the_message_that_it_names() -> None:
    happened = event("e1", before="m2")
    items = timeline(thread(message("m1"), message("m2"), events=(happened,)), TODAY, UTC)
    assert items[1] == EventItem(happened)


def test_an_event_without_a_message_stands_at_the_end() -> None:
    items = timeline(thread(message("m1"), events=(event("e1"), event("e2", before="gone"))), TODAY, UTC)
    assert keys(*items) == ["message m1", "event e1", "event e2"]


def test_older_messages_are_offered_first() -> None:
    assert timeline(thread(message(), older=70), TODAY, UTC)[0] == OlderItem(70)


# Runs of texts


def text_thread(*rows: MessageRow, **values: Any) -> Thread:
    return thread(*rows, ticket=ticket(channel_kind=ChannelKind.SMS), **values)


def runs(*items: object) -> list[tuple[bool, bool]]:
    return [(item.continues, item.goes_on) for item in items if isinstance(item, MessageItem)]


def test_texts_of_one_person_within_minutes_are_one_run() -> None:
    rows = [message(f"m{number}", sent_at=AT + timedelta(minutes=4 * number)) for number in range(3)]
    assert runs(*timeline(text_thread(*rows), TODAY, UTC)) == [(False, True), (True, True), (True, False)]
    assert runs(*timeline(thread(*rows), TODAY, UTC)) == [(False, False)] * 3  # mail stands apart


@pytest.mark.parametrize(
    "second",
    [
        message("m2", sent_at=AT + timedelta(minutes=6)),
        message("m2", author_id="c2"),
        message("m2", kind=MessageKind.KEYWORD),
        message("m2", kind=MessageKind.REPLY),
    ],
    ids=["later", "somebody else", "a keyword", "an answer"],
)
def test_what_does_not_belong_together_is_no_run(second: MessageRow) -> None:
    assert runs(*timeline(text_thread(message("m1"), second), TODAY, UTC)) == [(False, False)] * 2


def test_what_happened_between_two_texts_parts_them() -> None:
    found = text_thread(message("m1"), message("m2"), events=(event("e1", before="m2"),))
    assert runs(*timeline(found, TODAY, UTC)) == [(False, False)] * 2
