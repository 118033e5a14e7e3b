"""The relay's database: transactions that are durable when they return, and the counter that orders them."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from inbox_desktop.models import sqlite
from inbox_desktop.models.ids import new_id
from inbox_desktop.relay.config import RelayConfig, psycopg_url
from inbox_desktop.relay.tables import Head

T = TypeVar("T")

CHANNEL: Final = "inbox_relay"
"""PostgreSQL's notification channel between the processes of one relay."""

_READERS: Final = 4
_ATTEMPTS: Final = 4
_MOST_TOGETHER: Final = 64
_LONGEST_GROUP_SECONDS: Final = 0.1
# Serialization failure and deadlock: the server undid the transaction, which may simply be done again.
_UNDONE: Final = frozenset({"40001", "40P01"})

_TAKE_SEQ: Final = update(Head).values(seq=Head.seq + 1).returning(Head.seq)
_HEAD: Final = select(Head.seq, Head.epoch)
_KEEP_ORDER: Final = select(Head.seq).with_for_update()


class UncertainCommitError(OperationalError):
    """The connection was lost in the middle of a commit: nobody can know whether the change is kept."""

    @classmethod
    def of(cls, error: DBAPIError) -> UncertainCommitError:
        """What the driver said of such a commit, under this name."""
        return cls(
            error.statement,
            error.params,
            error.orig or error,
            hide_parameters=error.hide_parameters,
            connection_invalidated=True,
        )


@dataclass(slots=True)
class News:
    """What a committed transaction changed: whom to tell, in this process and in the others.

    `head` is the newest seq (0: the feed did not change), `visitors` whose conversation changed, `chats`
    whose settings did. `everything` stands for all, after a gap in the news.
    """

    head: int = 0
    visitors: set[str] = field(default_factory=set)
    chats: set[str] = field(default_factory=set)
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.head or self.visitors or self.chats or self.everything)

    def add(self, later: News) -> None:
        """Take in what was changed after this, in the same transaction."""
        self.head = max(self.head, later.head)
        self.visitors |= later.visitors
        self.chats |= later.chats
        self.everything |= later.everything

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, for the other processes."""
        return {"head": self.head, "visitors": sorted(self.visitors), "chats": sorted(self.chats)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> News:
        """What `to_json` wrote."""
        return cls(int(values["head"]), set(values["visitors"]), set(values["chats"]))


class Writing:
    """A change under way: the connection of its transaction, its seq, and the news it will make."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.news = News()

    def take_seq(self) -> int:
        """This change's seq, the same at every call. Take it before touching any row that it changes.

        The counter's row stays locked until the commit: commits become visible in the order of their seq,
        and two processes that both take it first never wait for each other in a circle.
        """
        if not self.news.head:
            self.news.head = self.connection.execute(_TAKE_SEQ).scalar_one()
        return self.news.head

    def tell_visitor(self, visitor_id: str) -> None:
        """After the commit the visitor's sockets and polls look again."""
        self.news.visitors.add(visitor_id)

    def tell_chat(self, chat_id: str) -> None:
        """After the commit the chat's settings are read again."""
        self.news.chats.add(chat_id)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a change returned, or the error with which it was undone."""

    value: Any = None
    error: BaseException | None = None


class _Waiting:
    """A change that waits for the writer, and whom to tell what became of it."""

    def __init__(self, change: Callable[[Writing], Any]) -> None:
        self.change = change
        self.told: Future[Any] = Future()

    def tell(self, outcome: _Outcome) -> None:
        """Tell, and let go of both: an error's traceback leads here, and a change may hold a whole file."""
        told = self.told
        del self.told, self.change
        error = outcome.error
        if error is None:
            told.set_result(outcome.value)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            told.set_exception(error)
        else:  # these end whatever waits for a future, the relay's loop too
            told.set_exception(RuntimeError(f"a change ended with {type(error).__name__}"))


