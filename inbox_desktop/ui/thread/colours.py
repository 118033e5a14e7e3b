"""The colours that a mail sets for itself: which ones only repeat "black on white", and which ones matter."""

import re
from typing import Final

from PySide6.QtGui import QColor

_DECLARATION: Final = re.compile(r"(background-color|background|color)\s*:\s*([^;\"]+)\s*;?", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r'\s(bgcolor|color)="([^"]*)"', re.IGNORECASE)
_STYLE: Final = re.compile(r'\sstyle="([^"]*)"', re.IGNORECASE)
_TAG: Final = re.compile(r"<[a-zA-Z][^<>]*>")
_RGB: Final = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})", re.IGNORECASE)
_GREY: Final = 44  # how far the channels of a colour may lie apart that still counts as black, grey or white
_DARK: Final = 110
_BRIGHT: Final = 244
_SAID_NOTHING: Final = frozenset(
    {"inherit", "initial", "transparent", "none", "windowtext", "currentcolor", "auto", ""}
)


def without_plain_colours(html: str) -> tuple[str, bool]:
    """The HTML without colours that only say "dark text on white", and whether others are left.

    Most mailers write `color:black` and `background:white` everywhere. On a dark ground that would be
    black on black, and on a bubble a white patch; what is left after this was meant by somebody.
    """
    own = False

    def tag(found: "re.Match[str]") -> str:
        nonlocal own
        text = found.group()
        if "color" not in text and "background" not in text:
            return text
        text = _STYLE.sub(lambda style: _kept_style(style.group(1)), text)
        text = _ATTRIBUTE.sub(
            lambda one: (
                "" if _is_plain(one.group(2), ground=one.group(1).lower() == "bgcolor") else one.group()
            ),
            text,
        )
        own = own or _ATTRIBUTE.search(text) is not None or _DECLARATION.search(text) is not None
        return text

    return _TAG.sub(tag, html), own


def _kept_style(style: str) -> str:
    kept = _DECLARATION.sub(
        lambda one: "" if _is_plain(one.group(2), ground=one.group(1).lower() != "color") else one.group(),
        style,
    ).strip()
    return f' style="{kept}"' if kept else ""


def _is_plain(value: str, *, ground: bool) -> bool:
    """Whether a colour says no more than the mail's default: near black for text, near white for grounds."""
    value = value.strip().lower().removesuffix("!important").strip()
    if value.split(" ")[0] in _SAID_NOTHING:
        return True
    rgb = _RGB.match(value)
    colour = (
        QColor(*(min(255, int(part)) for part in rgb.groups()))
        if rgb
        else QColor.fromString(value.split(" ")[0])
    )
    if not colour.isValid():
        return True
    low, high = sorted((colour.red(), colour.green(), colour.blue()))[::2]
    if high - low > _GREY:
        return False
    return low >= _BRIGHT if ground else high <= _DARK
