"""Everybody can use it: keyboard alone, screen readers, small screens, enough contrast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from inbox_desktop.models.chat_settings import Faq
from tests.browser.desk import Desk
from tests.browser.shop import Shop
from tests.browser.visitor import Visitor

# Each text node of the widget with the contrast of its colour against what lies behind it.
CONTRASTS = """() => {
  const root = document.querySelector("[data-inbox-chat]").shadowRoot.querySelector(".root");
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const light = (colour) => {
    const [r, g, b] = colour.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const layers = [];
    for (let one = node; one && one !== root.parentNode; one = one.parentElement) {
      layers.push(rgba(getComputedStyle(one).backgroundColor));
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || !node.getClientRects().length || node.closest(".sr")) continue;
    const ground = behind(node);
    const ink = over(rgba(getComputedStyle(node).color), ground);
    const [low, high] = [light(ink), light(ground)].sort((a, b) => a - b);
    found.push([text.data.trim().slice(0, 40), Math.round((high + 0.05) / (low + 0.05) * 100) / 100]);
  }
  return found;
}"""

SMALL = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}


def test_the_first_thing_to_be_read_is_the_welcome(
    arrive: Callable[..., Visitor], create_chat: Callable[..., str]
) -> None:
    questions = tuple(Faq(f"Question {number}?", "An answer.") for number in range(12))
    ana = arrive(create_chat(faq=questions), **SMALL).visit().open()
    welcome = ana.bubble("Hi there! How can we help?")
    expect(welcome).to_be_in_viewport()
    ana.panel.get_by_role("button", name="Question 1?").tap()
    expect(ana.bubble("An answer.")).to_be_in_viewport()
    ana.page.reload()
    expect(ana.panel.get_by_text("Still need help?")).to_be_in_viewport()
    ana.write("Thank you")
    expect(ana.bubble("Thank you")).to_be_in_viewport()


def test_everything_by_keyboard_alone(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit()
    expect(ana.launcher).to_be_visible()
    for _ in range(10):
        if ana.focused() == "Open chat":
            break
        ana.page.keyboard.press("Tab")
    assert ana.focused() == "Open chat"
    ana.page.keyboard.press("Enter")
    expect(ana.box).to_be_focused()
    ana.page.keyboard.type("By keys")
    ana.page.keyboard.press("Shift+Enter")
    ana.page.keyboard.type("alone")
    ana.page.keyboard.press("Enter")
    conversation = desk.message("By keys\nalone")["conversation_id"]
    expect(ana.box).to_be_focused()
    desk.answer(conversation, "I see")
    expect(ana.bubble("I see")).to_be_visible()
    names = []
    for _ in range(4):
        ana.page.keyboard.press("Shift+Tab")
        names.append(ana.focused())
    assert names == ["Attach files", "Messages", "Close chat", "More options"]
    ana.page.keyboard.press("Enter")
    assert ana.focused() == "Your name and e-mail"
    ana.page.keyboard.press("Escape")  # the menu
    assert ana.focused() == "More options"
    expect(ana.panel).to_be_visible()
    ana.page.keyboard.press("Escape")  # the chat
    expect(ana.panel).to_be_hidden()
    expect(ana.launcher).to_be_focused()


def test_new_messages_are_announced_open_or_not(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.write("Hello")
    conversation = desk.message("Hello")["conversation_id"]
    live = ana.page.locator("[aria-live=polite] p:last-child")
    desk.answer(conversation, "Good morning")
    expect(live).to_have_text("Julia Mendes says: Good morning")
    ana.page.keyboard.press("Escape")
    desk.answer(conversation, "Still there?")
    expect(live).to_have_text("Julia Mendes says: Still there?")
    expect(ana.launcher).to_have_accessible_name("Open chat, unread messages: 1")
    ana.page.reload()
    expect(ana.launcher).to_have_accessible_name("Open chat, unread messages: 1")
    expect(live).to_have_count(0)  # what was there before is not news


def test_every_control_has_a_name(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.write("Names")
    desk.message("Names")
    nameless = ana.page.evaluate(
        """() => [...document.querySelector("[data-inbox-chat]").shadowRoot
          .querySelectorAll("button, a, input:not([aria-hidden]), textarea, [role]")]
            .filter((node) => node.getClientRects().length && !node.matches("[role=status], [role=alert]"))
          .filter((node) => !(node.getAttribute("aria-label") || node.getAttribute("aria-labelledby")
            || node.textContent.trim() || (node.labels && node.labels.length)))
          .map((node) => node.outerHTML)"""
    )
    assert nameless == []
    expect(ana.panel).to_have_accessible_name("Harbor Shop")


def test_all_text_can_be_read_in_every_colour(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], desk: Desk
) -> None:
    chat = create_chat(colour="#1f6feb")
    ana = arrive(chat, reduced_motion="reduce").visit().open()
    ana.panel.get_by_role("button", name="Where is my order?").click()
    ana.write("Look at https://a.example")
    conversation = desk.message("Look at https://a.example")["conversation_id"]
    desk.answer(conversation, "At https://b.example then")
    expect(ana.bubble("At https://b.example then")).to_be_visible()
    ana.page.route("**/messages", lambda route: route.fulfill(status=403, json={"error": "blocked"}))
    ana.write("This one is refused")
    expect(ana.state_of("This one is refused")).to_contain_text("Not sent")
    ana.page.unroute("**/messages")
    ana.page.route("**/messages", lambda route: route.abort())
    ana.write("This one waits")
    expect(ana.panel.get_by_text("The chat can't be reached.")).to_be_visible()
    former = ""
    for colour in ("#0b8f6c", "#ffd43b", "#f06595", "#111111", "#ffffff"):
        desk.change_chat(chat, colour=colour)  # open pages hear of it
        expect(ana.launcher).not_to_have_css("background-color", former)
        for scheme in ("light", "dark"):
            ana.page.emulate_media(color_scheme=scheme)
            ana.page.locator(f"[data-theme={scheme}]").wait_for(state="attached")
            found = ana.page.evaluate(CONTRASTS)
            assert len(found) > 10
            assert [one for one in found if one[1] < 4.5] == [], (colour, scheme)
        former = ana.launcher.evaluate("node => getComputedStyle(node).backgroundColor")


def test_a_small_screen_is_filled_and_keeps_the_keyboard_inside(
    arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive(**SMALL).visit()
    ana.launcher.tap()
    assert ana.panel.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    expect(ana.launcher).to_be_hidden()
    expect(ana.panel).to_have_attribute("aria-modal", "true")
    expect(ana.box).not_to_be_focused()  # the on-screen keyboard would cover what there is to read
    assert ana.box.evaluate("node => getComputedStyle(node).fontSize") == "16px"  # smaller, and iOS zooms in
    ana.box.tap()
    ana.write("From my phone")
    desk.message("From my phone")
    inside = "() => document.activeElement === document.querySelector('[data-inbox-chat]')"
    for key in ("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab"):
        ana.page.keyboard.press(key)
        assert ana.page.evaluate(inside), key
    for name in ("Close chat", "Attach files", "Send"):
        box = ana.panel.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
    ana.panel.get_by_role("button", name="Close chat").tap()
    expect(ana.launcher).to_be_visible()


@pytest.mark.parametrize(
    ("language", "words"),
    [("pt-BR", "Escreva uma mensagem"), ("es", "Escribe un mensaje"), ("fr", "Write a message")],
)
def test_it_speaks_the_pages_language(
    arrive: Callable[..., Visitor], shop: Shop, language: str, words: str
) -> None:
    shop.fill["lang"] = language
    ana = arrive().visit().open()
    expect(ana.box).to_have_accessible_name(words)
