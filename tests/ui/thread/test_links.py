"""Links in foreign text: found, shown as they are, opened only when they may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from inbox_desktop.ui.thread.links import find_links, open_link, safe_url, shown_address


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
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//host/share",
        "\\\\host\\share",
        "data:text/html,x",
        "https://",
        "https:///path",
        "ht tps://x.example",
        "https://good.example\u202e/gpj.exe",
        "vbscript:x",
        "",
        "https://x.example/" + "a" * 3000,
    ],
)
def test_unsafe_addresses_are_never_opened(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    assert safe_url(address) is None
    assert not open_link(address)
    assert opened == []


@pytest.mark.parametrize(
    "address", ["https://x.example/a", "http://x.example", "mailto:a@b.example", "tel:+49123"]
)
def test_safe_addresses_are_opened(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def remember(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", remember)
    assert open_link(address)
    assert opened == [address]


def test_a_look_alike_host_is_shown_in_its_real_form() -> None:
    assert "xn--" in shown_address("https://раураl.example/login")


@given(st.text(max_size=200))
def test_only_four_schemes_are_ever_safe(address: str) -> None:
    url = safe_url(address)
    assert url is None or url.scheme() in {"http", "https", "mailto", "tel"}
