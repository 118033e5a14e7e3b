"""Visitors and agents talk: each to the right one, in order, through reloads and page changes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from inbox_desktop.models.chat_settings import AskContact
from tests.browser.desk import Desk
from tests.browser.visitor import Visitor


def test_two_visitors_and_two_desktops_at_once(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], desks: tuple[Desk, Desk]
) -> None:
    chat = create_chat()
    ana, bo = arrive(chat).visit().open(), arrive(chat).visit().open()
    julia, tom = desks
    ana.write("Where is my order HB-20417?")
    bo.write("Is the blue one back?")
    of_ana, of_bo = julia.message("Where is my order HB-20417?"), tom.message("Is the blue one back?")
    assert of_ana["conversation_id"] != of_bo["conversation_id"]
    julia.answer(of_ana["conversation_id"], "It left Oakland today.")
    tom.answer(of_bo["conversation_id"], "From Monday on.")
    expect(ana.bubble("It left Oakland today.")).to_be_visible()
    expect(bo.bubble("From Monday on.")).to_be_visible()
    expect(ana.log.locator(".who").last).to_contain_text("Julia Mendes")
    assert "From Monday on." not in ana.texts()
    assert "It left Oakland today." not in bo.texts()
    for desk in desks:  # each desktop knows both conversations, in the same order
        desk.message("It left Oakland today.")
        desk.message("From Monday on.")
        told = [
            one["text"] for one in desk.in_order(of_ana["conversation_id"]) if one["author"] != "automatic"
        ]
        assert told == ["Where is my order HB-20417?", "It left Oakland today."]


def test_the_conversation_survives_reload_and_other_pages(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.write("First")
    conversation = desk.message("First")["conversation_id"]
    ana.box.fill("half a thou")
    ana.page.reload()
    expect(ana.panel).to_be_visible()  # it was open, so it is open again
    expect(ana.bubble("First")).to_be_visible()
    expect(ana.box).to_have_value("half a thou")
    ana.page.get_by_role("link", name="Next page").click()
    ana.page.wait_for_url("**/next?*")
    expect(ana.bubble("First")).to_be_visible()
    ana.write("Second")
    assert desk.message("Second")["conversation_id"] == conversation
    desk.answer(conversation, "While you were reading")
    expect(ana.bubble("While you were reading")).to_be_visible()
    ana.page.reload()
    expect(ana.bubble("While you were reading")).to_be_visible()
    assert ana.texts().count("First") == 1


def test_welcome_and_answer_are_shown_in_the_order_of_reading(
    arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive().visit().open()
    expect(ana.bubble("Hi there! How can we help?")).to_be_visible()
    ana.write("Hello")
    expect(ana.bubble("We'll be with you in a few minutes.")).to_be_visible()
    assert ana.texts() == ["Hi there! How can we help?", "Hello", "We'll be with you in a few minutes."]
    ana.page.reload()
    expect(ana.bubble("Hello")).to_be_visible()
    assert ana.texts() == ["Hi there! How can we help?", "Hello", "We'll be with you in a few minutes."]


def test_questions_are_answered_first_and_told_to_the_agent(
    arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive().visit().open()
    ana.panel.get_by_role("button", name="Where is my order?").click()
    expect(ana.log.get_by_role("link", name="https://harbor.example/track")).to_have_attribute(
        "href", "https://harbor.example/track"
    )
    ana.write("It says nothing there")
    conversation = desk.message("It says nothing there")["conversation_id"]
    kinds = [one["kind"] for one in desk.in_order(conversation)]
    assert "faq" in kinds
    expect(ana.bubble("We'll be with you in a few minutes.")).to_be_visible()
    shown = ana.texts()
    assert shown.index("Where is my order?") < shown.index("It says nothing there")
    assert shown.count("Where is my order?") == 1


def test_typing_and_seen_are_told_both_ways(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.write("Are you there?")
    message = desk.message("Are you there?")
    expect(ana.state_of("Are you there?")).to_contain_text("Sent")
    desk.saw(message)
    expect(ana.state_of("Are you there?")).to_contain_text("Seen")
    with desk.live() as live:
        live.tell_typing(message["conversation_id"])
        expect(ana.panel.get_by_text("Julia Mendes is typing")).to_be_visible()
        ana.box.type("Y")
        assert live.wait_for("typing")["conversation_id"] == message["conversation_id"]
    answer = desk.answer(message["conversation_id"], "Yes")
    expect(ana.panel.get_by_text("Julia Mendes is typing")).to_be_hidden()
    seen = desk.wait_for(
        "seen",
        lambda: next(
            (
                one
                for one in desk.conversations.values()
                if one["id"] == message["conversation_id"] and one["visitor_seen_id"] == answer
            ),
            None,
        ),
    )
    assert seen


def test_a_closed_conversation_is_followed_by_a_new_one(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.write("Thanks, solved")
    first = desk.message("Thanks, solved")["conversation_id"]
    desk.close_conversation(first)
    expect(ana.panel.get_by_text("This conversation has ended")).to_be_visible()
    ana.write("One more question")
    second = desk.message("One more question")["conversation_id"]
    assert second != first
    expect(ana.panel.get_by_text("This conversation has ended")).to_be_hidden()
    assert {"Thanks, solved", "One more question"} <= set(ana.texts())
    ana.page.reload()
    expect(ana.bubble("One more question")).to_be_visible()
    assert "Thanks, solved" not in ana.texts()


def test_name_and_address_are_asked_for_when_the_chat_says_so(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive(create_chat(ask_contact=AskContact.REQUIRED)).visit().open()
    expect(ana.box).to_have_count(0)
    ana.panel.get_by_role("button", name="Start chat").click()
    expect(ana.panel.get_by_text("Please enter your name.")).to_be_visible()
    ana.panel.get_by_role("textbox", name="Name").fill("Ana Souza")
    ana.panel.get_by_role("textbox", name="E-mail").fill("ana@")
    ana.panel.get_by_role("button", name="Start chat").click()
    expect(ana.panel.get_by_text("Please enter an e-mail address")).to_be_visible()
    ana.panel.get_by_role("textbox", name="E-mail").fill("ana@mail.example")
    ana.panel.get_by_role("button", name="Start chat").click()
    ana.write("Now then")
    conversation = desk.message("Now then")["conversation_id"]
    visitor = desk.conversations[conversation]["visitor"]
    assert (visitor["name"], visitor["email"], visitor["verified"]) == (
        "Ana Souza",
        "ana@mail.example",
        False,
    )


def test_optional_name_and_address_can_be_skipped(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive(create_chat(ask_contact=AskContact.OPTIONAL)).visit().open()
    ana.panel.get_by_role("button", name="Skip").click()
    ana.write("Just a question")
    desk.message("Just a question")
    ana.page.reload()
    expect(ana.box).to_be_visible()


def test_the_transcript_goes_to_the_address_that_was_given(
    arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive().visit().open()
    ana.write("Please keep this")
    conversation = desk.message("Please keep this")["conversation_id"]
    ana.panel.get_by_role("button", name="More options").click()
    ana.panel.get_by_role("button", name="E-mail me this conversation").click()
    ana.panel.get_by_role("textbox", name="E-mail").fill("ana@mail.example")
    ana.panel.get_by_role("button", name="Send", exact=True).click()
    expect(ana.panel.get_by_text("On its way to ana@mail.example.")).to_be_visible()
    job = desk.wait_for(
        "a transcript",
        lambda: next((one for one in desk.jobs.values() if one["conversation_id"] == conversation), None),
    )
    assert (job["kind"], job["to"]) == ("transcript", "ana@mail.example")


def test_what_people_write_is_shown_as_text(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    hostile = '<img src=x onerror="window.hurt=1"><b>bold</b> javascript:alert(1) https://a.example/?q="x"'
    ana.write(hostile)
    message = desk.message(hostile)
    desk.answer(message["conversation_id"], "See (https://b.example/c_(d)), or write to help@b.example.")
    expect(ana.log.get_by_role("link", name="https://b.example/c_(d)", exact=True)).to_have_attribute(
        "href", "https://b.example/c_(d)"
    )
    expect(ana.log.get_by_role("link", name="help@b.example")).to_have_attribute(
        "href", "mailto:help@b.example"
    )
    hrefs = ana.log.get_by_role("link").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert hrefs == ["https://a.example/?q=", "https://b.example/c_(d)", "mailto:help@b.example"]
    assert hostile in ana.texts()
    assert ana.page.evaluate("window.hurt") is None


def test_the_longest_message_arrives_whole(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    text = ("wörter und 日本語 " * 1000)[:9_999] + "!"
    assert len(text) == 10_000
    ana.write(text + "?")  # one too many
    expect(ana.panel.get_by_role("alert")).to_contain_text("Too long by 1")
    expect(ana.log.locator(".mine")).to_have_count(0)
    ana.write(text)
    assert desk.message(text)["author"] == "visitor"
    width = ana.log.evaluate("log => log.scrollWidth - log.clientWidth")
    assert width <= 0  # nothing is scrolled sideways


def test_right_to_left_text_and_long_names_keep_the_layout(
    arrive: Callable[..., Visitor], desk: Desk
) -> None:
    ana = arrive().visit().open()
    ana.write("שלום, איפה ההזמנה שלי?")
    message = desk.message("שלום, איפה ההזמנה שלי?")
    long_name = "Maximiliana" + "-Wolfeschlegelstein" * 4
    desk.answer(message["conversation_id"], "W" * 300, agent=long_name)
    expect(ana.bubble("W" * 300)).to_be_visible()
    direction = ana.bubble("שלום, איפה ההזמנה שלי?").evaluate("node => getComputedStyle(node).direction")
    assert direction == "rtl"
    overflow = ana.log.locator(".bubble").evaluate_all(
        "bubbles => bubbles.map((bubble) => bubble.scrollWidth - bubble.clientWidth)"
    )
    assert max(overflow) <= 0
    panel = ana.panel.bounding_box()
    assert panel is not None
    for box in [node.bounding_box() for node in ana.log.locator(".bubble, .who").all()]:
        assert box is not None
        assert box["x"] >= panel["x"]
        assert box["x"] + box["width"] <= panel["x"] + panel["width"]
