"""The settings' page of web chat: the relay, and the chats that it serves."""

from functools import partial
from typing import ClassVar, NamedTuple

from PySide6.QtWidgets import QVBoxLayout, QWidget

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.channels import SaveSetting
from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.chat_sites import known_site, site_setting_key
from inbox_desktop.models.queries.directory import channels
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.editor import ChatEditor
from inbox_desktop.ui.connect.chat.relay_card import RelayCard
from inbox_desktop.ui.connect.kind_page import KindPage, PageWords


class _Known(NamedTuple):
    """What is known here of a chat, and the mailboxes that there are."""

    site: ChatSite | None
    addresses: tuple[str, ...]


class ChatPage(KindPage):
    """All chats; a chat's settings open in a window of their own, with a preview beside them."""

    KIND: ClassVar = ChannelKind.CHAT
    WORDS: ClassVar = PageWords(
        icon="chat",
        none="No chat yet",
        none_text="A chat is a small window on your shop's pages. Every conversation becomes a ticket.",
        add="Add a chat",
        removing="New conversations will no longer arrive, and open ones can no longer be answered. "
        "The tickets stay. At the relay the chat goes on: take the script tag off your pages, too.",
    )

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(bridge, parent)
        self.editor: ChatEditor | None = None
        self.relay = RelayCard(bridge, self)
        self.relay.found.connect(self._relay_found)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, self.relay)
        self.add_button.setEnabled(False)

    def _relay_found(self, url: str) -> None:
        self.add_button.setEnabled(bool(url))
        words = self.WORDS.none_text if url else "Connect the relay first; then a chat can be added."
        self._none.set_words(self.WORDS.none, words)
        self.order_stops()

    def show_form(self, *, shown: bool) -> None:
        """Open the settings of a new chat."""
        if shown:
            self._bridge.query(partial(_known, channel_id=""), partial(self._open, ""), self._failed)

    def begin_change(self, channel_id: str) -> None:
        """Open the settings of a chat."""
        question = partial(_known, channel_id=channel_id)
        self._bridge.query(question, partial(self._open, channel_id), self._failed)

    def _open(self, channel_id: str, known: _Known) -> None:
        if self.editor is not None:
            return
        self._failed("")
        self.editor = ChatEditor(
            self._bridge,
            self,
            channel_id=channel_id,
            known=known.site,
            addresses=known.addresses,
            relay_url=self.relay.url,
        )
        self.editor.finished.connect(self._closed)
        self.editor.seen.connect(self._keep)
        self.editor.open()

    def _keep(self, channel_id: str, site: ChatSite) -> None:
        """Remember how a chat stands, for when the relay can't be asked."""
        actor = agent(self._bridge.me.id)
        save = SaveSetting(actor=actor, key=site_setting_key(channel_id), value=site.to_json())
        self._bridge.perform([save])

    def _closed(self, _result: int) -> None:
        if self.editor is not None:
            self.editor.deleteLater()
            self.editor = None


def _known(reader: Reader, channel_id: str) -> _Known:
    mailboxes = (one for one in channels(reader) if one.enabled and one.kind is ChannelKind.EMAIL)
    site = known_site(reader, channel_id) if channel_id else None
    return _Known(site, tuple(one.address for one in mailboxes))
