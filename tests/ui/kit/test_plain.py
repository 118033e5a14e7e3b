"""Text from outside on one line."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from inbox_desktop.ui.kit import Theme
from inbox_desktop.ui.kit.plain import elided, first_line, one_line, text_width


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  a\r\n\tb  ", "a b"),
        ("a\u2028b\u0000c\u0085d", "a b c d"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("family 👨‍👩‍👧 and می‌خواهم", "family 👨‍👩‍👧 and می‌خواهم"),  # joiners carry meaning
        ("<b>bold</b>", "<b>bold</b>"),
        ("", ""),
    ],
)
def test_one_line(given: str, shown: str) -> None:
    assert one_line(given) == shown


def test_a_megabyte_is_cut() -> None:
    assert len(one_line("x" * 1_000_000)) == 600


def test_elided_fits_and_ends_in_an_ellipsis(look: Theme) -> None:
    font = look.font()
    text = "Where is my order? It should have come on Friday"
    shown = elided(text, font, 120)
    assert shown.endswith("…")
    assert text_width(shown, font) <= 120
    assert elided(text, font, 2000) == text
    assert elided(text, font, 0) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Is the blue one back in stock? Saw your text",
        "😕😕😕😕😕😕😕😕😕😕😕😕😕😕",
        "サイズ交換についてサイズ交換について",
        "oneverylongwordthatneverends",
    ],
)
def test_first_line_loses_nothing(look: Theme, text: str) -> None:
    font = look.font()
    head, rest = first_line(text, font, 90)
    assert head
    assert rest
    assert text_width(head, font) <= 91
    assert (head + rest).replace(" ", "") == text.replace(" ", "")


def test_first_line_of_a_short_text_is_all_of_it(look: Theme) -> None:
    assert first_line("Short", look.font(), 300) == ("Short", "")
    assert first_line("", look.font(), 300) == ("", "")


@pytest.mark.parametrize("width", [9, 40, 131, 260])
@pytest.mark.parametrize(
    "text",
    [
        "Where is my order? It should have come on Friday. " * 12,
        "i" * 600,
        ".,;:!|' " * 70,
        "شكرا جزيلا على المساعدة في طلبي " * 15,
        "ありがとうございます。届きましたら" * 30,
        "👨‍👩‍👧 family " * 40,
        "é̀̂̈" * 120,
    ],
)
def test_a_long_text_is_cut_where_qt_would_cut_all_of_it(look: Theme, text: str, width: int) -> None:
    font = look.font()
    expected = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
    assert elided(text, font, width) == expected
