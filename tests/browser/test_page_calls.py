"""What a page may tell the widget: open, close, who has signed in, the language; also before it has come."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import expect

from inbox_desktop.relay.keys import identity_signature
from tests.browser.desk import Desk
from tests.browser.shop import Shop
from tests.browser.visitor import Visitor


def signed_in(secret: str, customer: str, address: str, name: str) -> str:
    """The page's script for a customer who has signed in."""
    person = {"id": customer, "email": address, "name": name}
    person["signature"] = identity_signature(secret, customer, address)
    call = json.dumps(["identify", person])
    return f"<script>window.InboxChat = window.InboxChat || []; InboxChat.push({call});</script>"


def test_calls_before_the_script_are_carried_out(arrive: Callable[..., Visitor], shop: Shop) -> None:
    shop.fill["early"] = (
        "<script>window.InboxChat = window.InboxChat || [];"
        'InboxChat.push(["setLocale", "es"], ["open"]);</script>'
    )
    ana = arrive().visit()
    expect(ana.panel).to_be_visible()
    expect(ana.box).to_have_accessible_name("Escribe un mensaje")
    ana.page.evaluate("InboxChat.setLocale('pt')")
    expect(ana.box).to_have_accessible_name("Escreva uma mensagem")
    expect(ana.bubble("Olá! Como podemos ajudar?")).to_be_visible()
    ana.page.evaluate("InboxChat.close()")
    expect(ana.panel).to_be_hidden()
    ana.page.evaluate("InboxChat.open()")
    expect(ana.panel).to_be_visible()


def test_a_signed_in_customer_is_known_and_the_next_one_sees_nothing_of_it(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], desk: Desk, shop: Shop
) -> None:
    chat = create_chat(identity_required=True)
    secret = desk.identity_secret(chat)
    ana = arrive(chat)
    ana.visit()
    ana.page.wait_for_function("window.InboxChat && !Array.isArray(window.InboxChat)")
    expect(ana.launcher).to_be_hidden()  # nobody has signed in
    shop.fill["early"] = signed_in(secret, "42", "ana@mail.example", "Ana Souza")
    ana.visit().open()
    ana.write("My order, please")
    conversation = desk.message("My order, please")["conversation_id"]
    visitor = desk.conversations[conversation]["visitor"]
    assert (visitor["name"], visitor["email"], visitor["verified"], visitor["external_id"]) == (
        "Ana Souza",
        "ana@mail.example",
        True,
        "42",
    )
    ana.visit()
    expect(ana.bubble("My order, please")).to_be_visible()
    shop.fill["early"] = signed_in(secret, "43", "bo@mail.example", "Bo Lindqvist")
    ana.visit()
    expect(ana.launcher).to_be_visible()
    if not ana.panel.is_visible():
        ana.open()
    ana.write("I am somebody else")
    other = desk.message("I am somebody else")["conversation_id"]
    assert other != conversation
    assert desk.conversations[other]["visitor"]["external_id"] == "43"
    assert "My order, please" not in ana.texts()


def test_a_forged_identity_is_refused(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], desk: Desk, shop: Shop
) -> None:
    chat = create_chat()
    shop.fill["early"] = signed_in("not the secret", "42", "ana@mail.example", "Ana Souza")
    ana = arrive(chat).visit().open()
    ana.write("Let me in")
    expect(ana.state_of("Let me in")).to_contain_text("Not sent")
    desk.pull()
    assert desk.with_text("Let me in") == []


def test_signing_out_forgets_the_conversation(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.write("Private matter")
    first = desk.message("Private matter")["conversation_id"]
    ana.page.evaluate("InboxChat.forget()")
    expect(ana.panel).to_be_hidden()
    left = ana.page.evaluate("Object.keys(localStorage).filter((key) => !key.endsWith('.config'))")
    assert left == []
    ana.open()
    assert "Private matter" not in ana.texts()
    ana.write("Somebody else")
    assert desk.message("Somebody else")["conversation_id"] != first


def test_the_shops_own_button(arrive: Callable[..., Visitor], shop: Shop) -> None:
    shop.fill["attributes"] = ' data-launcher="none"'
    shop.fill["body"] = '<button id="help" onclick="InboxChat.open()">Help</button>'
    ana = arrive().visit()
    ana.page.wait_for_function("document.querySelector('[data-inbox-chat]')")
    expect(ana.launcher).to_be_hidden()
    ana.page.get_by_role("button", name="Help").click()
    expect(ana.box).to_be_focused()
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_role("button", name="Help")).to_be_focused()
