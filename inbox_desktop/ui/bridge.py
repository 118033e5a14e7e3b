"""The only meeting of the GUI thread with the engine and the store: queries, actions, and news by ids."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid

from inbox_desktop.models.actions import Action, Outcome, Refusal
from inbox_desktop.models.chat_relay import LiveChat
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import Health
from inbox_desktop.models.queries.rows import AgentRow, DraftFile
from inbox_desktop.models.store import Changed, Reader, Store, WriteSession
from inbox_desktop.ui.backend import Backend, ChatBackend

log = logging.getLogger(__name__)

T = TypeVar("T")
Failed = Callable[[str], None]

READERS = 3
OUR_BUG = (
    "Something went wrong inside the program. Nothing was lost; the log file says more. Please try again."
)


class _Job(QRunnable):
    """One piece of work for a reader thread."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        self._work()


class Bridge(QObject):
    """Brings questions to reader threads, actions to the engine, and every answer back to the GUI thread.

    All methods are called on the GUI thread; all callbacks and signals come there. A callback whose
    owner has been deleted meanwhile is dropped.

    Signals:
        changed(models.store.Changed): these things of one kind are others now.
        health(models.health.Health): a channel says something new about itself.
        trouble(str): something failed that nobody handles otherwise; a sentence for people.
        me_changed: `me` has another name.
        live(models.chat_relay.LiveChat): a visitor does something else now; after `watch_live` only.
    """

    changed = Signal(object)
    live = Signal(object)
    health = Signal(object)
    trouble = Signal(str)
    me_changed = Signal()
    _arrived = Signal(object)

    def __init__(self, store: Store, backend: Backend, me: AgentRow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._backend = backend
        self.me = me
        self.attachments_folder: Path = store.profile.attachments
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(READERS)
        self._numbers = count(1)
        self._newest: dict[object, int] = {}
        self._healths: dict[str, Health] = {}
        self._closed = False
        self._arrived.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._stop_news = store.subscribe(self._on_news)
        self._stop_health = backend.subscribe_health(self._on_health)
        self._stop_live: Callable[[], None] | None = None
        for health in backend.health():
            self._healths[health.channel_id] = health

    def backend(self) -> Backend:
        """The engine. Its futures are turned into callbacks by `call`."""
        return self._backend

    def chats(self) -> ChatBackend:
        """The engine's part that knows web chat; futures as those of `backend`."""
        return self._backend

    @property
    def healths(self) -> tuple[Health, ...]:
        """What every channel last said about itself."""
        return tuple(self._healths.values())

    def close(self) -> None:
        """Stop listening, and wait for the questions that are under way. No callback comes afterwards."""
        if self._closed:
            return
        self._closed = True
        self._stop_news()
        self._stop_health()
        if self._stop_live is not None:
            self._stop_live()
        self._pool.clear()
        self._pool.waitForDone()

    # Questions

    def query(
        self,
        function: Callable[[Reader], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        key: object = None,
    ) -> None:
        """Ask on a reader thread; `done` gets the answer, `failed` a sentence for people.

        With a `key`, a newer question under the same key makes the older one's answer dropped.
        """
        number = next(self._numbers)
        if key is not None:
            self._newest[key] = number

        def is_current() -> bool:
            return key is None or self._newest.get(key) == number

        def ask() -> T:
            with self._store.read() as reader:
                return function(reader)

        self._in_background(ask, done, failed, is_current)

    def store_file(
        self, path_or_bytes: Path | bytes, done: Callable[[DraftFile], None], failed: Failed, name: str = ""
    ) -> None:
        """Put a file into the attachment store, off the GUI thread. `name` is the label of bytes."""

        def put() -> DraftFile:
            if isinstance(path_or_bytes, bytes):
                content, label = path_or_bytes, name or "attachment"
            else:
                content, label = _read(path_or_bytes), name or path_or_bytes.name
            kind = mimetypes.guess_type(label)[0] or "application/octet-stream"
            return DraftFile(label, kind, len(content), self._store.attachments.put(content))

        self._in_background(put, done, failed, lambda: True)

    def in_background(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None
    ) -> None:
        """Do other short work (reading a file, decoding a picture) on a reader thread."""
        self._in_background(work, done, failed, lambda: True)

    # Changes

    def perform(
        self,
        actions: Sequence[Action],
        done: Callable[[list[Outcome | Refusal]], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Perform actions in the engine. Nothing to perform is answered at once."""
        if not actions:
            if done is not None:
                done([])
            return
        self.call(self._backend.perform(actions), done or _ignore, failed)

    def write(
        self,
        change: Callable[[WriteSession], T],
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Change what is no action, such as drafts."""
        self.call(self._backend.write(change), done or _ignore, failed)

    def call(self, future: Future[T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Bring the end of an engine's future to the GUI thread."""

        def ended(ending: Future[T]) -> None:
            if ending.cancelled():
                return
            error = ending.exception()
            if error is None:
                self._bring(done, ending.result())
            else:
                self._bring_error(error, failed)

        future.add_done_callback(ended)

    def on_gui(self, callback: Callable[[T], None]) -> Callable[[T], None]:
        """A version of `callback` that may be called from any thread and runs on the GUI thread."""
        return lambda value: self._bring(callback, value)

    # From other threads

    def _in_background(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Failed | None,
        is_current: Callable[[], bool],
    ) -> None:
        if self._closed:
            return

        def job() -> None:
            if self._closed or not is_current():
                return
            try:
                answer = work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the asker hears of it
                self._bring_error(error, failed, is_current)
            else:
                self._bring(done, answer, is_current)

        self._pool.start(_Job(job))

    def _bring(
        self, callback: Callable[[T], None], value: T, is_current: Callable[[], bool] | None = None
    ) -> None:
        def deliver() -> None:
            if (is_current is None or is_current()) and _is_alive(callback):
                callback(value)

        self._emit(deliver)

    def _bring_error(
        self, error: BaseException, failed: Failed | None, is_current: Callable[[], bool] | None = None
    ) -> None:
        words = str(error) if isinstance(error, InboxError) else OUR_BUG
        if not isinstance(error, InboxError):
            log.error("a question or change of the window failed", exc_info=error)
        self._bring(failed or self.trouble.emit, words, is_current)

    def _emit(self, deliver: Callable[[], None]) -> None:
        if not self._closed and isValid(self):
            self._arrived.emit(deliver)

    def _on_news(self, changed: Changed) -> None:
        self._emit(lambda: self.changed.emit(changed))

    def _on_health(self, health: Health) -> None:
        def tell() -> None:
            self._healths[health.channel_id] = health
            self.health.emit(health)

        self._emit(tell)

    def watch_live(self) -> None:
        """From now on `live` tells what visitors do; nobody needs that before a chat is on the screen."""
        if self._stop_live is None:
            self._stop_live = self.chats().subscribe_live(self._on_live)

    def _on_live(self, live: LiveChat) -> None:
        self._emit(lambda: self.live.emit(live))

    @Slot(object)
    def _run(self, deliver: Callable[[], None]) -> None:
        if not self._closed:
            deliver()

    def set_me(self, me: AgentRow | None) -> None:
        """Take over another name of the person who sits here."""
        if me is not None and me != self.me:
            self.me = me
            self.me_changed.emit()


def _ignore(_value: object) -> None:
    """What happens to an answer that nobody asked for."""


def _is_alive(callback: Callable[..., None]) -> bool:
    """Whether the QObject that a bound method (or a partial of one) belongs to still exists in C++."""
    while isinstance(callback, partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


def _read(path: Path) -> bytes:
    """The file's content. Raises InboxError in words."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InboxError(
            f"{path.name} could not be read ({error.strerror}). It was not attached; your text is kept."
        ) from error
