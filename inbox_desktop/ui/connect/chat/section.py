"""What the sections of a chat's settings share: they show a site, and say when somebody changed it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.ui.kit import Label, theme
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT

_FIELD: Final = 220


class Section(QWidget):
    """One page of the settings of a chat.

    Signals:
        changed: the person changed something.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._showing = False
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)

    def show_site(self, site: ChatSite) -> None:
        """Show these settings. Sends no `changed`."""
        self._showing = True
        self.fill(site)
        self._showing = False

    def fill(self, site: ChatSite) -> None:
        """Put the settings into the fields; for `show_site`."""
        raise NotImplementedError

    def apply_to(self, site: ChatSite) -> ChatSite:
        """The site with what stands in the fields."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """Why what stands here cannot be saved, as far as the fields themselves see it; empty when it can."""
        return ""

    def edited(self) -> None:
        """Something was changed, unless it was by `show_site`."""
        if not self._showing:
            self.changed.emit()

    # Parts

    def say(self, words: str) -> Label:
        """A line of explanation below what is there."""
        label = Label(words, "secondary", "text_2", wrap=True, parent=self)
        self.column.addWidget(label)
        return label

    def line(self, hint: str = "", longest: int = 0) -> QLineEdit:
        """A field for one line of at most `longest` letters."""
        field = QLineEdit(self)
        field.setPlaceholderText(hint)
        field.setFixedWidth(theme().px(_FIELD))
        if longest:
            field.setMaxLength(longest)
        field.textEdited.connect(self.edited)
        return field

    def choice(self, words: Mapping[Any, str]) -> QComboBox:
        """A choice of one of several values, each with its words."""
        choice = QComboBox(self)
        for value, name in words.items():
            choice.addItem(name, value)
        choice.setFixedWidth(theme().px(_FIELD))
        choice.activated.connect(self.edited)
        return choice

    def text(
        self,
        name: str,
        explanation: str,
        lines: int,
        hint: str = "",
        edited: Callable[[], None] | None = None,
    ) -> QPlainTextEdit:
        """A named field for several lines, below what is there."""
        field = QPlainTextEdit(self)
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.setTabChangesFocus(True)
        field.setFixedHeight(theme().px(18 * lines + 20))
        field.textChanged.connect(edited or self.edited)
        title = Label(name, "text", weight=500, wrap=True, parent=self)
        title.setBuddy(field)
        box = QVBoxLayout()
        box.setSpacing(GAP_TIGHT)
        box.addWidget(title)
        if explanation:
            box.addWidget(Label(explanation, "secondary", "text_2", wrap=True, parent=self))
        box.addWidget(field)
        box.addSpacing(GAP_TIGHT)
        self.column.addLayout(box)
        return field
