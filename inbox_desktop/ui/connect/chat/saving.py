"""Reading a chat from the relay and saving it there; a change by somebody else is an answer, no failure."""

from concurrent.futures import Future
from functools import partial

from PySide6.QtCore import QObject, Signal

from inbox_desktop.models.chat_relay import ChatAtRelay, ChatChangedError
from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.ui.bridge import Bridge


class ChatSaver(QObject):
    """One chat at the relay; `channel_id` is empty until it has been made.

    Signals:
        loaded(ChatAtRelay): how the chat stands there.
        saved(ChatAtRelay): it was saved, and how it stands now.
        overtaken(ChatAtRelay): it was not saved, for somebody else changed it; how it stands now.
        refused(str): the settings can't be used, and why.
        unreached(str): the relay did not take it, and why.
    """

    loaded = Signal(object)
    saved = Signal(object)
    overtaken = Signal(object)
    refused = Signal(str)
    unreached = Signal(str)

    def __init__(self, bridge: Bridge, channel_id: str, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.channel_id = channel_id

    def load(self) -> None:
        """Ask the relay."""
        future = self._bridge.chats().load_chat(self.channel_id)
        self._bridge.call(future, self.loaded.emit, self.unreached.emit)

    def save(self, site: ChatSite, version: int) -> None:
        """Make the chat, or change the one that has this version."""
        # Templates and holidays take a moment to load.
        self._bridge.in_background(site.checked, partial(self._save, version), self.refused.emit)

    def _save(self, version: int, site: ChatSite) -> None:
        if not self.channel_id:
            self._bridge.call(self._bridge.chats().create_chat(site), self._created, self.unreached.emit)
            return
        future = _or_overtaken(self._bridge.chats().save_chat(self.channel_id, site, version))
        self._bridge.call(future, self._saved, self.unreached.emit)

    def _created(self, channel_id: str) -> None:
        self.channel_id = channel_id
        self._bridge.call(self._bridge.chats().load_chat(channel_id), self.saved.emit, self.unreached.emit)

    def _saved(self, found: ChatAtRelay | ChatChangedError) -> None:
        if isinstance(found, ChatChangedError):
            self.overtaken.emit(found.current)
        else:
            self.saved.emit(found)


def _or_overtaken(future: Future[ChatAtRelay]) -> Future[ChatAtRelay | ChatChangedError]:
    """The future with a change by somebody else as one of its answers."""
    answer: Future[ChatAtRelay | ChatChangedError] = Future()

    def ended(ending: Future[ChatAtRelay]) -> None:
        error = ending.exception()
        if error is None:
            answer.set_result(ending.result())
        elif isinstance(error, ChatChangedError):
            answer.set_result(error)
        else:
            answer.set_exception(error)

    future.add_done_callback(ended)
    return answer
