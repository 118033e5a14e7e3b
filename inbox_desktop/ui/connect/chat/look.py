"""A chat's look: its name, the pages that may show it, colour, corner and language."""

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from inbox_desktop.models.chat_settings import (
    AUTO_LOCALE,
    LONGEST_NAME,
    AskContact,
    ChatSettingsError,
    ChatSite,
    Position,
    origin_checked,
)
from inbox_desktop.ui.connect.chat.preview_words import LANGUAGES
from inbox_desktop.ui.connect.chat.section import Section
from inbox_desktop.ui.connect.choices import ChoiceRow
from inbox_desktop.ui.kit import Label, SegmentedTabs, theme
from inbox_desktop.ui.kit.painting import rounded
from inbox_desktop.ui.kit.tokens import GAP_TIGHT

_COLOURS: Final = {
    "#1f6feb": "Blue",
    "#3b5bdb": "Indigo",
    "#9c36b5": "Violet",
    "#d6336c": "Pink",
    "#e8590c": "Orange",
    "#0b8f6c": "Green",
    "#20242e": "Graphite",
}
_SWATCH: Final = 22
_CORNERS: Final = (Position.RIGHT, Position.LEFT)
_ASK: Final = {
    AskContact.NONE: ("Nobody", "Visitors write at once. Without an address nothing can follow by e-mail."),
    AskContact.OPTIONAL: ("Everybody, may be skipped", "Visitors are asked first, and may skip it."),
    AskContact.REQUIRED: ("Everybody, must answer", "Nobody can write without a name and an address."),
}


class _Swatch(QAbstractButton):
    """One colour to choose."""

    def __init__(self, colour: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = QColor(colour)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """A small square."""
        return QSize(theme().px(_SWATCH), theme().px(_SWATCH))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colour, with a ring around the chosen one."""
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.isChecked():
            rounded(painter, rect, rect.height() / 2, None, theme().colour("text_1"), 2)
        inset = theme().px(4) if self.isChecked() else theme().px(2)
        disc = rect.adjusted(inset, inset, -inset, -inset)
        rounded(painter, disc, rect.height() / 2, self._colour, theme().colour("line_strong"))
        painter.end()


class ColourField(QWidget):
    """A few colours, and any other one as it is written in style sheets.

    Signals:
        changed: another colour stands there, or something that is none.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._swatches = {colour: _Swatch(colour, name, self) for colour, name in _COLOURS.items()}
        self.code = QLineEdit(self)
        self.code.setAccessibleName("Colour, as # and six digits")
        self.code.setMaxLength(7)
        self.code.setFixedWidth(theme().px(84))
        self.code.textEdited.connect(self._typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_TIGHT)
        for colour, swatch in self._swatches.items():
            swatch.clicked.connect(partial(self._chosen, colour))
            row.addWidget(swatch)
        row.addSpacing(GAP_TIGHT)
        row.addWidget(self.code)
        self.setAccessibleName("Colour")

    @property
    def colour(self) -> str:
        """What stands there."""
        return self.code.text().strip().lower()

    def set_colour(self, colour: str) -> None:
        """Show another colour. Sends no `changed`."""
        self.code.setText(colour)
        self._follow()

    def _chosen(self, colour: str, _checked: bool = False) -> None:
        self.set_colour(colour)
        self.changed.emit()

    def _typed(self, _text: str) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        for colour, swatch in self._swatches.items():
            swatch.setChecked(colour == self.colour)


class LookSection(Section):
    """Name, origins, colour, corner, language, and whether visitors are asked who they are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # In the order of Tab.
        self.name = self.line("Your shop's name", LONGEST_NAME)
        self.column.addWidget(ChoiceRow("Name", "Visitors see it above the chat.", self.name, self))
        self.origins = self.text(
            "Pages that may show the chat",
            "One a line, without a path. Every host needs its own line, www.shop.example too.",
            3,
            "https://shop.example",
        )
        self.colour = ColourField(self)
        self.colour.changed.connect(self.edited)
        self.corner = SegmentedTabs("Right", "Left", name="Corner of the page", parent=self)
        self.corner.current_changed.connect(lambda _place: self.edited())
        self.language = self.choice({AUTO_LOCALE: "Each visitor's own", **LANGUAGES})
        self.ask = self.choice({value: words for value, (words, _) in _ASK.items()})
        self.ask.activated.connect(lambda _place: self._explain())
        self._trouble = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._trouble.hide()
        self.column.addWidget(self._trouble)
        self.origins.textChanged.connect(self._check_origins)
        self.column.addWidget(ChoiceRow("Colour", "", self.colour, self))
        self.column.addWidget(ChoiceRow("Corner of the page", "", self.corner, self))
        words = "The widget speaks English, Portuguese and Spanish."
        self.column.addWidget(ChoiceRow("Language", words, self.language, self))
        self._ask_row = ChoiceRow("Ask for name and e-mail", " ", self.ask, self)
        self.column.addWidget(self._ask_row)
        self.column.addStretch(1)

    def fill(self, site: ChatSite) -> None:
        """Show the look."""
        self.name.setText(site.name)
        self.origins.setPlainText("\n".join(site.origins))
        self.colour.set_colour(site.colour)
        self.corner.set_current(_CORNERS.index(site.position))
        self.language.setCurrentIndex(max(0, self.language.findData(site.locale)))
        self.ask.setCurrentIndex(max(0, self.ask.findData(site.ask_contact)))
        self._explain()

    def apply_to(self, site: ChatSite) -> ChatSite:
        """The site with this look."""
        return replace(
            site,
            name=self.name.text(),
            origins=tuple(line.strip() for line in self.origins.toPlainText().splitlines() if line.strip()),
            colour=self.colour.colour,
            position=_CORNERS[self.corner.current],
            locale=str(self.language.currentData()),
            ask_contact=AskContact(self.ask.currentData()),
        )

    def _explain(self) -> None:
        self._ask_row.explain(_ASK[AskContact(self.ask.currentData())][1])

    @property
    def problem(self) -> str:
        """Which page cannot be one."""
        for line in self.origins.toPlainText().splitlines():
            try:
                if line.strip():
                    origin_checked(line)
            except ChatSettingsError as error:
                return str(error)
        return ""

    def _check_origins(self) -> None:
        """Say what is wrong with a line once the next one was begun; before, it is only half typed."""
        words = self.problem
        last = self.origins.toPlainText().rpartition("\n")[2].strip()
        shown = bool(words) and not (last and f"“{last}”" in words)
        self._trouble.setText(words)
        self._trouble.setVisible(shown)
