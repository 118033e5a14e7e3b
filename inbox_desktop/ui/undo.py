"""The one door through which the window's actions go: it tells what was done, offers Undo, says refusals."""

import dataclasses
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from inbox_desktop.models.actions import Action, Outcome, Refusal
from inbox_desktop.models.clock import now
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.deeds import Deed
from inbox_desktop.ui.kit import Toast, Tone

MOST_REMEMBERED = 50
REFUSAL_SECONDS = 10.0

Results = list[Outcome | Refusal]


@dataclasses.dataclass(frozen=True, slots=True)
class Undoable:
    """What was done, and the actions that take it back, last one first."""

    said: str
    actions: tuple[Action, ...]


class Door(QObject):
    """Performs deeds and remembers how to take them back.

    Signals:
        performed(list[Outcome | Refusal]): a deed of the user has ended, in whole or in part.
        undone(str): something was taken back; the ticket that it was about, if it was one.
    """

    performed = Signal(object)
    undone = Signal(str)

    def __init__(self, bridge: Bridge, toast: Toast, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._toast = toast
        self._remembered: list[Undoable] = []
        bridge.trouble.connect(self.say_trouble)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._remembered)

    def perform(self, deed: Deed, done: Callable[[Results], None] | None = None) -> None:
        """Perform a deed, and tell how it went. An empty one does nothing."""
        if not deed.actions:
            return

        def ended(results: Results) -> None:
            self.tell(results, deed.said)
            if done is not None:
                done(results)
            self.performed.emit(results)

        self._bridge.perform(deed.actions, ended, self.say_trouble)

    def tell(self, results: Results, said: str, seconds: float | None = None) -> None:
        """Say what was done, with Undo where that is possible, and what was refused and why."""
        outcomes = [result for result in results if isinstance(result, Outcome)]
        refusals = [result for result in results if isinstance(result, Refusal)]
        if outcomes:
            undo = tuple(outcome.undo for outcome in reversed(outcomes) if outcome.undo is not None)
            words = said if not refusals else f"{said}, all but {len(refusals)}"
            self._offer(Undoable(words, undo), seconds)
        for reason, count in _counted(refusals).items():
            words = reason if count == 1 and len(results) == 1 else f"{count} of {len(results)}: {reason}"
            self._toast.show_message(words, seconds=REFUSAL_SECONDS, tone=Tone.WARN)

    def say(self, words: str) -> None:
        """Tell something that needs no answer."""
        self._toast.show_message(words)

    def say_trouble(self, words: str) -> None:
        """Tell that something went wrong."""
        self._toast.show_message(words, seconds=REFUSAL_SECONDS, tone=Tone.BAD)

    def undo_last(self) -> None:
        """Take the last deed back."""
        if self._remembered:
            self._undo(self._remembered[-1])

    def _offer(self, undoable: Undoable, seconds: float | None) -> None:
        if not undoable.actions:
            self._toast.show_message(undoable.said)
            return
        self._remembered.append(undoable)
        del self._remembered[:-MOST_REMEMBERED]
        self._toast.show_message(
            undoable.said, "Undo", lambda: self._undo(undoable), seconds=max(6.0, seconds or 0.0)
        )

    def _undo(self, undoable: Undoable) -> None:
        if undoable not in self._remembered:
            return
        self._remembered.remove(undoable)
        actions = [dataclasses.replace(action, at=now()) for action in undoable.actions]

        def ended(results: Results) -> None:
            refusals = [result for result in results if isinstance(result, Refusal)]
            if len(refusals) < len(results):
                self._toast.show_message(f"Taken back: {undoable.said[:1].lower()}{undoable.said[1:]}")
            for reason in _counted(refusals):
                self._toast.show_message(reason, seconds=REFUSAL_SECONDS, tone=Tone.WARN)
            tickets = {result.ticket_id for result in results if isinstance(result, Outcome)}
            only = tickets.pop() if len(tickets) == 1 else None
            self.undone.emit(only or "")

        self._toast.clear()
        self._bridge.perform(actions, ended, self.say_trouble)


def _counted(refusals: Sequence[Refusal]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for refusal in refusals:
        counts[refusal.reason] = counts.get(refusal.reason, 0) + 1
    return counts
