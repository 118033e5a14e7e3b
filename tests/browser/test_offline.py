"""The network goes and comes back: nothing is lost, nothing comes twice, and the visitor is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.desk import Desk
from tests.browser.visitor import Visitor
from tests.support.relay_process import RelayProcess


def test_what_is_written_offline_goes_out_later_once_and_in_order(
    arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive().visit().open()
    ana.write("Before")
    conversation = desk.message("Before")["conversation_id"]
    ana.context.set_offline(True)
    expect(ana.panel.get_by_text("You're offline.")).to_be_visible()
    for number in range(3):
        ana.write(f"Offline {number}")
    expect(ana.state_of("Offline 2")).to_contain_text("Waiting to be sent")
    desk.answer(conversation, "Meanwhile")
    ana.context.set_offline(False)
    expect(ana.bubble("Meanwhile")).to_be_visible()
    desk.message("Offline 2")
    expect(ana.panel.get_by_text("You're offline.")).to_be_hidden()
    expect(ana.state_of("Offline 2")).to_contain_text("Sent")
    written = [one["text"] for one in desk.in_order(conversation) if one["author"] == "visitor"]
    assert written == ["Before", "Offline 0", "Offline 1", "Offline 2"]


def test_the_first_message_of_all_may_be_written_offline(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.context.set_offline(True)
    ana.write("My very first")
    expect(ana.state_of("My very first")).to_contain_text("Waiting to be sent")
    ana.context.set_offline(False)
    expect(ana.state_of("My very first")).to_contain_text("Sent")
    desk.message("My very first")
    assert len(desk.with_text("My very first")) == 1


def test_an_answer_lost_on_the_way_does_not_send_twice(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.write("Hello")
    desk.answer(desk.message("Hello")["conversation_id"], "Good morning")
    expect(ana.bubble("Good morning")).to_be_visible()  # the socket lives, and stays
    lost: list[str] = []

    def take_but_lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.post_data or "")
            route.fetch()
            route.abort()
        else:
            route.continue_()

    ana.page.route("**/messages", take_but_lose_the_answer)
    ana.write("Exactly once")
    expect(ana.state_of("Exactly once")).to_contain_text("Sent")
    ana.write("And then")
    expect(ana.state_of("And then")).to_contain_text("Sent")
    conversation = desk.message("And then")["conversation_id"]
    assert lost
    assert [one["text"] for one in desk.in_order(conversation)].count("Exactly once") == 1
    assert ana.texts().count("Exactly once") == 1


def test_a_message_that_was_lost_on_the_way_goes_again_by_itself(
    arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive().visit().open()
    ana.write("Hello")
    conversation = desk.message("Hello")["conversation_id"]
    desk.answer(conversation, "Good morning")
    expect(ana.bubble("Good morning")).to_be_visible()  # the socket lives, so nothing else brings it up again
    ana.page.route("**/messages", lambda route: route.abort(), times=1)
    ana.write("Lost at first")
    expect(ana.state_of("Lost at first")).to_contain_text("Waiting to be sent")
    expect(ana.state_of("Lost at first")).to_contain_text("Sent")
    desk.message("Lost at first")


def test_what_waits_survives_a_reload(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.page.route("**/chat/**", lambda route: route.abort())
    ana.write("Keep me")
    expect(ana.state_of("Keep me")).to_contain_text("Waiting to be sent")
    ana.page.reload()  # the page comes, the relay does not: the settings of before do
    expect(ana.bubble("Keep me")).to_be_visible()
    expect(ana.panel.get_by_text("The chat can't be reached.")).to_be_visible()
    ana.page.unroute("**/chat/**")
    ana.page.reload()
    expect(ana.state_of("Keep me")).to_contain_text("Sent")
    desk.message("Keep me")


def test_the_relay_restarts_in_mid_conversation(
    arrive: Callable[..., Visitor], desk: Desk, relay: RelayProcess
) -> None:
    ana = arrive().visit().open()
    ana.write("Before the restart")
    conversation = desk.message("Before the restart")["conversation_id"]
    relay.stop()
    ana.write("While it is away")
    expect(ana.state_of("While it is away")).to_contain_text("Waiting to be sent")
    relay.start()
    desk.message("While it is away")
    expect(ana.state_of("While it is away")).to_contain_text("Sent")
    desk.answer(conversation, "Back again")
    expect(ana.bubble("Back again")).to_be_visible()


def test_without_sockets_it_polls(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive()
    ana.context.add_init_script("delete window.WebSocket")
    ana.visit().open()
    ana.write("By HTTP")
    message = desk.message("By HTTP")
    desk.answer(message["conversation_id"], "So am I")
    expect(ana.bubble("So am I")).to_be_visible()
    desk.saw(message)
    expect(ana.state_of("By HTTP")).to_contain_text("Seen")


def test_a_proxy_that_breaks_sockets_is_noticed(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive()
    tried: list[str] = []

    def break_it(socket: object) -> None:
        tried.append("")
        socket.close(code=1011)  # type: ignore[attr-defined]

    ana.page.route_web_socket("**/socket", break_it)
    ana.visit().open()
    ana.write("Through the proxy")
    conversation = desk.message("Through the proxy")["conversation_id"]
    desk.answer(conversation, "Heard")
    expect(ana.bubble("Heard")).to_be_visible()
    assert len(tried) >= 2


def test_blocked_storage_lasts_for_the_page(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive()
    ana.context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
          Object.defineProperty(window, name, {get() { throw new DOMException("no", "SecurityError"); }});"""
    )
    ana.visit().open()
    ana.write("No storage")
    conversation = desk.message("No storage")["conversation_id"]
    desk.answer(conversation, "Never mind")
    expect(ana.bubble("Never mind")).to_be_visible()
    ana.write("Fine")
    assert desk.message("Fine")["conversation_id"] == conversation


