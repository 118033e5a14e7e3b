"""Moments and the whole numbers that they are stored as."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from inbox_desktop.models.clock import EPOCH, from_micros, to_micros

_FIRST = to_micros(datetime(1, 1, 2, tzinfo=UTC))
_LAST = to_micros(datetime(9999, 12, 30, tzinfo=UTC))


@given(st.integers(_FIRST, _LAST))
@example(-1)
@example(2**52 - 1)
@example(2**52)
@example(1_700_000_000_123_457)
def test_no_microsecond_is_lost(micros: int) -> None:
    moment = from_micros(micros)
    assert moment == EPOCH + timedelta(microseconds=micros)
    assert to_micros(moment) == micros
    assert moment.tzinfo is UTC


@given(st.integers(0, 2**52))
def test_no_microsecond_of_our_century_is_lost(micros: int) -> None:
    assert from_micros(micros) == EPOCH + timedelta(microseconds=micros)
