"""The strips inside a message: how far a message of ours is, and what may be done about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.queries.rows import DeliveryRow
from inbox_desktop.ui.kit import Tone
from inbox_desktop.ui.thread.deliveries import RETRY, SEND_NOW, UNDO, WAS_SENT
from inbox_desktop.ui.thread.strip import Strip
from inbox_desktop.ui.thread.words import ended, queued_words, refused_words

Act = Callable[[str], None]


def delivery_strip(delivery: DeliveryRow | None, act: Act, parent: QWidget) -> Strip | None:
    """The strip for a message that is not simply sent; None when there is nothing to say or do.

    `act` is called with UNDO, SEND_NOW, RETRY or WAS_SENT.
    """
    if delivery is None:
        return None
    if delivery.state is DeliveryState.FAILED:
        reason = ended(delivery.detail or refused_words(delivery) or "The server refused it")
        strip = Strip(f"Not sent: {reason} It is kept here.", Tone.BAD, parent)
        strip.add_link("Try again", lambda: act(RETRY))
        strip.add_link("Back to draft", lambda: act(UNDO))
        return strip
    if delivery.state is DeliveryState.UNKNOWN:
        strip = Strip(
            f"It is not known whether this was sent. {ended(delivery.detail)} "
            "Look into the Sent folder before you send it again.",
            Tone.WARN,
            parent,
        )
        strip.add_link("It was sent", lambda: act(WAS_SENT))
        strip.add_link("Send again", lambda: act(RETRY))
        return strip
    if delivery.state is DeliveryState.SENT and (words := refused_words(delivery)):
        return Strip(words, Tone.BAD, parent)
    if delivery.uncopied:
        words = f"Sent, but not copied to the Sent folder: {ended(delivery.uncopied)}"
        return Strip(words, Tone.WARN, parent)
    return None


class QueuedStrip(Strip):
    """A message that waits: it counts down the undo window, or says why it has not left.

    `offline` tells whether the channel has no connection now. A `brief` one does not repeat why, for it
    stands where the thread says so already.
    """

    def __init__(
        self,
        delivery: DeliveryRow,
        act: Act,
        offline: Callable[[], bool],
        parent: QWidget,
        *,
        brief: bool = False,
    ) -> None:
        super().__init__("", Tone.NEUTRAL, parent, icon_name="clock")
        self._delivery = delivery
        self._offline = offline
        self._brief = brief
        self.add_link("Undo", lambda: act(UNDO))
        if delivery.detail or self._wait(now()) > 90:
            self.add_link("Send now", lambda: act(SEND_NOW))
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self.refresh)
        self.refresh()

    def _wait(self, moment: datetime) -> float:
        before = self._delivery.not_before
        return (before - moment).total_seconds() if before else 0.0

    def refresh(self) -> None:
        """Say how it stands at this moment."""
        moment = now()
        offline = self._offline()
        said = (
            replace(self._delivery, detail="", not_before=None) if self._brief and offline else self._delivery
        )
        self.set_text(queued_words(said, moment, QLocale(), offline=offline))
        if self._wait(moment) > 0 and not self._delivery.detail:
            self._timer.start()
        else:
            self._timer.stop()
