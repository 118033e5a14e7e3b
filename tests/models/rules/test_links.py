"""Links in plain text: found where they are, replaced where a short one is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.rules.links import find_links, web_links, with_links


def found(text: str) -> list[tuple[str, str]]:
    return [(text[link.start : link.end], link.url) for link in find_links(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://shop.example/a?b=c#d.", [("https://shop.example/a?b=c#d",) * 2]),
        ("(https://shop.example/a_(b))", [("https://shop.example/a_(b)",) * 2]),
        ("www.shop.example, yes", [("www.shop.example", "https://www.shop.example")]),
        ("write to ana.souza@mail.example!", [("ana.souza@mail.example", "mailto:ana.souza@mail.example")]),
        (
            "<https://a.example> <b@c.example>",
            [("https://a.example",) * 2, ("b@c.example", "mailto:b@c.example")],
        ),
        ("javascript:alert(1) file:///etc/passwd ftp://x", []),
        ("no links here", []),
        ("サイト https://shop.example/注文 です", [("https://shop.example/注文",) * 2]),
    ],
)
def test_finds_web_and_mail_addresses(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@given(st.text(max_size=400))
def test_whatever_is_found_stands_in_the_text_in_order(text: str) -> None:
    position = 0
    for link in find_links(text):
        assert position <= link.start < link.end <= len(text)
        position = link.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("no links, only ana.souza@mail.example", ()),
        (
            "https://a.example, www.b.example and https://a.example.",
            ("https://a.example", "https://www.b.example"),
        ),
        ("https://a.example/1 https://a.example/2", ("https://a.example/1", "https://a.example/2")),
    ],
)
def test_the_pages_that_a_text_leads_to_each_once(text: str, expected: tuple[str, ...]) -> None:
    assert web_links(text) == expected


SHORT = {
    "https://shop.example": "https://sho.rt/a",
    "https://shop.example/sale?x=1": "https://sho.rt/b",
    "https://www.shop.example": "https://sho.rt/c",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("See https://shop.example.", "See https://sho.rt/a."),
        ("(https://shop.example/sale?x=1)!", "(https://sho.rt/b)!"),
        ("https://shop.example https://shop.example", "https://sho.rt/a https://sho.rt/a"),
        ("https://shop.example/other", "https://shop.example/other"),
        ("www.shop.example\nhttps://else.example", "https://sho.rt/c\nhttps://else.example"),
        ("ana@shop.example", "ana@shop.example"),
    ],
)
def test_known_links_are_replaced_and_nothing_else(text: str, expected: str) -> None:
    assert with_links(text, SHORT) == expected


@given(st.text(max_size=300))
def test_without_short_links_a_text_stays_as_it_is(text: str) -> None:
    assert with_links(text, {}) == text


@given(st.lists(st.sampled_from(["https://a.example/x", "www.b.example", "Hi", "a@b.example", "(", ")"])))
def test_links_can_be_taken_back(words: list[str]) -> None:
    text = " ".join(words)
    short = {url: f"https://sho.rt/{number}" for number, url in enumerate(web_links(text))}
    shown = {"https://www.b.example": "www.b.example"}
    back = {link: shown.get(url, url) for url, link in short.items()}
    assert with_links(with_links(text, short), back) == text
