"""Segments, against known texts and against an encoder that is as naive as the standard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.rules.segments import Encoding, beyond_gsm7, segments, split

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2

# 3GPP TS 23.038, section 6.2.1: the character of each code from 0 to 127. 27 is the escape.
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Section 6.2.1.1: the codes behind an escape.
EXTENSION = {
    "\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101,
}  # fmt: skip


def naive(text: str) -> tuple[Encoding, int, list[int]]:
    """The encoding, the units of the whole, and the units of each segment."""
    codes: list[list[int]] = []
    for character in text:
        if character in EXTENSION:
            codes.append([27, EXTENSION[character]])
        elif character != "\x1b" and character in ALPHABET:
            codes.append([ALPHABET.index(character)])
        else:
            units = [character.encode("utf-16-be", "surrogatepass") for character in text]
            codes = [[0] * (len(unit) // 2) for unit in units]
            return UCS2, sum(map(len, codes)), packed(codes, 70, 67)
    return GSM7, sum(map(len, codes)), packed(codes, 160, 153)


def packed(codes: list[list[int]], alone: int, joined: int) -> list[int]:
    whole = sum(map(len, codes))
    if whole <= alone:
        return [whole] if whole else []
    rooms = [0]
    for code in codes:
        if rooms[-1] + len(code) > joined:
            rooms.append(0)
        rooms[-1] += len(code)
    return rooms


CHARACTERS = st.sampled_from([*ALPHABET.replace("\x1b", ""), *EXTENSION, "€", "a"])
PLAIN = st.text(CHARACTERS, max_size=700)
ANY = st.text(max_size=400)
# hypothesis rarely writes long texts by itself
LONG = st.builds(
    lambda text, times: text * times, st.text(st.sampled_from("a€👍ж\ud83d"), max_size=9), st.integers(1, 90)
)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count", "left"),
    [
        ("", GSM7, 0, 0, 160),
        ("a", GSM7, 1, 1, 159),
        ("a" * 160, GSM7, 160, 1, 0),
        ("a" * 161, GSM7, 161, 2, 145),
        ("a" * 306, GSM7, 306, 2, 0),
        ("a" * 307, GSM7, 307, 3, 152),
        ("€", GSM7, 2, 1, 158),
        ("€" * 80, GSM7, 160, 1, 0),
        ("€" * 81, GSM7, 162, 2, 143),  # 76 fit into 153 septets, one stays empty
        ("a" * 152 + "€" + "a" * 7, GSM7, 161, 2, 144),  # the escape is not torn from its character
        ("Olá, você", UCS2, 9, 1, 61),  # á and ê are not in the alphabet
        ("à la carte, señor", GSM7, 17, 1, 143),
        ("ç", UCS2, 1, 1, 69),  # only the capital is in the alphabet
        ("Ç", GSM7, 1, 1, 159),
        ("it’s", UCS2, 4, 1, 66),
        ("`", UCS2, 1, 1, 69),
        ("\t", UCS2, 1, 1, 69),
        ("\x1b", UCS2, 1, 1, 69),
        ("ж" * 70, UCS2, 70, 1, 0),
        ("ж" * 71, UCS2, 71, 2, 63),
        ("ж" * 134, UCS2, 134, 2, 0),
        ("👍", UCS2, 2, 1, 68),
        ("👍" * 35, UCS2, 70, 1, 0),
        ("👍" * 36, UCS2, 72, 2, 61),  # 33 fit into 67 units, one stays empty
        ("€" + "ж" * 69, UCS2, 70, 1, 0),  # no escape in UCS-2
    ],
)
def test_known_texts(text: str, encoding: Encoding, units: int, count: int, left: int) -> None:
    found = segments(text)
    assert (found.encoding, found.units, found.segments, found.left_in_segment) == (
        encoding,
        units,
        count,
        left,
    )


def test_every_character_of_the_alphabet_and_no_other_is_gsm_7() -> None:
    ours = {chr(code) for code in range(0x10000) if segments(chr(code)).encoding is GSM7}
    assert ours == (set(ALPHABET) | set(EXTENSION)) - {"\x1b"}


@given(PLAIN | ANY | LONG)
def test_the_counts_agree_with_a_naive_encoder(text: str) -> None:
    encoding, units, rooms = naive(text)
    found = segments(text)
    assert (found.encoding, found.units, found.segments) == (encoding, units, len(rooms))
    room = {GSM7: (160, 153), UCS2: (70, 67)}[encoding][len(rooms) > 1]
    assert found.left_in_segment == room - (rooms[-1] if rooms else 0)


@given(PLAIN | ANY | LONG)
def test_joined_segments_give_the_text_back_and_each_fits(text: str) -> None:
    parts = split(text)
    assert "".join(parts) == text
    assert all(parts)
    encoding, _, rooms = naive(text)
    assert len(parts) == len(rooms)
    for part, room in zip(parts, rooms, strict=True):
        if encoding is UCS2:
            assert len(part.encode("utf-16-be", "surrogatepass")) == 2 * room
        else:
            assert sum(2 if character in EXTENSION else 1 for character in part) == room


def test_the_characters_that_make_a_text_large_are_named_once() -> None:
    assert beyond_gsm7("Où est ma veste ? ş€ğş") == ("ş", "ğ")
    assert beyond_gsm7("") == ()
