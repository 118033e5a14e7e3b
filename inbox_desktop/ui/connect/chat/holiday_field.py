"""Choosing whose public holidays close the shop: a country, and a part of it where parts differ."""

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.chat.hours_words import countries, country_words
from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.kit.tokens import GAP

_COUNTRY: Final = 190
_PART: Final = 86
_NONE: Final = "No public holidays"
_ALL_PARTS: Final = "All of it"


class HolidayField(QWidget):
    """A code of the rules: "" (none), "BR", or "BR-SP". The countries are read when the field is made.

    Signals:
        changed: another one was chosen.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._code = ""
        self.country = QComboBox(self)
        self.country.setAccessibleName("Country of the public holidays")
        self.country.setFixedWidth(theme().px(_COUNTRY))
        self.country.addItem(_NONE, "")
        self.part = QComboBox(self)
        self.part.setAccessibleName("State or region of the public holidays")
        self.part.setFixedWidth(theme().px(_PART))
        self.part.hide()
        self.country.activated.connect(self._country_chosen)
        self.part.activated.connect(self._part_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.country)
        row.addWidget(self.part)
        self.setFocusProxy(self.country)
        bridge.in_background(countries, partial(self._fill))

    @property
    def code(self) -> str:
        """What is chosen."""
        return self._code

    def set_code(self, code: str) -> None:
        """Show another choice. Sends no `changed`."""
        self._code = code
        self._show()

    def _fill(self, _countries: object) -> None:
        named = sorted((country_words(code), code) for code in countries())
        for name, code in named:
            self.country.addItem(name, code)
        self._show()

    def _show(self) -> None:
        country, _, part = self._code.partition("-")
        place = self.country.findData(country)
        if place < 0:
            self.country.addItem(country_words(country), country)
            place = self.country.count() - 1
        self.country.setCurrentIndex(place)
        parts = countries().get(country, ()) if self.country.count() > 2 else ((part,) if part else ())
        self.part.clear()
        self.part.addItem(_ALL_PARTS, "")
        for name in parts:
            self.part.addItem(name, name)
        self.part.setCurrentIndex(max(0, self.part.findData(part)))
        self.part.setVisible(bool(parts) and bool(country))

    def _country_chosen(self, _place: int) -> None:
        self._code = str(self.country.currentData())
        self._show()
        self.changed.emit()

    def _part_chosen(self, _place: int) -> None:
        country, part = self._code.partition("-")[0], str(self.part.currentData())
        self._code = f"{country}-{part}" if part else country
        self.changed.emit()
