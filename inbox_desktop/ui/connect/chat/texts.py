"""The automatic texts of a chat, in each of the widget's languages."""

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from inbox_desktop.models.chat_settings import CHAT_VARIABLES, LOCALES, ChatSite
from inbox_desktop.ui.connect.chat.preview_words import LANGUAGES
from inbox_desktop.ui.connect.chat.section import Section
from inbox_desktop.ui.kit import Button, Label, SegmentedTabs
from inbox_desktop.ui.kit.tokens import GAP, GAP_WIDE

_FIELDS: Final = {
    "welcome": ("Welcome message", "Greets whoever opens the chat."),
    "in_hours_reply": ("Reply during business hours", "Answers the first message while you are there."),
    "away_reply": ("Away message", "Answers the first message while you are away."),
}
_VARIABLES: Final = {"first_name": "First name", "opens_at": "When you are back"}
_OTHERWISE: Final = {
    "en": ("there", "soon"),
    "pt": ("", "em breve"),
    "es": ("", "pronto"),
}
"""What stands where a visitor's name, or the next opening, is not known."""
assert set(_VARIABLES) == set(CHAT_VARIABLES)


class TextsSection(Section):
    """Welcome, reply and away message; one language at a time.

    Signals:
        language_changed(str): another language is edited.
    """

    language_changed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._texts: dict[str, dict[str, str]] = {name: {} for name in _FIELDS}
        self._language = LOCALES[0]
        self._turning = False
        self.languages = SegmentedTabs(*(LANGUAGES[one] for one in LOCALES), name="Language", parent=self)
        self.languages.current_changed.connect(self._turn)
        row = QHBoxLayout()
        row.addWidget(self.languages)
        row.addStretch(1)
        self.column.addLayout(row)
        self.say(
            "Each is sent once a conversation. An empty one falls back to English; without that none is sent."
        )
        self.fields: dict[str, QPlainTextEdit] = {}
        for name, (title, explanation) in _FIELDS.items():
            self.fields[name] = self.text(title, explanation, 3, edited=partial(self._typed, name))
        self.column.addLayout(self._put_in_row())
        self.column.addStretch(1)
        self._last = self.fields["welcome"]
        for field in self.fields.values():
            field.cursorPositionChanged.connect(partial(self._remember, field))

    def _put_in_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.setContentsMargins(0, 0, 0, GAP_WIDE)
        row.addWidget(Label("Put in:", "secondary", "text_2", parent=self))
        for place, name in enumerate(_VARIABLES.values()):
            button = Button(name, parent=self)
            button.set_tight(tight=True)
            button.clicked.connect(partial(self._put_in, place))
            row.addWidget(button)
        row.addStretch(1)
        return row

    @property
    def language(self) -> str:
        """Which language is edited."""
        return self._language

    def fill(self, site: ChatSite) -> None:
        """Show the texts, in the language that is being edited."""
        for name in _FIELDS:
            self._texts[name] = dict(getattr(site, name))
        self._show()

    def apply_to(self, site: ChatSite) -> ChatSite:
        """The site with these texts; empty ones are left out."""
        welcome, in_hours, away = (
            {language: text for language, text in self._texts[name].items() if text.strip()}
            for name in _FIELDS
        )
        return replace(site, welcome=welcome, in_hours_reply=in_hours, away_reply=away)

    def _turn(self, place: int) -> None:
        self._language = LOCALES[place]
        self._show()
        self.language_changed.emit(self._language)

    def _show(self) -> None:
        self._turning = True
        for name, field in self.fields.items():
            field.setPlainText(self._texts[name].get(self._language, ""))
            spoken = self._texts[name].get(LOCALES[0], "") if self._language != LOCALES[0] else ""
            field.setPlaceholderText(spoken or "Nothing is sent")
        self._turning = False

    def _typed(self, name: str) -> None:
        if not self._turning:
            self._texts[name][self._language] = self.fields[name].toPlainText()
            self.edited()

    def _remember(self, field: QPlainTextEdit) -> None:
        if field.hasFocus():
            self._last = field

    def _put_in(self, place: int, _checked: bool = False) -> None:
        name, otherwise = tuple(_VARIABLES)[place], _OTHERWISE[self._language][place]
        default = f"|default('{otherwise}')" if otherwise else ""
        self._last.insertPlainText(f"{{{{ {name}{default} }}}}")
        self._last.setFocus()
