"""The inbox of 100,000 tickets that `start` and `list` look at; made once for a run of both."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inbox_desktop.models.profile import Profile
from tests.bench.worlds import build_world

TICKETS = 100_000
FOLDER = "INBOX_BENCH_FOLDER"
"""The variable by which the benchmarks of one run share a folder."""


@contextmanager
def shared_folder() -> Iterator[None]:
    """A folder for all benchmarks that are started in this block."""
    folder = tempfile.mkdtemp(prefix="inbox-bench-")
    os.environ[FOLDER] = folder
    try:
        yield
    finally:
        del os.environ[FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


def big_inbox() -> Profile:
    """The profile, filled. Whoever uses it must leave it able to be used again."""
    profile = Profile(Path(os.environ[FOLDER]) / "profile")
    if not profile.database.exists():
        build_world(profile, TICKETS)
    return profile
