"""Keeping drafts: a moment after typing stops, at once when the ticket changes or the window closes."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from inbox_desktop.models.drafts import save_draft
from inbox_desktop.models.queries.drafts import draft as read_draft
from inbox_desktop.models.queries.rows import Draft
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge

SAVE_AFTER_MS = 400


class DraftKeeper(QObject):
    """Reads and saves the drafts of one ticket at a time, one for the reply and one for the note.

    Signals:
        loaded(Draft | None, Draft | None): what is stored for the ticket: reply and note.
        saved(bool): a draft was stored; False when it was a note.
        not_saved(str): a draft could not be stored, and why, in words.
    """

    loaded = Signal(object, object)
    saved = Signal(bool)
    not_saved = Signal(str)

    def __init__(self, bridge: Bridge, collect: Callable[[bool], Draft | None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._collect = collect
        self._ticket_id: str | None = None
        self._dirty: set[bool] = set()
        self._on_the_way = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save_now)
        bridge.changed.connect(self._on_changed)

    @property
    def is_settled(self) -> bool:
        """Whether everything that was typed is stored."""
        return not self._dirty and not self._on_the_way

    def open(self, ticket_id: str | None) -> None:
        """Save what is unsaved of the ticket before, and read the drafts of this one."""
        self.save_now()
        self._ticket_id = ticket_id
        if ticket_id is not None:
            self._read()

    def touch(self, *, is_note: bool) -> None:
        """Something was typed: save it when typing stops."""
        self._dirty.add(is_note)
        self._timer.start()

    def forget(self, *, is_note: bool) -> None:
        """What was typed has been sent: there is nothing to save any more."""
        self._dirty.discard(is_note)

    def save_now(self) -> None:
        """Save what is unsaved, without waiting."""
        self._timer.stop()
        for is_note in sorted(self._dirty):
            draft = self._collect(is_note)
            if draft is None:
                continue
            self._on_the_way += 1
            self._bridge.write(partial(save_draft, draft=draft), partial(self._stored, draft), self._failed)
        self._dirty.clear()

    def _stored(self, draft: Draft, _nothing: object) -> None:
        self._on_the_way -= 1
        if draft.ticket_id == self._ticket_id:
            self.saved.emit(draft.is_note)

    def _failed(self, words: str) -> None:
        self._on_the_way -= 1
        self.not_saved.emit(words)

    def _on_changed(self, changed: Changed) -> None:
        """A draft changed elsewhere: sending was undone, and the text is a draft again."""
        if changed.kind == "draft" and self._ticket_id in changed.ids and self.is_settled:
            self._read()

    def _read(self) -> None:
        ticket_id = self._ticket_id
        assert ticket_id is not None
        self._bridge.query(
            partial(_both, ticket_id=ticket_id), partial(self._arrived, ticket_id), key=(id(self), "drafts")
        )

    def _arrived(self, ticket_id: str, drafts: tuple[Draft | None, Draft | None]) -> None:
        if ticket_id == self._ticket_id and self.is_settled:
            self.loaded.emit(*drafts)


def _both(reader: Reader, ticket_id: str) -> tuple[Draft | None, Draft | None]:
    return read_draft(reader, ticket_id, False), read_draft(reader, ticket_id, True)
