"""How long a text is, in words: segments, their alphabet, and what is too much."""

import pytest

from inbox_desktop.ui.composer.lengths import alphabet_words, length_words, plain_version, price_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 / 160 · 1 segment"),
        ("x" * 142, "142 / 160 · 1 segment"),
        ("x" * 161, "161 / 306 · 2 segments"),
        ("ş" * 70, "70 / 70 · 1 segment"),
        ("ş" * 71, "71 / 134 · 2 segments"),
        ("€" * 80, "160 / 160 · 1 segment"),  # each takes an escape
        ("x" * 1_600, "1,600 / 1,683 · 11 segments"),
        ("x" * 1_612, "12 of 1,612 characters too many"),
    ],
)
def test_the_length_in_words(text: str, words: str) -> None:
    assert length_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plain", ""),
        ("ş", "The character ş is not in the SMS alphabet: a segment holds 70 characters instead of 160."),
        (
            "ş" * 71,
            "The character ş is not in the SMS alphabet: a segment holds 67 characters instead of 153.",
        ),
        ("ğış", "The characters ğ, ı and ş are not in the SMS alphabet: "),
        ("ğışİ", "The characters ğ, ı and 2 others are not in"),
        ("a\u200bb", "The character (invisible) is not in"),
    ],
)
def test_what_makes_segments_small(text: str, words: str) -> None:
    assert alphabet_words(text).startswith(words)
    assert bool(alphabet_words(text)) is bool(words)


def test_many_segments_are_warned_of() -> None:
    assert price_words("x" * 459) == ""
    assert price_words("x" * 460) == "It is sent, and paid for, as 4 texts."
    assert "at most 1,600" in price_words("x" * 1_601)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s “here” – now…", 'It\'s "here" - now...'),
        ("It’s ş", "It’s ş"),  # nothing would be saved
        ("plain", "plain"),
    ],
)
def test_marks_with_a_plain_twin_are_replaced_where_that_helps(text: str, plain: str) -> None:
    assert plain_version(text) == plain
