"""The kit's own line icons: one family on a 24 grid, coloured from the tokens, crisp at every scale."""

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from inbox_desktop.ui.kit.paths import resources
from inbox_desktop.ui.kit.theme import theme

ICON_SUFFIX: Final = ".svg"


def icon_names() -> list[str]:
    """Every icon that the kit has, in order."""
    return sorted(path.stem for path in (resources() / "icons").glob(f"*{ICON_SUFFIX}"))


@cache
def _drawing(name: str) -> bytes:
    path: Path = resources() / "icons" / f"{name}{ICON_SUFFIX}"
    if not path.is_file():
        raise KeyError(f"no icon is called {name!r}")
    return path.read_bytes()


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace(b"currentColor", colour.encode())))


def icon_pixmap(name: str, ink: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a square pixmap of `size` device-independent pixels at a device pixel ratio.

    `ink` names a colour of the table ("text_2", "accent"). The pixmap is cached by what it looks
    like. Raises `KeyError` for an unknown icon or token.
    """
    colour = theme().tokens.colour(ink)
    side = max(1, round(size * ratio))
    key = f"inbox-icon/{name}/{colour}/{side}/{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, colour).render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, made)
    return made


def paint_icon(painter: QPainter, rect: QRectF, name: str, ink: str) -> None:
    """Draw an icon into the middle of `rect`, as large as its shorter side, on whole device pixels."""
    ratio = painter.device().devicePixelRatioF()
    size = round(min(rect.width(), rect.height()))
    pixmap = icon_pixmap(name, ink, size, ratio)
    left = round((rect.center().x() - size / 2) * ratio) / ratio
    top = round((rect.center().y() - size / 2) * ratio) / ratio
    painter.drawPixmap(QRectF(left, top, size, size), pixmap, QRectF(pixmap.rect()))


class _TokenIconEngine(QIconEngine):
    """Draws by name and token at the moment of painting, so that a change of theme needs no new icon."""

    def __init__(self, name: str, ink: str) -> None:
        super().__init__()
        self._name = name
        self._ink = ink

    def _ink_for(self, mode: QIcon.Mode) -> str:
        return "text_3" if mode is QIcon.Mode.Disabled else self._ink

    def clone(self) -> QIconEngine:
        return _TokenIconEngine(self._name, self._ink)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint_icon(painter, QRectF(rect), self._name, self._ink_for(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        # The size is device-independent since Qt 6.8; before, it was not.
        return icon_pixmap(self._name, self._ink_for(mode), min(size.width(), size.height()), scale)


def icon(name: str, ink: str = "text_2") -> QIcon:
    """An icon for buttons, menus and lists. It follows the theme by itself.

    Raises `KeyError` for an unknown icon or colour token, here and not first when it is painted.
    """
    _drawing(name)
    theme().tokens.colour(ink)
    return QIcon(_TokenIconEngine(name, ink))
