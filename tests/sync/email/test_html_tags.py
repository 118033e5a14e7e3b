"""One tag: its safe form, what is named as taken out, and whether it is hidden."""

import pytest

from inbox_desktop.sync.email.html_tags import SafeTag, safe_link, safe_tag


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://x.example/a?b#c", "https://x.example/a?b#c"),
        ("HTTP://x.example", "HTTP://x.example"),
        (" https://x.example ", "https://x.example"),
        ("mailto:a@b.example?subject=x&attach=/etc/passwd", "mailto:a@b.example?subject=x"),
        ("tel:+1 (555) 01", "tel:+1 (555) 01"),
        ("https:x.example", None),
        ("https:///x", None),
        ("http:\\\\x.example", None),
        ("https://x.example\\@y", None),
        ("ftp://x.example", None),
        ("data:text/html,x", None),
        ("javascript:x", None),
        ("/relative", None),
        ("", None),
    ],
)
def test_links(href: str, kept: str | None) -> None:
    assert safe_link(href) == kept


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color:red", "color:red"),
        (" color : RED ; font-size:14px", "color:RED"),
        ("color:red !important;position:fixed", "color:red"),
        ("/* color:blue; */color:/**/red", "color:red"),
        ("c\\6flor:red", "color:red"),
        ("font-family:'a;color:blue';color:red", "color:red"),
        ("(color:blue;);color:red", "color:red"),
        ("background:rgb(1, 2, 3)", "background:rgb(1, 2, 3)"),
        ("background:url(x);color:red", "color:red"),
        ("background:image-set(x)", ""),
        ("width:10px;height:1px", ""),
        ("", ""),
    ],
)
def test_styles_are_read_as_css_and_kept_by_name_and_value(style: str, kept: str) -> None:
    safe = safe_tag(f'<p style="{style}">')
    assert safe == SafeTag(f'<p style="{kept}">' if kept else "<p>", "", hidden=False)


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "color:red; display : none !important",
        "display:/**/none",
        "dis\\70lay:none",
    ],
)
def test_a_tag_is_hidden_however_its_style_is_written(style: str) -> None:
    assert safe_tag(f'<div id="a" style="{style}">').hidden


def test_only_the_style_hides() -> None:
    assert not safe_tag('<div class="display:none" style="display:block">').hidden


def test_a_long_tag_is_read_like_a_short_one() -> None:
    tag = '<td style="color:red" align="left" class="{}">'
    assert safe_tag(tag.format("x" * 2_000)) == safe_tag(tag.format("x"))
