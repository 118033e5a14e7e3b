"""What this machine's window remembers: geometry, widths, the last view, density and theme (an INI file)."""

from pathlib import Path
from typing import Final, cast, get_args

from PySide6.QtCore import QByteArray, QSettings

from inbox_desktop.ui.kit import Density
from inbox_desktop.ui.kit.theme import Choice

GEOMETRY: Final = "window/geometry"
WIDTHS: Final = "window/widths"
OVERVIEW: Final = "window/overview"
PLACE: Final = "list/place"
DENSITY: Final = "list/density"
THEME: Final = "appearance/theme"


class WindowState:
    """Reads and writes the file. Whatever stands in it, every getter answers with something usable."""

    def __init__(self, path: Path) -> None:
        self.settings = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray | None:
        """Position and size, as `QWidget.saveGeometry` wrote them."""
        value = self.settings.value(GEOMETRY)
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self.settings.setValue(GEOMETRY, value)

    @property
    def widths(self) -> list[int]:
        """The widths of the four panes in pixels; empty when none are known."""
        words = str(self.settings.value(WIDTHS, "")).split()
        widths = [int(word) for word in words if word.isdigit()]
        return widths if len(widths) == len(words) == 4 else []

    @widths.setter
    def widths(self, value: list[int]) -> None:
        self.settings.setValue(WIDTHS, " ".join(map(str, value)))

    @property
    def overview(self) -> bool:
        """Whether the overview is wanted where there is room for it."""
        return str(self.settings.value(OVERVIEW, "true")) != "false"

    @overview.setter
    def overview(self, value: bool) -> None:
        self.settings.setValue(OVERVIEW, "true" if value else "false")

    @property
    def place(self) -> str:
        """The key of the place where one was last."""
        return str(self.settings.value(PLACE, ""))

    @place.setter
    def place(self, value: str) -> None:
        self.settings.setValue(PLACE, value)

    @property
    def density(self) -> Density:
        """How tall rows are."""
        value = str(self.settings.value(DENSITY, ""))
        return Density(value) if value in set(Density) else Density.COMFORTABLE

    @density.setter
    def density(self, value: Density) -> None:
        self.settings.setValue(DENSITY, value.value)

    @property
    def theme(self) -> Choice:
        """Light, dark, or as the system has it."""
        value = str(self.settings.value(THEME, ""))
        return cast("Choice", value) if value in get_args(Choice) else "system"

    @theme.setter
    def theme(self, value: Choice) -> None:
        self.settings.setValue(THEME, value)

    def save(self) -> None:
        """Write what has changed."""
        self.settings.sync()
