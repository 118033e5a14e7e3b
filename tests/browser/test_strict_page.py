"""Pages that forbid much, or style everything: the widget works, looks the same, and asks nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.shop import Shop
from tests.browser.test_files import PNG
from tests.browser.visitor import Visitor

WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push([event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber]));"""


def strict_policy(relay: str) -> str:
    socket = relay.replace("http", "ws", 1)
    return (
        f"default-src 'none'; script-src {relay}; connect-src {relay} {socket}; img-src {relay}; "
        "require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'"
    )


def test_a_strict_policy_is_never_violated(
    arrive: Callable[..., Visitor], desk: Desk, shop: Shop, downloads: Path
) -> None:
    shop.headers["Content-Security-Policy"] = strict_policy(shop.relay)
    ana = arrive()
    ana.context.add_init_script(WATCH)
    ana.visit().open()
    ana.panel.get_by_role("button", name="Where is my order?").click()
    picture = downloads / "jacket.png"
    picture.write_bytes(PNG)
    ana.panel.locator("input[type=file]").set_input_files(picture)
    expect(ana.panel.locator(".chip[data-state=ready]")).to_be_visible()
    ana.write("A strict page")
    message = desk.message("A strict page")
    desk.answer(message["conversation_id"], "https://harbor.example")
    expect(ana.log.get_by_role("link", name="https://harbor.example", exact=True)).to_be_visible()
    expect(ana.log.get_by_role("img", name="Picture jacket.png")).to_be_visible()
    assert (
        ana.log.get_by_role("img").evaluate("async (img) => { await img.decode(); return img.naturalWidth; }")
        == 1
    )
    ana.panel.get_by_role("button", name="More options").click()
    ana.page.keyboard.press("Escape")
    assert ana.panel.evaluate("node => getComputedStyle(node).position") == "fixed"  # the styles are there
    assert ana.page.evaluate("window.violations") == []
    # and the watch would have seen one
    ana.page.evaluate("document.body.setAttribute('style', 'color: red')")
    ana.page.wait_for_function("window.violations.length > 0")


def test_nobody_else_is_asked(arrive: Callable[..., Visitor], desk: Desk, shop: Shop) -> None:
    ana = arrive()
    asked: set[str] = set()
    ana.page.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    ana.visit().open()
    ana.write("Only you")
    desk.message("Only you")
    expect(ana.state_of("Only you")).to_contain_text("Sent")
    assert asked == {shop.origin, shop.relay}
    assert ana.context.cookies() == []


def test_the_pages_styles_and_shortcuts_stay_outside(arrive: Callable[..., Visitor], shop: Shop) -> None:
    shop.fill["body"] = """<style>
      * { color: red !important; font-size: 40px !important; display: block !important }
      html > div { display: none !important; visibility: hidden !important; transform: scale(0) }
      button { opacity: 0.1 !important }
    </style><script>
      document.addEventListener("keydown", (event) => { if (event.key === "/") window.searched = true; });
    </script>"""
    ana = arrive().visit().open()
    expect(ana.box).to_be_visible()
    assert ana.box.evaluate("node => getComputedStyle(node).fontSize") == "14px"
    assert ana.launcher.evaluate("node => getComputedStyle(node).opacity") == "1"
    ana.box.press("/")
    assert ana.page.evaluate("window.searched") is None
    expect(ana.box).to_have_value("/")


def test_a_page_that_rebuilds_itself_keeps_the_widget(arrive: Callable[..., Visitor]) -> None:
    ana = arrive().visit().open()
    ana.box.fill("kept")
    ana.page.evaluate("document.body.replaceWith(document.createElement('body'))")
    ana.page.evaluate("document.querySelector('[data-inbox-chat]').remove()")
    expect(ana.box).to_have_value("kept")
    ana.page.evaluate("history.pushState({}, '', '/another')")
    expect(ana.launcher).to_be_visible()


@pytest.mark.parametrize(
    ("prefers", "html", "attributes", "theme"),
    [
        ("light", "", "", "light"),
        ("dark", "", "", "dark"),
        ("dark", ' style="color-scheme: light"', "", "light"),
        ("light", ' style="color-scheme: dark"', "", "dark"),
        ("dark", ' style="color-scheme: light dark"', "", "dark"),
        ("dark", "", ' data-theme="light"', "light"),
    ],
)
def test_light_and_dark_follow_the_page(
    arrive: Callable[..., Visitor], shop: Shop, prefers: str, html: str, attributes: str, theme: str
) -> None:
    shop.fill |= {"html": html, "attributes": attributes}
    ana = arrive(color_scheme=prefers).visit().open()
    background = ana.panel.evaluate("node => getComputedStyle(node).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(27, 30, 37)"}[theme]


def test_the_theme_changes_with_the_page(arrive: Callable[..., Visitor]) -> None:
    ana = arrive().visit().open()
    ana.page.evaluate("document.documentElement.style.colorScheme = 'dark'")
    ana.page.wait_for_function(
        "document.querySelector('[data-inbox-chat]').shadowRoot.querySelector('[data-theme=dark]') !== null"
    )


def test_a_page_that_is_not_allowed_is_told_why(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], shop: Shop
) -> None:
    ana = arrive()
    said: list[str] = []
    ana.page.on("console", lambda message: said.append(message.text))
    ana.page.goto(
        ana.address.replace("localhost", "127.0.0.1")
    )  # another origin than the one that is allowed
    with ana.page.expect_console_message(lambda message: "Inbox chat:" in message.text):
        pass
    assert any("pages that may show the chat" in text and "http://127.0.0.1" in text for text in said)
    expect(ana.launcher).to_have_count(0)