class Database:
    """An open database. `write` and `read` from any thread; their coroutines from the relay's loop.

    What `awrite` was given while the disk was busy with a commit is written in one transaction (a group
    commit): a disk that stalls for half a second then costs half a second, not one commit for each message.

    `process` is this process's id among those that share the database. `on_commit` is called after each
    commit that made news, in the thread that wrote.
    """

    def __init__(self, config: RelayConfig) -> None:
        self.process = new_id()
        self.is_postgresql = config.is_postgresql
        self.on_commit: Callable[[News], None] = lambda _news: None
        self.writer, self.readers = _engines(config)
        for engine in (self.writer, self.readers):
            engine.hide_parameters = True  # errors are logged: what visitors write is not
        self._writing = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._write_pool = ThreadPoolExecutor(1, "relay-writer")
        self._read_pool = ThreadPoolExecutor(_READERS, "relay-reader")

    def write(self, change: Callable[[Writing], T]) -> T:
        """`change` in one durable transaction.

        It is called again when the database undid it for another one's sake, or had ended the connection.

        Raises:
            UncertainCommitError: perhaps it is kept; after every other error it is not.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            is_changed = False
            try:
                with self._transaction() as writing:
                    result = change(writing)
                    is_changed = True
            except OperationalError as error:
                if is_changed and error.connection_invalidated:
                    self.on_commit(News(everything=True))  # whoever is connected looks whether it is kept
                    raise UncertainCommitError.of(error) from error
                is_lost = error.connection_invalidated
                if attempt == _ATTEMPTS or not (is_lost or _was_undone(error)):
                    raise
            else:
                return result
        raise AssertionError("the last attempt returns or raises")

    def read(self, look: Callable[[Connection], T]) -> T:
        """`look` in one consistent snapshot, again when the connection was lost. It returns plain values."""
        try:
            with self.readers.connect() as connection:
                return look(connection)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
        with self.readers.connect() as connection:  # a new one: the pool gave up all that it had
            return look(connection)

    async def awrite(self, change: Callable[[Writing], T]) -> T:
        """`write` off the event loop, perhaps in one transaction with others. It may be called again.

        It returns when the commit is durable, and raises what `change` and `write` raise; that undoes no
        other's. A cancelled caller does not undo what is being written.
        """
        result: T = await asyncio.wrap_future(self._submit(change))
        return result

    async def aread(self, look: Callable[[Connection], T]) -> T:
        """`read` off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._read_pool, self.read, look)

    def signal(self, signal: dict[str, Any]) -> None:
        """Tell the other processes something that is not kept (typing, presence); best effort, at once."""
        if self.is_postgresql:
            self._send({"from": self.process, "signal": signal})

    def wake(self) -> None:
        """Make every process's bus look up from its waiting."""
        if self.is_postgresql:
            self._send({"from": self.process})

    def head(self) -> tuple[int, str]:
        """The newest seq, and the epoch."""
        return self.read(head_of)

    def close(self) -> None:
        """End what runs, and close every connection."""
        self._write_pool.shutdown()
        self._read_pool.shutdown()
        self.writer.dispose()
        self.readers.dispose()

    def _send(self, payload: dict[str, Any]) -> None:
        self._submit(lambda writing: notify(writing.connection, payload))  # nobody waits: it may be lost

    def _submit(self, change: Callable[[Writing], Any]) -> Future[Any]:
        waiting = _Waiting(change)
        told = waiting.told
        self._waiting.append(waiting)
        try:
            self._write_pool.submit(self._write_waiting)
        except RuntimeError:  # the database is being closed
            if told.cancel():
                raise
        return told

    def _write_waiting(self) -> None:
        """Write everything that waits; what came before this was called may be written already."""
        group: deque[_Waiting] = deque()
        while self._waiting and len(group) < _MOST_TOGETHER:
            waiting = self._waiting.popleft()
            if waiting.told.set_running_or_notify_cancel():
                group.append(waiting)
        may_be_together = True
        while group:
            outcomes = self._written_together(group) if may_be_together and len(group) > 1 else None
            if outcomes is None:
                may_be_together = False
                outcomes = deque([self._written_alone(group[0].change)])
            while outcomes:
                group.popleft().tell(outcomes.popleft())

    def _written_alone(self, change: Callable[[Writing], Any]) -> _Outcome:
        try:
            return _Outcome(self.write(change))
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it
            return _Outcome(error=error)

    def _written_together(self, group: Iterable[_Waiting]) -> deque[_Outcome] | None:
        """What became of the first changes of a group, all written in one transaction; after a while it ends,
        so that quick ones do not wait for many slow ones. None: nothing is kept, each is to be written alone.
        """
        outcomes: deque[_Outcome] = deque()
        is_changed = False
        try:
            with self._transaction() as writing:
                # First what `take_seq` locks: some changes of the group take no seq, and touch rows that
                # another process reaches with the counter in its hand.
                writing.connection.execute(_KEEP_ORDER)
                ends = time.monotonic() + _LONGEST_GROUP_SECONDS
                for waiting in group:
                    outcomes.append(_attempt(writing, waiting.change))
                    if time.monotonic() > ends:
                        break
                is_changed = True
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            count = len(outcomes)
            outcomes.clear()  # an error among them would lead here, and keep itself alive
            if not is_changed:
                return None
            if isinstance(error, DBAPIError):
                if not error.connection_invalidated:
                    return None
                self.on_commit(News(everything=True))  # whoever is connected looks whether it is kept
                error = UncertainCommitError.of(error)
            return deque(_Outcome(error=error) for _ in range(count))
        return outcomes

    @contextmanager
    def _transaction(self) -> Iterator[Writing]:
        """One durable transaction; when the block raises, nothing of it is kept."""
        with self._writing:
            with self.writer.begin() as connection:
                writing = Writing(connection)
                yield writing
                if writing.news and self.is_postgresql:
                    notify(connection, {"from": self.process, "news": writing.news.to_json()})
            if sqlite.needs_own_checkpoints and not self.is_postgresql:
                sqlite.checkpoint(self.writer)
        if writing.news:
            self.on_commit(writing.news)


