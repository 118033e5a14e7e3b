"""Sanitising: what stays, what goes, and what is said about it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_desktop.sync.email.html import sanitise
from tests.hostile.invariants import HtmlCheck


def _html(raw: str) -> str:
    html = sanitise(raw).html
    assert html is not None
    return html


@pytest.mark.parametrize(
    "raw",
    [
        "<p>Hello <b>you</b></p>",
        '<p style="color:#333333;background-color:#fff;text-align:center;font-weight:bold">x</p>',
        '<a href="https://shop.example/a?b=1&amp;c=2">x</a>',
        '<a href="mailto:a@b.example">x</a>',
        '<a href="tel:+49301234">x</a>',
        '<img src="cid:logo@shop" alt="Logo">',
        '<img src="data:image/png;base64,AAAA" alt="">',
        '<table width="100%" border="1"><tbody><tr><td colspan="2" align="right">x</td></tr></tbody></table>',
        "<ul><li>a</li></ul>",
    ],
)
def test_ordinary_mail_is_kept(raw: str) -> None:
    assert _html(raw) == raw
    assert sanitise(raw).blocked == ()


@pytest.mark.parametrize(
    ("raw", "html", "blocked"),
    [
        ("<script>x</script>Hi", "Hi", ("script",)),
        ("<style>p{}</style>Hi", "Hi", ("style",)),
        ('<form action="x"><input name="y"></form>Hi', "Hi", ("form", "input")),
        ('<iframe src="https://x.example"></iframe>Hi', "Hi", ("iframe",)),
        ('<p onclick="x()">Hi</p>', "<p>Hi</p>", ("script onclick",)),
        ('<a href=" javascript:x">Hi</a>', "<a>Hi</a>", ("link javascript:",)),
        ('<a href="//host/x">Hi</a>', "<a>Hi</a>", ("link //host/x",)),
        ('<a href="\\\\host\\x">Hi</a>', "<a>Hi</a>", ("link \\\\host\\x",)),
        ('<a href="file:///etc/passwd">Hi</a>', "<a>Hi</a>", ("link file:",)),
        ('<img src="//host/x.png">Hi', "Hi", ("image //host/x.png",)),
        (
            '<img src="https://x.example/a.png?b=1&amp;c" alt="A" width="10">',
            '<img data-remote="https://x.example/a.png?b=1&amp;c" alt="A" width="10">',
            ("image https://x.example/a.png?b=1&c",),
        ),
        ('<img src="https://x.example/p" width="1" height="1">Hi', "Hi", ("tracker https://x.example/p",)),
        ('<img src="https://x.example/p" style="width:1px">Hi', "Hi", ("tracker https://x.example/p",)),
        (
            '<img src="https://x.example/p" style="visibility:hidden">Hi',
            "Hi",
            ("tracker https://x.example/p",),
        ),
        (
            '<div style="display:none">preview<img src="https://x.example/p"></div>Hi',
            "Hi",
            ("tracker https://x.example/p",),
        ),
        (
            "<div style='color:red'>a<p style='display: none !important'>b<b>c</b></p></div>Hi",
            '<div style="color:red">a</div>Hi',
            (),
        ),
        ('<p class="display:none">Hi</p>', "<p>Hi</p>", ()),
        ('<p style="background:url(//x)">Hi</p>', "<p>Hi</p>", ("style url",)),
        ('<p style="position:fixed;color:red">Hi</p>', '<p style="color:red">Hi</p>', ()),
    ],
)
def test_what_could_do_something_is_taken_out_and_named(
    raw: str, html: str, blocked: tuple[str, ...]
) -> None:
    clean = sanitise(raw)
    assert clean.html == html
    assert clean.blocked == blocked


def test_a_url_in_the_list_is_cut() -> None:
    (entry,) = sanitise('<img src="https://x.example/' + "a" * 500 + '">').blocked
    assert entry.startswith("image https://x.example/aaa")
    assert len(entry) == len("image ") + 200


def test_a_picture_that_carries_itself_is_limited_in_kind_and_size() -> None:
    assert "data:" not in _html('<img src="data:image/svg+xml;base64,AAAA">')
    assert "data:" not in _html('<img src="data:image/png;base64,' + "A" * 1_500_000 + '">')
    assert "data:" in _html('<img src="data:image/png;base64,' + "A" * 1_200_000 + '">')


def test_numbers_are_capped() -> None:
    assert 'colspan="100"' in _html("<table><tr><td colspan=99999>x</td></tr></table>")
    assert 'width="2000"' in _html('<img src="cid:a" width="999999">')


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<div>" * 150 + "Hello", "deeply"),
        ("<table><tr><td>" * 9 + "Hello", "deeply"),
        ("<div>" * 80_000 + "Hello", "elements"),
        ("<p>x</p>" * 15_000 + "Hello", "elements"),
        ("<ul>" + "<li>x" * 2_500 + "</ul>Hello", "list items"),
        ("<p>" + "x" * 25_000 + " Hello</p>", "line"),
        ("<p>Hello</p>" + "<!-- " + "x" * 1_100_000 + " -->", "larger"),
        ("<p " + " ".join(f"a{number}" for number in range(50_000)) + ">Hello", "attributes"),
    ],
)
def test_over_a_limit_the_text_is_left(raw: str, words: str) -> None:
    clean = sanitise(raw)
    assert clean.html is None
    assert words in clean.warning
    assert "Hello" in clean.text


def test_many_tags_in_a_row_are_not_deep() -> None:
    raw = "<p><b>x</b></p>" * 200
    assert _html(raw) == raw


def test_limits_are_not_reached_by_large_ordinary_mail() -> None:
    row = "<tr><td>one</td><td><a href='https://x.example'>two</a></td></tr>"
    raw = "<div>" * 90 + "<table>" * 1 + row * 1_500 + "</table>" + "</div>" * 90
    assert sanitise(raw).warning == ""
    assert sanitise('<img src="data:image/png;base64,' + "A" * 1_200_000 + '">').warning == ""


def test_marks_of_quotes_survive_as_one_class() -> None:
    assert _html('<div class="gmail_quote x">q</div>') == '<div class="quote">q</div>'
    assert _html('<blockquote type="cite">q</blockquote>') == '<blockquote class="quote">q</blockquote>'
    assert _html('<div class="other" id="main">q</div>') == "<div>q</div>"


_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div style='color:red'>",
            "</div>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
            "<b>",
            "</b>",
        ),
        *(
            "<img src='https://x.example/a'>",
            "<img src=//x>",
            "<a href='javascript:x'>",
            "<a href=https://x.example>",
        ),
        *(
            "<svg>",
            "</svg>",
            "<style>",
            "</style>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
        ),
        *(
            "<math>",
            "<mtext>",
            "<title>",
            "<textarea>",
            "<noscript>",
            "<template>",
            "<select>",
            "<plaintext>",
        ),
        *(
            "<p style='display:none'>",
            '"',
            "'",
            ">",
            "<",
            "=",
            "&lt;",
            "&#0;",
            "text",
            "\x00",
            "onload=x",
            "url(x)",
        ),
    ]
)


@settings(max_examples=400)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40))
def test_no_mixture_of_tags_gets_anything_dangerous_through(pieces: list[str]) -> None:
    clean = sanitise("".join(pieces))
    if clean.html is not None:
        HtmlCheck().run(clean.html)
        assert sanitise(clean.html).html is not None
