"""What the editor holds, as small HTML and as plain text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from inbox_desktop.ui.composer.html import clean_text, is_plain, keep_spaces, to_html, to_text
from inbox_desktop.ui.thread.document import SafeDocument


def document(html: str) -> QTextDocument:
    made = SafeDocument()
    made.setHtml(html)
    return made


@pytest.mark.parametrize(
    ("html", "clean", "text"),
    [
        ("<p>a</p><p>b</p>", "<div>a</div><div>b</div>", "a\nb"),
        ("a<br>b", "<div>a<br>b</div>", "a\nb"),
        ("<b>a</b> <i>b</i>", "<div><b>a</b> <i>b</i></div>", "a b"),
        ("<b><i>x</i></b>", "<div><b><i>x</i></b></div>", "x"),
        ("<h1 style='color:red'>x</h1>", "<div><b>x</b></div>", "x"),
        ("<ul><li>a</li><li>b</li></ul>c", "<ul><li>a</li><li>b</li></ul><div>c</div>", "- a\n- b\nc"),
        ("<ol><li>a</li><li>b</li></ol>", "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        (
            '<a href="https://x.example/a">words</a>',
            '<div><a href="https://x.example/a">words</a></div>',
            "words <https://x.example/a>",
        ),
        (
            '<a href="https://x.example">https://x.example</a>',
            '<div><a href="https://x.example">https://x.example</a></div>',
            "https://x.example",
        ),
        (
            '<a href="mailto:a@b.example">a@b.example</a>',
            '<div><a href="mailto:a@b.example">a@b.example</a></div>',
            "a@b.example",
        ),
        ('<a href="javascript:x">words</a>', "<div>words</div>", "words"),
        ("<p>&lt;b&gt; &amp; co</p>", "<div>&lt;b&gt; &amp; co</div>", "<b> & co"),
        ('a<img src="file:///x.png">b', "<div>ab</div>", "ab"),
        ("<p>a</p><p><br></p><p>b</p>", "<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
    ],
)
def test_becomes_small_html_and_text(qtbot: QtBot, html: str, clean: str, text: str) -> None:
    made = document(html)
    assert to_html(made) == clean
    assert to_text(made) == text


def test_spaces_in_a_row_stay(qtbot: QtBot) -> None:
    made = SafeDocument()
    made.setPlainText("a   b")
    assert to_html(made) == "<div>a&nbsp;&nbsp; b</div>"
    assert to_text(made) == "a   b"


@settings(max_examples=200)
@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80)
)
def test_plain_text_survives_the_way_through_html(text: str) -> None:
    written = SafeDocument()
    written.setPlainText(text)
    before = to_html(written)
    assert "<b" not in before.replace("<br>", "")
    read = SafeDocument()
    keep_spaces(read)
    read.setHtml(before)
    assert to_html(read) == before


@given(st.text(max_size=200))
def test_pasted_text_has_no_control_characters(text: str) -> None:
    cleaned = clean_text(text)
    assert not any(ord(char) < 32 and char not in "\n\t" for char in cleaned)
    assert "\u2028" not in cleaned


def test_tells_plain_text_from_formatted(qtbot: QtBot) -> None:
    assert is_plain(document("<p>a</p><p style='color:red'>b</p>"))
    assert not is_plain(document("<b>a</b>"))
    assert not is_plain(document("<ul><li>a</li></ul>"))
    assert not is_plain(document('<a href="https://x.example">a</a>'))
