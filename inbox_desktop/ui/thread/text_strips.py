"""The strip below a text: why it was not sent or did not arrive, and what may be done about it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from inbox_desktop.models.kinds import DeliveryState, MessageKind
from inbox_desktop.models.queries.rows import MessageRow
from inbox_desktop.ui.kit import Tone
from inbox_desktop.ui.thread.deliveries import RETRY, UNDO, WAS_SENT
from inbox_desktop.ui.thread.strip import Strip
from inbox_desktop.ui.thread.words import reason_words

Act = Callable[[str], None]
ASK: Final = "Ask the customer, or look at the provider's message log, before you send it again."
"""What a person can do who is asked whether a text was sent."""
KEPT: Final = "It is kept here: try again later, or answer on another channel."


def text_strip(message: MessageRow, act: Act, parent: QWidget) -> Strip | None:
    """The strip for a text that failed, or whose end is not known; None for every other one.

    `act` is called with UNDO, RETRY or WAS_SENT.
    """
    delivery = message.delivery
    if delivery is None:
        return None
    reason = reason_words(delivery.detail)
    by_itself = message.kind is MessageKind.AUTO_REPLY
    if delivery.state is DeliveryState.FAILED:
        what = "Not sent:" if message.external_id is None else "Not delivered:"
        reason = reason or "The provider gave no reason."
        if by_itself:
            return Strip(f"{what} {reason}", Tone.NEUTRAL, parent)
        strip = Strip(f"{what} {reason} {KEPT}", Tone.BAD, parent)
        strip.add_link("Try again", lambda: act(RETRY))
        strip.add_link("Back to draft", lambda: act(UNDO))
        return strip
    if delivery.state is DeliveryState.UNKNOWN:
        words = "It is not known whether this text was sent."
        strip = Strip(" ".join(filter(None, (words, reason, ASK))), Tone.WARN, parent)
        strip.add_link("It was sent", lambda: act(WAS_SENT))
        strip.add_link("Send again", lambda: act(RETRY))
        return strip
    return None
