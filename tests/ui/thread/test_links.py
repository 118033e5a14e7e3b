"""Links in foreign text: shown as they are, opened only when they may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from inbox_desktop.ui.thread.links import open_link, safe_url, shown_address


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
