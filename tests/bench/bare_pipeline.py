"""The limit for `ingest`: the same libraries with nothing but the work itself, as plain as it can be written.

A thread fetches batches of 200, one other process reads and sanitises them, and each batch is one
transaction at synchronous=FULL with raw mail, ledger, journal, threading and full-text. There are no rules,
no actions, no preconditions, no health and no way to resume.
"""

from __future__ import annotations

import json
import queue
import re
import threading
import time
import uuid
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import nh3
from fast_mail_parser import parse_email
from imapclient import IMAPClient

from inbox_desktop.models import sqlite

BATCH = 200
_QUEUED = 2
_ID = re.compile(r"<[^<>\s]+>")
_SCHEMA = """
CREATE TABLE raw (id TEXT PRIMARY KEY, size INT, content BLOB) WITHOUT ROWID;
CREATE TABLE ledger (uid INTEGER PRIMARY KEY, state TEXT, raw_id TEXT, message_id TEXT);
CREATE TABLE journal (seq INTEGER PRIMARY KEY, id TEXT, name TEXT, arguments TEXT);
CREATE TABLE tickets (id TEXT PRIMARY KEY, subject TEXT, customer TEXT, last TEXT, count INT, seq INT)
    WITHOUT ROWID;
CREATE INDEX tickets_last ON tickets (last, id);
CREATE TABLE messages (id TEXT PRIMARY KEY, ticket_id TEXT, sender TEXT, sent TEXT, subject TEXT, text TEXT,
    html TEXT, external_id TEXT UNIQUE, refs TEXT, seq INT) WITHOUT ROWID;
CREATE INDEX messages_ticket ON messages (ticket_id, sent);
CREATE VIRTUAL TABLE search USING fts5 (subject, people, body, content='',
    tokenize="unicode61 remove_diacritics 2");
"""


class Mail(NamedTuple):
    """What the parser process hands back of one mail."""

    message_id: str
    references: tuple[str, ...]
    sender: str
    subject: str
    date: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Run:
    """How long it took, in seconds from connecting: until the first batch was stored, and until the end."""

    mails: int
    first_seconds: float
    seconds: float


def fetch_alone(host: str, port: int, user: str, password: str) -> Run:
    """Fetch a whole mailbox with IMAPClient and throw the mails away."""
    began = time.perf_counter()
    first, count = 0.0, 0
    for mails in _fetched(host, port, user, password):
        count += len(mails)
        first = first or time.perf_counter() - began
    return Run(count, first, time.perf_counter() - began)


def run_bare_pipeline(folder: Path, host: str, port: int, user: str, password: str) -> Run:
    """Fetch, read and store a whole mailbox into `folder`."""
    writer = _Writer(folder / "bare.db")
    fetched: queue.Queue[list[tuple[int, bytes]] | None] = queue.Queue(_QUEUED)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as parser:
        parser.submit(read, []).result()  # the process runs before the clock does
        began = time.perf_counter()
        first, count = 0.0, 0

        def fetch() -> None:
            for mails in _fetched(host, port, user, password):
                fetched.put(mails)
            fetched.put(None)

        fetcher = threading.Thread(target=fetch)
        fetcher.start()
        waiting = None
        while True:
            mails = fetched.get()
            reading = parser.submit(read, [raw for _, raw in mails]) if mails else None
            if waiting is not None:
                batch, result = waiting
                writer.store(batch, result.result())
                count += len(batch)
                first = first or time.perf_counter() - began
            if mails is None or reading is None:
                break
            waiting = (mails, reading)
        fetcher.join()
        seconds = time.perf_counter() - began
    writer.close()
    return Run(count, first, seconds)


def read(raws: Sequence[bytes]) -> list[Mail]:
    """In the parser process: read and sanitise a batch."""
    mails = []
    for raw in raws:
        mail = parse_email(raw)
        headers = {name.lower(): value for name, value in mail.headers.items()}
        mails.append(
            Mail(
                str(headers.get("message-id", "")),
                tuple(_ID.findall(str(headers.get("references", "")))),
                str(headers.get("from", "")),
                mail.subject,
                mail.date,
                "\n".join(mail.text_plain),
                nh3.clean("".join(mail.text_html)),
            )
        )
    return mails


def _fetched(host: str, port: int, user: str, password: str) -> Iterator[list[tuple[int, bytes]]]:
    """Batches of a mailbox, the newest first."""
    with IMAPClient(host, port=port, ssl=False, timeout=60) as client:
        client.login(user, password)
        client.select_folder("INBOX", readonly=True)
        uids = sorted(client.search("ALL"), reverse=True)
        for at in range(0, len(uids), BATCH):
            answer = client.fetch(uids[at : at + BATCH], ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])
            yield [(uid, values[b"BODY[]"]) for uid, values in answer.items()]


class _Writer:
    """One transaction a batch."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite.driver.connect(str(path), isolation_level=None)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "cache_size=-32000",
            "wal_autocheckpoint=4000",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        self._seq = 0
        self._threads: dict[str, str] = {}

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def store(self, fetched: Sequence[tuple[int, bytes]], mails: Sequence[Mail]) -> None:
        """Store a batch and all that belongs to it."""
        rows = [self._rows(uid, raw, mail) for (uid, raw), mail in zip(fetched, mails, strict=True)]
        raws, ledger, journal, tickets, messages, documents = zip(*rows, strict=True)
        execute = self._connection.executemany
        self._connection.execute("BEGIN IMMEDIATE")
        execute("INSERT INTO raw VALUES (?, ?, ?)", raws)
        execute("INSERT INTO ledger VALUES (?, ?, ?, ?)", ledger)
        execute("INSERT INTO journal VALUES (?, ?, ?, ?)", journal)
        execute(
            "INSERT INTO tickets VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (id) DO UPDATE SET count = count + 1, "
            "last = max(last, excluded.last), seq = excluded.seq",
            tickets,
        )
        execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", messages)
        execute("INSERT INTO search (rowid, subject, people, body) VALUES (?, ?, ?, ?)", documents)
        self._connection.execute("COMMIT")

    def _rows(self, uid: int, raw: bytes, mail: Mail) -> tuple[tuple[object, ...], ...]:
        """A row for each table."""
        self._seq += 1
        raw_id, message_id = str(uuid.uuid4()), str(uuid.uuid4())
        ticket_id = self._ticket(mail)
        arguments = json.dumps({"message_id": message_id, "ticket_id": ticket_id})
        head = (message_id, ticket_id, mail.sender, mail.date, mail.subject, mail.text, mail.html)
        return (
            (raw_id, len(raw), zlib.compress(raw, 1)),
            (uid, "stored", raw_id, message_id),
            (self._seq, str(uuid.uuid4()), "message.receive", arguments),
            (ticket_id, mail.subject, mail.sender, mail.date, self._seq),
            (*head, mail.message_id, json.dumps(mail.references), self._seq),
            (self._seq, mail.subject, mail.sender, mail.text),
        )

    def _ticket(self, mail: Mail) -> str:
        """The ticket of the thread that the mail belongs to, or a new one."""
        ids = (mail.message_id, *mail.references)
        found = next((self._threads[known] for known in ids if known in self._threads), None) or str(
            uuid.uuid4()
        )
        for known in ids:
            self._threads.setdefault(known, found)
        return found
