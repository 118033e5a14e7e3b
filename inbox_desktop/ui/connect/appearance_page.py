"""The settings' page about looks: light or dark, how tall the list's rows are."""

from typing import Final, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from inbox_desktop.ui.connect.choices import ChoiceRow
from inbox_desktop.ui.kit import Card, Density, Theme
from inbox_desktop.ui.kit.theme import Choice

_THEMES: Final = {"system": "Like the system", "light": "Light", "dark": "Dark"}
_DENSITIES: Final = {
    Density.COMFORTABLE: "Comfortable",
    Density.DEFAULT: "Medium",
    Density.COMPACT: "Compact",
}


class AppearancePage(QWidget):
    """Takes effect at once; kept on this computer by the window.

    Signals:
        density_changed(Density): the list's rows are to be of this height.
    """

    density_changed = Signal(object)

    def __init__(self, look: Theme, density: Density, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.theme_choice = QComboBox(self)
        for choice, words in _THEMES.items():
            self.theme_choice.addItem(words, choice)
        self.theme_choice.setCurrentIndex(self.theme_choice.findData(look.choice))
        self.theme_choice.activated.connect(self._theme_chosen)
        self.density_choice = QComboBox(self)
        for value, words in _DENSITIES.items():
            self.density_choice.addItem(words, value.value)
        self.density_choice.setCurrentIndex(self.density_choice.findData(density.value))
        self.density_choice.activated.connect(self._density_chosen)
        for control in (self.theme_choice, self.density_choice):
            control.setMinimumWidth(look.px(150))
        card = Card(parent=self)
        card.add(ChoiceRow("Theme", "Light or dark.", self.theme_choice, card))
        card.add(
            ChoiceRow("Ticket list", "How much of each ticket the list shows.", self.density_choice, card)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)

    def _theme_chosen(self) -> None:
        self._look.set_choice(cast("Choice", self.theme_choice.currentData()))

    def _density_chosen(self) -> None:
        self.density_changed.emit(Density(self.density_choice.currentData()))
