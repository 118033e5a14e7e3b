"""The relay's database: transactions that are durable when they return, and the counter that orders them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
# Serialization failure and deadlock: the server undid the transaction, which may simply be done again.
_UNDONE: Final = frozenset({"40001", "40P01"})

_TAKE_SEQ: Final = update(Head).values(seq=Head.seq + 1).returning(Head.seq)
_HEAD: Final = select(Head.seq, Head.epoch)


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

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, for the other processes."""
        return {"head": self.head, "visitors": sorted(self.visitors), "chats": sorted(self.chats)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> News:
        """What `to_json` wrote."""
        return cls(int(values["head"]), set(values["visitors"]), set(values["chats"]))


class Writing:
    """A transaction under way: its connection, its seq, and the news it will make."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.news = News()

    def take_seq(self) -> int:
        """This transaction's seq, the same at every call. Take it before touching any row that it changes.

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


class Database:
    """An open database. `write` and `read` from any thread; their coroutines from the relay's loop.

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
        self._write_pool = ThreadPoolExecutor(1, "relay-writer")
        self._read_pool = ThreadPoolExecutor(_READERS, "relay-reader")

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
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

    def write(self, change: Callable[[Writing], T]) -> T:
        """`change` in one durable transaction, again when the database undid it for another one's sake."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.transaction() as writing:
                    return change(writing)
            except OperationalError as error:
                if attempt == _ATTEMPTS or getattr(error.orig, "sqlstate", None) not in _UNDONE:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def read(self, look: Callable[[Connection], T]) -> T:
        """`look` in one consistent snapshot. What it returns must be plain values."""
        with self.readers.connect() as connection:
            return look(connection)

    async def awrite(self, change: Callable[[Writing], T]) -> T:
        """`write` off the event loop. A cancelled caller does not undo what is being written."""
        return await asyncio.get_running_loop().run_in_executor(self._write_pool, self.write, change)

    async def aread(self, look: Callable[[Connection], T]) -> T:
        """`read` off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._read_pool, self.read, look)

    def signal(self, signal: dict[str, Any]) -> None:
        """Tell the other processes something that is not kept (typing, presence); best effort, at once."""
        if self.is_postgresql:
            self._write_pool.submit(self._send, {"from": self.process, "signal": signal})

    def wake(self) -> None:
        """Make every process's bus look up from its waiting."""
        if self.is_postgresql:
            self._write_pool.submit(self._send, {"from": self.process})

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
        try:
            with self.writer.begin() as connection:
                notify(connection, payload)
        except DBAPIError:  # a lost "is typing" is no loss
            return


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
    writer = create_engine(url, pool_pre_ping=True, pool_size=2, max_overflow=2)
    readers = create_engine(
        url,
        pool_pre_ping=True,
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
