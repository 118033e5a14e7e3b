"""How long a text is, in words a person understands: segments, and what makes them small."""

from typing import Final

from inbox_desktop.models.actions.messages import LONGEST_SMS
from inbox_desktop.models.rules.segments import beyond_gsm7, segments

MANY: Final = 4
"""Segments from which on the price is worth a warning."""
_NAMED: Final = 2
_ROOMS: Final = {False: ("70", "160"), True: ("67", "153")}
# What word processors and phones write for characters that the SMS alphabet has.
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f", " "),
        **dict.fromkeys("\u200b\u200d\u2060\ufeff\u00ad", None),
        "…": "...",
        "•": "-",
        "\t": " ",
    }
)


def length_words(text: str) -> str:
    """How much of its segments a text fills: "142 / 160 · 1 segment", or by how much it is too long."""
    if len(text) > LONGEST_SMS:
        return f"{len(text) - LONGEST_SMS:,} of {len(text):,} characters too many"
    count = segments(text)
    parts = "1 segment" if count.segments <= 1 else f"{count.segments} segments"
    return f"{count.units:,} / {count.units + count.left_in_segment:,} · {parts}"


def price_words(text: str) -> str:
    """What is worth knowing before a text of many segments is sent; empty for others."""
    count = segments(text).segments
    if len(text) > LONGEST_SMS:
        return f"A text has at most {LONGEST_SMS:,} characters. Shorten it, or send it in several."
    return f"It is sent, and paid for, as {count} texts." if count >= MANY else ""


def alphabet_words(text: str) -> str:
    """Which characters make the segments small, and how small; empty when none does."""
    strange = beyond_gsm7(text)
    if not strange:
        return ""
    named = [character if character.isprintable() else "(invisible)" for character in strange]
    if len(named) > _NAMED + 1:
        named[_NAMED:] = [f"{len(named) - _NAMED} others"]
    who = f"The character {named[0]} is" if len(named) == 1 else ""
    who = who or f"The characters {', '.join(named[:-1])} and {named[-1]} are"
    small, usual = _ROOMS[segments(text).segments > 1]
    return f"{who} not in the SMS alphabet: a segment holds {small} characters instead of {usual}."


def plain_version(text: str) -> str:
    """The text with marks that have a plain twin replaced, if then all of it is in the SMS alphabet.

    Else the text as it is: changing some of its characters would save nothing.
    """
    plain = text.translate(_PLAIN)
    return text if beyond_gsm7(plain) else plain