@pytest.mark.parametrize("junk", ["[null]", '{"a": 1}', "7", '"text"', "{", "null", "[{}]"])
def test_what_somebody_else_stored_under_its_names_does_no_harm(
    arrive: Callable[..., Visitor], desk: Desk, create_chat: Callable[..., str], junk: str
) -> None:
    chat_id = create_chat()
    ana = arrive(chat_id).visit().open()
    ana.page.evaluate(
        """([prefix, junk]) => {
          for (const key of "visitor contact queue.x config read contactSkipped".split(" "))
            localStorage.setItem(prefix + key, junk);
          for (const key of "draft files uploading faq".split(" "))
            sessionStorage.setItem(prefix + key, junk);
        }""",
        [f"inbox-chat.{chat_id}.", junk],
    )
    ana.page.reload()
    for _ in range(ana.panel.locator(".chip").count()):
        ana.panel.get_by_role("button", name="Remove").first.click()
    ana.write(f"In spite of {junk}")
    desk.message(f"In spite of {junk}")


@pytest.mark.parametrize("way", ["by socket", "by polling"])
def test_a_visitor_whom_the_relay_has_forgotten_begins_anew(
    arrive: Callable[..., Visitor], desk: Desk, way: str
) -> None:
    ana = arrive()
    if way == "by polling":
        ana.context.add_init_script("delete window.WebSocket")
    ana.visit().open()
    ana.write(f"Once {way}")
    first = desk.message(f"Once {way}")["conversation_id"]
    ana.page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.endsWith(".visitor"));
          const former = JSON.parse(localStorage[key]);
          localStorage.setItem(key, JSON.stringify({...former, token: "x".repeat(43)}));
        }"""
    )
    ana.page.reload()
    ana.write(f"Again {way}")
    assert desk.message(f"Again {way}")["conversation_id"] != first
    expect(ana.state_of(f"Again {way}")).to_contain_text("Sent")
