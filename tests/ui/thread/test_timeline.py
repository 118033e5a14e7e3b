"""The order of messages, events and days in a thread."""

from datetime import UTC, date, timedelta, timezone

from inbox_desktop.ui.thread.timeline import DayItem, EventItem, MessageItem, OlderItem, timeline
from tests.ui.thread.rows import AT, event, message, thread

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
