"""Which fonts the window is set in: the platform's own interface family, sizes from the tokens."""

import sys
from functools import lru_cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from inbox_desktop.ui.kit.tokens import PAGE, SECONDARY, SMALL, TEXT, TITLE, TITLE_LARGE

SIZES: Final = {
    "text": TEXT,
    "secondary": SECONDARY,
    "small": SMALL,
    "title": TITLE,
    "title_large": TITLE_LARGE,
    "page": PAGE,
}

_WANTED: Final = {
    "win32": ("Segoe UI Variable Text", "Segoe UI", "Yu Gothic UI", "Segoe UI Emoji"),
    "darwin": (".AppleSystemUIFont", "Hiragino Sans", "Apple Color Emoji"),
}
_WANTED_ELSEWHERE: Final = ("Inter", "Noto Sans", "Noto Sans CJK JP", "Noto Color Emoji")


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Families in order of preference: the wanted ones that are installed, and the platform's own."""
    installed = {name.casefold() for name in QFontDatabase.families()}
    wanted = _WANTED.get(sys.platform, _WANTED_ELSEWHERE)
    found = [name for name in wanted if name.startswith(".") or name.casefold() in installed]
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    interface = found[:1] if found and found[0] in wanted[:2] else []
    return tuple(dict.fromkeys([*interface, system, *found]))


def make_font(role: str, weight: int, scale: float, *, tabular: bool) -> QFont:
    """A font of one role ("text", "secondary", "small", "title", "title_large", "page").

    `weight` is 400, 500 or 600; `scale` multiplies the token's size in pixels; `tabular` gives all digits
    the same width where the font can do so. Raises `KeyError` for an unknown role.
    """
    font = QFont(list(families()))
    font.setPixelSize(max(1, round(SIZES[role] * scale)))
    font.setWeight(QFont.Weight(weight))
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
