"""How a text is cut into segments, which a provider sends and charges for (3GPP TS 23.038 and 23.040)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
"""Characters behind an escape: they take two septets."""


class Encoding(StrEnum):
    """How a text's characters travel. One character beyond GSM-7 makes the whole text UCS-2."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class _Room:
    """How many units fit into a text of one segment, and into each of several (a header takes the rest)."""

    alone: int
    joined: int


_ROOM: Final = {Encoding.GSM7: _Room(160, 153), Encoding.UCS2: _Room(70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs.

    `units` are septets in GSM-7 and 16-bit units in UCS-2. `left_in_segment` is how many of them still fit
    into the last segment. An empty text has no segment, and room for one.
    """

    encoding: Encoding
    units: int
    segments: int
    left_in_segment: int


def segments(text: str) -> Segments:
    """Count a text's segments."""
    encoding, size = _measure(text)
    parts = split(text)
    sizes = [sum(map(size, part)) for part in parts]
    room = _ROOM[encoding].joined if len(parts) > 1 else _ROOM[encoding].alone
    return Segments(encoding, sum(sizes), len(parts), room - (sizes[-1] if sizes else 0))


def split(text: str) -> tuple[str, ...]:
    """The text's segments; joined they are the text.

    Neither an escape and its character nor a surrogate pair is ever divided: what does not fit as a whole
    goes into the next segment.
    """
    encoding, size = _measure(text)
    room = _ROOM[encoding]
    if not text:
        return ()
    if sum(map(size, text)) <= room.alone:
        return (text,)
    parts = []
    start = used = 0
    for index, character in enumerate(text):
        units = size(character)
        if used + units > room.joined:
            parts.append(text[start:index])
            start, used = index, 0
        used += units
    parts.append(text[start:])
    return tuple(parts)


def beyond_gsm7(text: str) -> tuple[str, ...]:
    """The characters that make a text UCS-2, each once, in the order in which they come."""
    known = _BASIC | _EXTENDED
    return tuple(dict.fromkeys(character for character in text if character not in known))


def _measure(text: str) -> tuple[Encoding, Callable[[str], int]]:
    if all(character in _BASIC or character in _EXTENDED for character in text):
        return Encoding.GSM7, _septets
    return Encoding.UCS2, _utf16_units


def _septets(character: str) -> int:
    return 2 if character in _EXTENDED else 1


def _utf16_units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1
