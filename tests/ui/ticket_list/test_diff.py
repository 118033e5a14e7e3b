"""Steps lead from any order to any other, and are few when little has changed."""

from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.ui.ticket_list.diff import Insert, Move, Remove, Step, steps

ids = st.lists(st.integers(0, 30).map(str), unique=True, max_size=20)


def walk(old: list[str], new: list[str], todo: list[Step]) -> list[str]:
    rows = list(old)
    for step in todo:
        match step:
            case Remove(first, last):
                assert 0 <= first <= last < len(rows)
                del rows[first : last + 1]
            case Move(source, target):
                assert source != target
                rows.insert(target, rows.pop(source))
            case Insert(first, last):
                assert first <= len(rows)
                rows[first:first] = new[first : last + 1]
    return rows


@given(ids, ids)
def test_the_steps_lead_from_the_old_order_to_the_new(old: list[str], new: list[str]) -> None:
    assert walk(old, new, steps(old, new)) == new


def test_nothing_to_do_is_no_step() -> None:
    assert steps(["a", "b"], ["a", "b"]) == []


def test_one_row_that_rises_is_one_move() -> None:
    assert steps(list("abcdef"), list("eabcdf")) == [Move(4, 0)]


def test_one_row_that_sinks_is_one_move() -> None:
    assert steps(list("abcdef"), list("bcdefa")) == [Move(0, 5)]


def test_neighbours_come_and_go_together() -> None:
    assert steps(list("abcd"), list("axyd")) == [Remove(1, 2), Insert(1, 2)]
