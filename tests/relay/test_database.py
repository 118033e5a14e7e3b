"""The relay's transactions and their order, on both databases."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError

from inbox_desktop.relay import migrate
from inbox_desktop.relay.config import RelayConfig, RelayError
from inbox_desktop.relay.database import Database, News, UncertainCommitError, Writing, head_of
from inbox_desktop.relay.service import Relay
from inbox_desktop.relay.tables import Base, Head
from tests.support.postgresql import PostgreSql


def test_the_revisions_make_the_tables_that_are_declared(relay: Relay) -> None:
    with relay.database.writer.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_keeps_epoch_and_seq(config: RelayConfig) -> None:
    first = Relay.open(config)
    first.database.write(Writing.take_seq)
    before = first.database.head()
    first.close()
    second = Relay.open(config)
    assert second.database.head() == before
    assert before[0] == 1
    second.close()


def test_another_key_is_refused_in_words(config: RelayConfig) -> None:
    Relay.open(config).close()
    (config.data / "relay.key").unlink()
    with pytest.raises(RelayError, match="another relay key"):
        Relay.open(config)


def test_a_newer_database_is_refused_and_left_alone(config: RelayConfig) -> None:
    relay = Relay.open(config)
    relay.database.write(lambda w: w.connection.execute(text("UPDATE alembic_version SET version_num='9'")))
    relay.close()
    with pytest.raises(RelayError, match="newer version"):
        Relay.open(config)


def test_a_failed_transaction_leaves_nothing(relay: Relay) -> None:
    def fail(writing: Writing) -> None:
        writing.take_seq()
        raise LookupError

    with pytest.raises(LookupError):
        relay.database.write(fail)
    assert relay.database.head()[0] == 0


def test_a_change_takes_one_seq_and_tells_it_after_the_commit(relay: Relay) -> None:
    heard: list[tuple[News, int]] = []
    relay.database.on_commit = lambda news: heard.append((news, relay.database.head()[0]))

    def change(writing: Writing) -> None:
        assert writing.take_seq() == writing.take_seq() == 1
        writing.tell_visitor("v")

    relay.database.write(change)
    assert heard == [(News(1, {"v"}), 1)]


@contextmanager
def stalled_disk(database: Database) -> Iterator[None]:
    """The writer is busy while the block runs: what comes waits."""
    going_on = threading.Event()
    busy = asyncio.ensure_future(database.awrite(lambda _writing: going_on.wait()))
    try:
        yield
    finally:
        assert not busy.done()
        going_on.set()


async def waiting(database: Database, *changes: Callable[[Writing], Any]) -> list[asyncio.Future[Any]]:
    """Changes that came in this order while the disk stalled, which it does no longer."""
    with stalled_disk(database):
        writings: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(database.awrite(change)) for change in changes
        ]
        await asyncio.sleep(0.05)
    return writings


async def test_what_waits_together_is_committed_together(relay: Relay) -> None:
    commits: list[object] = []
    heard: list[News] = []
    event.listen(relay.database.writer, "commit", commits.append)
    relay.database.on_commit = heard.append

    def change(name: str) -> Any:
        def tell(writing: Writing) -> tuple[str, int]:
            writing.tell_visitor(name)
            return name, writing.take_seq()

        return tell

    writings = await waiting(relay.database, *map(change, "abc"))
    assert await asyncio.gather(*writings) == [("a", 1), ("b", 2), ("c", 3)]
    assert len(commits) == 2
    assert heard == [News(3, {"a", "b", "c"})]
    assert relay.database.head()[0] == 3


@pytest.mark.parametrize("is_databases_fault", [False, True], ids=["refused", "database error"])
async def test_what_fails_undoes_nothing_that_was_written_with_it(
    relay: Relay, is_databases_fault: bool
) -> None:
    heard: list[News] = []
    relay.database.on_commit = heard.append

    def fail(writing: Writing) -> None:
        writing.take_seq()
        writing.tell_visitor("failed")
        if is_databases_fault:
            writing.connection.execute(text("SELECT nothing"))
        raise LookupError

    writings = await waiting(relay.database, Writing.take_seq, fail, Writing.take_seq)
    first, failed, third = await asyncio.gather(*writings, return_exceptions=True)
    assert (first, third) == (1, 2)
    assert isinstance(failed, DBAPIError if is_databases_fault else LookupError)
    assert relay.database.head()[0] == 2
    assert not any("failed" in news.visitors for news in heard)


async def test_a_commit_that_fails_fails_only_who_is_to_blame(sqlite_config: RelayConfig) -> None:
    def orphan(writing: Writing) -> None:
        writing.take_seq()
        writing.connection.execute(text("PRAGMA defer_foreign_keys = ON"))  # seen when it commits
        writing.connection.execute(text("INSERT INTO desktops_seen (desktop_id) VALUES ('nobody')"))

    relay = Relay.open(sqlite_config)
    try:
        relay.database.write(
            lambda w: w.connection.execute(
                text(
                    "CREATE TABLE desktops_seen (desktop_id TEXT REFERENCES desktops (id) "
                    "DEFERRABLE INITIALLY DEFERRED)"
                )
            )
        )
        writings = await waiting(relay.database, Writing.take_seq, orphan, Writing.take_seq)
        first, failed, third = await asyncio.gather(*writings, return_exceptions=True)
        assert (first, third) == (1, 2)
        assert isinstance(failed, DBAPIError)
    finally:
        relay.close()


async def test_quick_changes_do_not_wait_for_many_slow_ones(relay: Relay) -> None:
    commits: list[object] = []
    event.listen(relay.database.writer, "commit", commits.append)

    def slow(writing: Writing) -> int:
        threading.Event().wait(0.15)
        return writing.take_seq()

    writings = await waiting(relay.database, Writing.take_seq, slow, slow, Writing.take_seq)
    assert await asyncio.gather(*writings) == [1, 2, 3, 4]
    assert len(commits) == 4  # the one that waited; two; one; the last alone


async def test_a_change_that_is_refused_is_let_go(relay: Relay) -> None:
    class Refusing:
        def __call__(self, _writing: Writing) -> None:
            raise LookupError

    async def refuse(count: int) -> list[weakref.ref[Refusing]]:
        refusing = [Refusing() for _ in range(count)]
        writings = await waiting(relay.database, *refusing)
        await asyncio.wait(writings)
        assert all(isinstance(one.exception(), LookupError) for one in writings)
        return [weakref.ref(one) for one in refusing]

    gc.disable()
    try:
        kept = [*await refuse(1), *await refuse(3)]
        await relay.database.awrite(Writing.take_seq)
        assert [one() for one in kept] == [None] * 4
    finally:
        gc.enable()


@pytest.mark.parametrize("count", [1, 3])
async def test_a_change_that_ends_with_no_exception_is_answered_too(relay: Relay, count: int) -> None:
    def leave(_writing: Writing) -> None:
        raise SystemExit(3)

    writings = await waiting(relay.database, *[leave] * count)
    outcomes = await asyncio.gather(*writings, return_exceptions=True)
    assert [str(one) for one in outcomes] == ["a change ended with SystemExit"] * count
    assert await relay.database.awrite(Writing.take_seq) == 1


async def test_a_database_that_is_closed_takes_nothing_more(config: RelayConfig) -> None:
    relay = Relay.open(config)
    relay.database.write(Writing.take_seq)
    relay.close()
    with pytest.raises(RuntimeError, match="after shutdown"):
        await relay.database.awrite(Writing.take_seq)
    again = Relay.open(config)
    assert again.database.head()[0] == 1
    again.close()


async def test_who_no_longer_waits_is_not_written(relay: Relay) -> None:
    with stalled_disk(relay.database):
        given_up = asyncio.ensure_future(relay.database.awrite(Writing.take_seq))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.sleep(0)
    assert await relay.database.awrite(Writing.take_seq) == 1


def test_seqs_of_several_processes_become_visible_in_order(config: RelayConfig) -> None:
    relays = [Relay.open(config), Relay.open(config)]
    watching = threading.Event()
    seen: list[int] = []

    async def write_together(database: Database) -> None:
        await asyncio.gather(*(database.awrite(Writing.take_seq) for _ in range(10)))

    def write(database: Database) -> None:
        for _ in range(10):
            database.write(Writing.take_seq)
        asyncio.run(write_together(database))

    def watch() -> None:
        while not watching.wait(0.001):
            seen.append(relays[0].database.read(head_of)[0])

    writers = [threading.Thread(target=write, args=(relay.database,)) for relay in relays]
    watcher = threading.Thread(target=watch)
    for thread in (watcher, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    watching.set()
    watcher.join()
    assert relays[0].database.head()[0] == 40
    assert seen == sorted(seen)
    for relay in relays:
        relay.close()


@dataclass(frozen=True)
class Unsteady:
    """A relay whose server ends connections when it is told to."""

    relay: Relay
    url: str

    def end_connections(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def unsteady(postgresql: PostgreSql, tmp_path: Path) -> Iterator[Unsteady]:
    url = postgresql.fresh()
    relay = Relay.open(RelayConfig(tmp_path / "relay", url))
    yield Unsteady(relay, url)
    relay.close()


async def test_connections_that_the_server_ended_are_made_anew(unsteady: Unsteady) -> None:
    database = unsteady.relay.database
    assert database.write(Writing.take_seq) == 1
    unsteady.end_connections()
    assert database.write(Writing.take_seq) == 2
    unsteady.end_connections()
    assert database.head()[0] == 2
    with stalled_disk(database):
        writings = [asyncio.ensure_future(database.awrite(Writing.take_seq)) for _ in range(2)]
        await asyncio.sleep(0.05)
        unsteady.end_connections()
    assert await asyncio.gather(*writings) == [3, 4]


def test_a_commit_whose_answer_is_lost_is_not_done_again(unsteady: Unsteady) -> None:
    done: list[int] = []

    def change(writing: Writing) -> None:
        done.append(writing.take_seq())
        unsteady.end_connections()

    heard: list[News] = []
    unsteady.relay.database.on_commit = heard.append
    with pytest.raises(UncertainCommitError):
        unsteady.relay.database.write(change)
    assert done == [1]
    assert heard == [News(everything=True)]  # whoever is connected looks whether it was kept


async def test_what_was_to_be_committed_together_is_uncertain_together(unsteady: Unsteady) -> None:
    def refuse(_writing: Writing) -> None:
        raise LookupError

    def end(writing: Writing) -> None:
        writing.take_seq()
        event.listen(database.writer, "commit", lambda _: unsteady.end_connections(), once=True)

    database = unsteady.relay.database
    writings = await waiting(database, Writing.take_seq, refuse, end)
    outcomes = await asyncio.gather(*writings, return_exceptions=True)
    assert [type(one) for one in outcomes] == [UncertainCommitError] * 3
    assert database.write(Writing.take_seq) == 1


def test_readers_cannot_write(relay: Relay) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        relay.database.read(lambda connection: connection.execute(update(Head).values(seq=9)))
    assert relay.database.read(lambda connection: connection.execute(select(Head.seq)).scalar_one()) == 0


def test_an_earlier_sqlite_database_is_copied_before_it_is_migrated(
    sqlite_config: RelayConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = Relay.open(sqlite_config)
    relay.database.write(
        lambda w: w.connection.execute(text("UPDATE alembic_version SET version_num='0000'"))
    )
    relay.close()
    monkeypatch.setattr(migrate, "_upgrade", lambda connection: None)
    Relay.open(sqlite_config).close()
    assert [path.name[:12] for path in sqlite_config.data.glob("before-*.db")] == ["before-0001-"]


def test_an_unreachable_server_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(RelayError, match="can't be used"):
        Relay.open(RelayConfig(tmp_path, f"postgresql://nobody@/none?host={tmp_path}"))


def test_errors_do_not_tell_what_was_written(relay: Relay) -> None:
    wrong, values = text("SELECT nothing(:x)"), {"x": "canary"}
    with pytest.raises(DBAPIError) as caught:
        relay.database.write(lambda writing: writing.connection.execute(wrong, values))
    assert "canary" not in str(caught.value)
    with pytest.raises(DBAPIError) as caught:
        relay.database.read(lambda reading: reading.execute(wrong, values))
    assert "canary" not in str(caught.value)
