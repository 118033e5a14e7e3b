"""The live preview beside a chat's settings, during business hours or away from them."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.clock import now
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.preview import WidgetPreview
from inbox_desktop.ui.connect.chat.preview_words import LANGUAGES, Preview, preview_of
from inbox_desktop.ui.kit import Label, SegmentedTabs
from inbox_desktop.ui.kit.tokens import GAP

_SOON_MS: Final = 150


class PreviewColumn(QWidget):
    """Asks for the preview again a moment after the settings have changed."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._site: ChatSite | None = None
        self._language = next(iter(LANGUAGES))
        self._number = 0
        self.state = SegmentedTabs("Open", "Away", name="Preview", parent=self)
        self.state.current_changed.connect(lambda _place: self._ask())
        self.preview = WidgetPreview(self)
        self._words = Label("", "secondary", "text_2", wrap=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.state)
        column.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._words)
        column.addStretch(1)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SOON_MS)
        self._later.timeout.connect(self._ask)

    def set_site(self, site: ChatSite) -> None:
        """Show a chat with other settings."""
        self._site = site
        self.preview.set_look(site.colour, site.position)
        self._later.start()

    def set_language(self, language: str) -> None:
        """Show it in another language."""
        self._language = language
        self._ask()

    def _ask(self) -> None:
        self._number += 1
        if self._site is None:
            return
        away = self.state.current == 1
        self._words.setText(f"As a visitor called Ana sees it, in {LANGUAGES[self._language]}.")
        question = partial(preview_of, self._site, self._language, now(), away=away)
        self._bridge.in_background(
            question, partial(self._show, self._number), partial(self._fail, self._number)
        )

    def _show(self, number: int, found: Preview) -> None:
        if number == self._number:
            self.preview.show_preview(found)

    def _fail(self, number: int, words: str) -> None:
        if number == self._number:
            self.preview.show_trouble(words)
