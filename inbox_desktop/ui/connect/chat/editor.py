"""The settings of one chat: its sections, the preview beside them, saving, and what stands in its way."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inbox_desktop.models.chat_relay import ChatAtRelay
from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer.notice_strip import Link, NoticeStrip
from inbox_desktop.ui.connect.chat.care import CareSection
from inbox_desktop.ui.connect.chat.hours_section import HoursSection
from inbox_desktop.ui.connect.chat.install import InstallSection
from inbox_desktop.ui.connect.chat.look import LookSection
from inbox_desktop.ui.connect.chat.preview_column import PreviewColumn
from inbox_desktop.ui.connect.chat.questions import QuestionsSection
from inbox_desktop.ui.connect.chat.saving import ChatSaver
from inbox_desktop.ui.connect.chat.section import Section
from inbox_desktop.ui.connect.chat.texts import TextsSection
from inbox_desktop.ui.kit import Button, Divider, Label, NavButton, Question, Tone, theme
from inbox_desktop.ui.kit.tokens import EDGE, EDGE_WIDE, GAP, GAP_TIGHT

_SIZE: Final = (1060, 700)
_LEAST: Final = (640, 480)
_SIDE: Final = 148
_WIDE: Final = 940
"""From this width on, in pixels at 100 %, the preview stands beside the sections."""
_PAGES: Final = (
    ("chat", "Look"),
    ("note", "Texts"),
    ("clock", "Hours"),
    ("list", "Questions"),
    ("mail", "Follow-up"),
    ("link", "Install"),
    ("eye", "Preview"),
)
_INSTALL, _PREVIEW = 5, 6
_OVERTAKEN: Final = (
    "Somebody else changed this chat while you did. Nothing was saved; what you wrote still stands here. "
    "“Keep mine” saves all of yours over theirs; “Take theirs” shows theirs and forgets yours."
)
_OLD: Final = "What stands here is as this computer last saw it, and can't be changed now."


class ChatEditor(QDialog):
    """Makes a chat (without a `channel_id`), or changes one. Show it with `open()`.

    `known` is how this computer last saw the chat: it is shown, read-only, when the relay can't be reached.
    `addresses` are the mailboxes that may be the support address; `relay_url` is where the relay is.

    Signals:
        seen(str, ChatSite): how the chat stands at the relay, and its channel's id.
    """

    seen = Signal(str, object)

    def __init__(
        self,
        bridge: Bridge,
        parent: QWidget | None,
        *,
        channel_id: str = "",
        known: ChatSite | None = None,
        addresses: Sequence[str] = (),
        relay_url: str = "",
    ) -> None:
        super().__init__(parent)
        self._is_new = not channel_id
        self._known = known
        self._chat: ChatAtRelay | None = None
        self._shown: ChatSite | None = None
        self._can_change = self._is_new
        self._busy = False
        self.saver = ChatSaver(bridge, channel_id, self)
        self.setWindowTitle("New web chat" if self._is_new else "Web chat")
        self.resize(theme().px(_SIZE[0]), theme().px(_SIZE[1]))
        self.setMinimumSize(*_LEAST)
        self._group = self._list_of_pages()
        self.look = LookSection(self)
        self.texts = TextsSection(self)
        self.hours = HoursSection(bridge, self)
        self.questions = QuestionsSection(self)
        self.care = CareSection(self)
        self.care.set_addresses(addresses)
        self.sections: tuple[Section, ...] = (
            self.look,
            self.texts,
            self.hours,
            self.questions,
            self.care,
        )
        self.install = InstallSection(bridge, self, relay_url)
        self.strip = NoticeStrip(self, inset=0)
        # In the order of Tab: the list of pages, the page, the preview, the foot.
        self._pages = self._stack_of_pages()
        self.preview = PreviewColumn(bridge, self)
        self._make_foot()
        self._lay_out()
        self._connect()
        self.show_page(0)
        if self._is_new:
            self._show_site(ChatSite("", (), support_address=addresses[0] if addresses else ""))
            self.look.name.setFocus()
        else:
            self._load()

    def _list_of_pages(self) -> QButtonGroup:
        group = QButtonGroup(self)
        for number, (mark, words) in enumerate(_PAGES):
            button = NavButton(mark, words, parent=self)
            button.setFixedWidth(theme().px(_SIDE - 2 * GAP))
            group.addButton(button, number)
        group.idClicked.connect(self.show_page)
        return group

    def _stack_of_pages(self) -> QStackedWidget:
        pages = QStackedWidget(self)
        narrow = QWidget(self)
        self._preview_page = QVBoxLayout(narrow)
        for page in (*self.sections, self.install, narrow):
            pages.addWidget(_scrolling(page))
        return pages

    def _make_foot(self) -> None:
        self._state = Label("", "secondary", "text_2", parent=self)
        self.discard_button = Button("Undo changes", variant="quiet", parent=self)
        self.discard_button.clicked.connect(lambda _checked=False: self._undo())
        self.close_button = Button("Close", parent=self)
        self.close_button.clicked.connect(lambda _checked=False: self.reject())
        self.save_button = Button("Create chat" if self._is_new else "Save", variant="primary", parent=self)
        self.save_button.clicked.connect(lambda _checked=False: self.save())

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(GAP, EDGE_WIDE, GAP, GAP)
        side.setSpacing(GAP_TIGHT)
        for button in self._group.buttons():
            side.addWidget(button)
        side.addStretch(1)
        self._title = Label("", "page", weight=600, parent=self)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self._state, 1)
        for button in (self.discard_button, self.close_button, self.save_button):
            foot.addWidget(button)
        middle = QVBoxLayout()
        middle.setContentsMargins(EDGE_WIDE, EDGE_WIDE, EDGE_WIDE, EDGE)
        middle.setSpacing(EDGE)
        middle.addWidget(self._title)
        middle.addWidget(self.strip)
        middle.addWidget(self._pages, 1)
        middle.addLayout(foot)
        self._right = QVBoxLayout()
        self._right.setContentsMargins(0, EDGE_WIDE, 0, EDGE)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addLayout(side)
        self._row.addWidget(Divider(vertical=True, parent=self))
        self._row.addLayout(middle, 1)
        self._row.addLayout(self._right)
        self._place_preview()

    def _connect(self) -> None:
        for section in self.sections:
            section.changed.connect(self._edited)
        self.texts.language_changed.connect(self.preview.set_language)
        self.install.renewed.connect(self._renewed)
        self.install.trouble.connect(partial(self._say, tone=Tone.BAD))
        self.saver.loaded.connect(self._loaded)
        self.saver.saved.connect(self._saved)
        self.saver.overtaken.connect(self._overtaken)
        self.saver.refused.connect(self._refused)
        self.saver.unreached.connect(self._unreached)

    # Pages

    def show_page(self, number: int) -> None:
        """Show one of the sections: look, texts, hours, questions, follow-up, install, or the preview."""
        self._group.button(number).setChecked(True)
        self._title.setText(_PAGES[number][1])
        self._pages.setCurrentIndex(number)

    @property
    def page(self) -> int:
        """Which section is shown."""
        return self._pages.currentIndex()

    def _place_preview(self) -> None:
        """Beside the sections where there is room, else on a page of its own."""
        is_wide = self.width() >= theme().px(_WIDE)
        self._group.button(_PREVIEW).setVisible(not is_wide)
        if is_wide and self.page == _PREVIEW:
            self.show_page(0)
        (self._right if is_wide else self._preview_page).addWidget(self.preview)
        self._right.setContentsMargins(0, EDGE_WIDE, EDGE_WIDE if is_wide else 0, EDGE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the preview where there is room for it."""
        super().resizeEvent(event)
        self._place_preview()

    # Values

    def site(self) -> ChatSite:
        """The settings as they stand in the fields."""
        site = self._shown or ChatSite("", ())
        for section in self.sections:
            site = section.apply_to(site)
        return site

    @property
    def is_changed(self) -> bool:
        """Whether there is something that would be lost by closing."""
        return self._shown is not None and self._can_change and self.site() != self._shown

    def _show_site(self, site: ChatSite) -> None:
        for section in self.sections:
            section.show_site(site)
        self._shown = site
        self._shown = self.site()  # as the fields say it: what is compared with later
        self.setWindowTitle(f"Web chat – {site.name}" if site.name else self.windowTitle())
        self._edited()

    def _edited(self) -> None:
        self.preview.set_site(self.site())
        self._follow()

    def _follow(self) -> None:
        changed = self.is_changed
        self._state.setText("Saving…" if self._busy else "Unsaved changes" if changed else "")
        self.discard_button.setVisible(changed and not self._is_new)
        self.save_button.setEnabled(self._can_change and changed and not self._busy)
        for section in self.sections:
            section.setEnabled(self._can_change and not self._busy)

    def _undo(self) -> None:
        if self._shown is not None:
            self.strip.clear()
            self._show_site(self._shown)

    # Reading

    def _load(self) -> None:
        self._say("Asking the relay…", Tone.NEUTRAL)
        if self._known is not None:
            self._show_site(self._known)
        self._follow()
        self.saver.load()

    def _loaded(self, chat: ChatAtRelay) -> None:
        self._chat = chat
        self._can_change = True
        self.strip.clear()
        self.install.show_chat(self.saver.channel_id, chat)
        self._show_site(chat.site)
        self.seen.emit(self.saver.channel_id, chat.site)

    def _renewed(self, chat: ChatAtRelay) -> None:
        self._chat = chat
        self.install.show_chat(self.saver.channel_id, chat)

    # Saving

    def save(self) -> None:
        """Check what was typed, and bring it to the relay."""
        if self._busy or not self._can_change:
            return
        for number, section in enumerate(self.sections):
            if words := section.problem:
                self.show_page(number)
                self._say(f"{words} Nothing was saved yet.", Tone.BAD)
                return
        self._send(self._chat.version if self._chat is not None else 0)

    def _send(self, version: int) -> None:
        self.strip.clear()
        self._set_busy(busy=True)
        self.saver.save(self.site(), version)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._follow()

    def _saved(self, chat: ChatAtRelay) -> None:
        self._busy = False
        was_new, self._is_new = self._is_new, False
        self._loaded(chat)
        self.save_button.setText("Save")
        self._state.setText("Saved")
        if was_new:
            self.show_page(_INSTALL)

    def _overtaken(self, theirs: ChatAtRelay) -> None:
        self._set_busy(busy=False)
        links = [
            ("Keep mine", partial(self._send, theirs.version)),
            ("Take theirs", partial(self._loaded, theirs)),
        ]
        self._say(_OVERTAKEN, Tone.WARN, links)

    def _refused(self, words: str) -> None:
        self._set_busy(busy=False)
        self._say(f"{words} Nothing was saved yet.", Tone.BAD)

    def _unreached(self, words: str) -> None:
        self._set_busy(busy=False)
        if self._can_change:
            self._say(f"{words} Nothing was saved; what you wrote still stands here.", Tone.BAD)
        else:
            kept = f"{words} {_OLD}" if self._known is not None else words
            self._say(kept, Tone.WARN, [("Try again", self._load)])

    def _say(self, words: str, tone: Tone, links: Sequence[Link] = ()) -> None:
        self.strip.say(words, tone, links, tall=len(links) > 1)

    # Closing

    def reject(self) -> None:
        """Close; ask first when something would be lost."""
        if self._busy:
            return
        if not self.is_changed:
            super().reject()
            return
        title = "Close without creating the chat?" if self._is_new else "Close without saving?"
        Question(title, "What you changed here is lost.", "Don't save", self._leave, self).open()

    def _leave(self) -> None:
        super().reject()


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area
