"""Answers to FETCH: the usual form and every other one give the same mails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.sync.email.fetch_answers import (
    _read_quickly,
    _read_thoroughly,
    read_fetch_answer,
    read_size_answer,
)

DATE = b'INTERNALDATE "01-Mar-2026 10:00:00 +0200"'


def usual(uid: int, raw: bytes, flags: bytes = b"", number: int = 1) -> list[Any]:
    head = b"%d (UID %d FLAGS (%s) %s BODY[] {%d}" % (number, uid, flags, DATE, len(raw))
    return [(head, raw), b")"]


def test_the_usual_answer() -> None:
    found = read_fetch_answer([*usual(7, b"one", rb"\Seen NonJunk"), *usual(9, b"two", number=2)], b"BODY[]")
    assert {uid: (m.raw, m.seen) for uid, m in found.items()} == {7: (b"one", True), 9: (b"two", False)}
    assert found[7].received_at == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_what_comes_after_the_mail_counts_too() -> None:
    data = [(b"1 (BODY[] {3}", b"one"), b" FLAGS (\\Seen) UID 7 " + DATE + b")"]
    found = read_fetch_answer(data, b"BODY[]")
    assert found[7].seen
    assert found[7].raw == b"one"


def test_changed_flags_of_another_mail_are_passed_over() -> None:
    found = read_fetch_answer([rb"3 (FLAGS (\Seen))", *usual(7, b"one"), rb"4 (UID 9 FLAGS ())"], b"BODY[]")
    assert list(found) == [7]


@pytest.mark.parametrize("body", [b'BODY[] "quoted"', b'body[] ""'])
def test_a_body_without_literal_goes_the_slow_way(body: bytes) -> None:
    data = [b"1 (UID 7 FLAGS () " + DATE + b" " + body + b")"]
    assert _read_quickly(data) is None
    assert list(read_fetch_answer(data, b"BODY[]")) == [7]


def test_no_body_is_no_mail() -> None:
    assert read_fetch_answer([b"1 (UID 7 FLAGS () BODY[] NIL)"], b"BODY[]") == {}
    assert read_fetch_answer([None], b"BODY[]") == {}


@pytest.mark.parametrize("date", [b"99-Xxx-2026 10:00:00 +0000", b"01-Mar-2026 10:00:00 +9999", b"0" * 26])
def test_an_impossible_date_becomes_the_present(date: bytes) -> None:
    data = [(b'1 (UID 7 FLAGS () INTERNALDATE "%s" BODY[] {1}' % date, b"x"), b")"]
    found = read_fetch_answer(data, b"BODY[]")
    assert found[7].received_at.tzinfo is UTC


def test_a_flag_that_looks_like_a_uid_is_a_flag() -> None:
    assert list(read_fetch_answer(usual(7, b"one", b"UID 9"), b"BODY[]")) == [7]


@pytest.mark.parametrize(
    ("date", "utc"),
    [
        (b"01-Mar-2026 10:00:00 +0200", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        (b" 1-Mar-2026 10:00:59 -0330", datetime(2026, 3, 1, 13, 30, 59, tzinfo=UTC)),
        (b"31-Dec-2025 23:30:00 -0100", datetime(2026, 1, 1, 0, 30, tzinfo=UTC)),
        (b"01-MAR-2026 10:00:00 +0000", datetime(2026, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_date_is_told_in_utc(date: bytes, utc: datetime) -> None:
    data = [(b'1 (UID 7 FLAGS () INTERNALDATE "%s" BODY[] {1}' % date, b"x"), b")"]
    assert read_fetch_answer(data, b"BODY[]")[7].received_at == utc


@pytest.mark.parametrize(
    "data",
    [
        [b"1 (UID 7 RFC822.SIZE 1200)", b"2 (UID 9 RFC822.SIZE 80)"],
        [b"1 (RFC822.SIZE 1200 UID 7)", b"2 (UID 9 RFC822.SIZE 80)"],
        [b"1 (UID 7 RFC822.SIZE 1200)", b"2 (UID 9 FLAGS (a) RFC822.SIZE 80)", b"3 (UID 8 FLAGS (b))"],
    ],
)
def test_sizes_are_read_in_whatever_order_they_are_told(data: list[bytes]) -> None:
    assert read_size_answer(data) == {7: 1200, 9: 80}


def test_no_mail_has_no_size() -> None:
    assert read_size_answer([None]) == {}


@given(
    st.lists(
        st.tuples(st.integers(1, 2**32 - 1), st.binary(max_size=60)), max_size=5, unique_by=lambda x: x[0]
    )
)
def test_both_ways_agree(mails: list[tuple[int, bytes]]) -> None:
    data = [item for number, (uid, raw) in enumerate(mails, 1) for item in usual(uid, raw, number=number)]
    assert _read_quickly(data) == _read_thoroughly(data or [None], b"BODY[]")
