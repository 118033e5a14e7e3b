"""One message of a web chat as a bubble: like a text, with what the visitor has seen."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.queries.rows import MessageRow
from inbox_desktop.ui.kit import Tone
from inbox_desktop.ui.thread.bubble import TextBubble
from inbox_desktop.ui.thread.card import CardContext
from inbox_desktop.ui.thread.deliveries import RETRY, UNDO, WAS_SENT
from inbox_desktop.ui.thread.strip import Strip
from inbox_desktop.ui.thread.words import ended

SEEN = "Seen"


class ChatBubble(TextBubble):
    """Shows one message. Below the newest one that the visitor saw stands "Seen"."""

    _brief = True  # why the relay is not reached stands above the thread

    def __init__(self, message: MessageRow, context: CardContext, parent: QWidget) -> None:
        self.is_seen = False
        super().__init__(message, context, parent)

    def set_seen(self, *, seen: bool) -> None:
        """Say whether this is the newest message of ours that the visitor has seen."""
        if seen is not self.is_seen:
            self.is_seen = seen
            self._describe()
            self._changed()

    def _describe(self) -> None:
        super()._describe()
        if self.is_seen:
            self.setAccessibleName(f"{self.accessibleName()} {SEEN}.")

    def _foot(self) -> str:
        return SEEN if self.is_seen else super()._foot()

    def _delivery_strip(self, act: Callable[[str], None]) -> Strip | None:
        delivery = self.message.delivery
        if delivery is None:
            return None
        if delivery.state is DeliveryState.FAILED:
            reason = ended(delivery.detail or "The relay did not take it")
            strip = Strip(f"Not sent: {reason} It is kept here.", Tone.BAD, self)
            strip.add_link("Try again", lambda: act(RETRY))
            strip.add_link("Back to draft", lambda: act(UNDO))
            return strip
        if delivery.state is DeliveryState.UNKNOWN:
            words = f"It is not known whether this was sent. {ended(delivery.detail)}".strip()
            strip = Strip(words, Tone.WARN, self)
            strip.add_link("It was sent", lambda: act(WAS_SENT))
            strip.add_link("Send again", lambda: act(RETRY))
            return strip
        return None
