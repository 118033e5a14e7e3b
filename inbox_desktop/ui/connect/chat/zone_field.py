"""Choosing a time zone by typing a part of its name."""

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from inbox_desktop.ui.connect.chat.hours_words import zone_names
from inbox_desktop.ui.kit import theme

_WIDTH = 220


class ZoneField(QLineEdit):
    """A time zone ("Europe/Lisbon"). Typing any part of the name offers those that have it.

    Signals:
        changed: another zone stands there, or none.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._zone = "UTC"
        self.setPlaceholderText("City, as in Lisbon")
        self.setFixedWidth(theme().px(_WIDTH))
        # The names are read when somebody comes near: nobody else needs all 600.
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._picked)
        offers = completer.popup()
        assert offers is not None
        offers.setProperty("floating", True)
        self.setCompleter(completer)
        self.textEdited.connect(self._edited)

    @property
    def zone(self) -> str:
        """The zone that is typed, as its name is spelled; what is typed, when there is no such one."""
        return self._zone

    def set_zone(self, name: str) -> None:
        """Show another zone. Sends no `changed`."""
        self._zone = name
        self.setText(name)
        self.mark(bad=False)

    def mark(self, *, bad: bool) -> None:
        """Show whether there is such a zone."""
        state = "bad" if bad else ""
        if self.property("state") != state:
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)

    def _picked(self, name: str) -> None:
        self.set_zone(name)
        self.changed.emit()

    def _edited(self, text: str) -> None:
        wanted = text.strip().replace(" ", "_").casefold()
        cities = [name for name in zone_names() if name.rpartition("/")[2].casefold() == wanted]
        whole = [name for name in zone_names() if name.casefold() == wanted]
        self._zone = (whole or cities or [text.strip()])[0]
        self.mark(bad=False)
        self.changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Have the names ready."""
        if not self._model.rowCount():
            self._model.setStringList(list(zone_names()))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Write the zone as it is spelled; mark what is none."""
        super().focusOutEvent(event)
        if self.text() != self._zone:
            self._edited(self.text())  # one of those that are offered may stand there without being chosen
            self.setText(self._zone)
        self.mark(bad=self._zone not in zone_names())
