"""In which portions mails are fetched: newest first, few at the beginning, never too many bytes at once."""

from collections.abc import Iterator, Mapping, Sequence

FIRST_BATCH = 50
"""So few that the newest tickets stand in the list at once."""

BATCH = 200
BATCH_BYTES = 16 * 1024 * 1024
LARGEST_MAIL = 35 * 1024 * 1024
SIZES_AT_ONCE = 1_000


def newest_first(uids: Sequence[int]) -> list[int]:
    """The UIDs with the newest in front: UIDs only grow (RFC 3501, section 2.3.1.1)."""
    return sorted(uids, reverse=True)


def portions(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The UIDs in portions whose sizes are asked for together: a small one, then large ones."""
    if uids:
        yield uids[:FIRST_BATCH]
    for start in range(FIRST_BATCH, len(uids), SIZES_AT_ONCE):
        yield uids[start : start + SIZES_AT_ONCE]


def batches(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """UIDs in batches of at most BATCH mails and BATCH_BYTES (`sizes` in bytes), or one large mail."""
    batch: list[int] = []
    size = 0
    for uid in uids:
        more = sizes.get(uid, 0)
        if batch and (len(batch) == BATCH or size + more > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(uid)
        size += more
    if batch:
        yield batch
