"""What is different about writing in a web chat: it leaves at once, the visitor sees that somebody writes."""

from collections.abc import Sequence
from time import monotonic
from typing import Final, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.rows import DraftFile, Thread
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.chat_words import ChatState, largest_file
from inbox_desktop.ui.composer.pad import Pad
from inbox_desktop.ui.composer.toolbar import Toolbar
from inbox_desktop.ui.kit import Label, Tone
from inbox_desktop.ui.thread.words import size_words

EVERY_SECONDS: Final = 3.0
"""How often the visitor is told, at most, that somebody writes."""
_INKS: Final = {Tone.WARN: "warn_text"}


class Live(Protocol):
    """What is live about the thread that is written to."""

    @property
    def chat(self) -> ChatState | None:
        """What is known of the chat; None for other threads."""

    @property
    def hint(self) -> tuple[str, Tone] | None:
        """What becomes of an answer that is written now, where that is not plain."""


def too_large(files: Sequence[DraftFile], largest: int) -> str:
    """Why these files can't go into a chat whose files have at most `largest` bytes (0: not known)."""
    for file in files:
        if largest and file.size > largest:
            return (
                f"{file.filename} is {size_words(file.size)}; this chat takes files up to "
                f"{size_words(largest)}. Take it off, or send a link to it."
            )
    return ""


class _Hint(QWidget):
    """What becomes of the answer, below the editor."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = Label("", "secondary", "text_2", wrap=True, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 2, 14, 0)
        row.addWidget(self.words, 1)
        self.hide()

    def say(self, hint: tuple[str, Tone] | None) -> None:
        """Say something else, or nothing."""
        words, tone = hint if hint is not None else ("", Tone.NEUTRAL)
        self.words.setText(words)
        self.words.set_ink(_INKS.get(tone, "text_2"))
        self.setVisible(bool(words))


class ChatMode(QObject):
    """Makes the composer one of chats while the thread is one."""

    def __init__(self, bridge: Bridge, pad: Pad, toolbar: Toolbar, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._pad = pad
        self._toolbar = toolbar
        self._ticket_id = ""
        self._live: Live | None = None
        self._told_at = -EVERY_SECONDS
        self._hint = _Hint(pad)
        pad.add_below(self._hint)

    @property
    def is_on(self) -> bool:
        """Whether the thread is a chat."""
        return bool(self._ticket_id)

    @property
    def hint(self) -> str:
        """What is said about the answer; empty when nothing is."""
        return "" if self._hint.isHidden() else self._hint.words.text()

    def show(self, thread: Thread | None) -> None:
        """Take over the thread on the screen. Comes before the thread's draft is loaded."""
        is_chat = thread is not None and thread.ticket.channel_kind is ChannelKind.CHAT
        ticket_id = thread.ticket.id if thread is not None and is_chat else ""
        if ticket_id != self._ticket_id:
            self._ticket_id, self._live = ticket_id, None
            self._told_at = -EVERY_SECONDS
            self._hint.say(None)

    def set_live(self, live: Live) -> None:
        """Hear how the visitor is, and what is known of the chat."""
        if self.is_on:
            self._live = live
            self._hint.say(live.hint)

    def refresh(self, *, is_note: bool) -> None:
        """Leave out what only formats."""
        if self.is_on and not is_note:
            self._toolbar.set_plain(plain=True)
            self._toolbar.set_length("", "text_2")

    def edited(self) -> None:
        """Somebody writes an answer: let the visitor see that, now and then. Notes are nobody's business."""
        if not self.is_on or self._pad.is_blank or monotonic() - self._told_at < EVERY_SECONDS:
            return
        self._told_at = monotonic()
        self._bridge.chats().tell_typing(self._ticket_id)

    def sent(self) -> None:
        """An answer has left: the next letter begins another one."""
        self._told_at = -EVERY_SECONDS

    def trouble(self) -> str:
        """Why what stands here can't be sent in a chat; empty when it can."""
        if not self.is_on or self._live is None:
            return ""
        return too_large(self._pad.tray.files(), largest_file(self._live.chat))
