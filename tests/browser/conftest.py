"""Fixtures of the browser's tests: the system's Chromium, a relay, the shop, desktops, visitors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from inbox_desktop.models.chat_settings import AskContact, ChatSite, Faq
from inbox_desktop.models.rules.business_hours import BusinessHours
from tests.browser.desk import Desk
from tests.browser.shop import Shop
from tests.browser.visitor import Visitor
from tests.support.relay_process import RelayProcess

SITE = ChatSite(
    name="Harbor Shop",
    origins=("https://shop.example",),
    ask_contact=AskContact.NONE,
    welcome={
        "en": "Hi {{ first_name|default('there') }}! How can we help?",
        "pt": "Olá! Como podemos ajudar?",
    },
    in_hours_reply={"en": "We'll be with you in a few minutes."},
    hours=BusinessHours(always=True),
    support_address="support@harbor.example",
    faq=(Faq("Where is my order?", "See https://harbor.example/track."),),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; never one that is downloaded.

    Playwright's loop runs in this very thread as long as it lives, and no other could: a session is too long.
    """
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not here; `dev.py test` installs it")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    """A relay for all of these tests; each has chats of its own."""
    with RelayProcess(tmp_path_factory.mktemp("relay") / "data") as relay:
        yield relay


@pytest.fixture(scope="session")
def opened_shop(relay: RelayProcess) -> Iterator[Shop]:
    """The shop's web server."""
    shop = Shop()
    shop.relay = relay.url
    shop.start()
    yield shop
    shop.stop()


@pytest.fixture
def shop(opened_shop: Shop) -> Shop:
    """The shop with plain pages."""
    opened_shop.reset()
    return opened_shop


@pytest.fixture(scope="session")
def joined_desks(relay: RelayProcess) -> Iterator[tuple[Desk, Desk]]:
    """Two desktops that have joined the relay."""
    pair = Desk(relay.url, relay.invite(), "Julia Mendes"), Desk(relay.url, relay.invite(), "Tom Kern")
    yield pair
    for desk in pair:
        desk.close()


@pytest.fixture
def desks(joined_desks: tuple[Desk, Desk]) -> tuple[Desk, Desk]:
    """Two desktops that know nothing of what other tests wrote."""
    for desk in joined_desks:
        desk.forget()
    return joined_desks


@pytest.fixture
def desk(desks: tuple[Desk, Desk]) -> Desk:
    """One desktop."""
    return desks[0]


@pytest.fixture
def create_chat(desk: Desk, shop: Shop) -> Callable[..., str]:
    """Makes a chat on the shop's pages; what is given differs from the usual settings."""

    def create(**changes: Any) -> str:
        return desk.create_chat(replace(SITE, origins=(shop.origin,), **changes))

    return create


@pytest.fixture
def arrive(browser: Browser, shop: Shop, create_chat: Callable[..., str]) -> Iterator[Callable[..., Visitor]]:
    """Brings visitors, each with a browser profile of its own; at the end no script may have failed."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def arrive(chat_id: str = "", **options: Any) -> Visitor:
        context = browser.new_context(
            **{"viewport": {"width": 1100, "height": 800}, "locale": "en-GB", **options}
        )
        contexts.append(context)
        visitors.append(Visitor(context, shop.origin, chat_id or create_chat()))
        return visitors[-1]

    yield arrive
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """A folder for files that visitors send."""
    return tmp_path
