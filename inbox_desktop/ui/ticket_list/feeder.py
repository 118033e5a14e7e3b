"""Feeds the list's model: asks on reader threads, page by page, and again when tickets have changed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, Signal

from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge, Failed
from inbox_desktop.ui.gathering import EVERY_MS, Gathering
from inbox_desktop.ui.ticket_list.diff import Change, change
from inbox_desktop.ui.ticket_list.model import TicketListModel
from inbox_desktop.ui.ticket_list.question import PAGE, Answer, Question, first_rows, next_rows

REST_FACTOR = 4
"""After a question that took t, the next one by itself comes no sooner than 4 t later, a second at most."""
LONGEST_REST_MS = 1000


class State(StrEnum):
    """What the list shows."""

    LOADING = "loading"
    SHOWN = "shown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class News:
    """An answer, the way to it from what the model shows, and how long it took to find (milliseconds)."""

    answer: Answer
    way: Change
    cost_ms: float


def _learn(ask: Callable[[Reader], Answer], here: Sequence[TicketRow], reader: Reader) -> News:
    begin = time.perf_counter()
    answer = ask(reader)
    return News(answer, change(here, answer.rows), (time.perf_counter() - begin) * 1000)


class Feeder(QObject):
    """Keeps a model's rows as the database has them. One question at a time is under way.

    `needs` tells how many rows must stay loaded, and which ticket's fate is to be told with each update.

    Signals:
        state_changed(State): loading, shown or failed.
        updating(): the model's rows are about to change by news. Remember what is selected.
        updated(Answer): they have.
        trouble(str): news could not be read; what is shown stays.
    """

    state_changed = Signal(object)
    updating = Signal()
    updated = Signal(object)
    trouble = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        model: TicketListModel,
        needs: Callable[[], tuple[int, str | None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._model = model
        self._question: Question | None = None
        self._busy = False
        self._stale = False
        self.state = State.LOADING
        self.reason = ""
        self._needs = needs
        self._news = Gathering(self)
        self._news.due.connect(self.refresh)
        model.more_wanted.connect(self.more)
        bridge.changed.connect(self._on_changed)

    @property
    def question(self) -> Question | None:
        """What is asked for."""
        return self._question

    def ask(self, question: Question) -> None:
        """Show another list."""
        self._question = question
        self._news.forget()
        self._stale = False
        self._busy = True
        self._set_state(State.LOADING)
        self._send(lambda reader: first_rows(reader, question, PAGE), self._started, self._failed)

    def refresh(self) -> None:
        """Read again what is loaded and needed, and change what differs."""
        question = self._question
        if question is None:
            return
        if self.state is not State.SHOWN and not self._busy:
            self.ask(question)
            return
        if self._busy:
            self._stale = True
            return
        needed, about = self._needs()
        count = min(self._model.rowCount(), needed)
        self._stale = False
        self._busy = True
        ask = partial(first_rows, question=question, count=count, about=about)
        self._send(ask, self._refreshed, self._not_refreshed)

    def more(self) -> None:
        """Continue behind the last row."""
        question, rows = self._question, self._model.rows
        if question is None or self._busy or self._model.complete or not rows:
            return
        after, have = rows[-1].page_key, len(rows)
        self._busy = True
        done = self._refreshed if question.words else self._continued
        self._send(lambda reader: next_rows(reader, question, after, have), done, self._not_refreshed)

    def _send(self, ask: Callable[[Reader], Answer], done: Callable[[News], None], failed: Failed) -> None:
        # Nobody else changes the model, and not before the answer has come: the way from here stays true.
        here = self._model.rows if done == self._refreshed else ()
        self._bridge.query(
            partial(_learn, ask, here), partial(self._ended, done), failed, key=("tickets", id(self))
        )

    def _ended(self, done: Callable[[News], None], news: News) -> None:
        self._busy = False
        self._news.every_ms = max(EVERY_MS, min(LONGEST_REST_MS, round(news.cost_ms * REST_FACTOR)))
        done(news)
        if self._stale:
            self._news.add()

    def _started(self, news: News) -> None:
        answer = news.answer
        self._model.start(answer.rows, complete=answer.complete)
        self._set_state(State.SHOWN)

    def _continued(self, news: News) -> None:
        answer = news.answer
        self._model.append(answer.rows, complete=answer.complete)

    def _refreshed(self, news: News) -> None:
        answer = news.answer
        self.updating.emit()
        self._model.update(answer.rows, news.way, complete=answer.complete)
        self.updated.emit(answer)

    def _failed(self, reason: str) -> None:
        self._busy = self._stale = False
        self.reason = reason
        self._model.start((), complete=True)
        self._set_state(State.FAILED)

    def _not_refreshed(self, reason: str) -> None:
        self._busy = False
        self.trouble.emit(reason)
        if self._stale:
            self._news.add()

    def _on_changed(self, changed: Changed) -> None:
        if changed.kind in {"ticket", "customer", "agent"}:
            self._news.add()

    def _set_state(self, state: State) -> None:
        self.state = state
        self.state_changed.emit(state)
