"""Keeping drafts: a moment after typing stops, at once when the ticket changes or the window closes."""

from collections import Counter
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from inbox_desktop.models.drafts import save_draft
from inbox_desktop.models.queries.drafts import draft as read_draft
from inbox_desktop.models.queries.rows import Draft
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge

SAVE_AFTER_MS = 400
TRY_AGAIN_MS = 5_000
"""A draft that could not be stored is tried again after this time."""


class DraftKeeper(QObject):
    """Reads and saves the drafts of one ticket at a time, one for the reply and one for the note.

    What could not be stored (a full disk) is held and tried again, also after another ticket was opened.

    Signals:
        loaded(Draft | None, Draft | None): what is stored for the ticket: reply and note.
        saved(bool): a draft was stored; False when it was a note.
        not_saved(str): a draft could not be stored, and why, in words. Said once until one was stored.
        recovered: whatever could not be stored is stored now, or was sent.
    """

    loaded = Signal(object, object)
    saved = Signal(bool)
    not_saved = Signal(str)
    recovered = Signal()

    def __init__(self, bridge: Bridge, collect: Callable[[bool], Draft | None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._collect = collect
        self._ticket_id: str | None = None
        self._dirty: set[bool] = set()
        self._held: dict[tuple[str, bool], Draft] = {}
        self._refused: list[Draft] = []
        self._failing: dict[tuple[str, bool], str] = {}
        self._on_the_way: Counter[str] = Counter()
        self._has_news = False
        self._is_told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.save_now)
        bridge.changed.connect(self._on_changed)

    @property
    def is_settled(self) -> bool:
        """Whether everything that was typed in this ticket is stored."""
        return not self._dirty and not self._on_the_way[self._ticket_id or ""]

    def is_failing(self, *, is_note: bool) -> bool:
        """Whether this ticket's reply or note could not be stored, and has not been since."""
        return (self._ticket_id, is_note) in self._failing

    @property
    def failures(self) -> tuple[str, ...]:
        """Why, in words, for each draft that would be lost if the program ended now."""
        return tuple(self._failing.values())

    def open(self, ticket_id: str | None) -> None:
        """Save what is unsaved of the ticket before, and read the drafts of this one."""
        self.save_now()
        self._ticket_id = ticket_id
        if ticket_id is not None:
            self._read()

    def touch(self, *, is_note: bool) -> None:
        """Something was typed: save it when typing stops."""
        self._dirty.add(is_note)
        self._timer.start(SAVE_AFTER_MS)

    def forget(self, ticket_id: str, *, is_note: bool) -> None:
        """What was typed there has been sent: there is nothing to save any more."""
        self._held.pop((ticket_id, is_note), None)
        if ticket_id == self._ticket_id:
            self._dirty.discard(is_note)
        self._recover((ticket_id, is_note))

    def save_now(self) -> None:
        """Save what is unsaved, without waiting."""
        self._timer.stop()
        drafts = [draft for draft in map(self._collect, sorted(self._dirty)) if draft is not None]
        self._dirty.clear()
        for draft in drafts:
            self._held[_key(draft)] = draft
        drafts.extend(draft for draft in self._refused if self._held.get(_key(draft)) is draft)
        self._refused.clear()
        for draft in drafts:
            self._on_the_way[draft.ticket_id] += 1
            self._bridge.write(
                partial(save_draft, draft=draft), partial(self._stored, draft), partial(self._failed, draft)
            )

    def _stored(self, draft: Draft, _nothing: object) -> None:
        self._on_the_way[draft.ticket_id] -= 1
        self._is_told = False
        if self._held.get(_key(draft)) is draft:
            del self._held[_key(draft)]
        self._recover(_key(draft))
        if draft.ticket_id == self._ticket_id:
            self.saved.emit(draft.is_note)
            if self._has_news and self.is_settled:
                self._read()

    def _failed(self, draft: Draft, words: str) -> None:
        self._on_the_way[draft.ticket_id] -= 1
        self._refused.append(draft)
        if draft.is_blank:
            self._recover(_key(draft))
        elif self._held.get(_key(draft)) is draft:
            self._failing[_key(draft)] = words
        if not self._timer.isActive():
            self._timer.start(TRY_AGAIN_MS)
        if not self._is_told:
            self._is_told = True
            self.not_saved.emit(words)

    def _recover(self, key: tuple[str, bool]) -> None:
        if self._failing.pop(key, None) is not None and not self._failing:
            self.recovered.emit()

    def _on_changed(self, changed: Changed) -> None:
        """A draft changed elsewhere: sending was undone, and the text is a draft again."""
        if changed.kind == "draft" and self._ticket_id in changed.ids:
            self._has_news = True
            if self.is_settled:
                self._read()

    def _read(self) -> None:
        ticket_id = self._ticket_id
        assert ticket_id is not None
        self._has_news = False
        # What is being stored while the answer is on its way is newer than the answer.
        ours = {is_note: draft for (ticket, is_note), draft in self._held.items() if ticket == ticket_id}
        self._bridge.query(
            partial(_both, ticket_id=ticket_id),
            partial(self._arrived, ticket_id, ours),
            key=(id(self), "drafts"),
        )

    def _arrived(
        self, ticket_id: str, ours: dict[bool, Draft], drafts: tuple[Draft | None, Draft | None]
    ) -> None:
        if ticket_id != self._ticket_id:
            return
        if self._dirty:
            self._has_news = True
        else:
            self.loaded.emit(ours.get(False, drafts[0]), ours.get(True, drafts[1]))


def _key(draft: Draft) -> tuple[str, bool]:
    return draft.ticket_id, draft.is_note


def _both(reader: Reader, ticket_id: str) -> tuple[Draft | None, Draft | None]:
    return read_draft(reader, ticket_id, False), read_draft(reader, ticket_id, True)
