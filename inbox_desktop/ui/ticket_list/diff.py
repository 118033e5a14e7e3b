"""The fewest steps that turn one order of rows into another, so that a list never has to start anew."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inbox_desktop.models.queries.rows import TicketRow


@dataclass(frozen=True, slots=True)
class Remove:
    """Rows `first` to `last` (both included) go."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Move:
    """The row at `source` goes, and stands at `target` afterwards."""

    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows `first` to `last` (both included) of the new order come, at those very places."""

    first: int
    last: int


Step = Remove | Move | Insert


@dataclass(frozen=True, slots=True)
class Change:
    """All that lies between two states of a list: the steps, then the places whose rows differ."""

    steps: tuple[Step, ...]
    changed: tuple[int, ...]


def change(old: Sequence[TicketRow], new: Sequence[TicketRow]) -> Change:
    """What turns the old rows into the new ones. It takes its time for thousands: not for the GUI thread."""
    before = {row.id: row for row in old}
    changed = (place for place, row in enumerate(new) if before.get(row.id, row) != row)
    return Change(tuple(steps([row.id for row in old], [row.id for row in new])), tuple(changed))


def steps(old: Sequence[str], new: Sequence[str]) -> list[Step]:
    """The steps from `old` to `new`, to be done one after the other. Ids are unique in each."""
    found: list[Step] = []
    wanted = set(new)
    rows = list(old)
    for first, last in reversed(list(_runs([row not in wanted for row in rows]))):
        found.append(Remove(first, last))
        del rows[first : last + 1]
    here = set(rows)
    found.extend(_moves(rows, [row for row in new if row in here]))
    found.extend(Insert(first, last) for first, last in _runs([row not in here for row in new]))
    return found


def _runs(marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last index of every unbroken run of True."""
    begin: int | None = None
    for index, mark in enumerate(marks):
        if mark and begin is None:
            begin = index
        elif not mark and begin is not None:
            yield begin, index - 1
            begin = None
    if begin is not None:
        yield begin, len(marks) - 1


def _moves(rows: list[str], target: Sequence[str]) -> Iterator[Move]:
    """Moves that bring `rows` (changed on the way) into the order of `target`."""
    if rows == list(target):
        return
    places = {row: index for index, row in enumerate(rows)}
    staying = _longest_rising([places[row] for row in target])
    for index, row in enumerate(target):
        if places[row] in staying:
            continue
        source = rows.index(row)
        del rows[source]
        goal = rows.index(target[index - 1]) + 1 if index else 0
        rows.insert(goal, row)
        if goal != source:
            yield Move(source, goal)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The members of a longest rising subsequence (patience sorting, O(n log n)). Numbers are unique."""
    tails: list[int] = []
    tail_numbers: list[int] = []
    before: list[int] = [-1] * len(numbers)
    for index, number in enumerate(numbers):
        pile = bisect_left(tail_numbers, number)
        before[index] = tails[pile - 1] if pile else -1
        if pile == len(tails):
            tails.append(index)
            tail_numbers.append(number)
        else:
            tails[pile] = index
            tail_numbers[pile] = number
    kept: set[int] = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        kept.add(numbers[index])
        index = before[index]
    return kept
