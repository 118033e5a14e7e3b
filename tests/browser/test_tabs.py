"""Several tabs of one browser: one visitor, one conversation, one count of what is unread."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.visitor import Visitor


def test_each_tab_sees_everything(arrive: Callable[..., Visitor], desk: Desk) -> None:
    first = arrive().visit().open()
    second = first.another_tab().open()
    first.write("From the first tab")
    conversation = desk.message("From the first tab")["conversation_id"]
    expect(second.bubble("From the first tab")).to_be_visible()
    second.write("From the second tab")
    assert desk.message("From the second tab")["conversation_id"] == conversation
    expect(first.bubble("From the second tab")).to_be_visible()
    desk.answer(conversation, "To both")
    for tab in (first, second):
        expect(tab.bubble("To both")).to_be_visible()
        assert tab.texts().count("From the first tab") == 1
    assert first.problems + second.problems == []


def test_what_waits_of_two_tabs_shares_no_key(arrive: Callable[..., Visitor], desk: Desk) -> None:
    """What one tab writes under a key that it shares could undo what the other has just written."""
    first = arrive().visit().open()
    second = first.another_tab().open()
    first.page.context.set_offline(True)
    first.write("From the first tab")
    second.write("From the second tab")
    waiting = "Object.keys(localStorage).filter((key) => key.includes('.queue.')).length"
    first.page.wait_for_function(f"() => {waiting} === 2")
    first.page.context.set_offline(False)
    desk.message("From the first tab")
    desk.message("From the second tab")


def test_reading_in_one_tab_clears_the_count_in_all(arrive: Callable[..., Visitor], desk: Desk) -> None:
    first = arrive().visit().open()
    first.write("Hi")
    conversation = desk.message("Hi")["conversation_id"]
    expect(first.bubble("We'll be with you in a few minutes.")).to_be_visible()
    first.page.keyboard.press("Escape")
    second = first.another_tab()
    desk.answer(conversation, "One")
    desk.answer(conversation, "Two")
    for tab in (first, second):
        expect(tab.page.locator(".badge")).to_have_text("2")
    expect(first.page.locator(".preview")).to_contain_text("Two")
    second.open()
    expect(second.bubble("Two")).to_be_visible()
    for tab in (first, second):
        expect(tab.page.locator(".badge")).to_be_hidden()
    expect(first.page.locator(".preview")).to_be_hidden()


def test_two_tabs_that_send_at_once_make_one_visitor(arrive: Callable[..., Visitor], desk: Desk) -> None:
    first = arrive().visit().open()
    second = first.another_tab().open()
    for tab, text in ((first, "Left"), (second, "Right")):
        tab.box.fill(text)
    first.context.set_offline(True)
    first.box.press("Enter")
    second.box.press("Enter")
    first.context.set_offline(False)
    assert desk.message("Left")["conversation_id"] == desk.message("Right")["conversation_id"]
    assert (len(desk.with_text("Left")), len(desk.with_text("Right"))) == (1, 1)


def test_what_a_closed_tab_left_another_sends(arrive: Callable[..., Visitor], desk: Desk) -> None:
    first = arrive().visit().open()
    first.write("Hello from both")
    desk.message("Hello from both")
    second = first.another_tab()
    first.page.route("**/messages", lambda route: route.abort())
    first.write("Left behind")
    expect(first.state_of("Left behind")).to_contain_text("Waiting to be sent")
    first.page.close()
    desk.message("Left behind")
    assert len(desk.with_text("Left behind")) == 1
    assert second.problems == []
