"""The relay's transactions and their order, on both databases."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from inbox_desktop.relay import migrate
from inbox_desktop.relay.config import RelayConfig, RelayError
from inbox_desktop.relay.database import Database, News, Writing, head_of
from inbox_desktop.relay.service import Relay
from inbox_desktop.relay.tables import Base, Head


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


def test_a_transaction_takes_one_seq_and_tells_it_after_the_commit(relay: Relay) -> None:
    heard: list[tuple[News, int]] = []
    relay.database.on_commit = lambda news: heard.append((news, relay.database.head()[0]))

    def change(writing: Writing) -> None:
        assert writing.take_seq() == writing.take_seq() == 1
        writing.tell_visitor("v")

    relay.database.write(change)
    assert heard == [(News(1, {"v"}), 1)]


def test_seqs_of_several_processes_become_visible_in_order(config: RelayConfig) -> None:
    relays = [Relay.open(config), Relay.open(config)]
    watching = threading.Event()
    seen: list[int] = []

    def write(database: Database) -> None:
        for _ in range(20):
            database.write(Writing.take_seq)

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