def _attempt(group: Writing, change: Callable[[Writing], Any]) -> _Outcome:
    """What became of one change of a group.

    Raises:
        DBAPIError: the database failed, and the group's transaction may be gone with it.
    """
    part = Writing(group.connection)
    try:
        with group.connection.begin_nested():
            value = change(part)
    except DBAPIError:
        raise
    except BaseException as error:  # noqa: BLE001 - whoever asked gets it
        return _Outcome(error=error)
    group.news.add(part.news)
    return _Outcome(value)


def _was_undone(error: Exception) -> bool:
    """Whether the database undid the transaction for another one's sake."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in _UNDONE


def head_of(connection: Connection) -> tuple[int, str]:
    """The newest seq and the epoch as this connection sees them."""
    seq, epoch = connection.execute(_HEAD).one()
    return seq, epoch


def notify(connection: Connection, payload: dict[str, Any]) -> None:
    """Tell the other processes on PostgreSQL, when the transaction commits."""
    connection.execute(select(func.pg_notify(CHANNEL, json.dumps(payload, separators=(",", ":")))))


def _engines(config: RelayConfig) -> tuple[Engine, Engine]:
    if not config.is_postgresql:
        path = str(config.sqlite_file)
        return sqlite.writer_engine(path), sqlite.reader_engine(path)
    url = psycopg_url(config.database)
    # No pre-ping: that question before each transaction costs as much as a statement.
    writer = create_engine(url, pool_size=2, max_overflow=2)
    readers = create_engine(
        url,
        pool_size=_READERS,
        max_overflow=_READERS,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )
    return writer, readers


def advisory_lock(connection: Connection, number: int) -> None:
    """Wait until no other process of this relay holds the lock; held until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
