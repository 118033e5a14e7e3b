"""Text from outside, made safe to paint on one line: no control characters, no direction tricks."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

# Direction overrides and isolates may reorder what stands beside them; they carry no text of their own.
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_BREAKS: Final = re.compile("[\\s\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+")
_ZERO_WIDTH: Final = re.compile("[\u200b\u2060\u00ad\u034f\u180e]")
LONGEST: Final = 600
# No font here has letters narrower than this many pixels; for a text of narrower signs the cut is no gain.
_NARROWEST: Final = 2.5


@lru_cache(maxsize=4096)
def one_line(text: str, limit: int = LONGEST) -> str:
    """`text` on one line: white space and control characters become one space, at most `limit` characters."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()[:limit]
    cleaned = _ZERO_WIDTH.sub("", _DIRECTION.sub("", text[: limit * 4]))
    return _BREAKS.sub(" ", cleaned).strip()[:limit]


@lru_cache(maxsize=8192)
def _elided(text: str, font: QFont, width: int, mode: Qt.TextElideMode) -> str:
    """Qt measures all of a text to cut it: of a long one it gets what could fit, if that is cut too."""
    metrics = QFontMetricsF(font)
    most = int(width / _NARROWEST) + 8
    if len(text) > most and mode is Qt.TextElideMode.ElideRight:
        shown = metrics.elidedText(text[:most], mode, width)
        if shown != text[:most]:
            return shown
    return metrics.elidedText(text, mode, width)


def elided(text: str, font: QFont, width: float, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> str:
    """`text` as it fits into `width` pixels, with an ellipsis where it was cut. Empty when nothing fits."""
    if width <= 0:
        return ""
    return _elided(text, font, int(width), mode)


@lru_cache(maxsize=8192)
def _advance(text: str, font: QFont) -> float:
    return QFontMetricsF(font).horizontalAdvance(text)


def text_width(text: str, font: QFont) -> float:
    """How wide `text` is in `font`, in pixels."""
    return _advance(text, font)


def stretches(text: str, font: QFont, places: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Where places (start, end) of a line of text are painted: left and right, in pixels from its left."""
    layout = QTextLayout(text, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute))
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()

    def across(place: int) -> float:
        units = len(text[:place].encode("utf-16-le")) // 2  # Qt counts UTF-16 units
        x, _ = cast("tuple[float, int]", line.cursorToX(units))
        return x

    edges = [(across(start), across(end)) for start, end in places]
    return [(min(pair), max(pair)) for pair in edges]  # from right to left the end stands at the left


def first_line(text: str, font: QFont, width: float) -> tuple[str, str]:
    """Break `text` once, between words where possible: what fits into `width` pixels, and the rest."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(max(1.0, width))
    layout.endLayout()
    # Qt counts UTF-16 units, Python code points: an emoji is two units.
    units = text.encode("utf-16-le")
    cut = line.textLength() * 2
    head = units[:cut].decode("utf-16-le", errors="ignore")
    return head.rstrip(), text[len(head) :].lstrip()
