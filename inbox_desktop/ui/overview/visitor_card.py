"""The card of a web chat's visitor: whether they are there, on which page, and who they say they are."""

from datetime import datetime

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QWidget

from inbox_desktop.models.chat_relay import LiveChat
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.chat_words import ChatState, goes_on, language_words, page_words, presence
from inbox_desktop.ui.kit import (
    Card,
    IconButton,
    KeyValueRow,
    day_and_time,
    full_time,
    one_line,
    plain_tool_tip,
)
from inbox_desktop.ui.thread.links import open_link, safe_url, shown_address

_VERIFIED = "Your shop's server signed who this is."
_TYPED = "The visitor typed this. Nobody has checked it: do not share anything because of it alone."


class VisitorCard(Card):
    """Shown for chats only; rows about which nothing is known are left out.

    Signals:
        refused(str): the page could not be opened, and why.
    """

    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Visitor", foldable=True, parent=parent)
        self._address = ""
        self.now = self.add_row("Now", "")
        self.page = self.add_row("Page", "")
        self.open_page = IconButton("external", "Open the page", parent=self.page)
        self.open_page.set_tight(tight=True)
        self.open_page.clicked.connect(lambda _checked=False: self._open())
        layout = self.page.layout()
        assert layout is not None
        layout.addWidget(self.open_page)
        self.name = self.add_row("Name", "")
        self.email = self.add_row("E-mail", "")
        self.identity = self.add_row("Identity", "")
        self.language = self.add_row("Language", "")
        self.began = self.add_row("Began", "")
        self.hide()

    def set_chat(
        self, ticket: TicketRow, chat: ChatState | None, live: LiveChat, moment: datetime, *, reached: bool
    ) -> None:
        """Show what is known of a ticket's visitor; nothing for a ticket that is no chat."""
        row = chat.row if chat is not None else None
        self.setVisible(row is not None)
        if row is None:
            return
        locale = QLocale()
        is_on = goes_on(ticket, chat)
        found = presence(live, moment, reached=reached) if is_on else None
        words = "Conversation ended" if found is None else found.words
        self._put(self.now, words[:1].upper() + words[1:])
        self._address = row.page_url
        self._put(self.page, one_line(page_words(row.page_url)), shown_address(row.page_url))
        self.open_page.setVisible(safe_url(row.page_url) is not None)
        self._put(self.name, one_line(row.visitor_name))
        self._put(self.email, one_line(row.email))
        known = "Verified" if row.verified else "Not verified" if row.email or row.visitor_name else ""
        self._put(self.identity, known, _VERIFIED if row.verified else _TYPED)
        self._put(self.language, language_words(row.locale))
        self._put(self.began, day_and_time(moment, row.started_at, locale), full_time(row.started_at, locale))

    def _put(self, line: KeyValueRow, words: str, tip: str = "") -> None:
        line.set_value(words)
        line.setToolTip(plain_tool_tip(tip))
        line.setVisible(bool(words))

    def _open(self) -> None:
        if not open_link(self._address):
            self.refused.emit("The page could not be opened.")
