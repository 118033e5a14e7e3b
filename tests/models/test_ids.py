"""Identifiers are UUIDs of version 7, and sort in the order in which they were made."""

import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from inbox_desktop.models.ids import new_id


def test_ids_are_uuids_of_version_7() -> None:
    for _ in range(1000):
        written = new_id()
        read = uuid.UUID(written)
        assert (str(read), read.version, read.variant) == (written, 7, uuid.RFC_4122)


def test_ids_sort_as_they_were_made() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert all(earlier < later for earlier, later in pairwise(ids))


def test_threads_never_make_the_same_moment_twice() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: [new_id() for _ in range(2_000)], range(4)))
    moments = [one[:18] for ids in made for one in ids]  # all but what is random
    assert len(set(moments)) == len(moments)


_FORKED = """
import os
from inbox_desktop.models.ids import new_id
new_id()
child = os.fork()
made = new_id()
if child:
    os.waitpid(child, 0)
print(made, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows forks no processes")
def test_a_forked_process_draws_chances_of_its_own() -> None:
    ended = subprocess.run([sys.executable, "-c", _FORKED], capture_output=True, text=True, check=True)
    chances = [one[20:] for one in ended.stdout.split()]
    assert len(chances) == 2
    assert chances[0] != chances[1]
