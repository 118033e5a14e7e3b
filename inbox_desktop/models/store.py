"""The store: one writer, query-only readers, transactions, and the change feed."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

from filelock import FileLock
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inbox_desktop.models import counts, migrate, sqlite
from inbox_desktop.models.attachments import AttachmentStore
from inbox_desktop.models.errors import DAMAGED_ADVICE, StorageError, StorageFullError
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.tables.base import Stamped

log = logging.getLogger(__name__)

_FULL = (
    "The disk is full. The last change was not saved; everything before it is. "
    "Free some space; work goes on by itself."
)
_NO_ROOM = (
    "The disk is full, and the database cannot be opened without a little room. Nothing was changed. "
    "Free some space, then try again."
)
_SHARED_BYTES = 64 * 1024
"""More than the file that readers and writer of a database share (-shm) takes in the beginning."""


@dataclass(frozen=True, slots=True)
class Changed:
    """News of the change feed: which things of one kind changed, and up to which journal entry.

    `kind` is "ticket", "customer", "agent", "channel", "setting", "delivery" or "draft".
    """

    kind: str
    ids: tuple[str, ...]
    seq: int


Listener = Callable[[Changed], None]
Reader = Connection
"""What queries read through: the type's name for those who never import SQLAlchemy themselves."""


class WriteSession(Session):
    """A session inside the one write transaction; it notes what it changes, and keeps the counts."""

    def note(self, kind: str, thing_id: str) -> None:
        """Remember that this thing changed, for the change feed."""
        self.info.setdefault("changes", {}).setdefault(kind, {})[thing_id] = None

    @property
    def seq(self) -> int:
        """The journal entry that this session's changes are stamped with at present."""
        seq: int = self.info.get("seq", 0)
        return seq

    @seq.setter
    def seq(self, value: int) -> None:
        self.info["seq"] = value


@event.listens_for(WriteSession, "before_flush")
def _stamp_and_count(session: WriteSession, _context: Any, _instances: Any) -> None:
    counts.add(session.connection(), counts.pending_changes(session))
    for row in (*session.new, *session.dirty):
        if isinstance(row, Stamped) and session.is_modified(row):
            row.seq = session.seq
            if row.CHANGE and (thing_id := getattr(row, row.CHANGE_ID)):
                session.note(row.CHANGE, thing_id)


class Store:
    """An open profile. `write()` from any thread, one at a time; `read()` from any number of threads."""

    def __init__(
        self, profile: Profile, lock: FileLock | None, writer: Engine | None, readers: Engine
    ) -> None:
        self.profile = profile
        self.attachments = AttachmentStore(profile.attachments)
        self._file_lock = lock
        self._writer = writer
        self._readers = readers
        self._writing = threading.Lock()
        self._listeners: list[Listener] = []

    @classmethod
    def open(cls, profile: Profile) -> Self:
        """Take the profile, bring its database up to date, and open it.

        Raises:
            ProfileError: the folder cannot be used, or another process has it.
            StorageError: the database cannot be opened, is damaged, or was written by a newer version.
        """
        if problem := sqlite.version_problem():
            raise StorageError(problem)
        profile.create()
        lock = profile.lock()
        try:
            with _in_words(profile, full=_NO_ROOM):
                migrate.bring_up_to_date(profile)
                path = str(profile.database)
                return cls(profile, lock, sqlite.writer_engine(path), sqlite.reader_engine(path))
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open_read_only(cls, profile: Profile) -> Self:
        """Open a profile for reading only, also while another process works in it.

        Raises:
            StorageError: there is no database yet, or it is of another version.
        """
        with _in_words(profile, full=_NO_ROOM, reading=True):
            migrate.require_current(profile)
            return cls(profile, None, None, sqlite.reader_engine(str(profile.database)))

    @property
    def is_open_for_work(self) -> bool:
        """Whether this store has taken the profile for itself, and does not only read it."""
        return self._file_lock is not None

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """One durable transaction. When the block raises, nothing of it is kept.

        Raises:
            StorageFullError, StorageError: the transaction could not be stored.
        """
        if self._writer is None:
            raise StorageError("This profile was opened for reading only.")
        with self._writing, _in_words(self.profile):
            with WriteSession(self._writer, expire_on_commit=False) as session, session.begin():
                yield session
            if sqlite.needs_own_checkpoints:
                sqlite.checkpoint(self._writer)
            news = [
                Changed(kind, tuple(ids), session.seq)
                for kind, ids in session.info.get("changes", {}).items()
            ]
        self._publish(news)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the data. Results must leave the block as plain values.

        Raises:
            StorageError: the database could not be read.
        """
        words = _in_words(self.profile, full=_NO_ROOM, reading=True)
        with words, self._readers.connect() as connection:
            yield connection

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each commit, from the thread that wrote. Returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def close(self) -> None:
        """Close everything and give the profile back."""
        if self._writer is not None:
            with self._writing:
                self._writer.dispose()
        self._readers.dispose()
        if self._file_lock is not None:
            self._file_lock.release()

    def _publish(self, news: list[Changed]) -> None:
        for changed in news:
            for listener in tuple(self._listeners):
                try:
                    listener(changed)
                except Exception:  # the change is stored: whoever made it must not be told otherwise
                    log.exception("a listener of the change feed failed on %s", changed)


@contextmanager
def _in_words(profile: Profile, *, full: str = _FULL, reading: bool = False) -> Iterator[None]:
    """Turn the database driver's errors into ours; anything else passes. `reading`: nothing was to change.

    `full` is what is said when the disk is.
    """
    try:
        yield
    except (DBAPIError, sqlite.driver.Error) as error:
        cause = str(getattr(error, "orig", None) or error)
        if "disk is full" in cause:
            raise StorageFullError(_FULL) from error
        if "disk I/O" in cause and _is_full(profile):
            raise StorageFullError(full) from error
        if any(sign in cause for sign in ("malformed", "not a database", "corrupt")):
            raise StorageError(f"The database is damaged ({cause}). {DAMAGED_ADVICE}") from error
        if any(sign in cause for sign in ("disk I/O", "unable to open", "readonly", "locked")):
            if reading:
                raise StorageError(
                    f"The database cannot be read now ({cause}). Nothing was changed. Check that you may "
                    "read the profile's folder and the files in it, then try again."
                ) from error
            raise StorageError(
                f"The database cannot be used now ({cause}). The last change was not saved. "
                "Check the disk and that no other program holds the profile's files, then try again."
            ) from error
        raise


def _is_full(profile: Profile) -> bool:
    """Whether there is no room for the file that readers and writer share: to SQLite that is an I/O error."""
    with suppress(OSError):
        return shutil.disk_usage(profile.folder).free < _SHARED_BYTES
    return False
