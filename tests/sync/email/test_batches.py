"""Batches: newest first, a small one to begin with, bounded in number and bytes, nothing left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.sync.email.batches import BATCH, BATCH_BYTES, FIRST_BATCH, batches, newest_first, portions

UIDS = st.lists(st.integers(1, 2**32 - 1), unique=True, max_size=300)


@given(UIDS)
def test_portions_hold_everything_newest_first(uids: list[int]) -> None:
    ordered = newest_first(uids)
    found = [uid for portion in portions(ordered) for uid in portion]
    assert found == sorted(uids, reverse=True)
    first = next(iter(portions(ordered)), [])
    assert len(first) <= FIRST_BATCH


@given(st.dictionaries(st.integers(1, 10_000), st.integers(0, 2 * BATCH_BYTES), max_size=300))
def test_batches_hold_everything_within_bounds(sizes: dict[int, int]) -> None:
    uids = list(sizes)
    found = list(batches(uids, sizes))
    assert [uid for batch in found for uid in batch] == uids
    for batch in found:
        assert 0 < len(batch) <= BATCH
        assert len(batch) == 1 or sum(sizes[uid] for uid in batch) <= BATCH_BYTES
