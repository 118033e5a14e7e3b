"""Colours that mean nothing are taken out; colours that mean something put a mail on paper."""

import pytest

from inbox_desktop.ui.thread.colours import without_plain_colours


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:black">x</p>',
        '<p style="color:#000000;background-color:#ffffff">x</p>',
        '<font color="#1f1f1f">x</font>',
        '<td bgcolor="white">x</td>',
        '<p style="background:#FEFEFE">x</p>',
        '<p style="color:rgb(34, 34, 34)">x</p>',
        '<p style="color:windowtext">x</p>',
        '<p style="color:inherit;background:transparent none">x</p>',
    ],
)
def test_dark_on_white_is_nobodys_choice(html: str) -> None:
    cleaned, own = without_plain_colours(html)
    assert not own
    assert "color" not in cleaned
    assert "background" not in cleaned


@pytest.mark.parametrize(
    "html",
    ['<p style="color:red">x</p>', '<td bgcolor="#0b7285">x</td>', '<p style="color:#ffffff">x</p>'],
)
def test_other_colours_are_kept(html: str) -> None:
    assert without_plain_colours(html) == (html, True)


def test_what_else_a_style_says_stays() -> None:
    cleaned, own = without_plain_colours('<p style="font-weight:bold;color:#111;text-align:right">x</p>')
    assert cleaned == '<p style="font-weight:bold;text-align:right">x</p>'
    assert not own


def test_words_about_colours_are_not_touched() -> None:
    html = "<p>the color: black; one</p>"
    assert without_plain_colours(html) == (html, False)
