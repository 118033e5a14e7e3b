"""Closing the window: asks first while there is a draft that the disk did not take."""

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from inbox_desktop.ui.composer.draft_keeper import DraftKeeper
from inbox_desktop.ui.kit import Question

_WAITING: Final = (
    "As soon as saving works again, the window closes by itself. Or cancel, and copy what you wrote."
)


class Leaving(QObject):
    """Keeps a window open whose drafts could not be stored, until they are or are given up.

    With `asks` False it closes all the same: the system ends the program and waits for nobody.
    """

    def __init__(self, drafts: DraftKeeper, window: QWidget) -> None:
        super().__init__(window)
        self.asks = True
        self._drafts = drafts
        self._window = window
        self._question: Question | None = None
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold the window's closing back, if something would be lost by it."""
        if event.type() != QEvent.Type.Close or not self.asks or not self._drafts.failures:
            return super().eventFilter(watched, event)
        event.ignore()
        if self._question is None:
            self._ask(self._drafts.failures)
        return True

    def _ask(self, failures: tuple[str, ...]) -> None:
        number = len(failures)
        title = "A draft is not saved" if number == 1 else f"{number} drafts are not saved"
        verb = f"Close and lose {'it' if number == 1 else 'them'}"
        words = f"{failures[-1]} {_WAITING}"
        self._question = Question(title, words, verb, self._give_up, self._window, variant="danger")
        self._question.finished.connect(self._answered)
        self._drafts.recovered.connect(self._recovered)
        self._question.open()
        self._drafts.save_now()

    def _answered(self) -> None:
        self._question = None
        self._drafts.recovered.disconnect(self._recovered)

    def _recovered(self) -> None:
        if self._question is not None:
            self._question.reject()
        self._window.close()

    def _give_up(self) -> None:
        self.asks = False
        self._window.close()
