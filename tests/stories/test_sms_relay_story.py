"""A shop whose texts come through the relay: at once while it is there, by polling while it is away."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from inbox_desktop.demo.providers.twilio import ACCOUNT, TwilioSimulator
from inbox_desktop.models.actions import agent, perform
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.kinds import MessageKind
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Message, Ticket
from tests.support.plain_http import NO_TLS
from tests.support.programs import Program, Running
from tests.support.relay_process import RelayProcess

OURS = "+12025550123"
ANA = "+12025550177"
SECRET_VARIABLE, TOKEN_VARIABLE = "INBOX_STORY_SMS_SECRET", "INBOX_STORY_RELAY_TOKEN"
LAMPS = "https://shop.example/lamps"
PNG = b"\x89PNG\r\n\x1a\n a lamp"
_PATIENCE_SECONDS = 90.0
_HIDDEN = timedelta(hours=1)


@dataclass
class Shop:
    """A number at a provider, a relay, and the program of those who answer."""

    provider: TwilioSimulator
    relay: RelayProcess
    program: Program
    token: str

    def connect(self) -> None:
        """Add the number and connect to the relay, as a person does on the command line."""
        self.program.here(
            *("channel", "add", "sms", "--provider", "twilio", "--number", OURS, "--account", ACCOUNT),
            *("--secret-env", SECRET_VARIABLE, "--base-url", self.provider.url, "--brand", "Harbor"),
        )
        self.program("sync", "--once")
        self.program.here("relay", "connect", "--url", self.relay.url, "--token-env", TOKEN_VARIABLE)

    def texts(self) -> Counter[str]:
        """How often each text of a person's is there."""
        store = Store.open_read_only(Profile(self.program.profile))
        try:
            with store.read() as reader:
                kinds = (MessageKind.MESSAGE, MessageKind.KEYWORD)
                return Counter(reader.scalars(select(Message.text).where(Message.kind.in_(kinds))))
        finally:
            store.close()

    def waits_for(self, text: str) -> None:
        """Wait until a text is there."""
        _wait(lambda: self.texts()[text] == 1, f"{text!r} did not come")

    def clicks(self, message_id: str) -> list[int]:
        """How often each link of a message was followed, as the relay tells a desktop."""
        headers = {"Authorization": f"Bearer {self.token}"}
        query = {"message_id": message_id}
        answer = httpx.get(
            f"{self.relay.url}/api/v1/links", params=query, headers=headers, trust_env=False, verify=NO_TLS
        )
        return [link["clicks"] for link in answer.json()["links"]]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv(SECRET_VARIABLE, "the provider's token")
    with RelayProcess(tmp_path / "relay") as relay:
        token = relay.join()
        monkeypatch.setenv(TOKEN_VARIABLE, token)
        with TwilioSimulator("the provider's token", OURS) as provider:
            yield Shop(provider, relay, Program(tmp_path / "profile"), token)
        assert provider.violations == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_texts_come_at_once_and_polling_takes_over_while_the_relay_is_away(shop: Shop) -> None:
    shop.connect()
    provider = shop.provider
    provider.listing_delay = _HIDDEN  # so that nothing but a webhook can bring a text
    with shop.program.start("sync") as running:
        told = running.wait_for("as the number's webhook at Twilio", _PATIENCE_SECONDS)
        (provider.webhook_url,) = set(re.findall(r"enter (http\S+) as the number's webhook", told))
        provider.text_from(ANA, "START", at=provider.now - timedelta(seconds=1))
        hello = provider.text_from(ANA, "Hello, by webhook.")
        shop.waits_for("Hello, by webhook.")
        running.wait_for("Texts come at once, through the relay.", _PATIENCE_SECONDS)
        provider.tell(hello)  # providers repeat themselves

        shop.relay.stop()
        running.wait_for("The relay cannot be reached. Texts are fetched every 10 seconds", _PATIENCE_SECONDS)
        _let_all_be_listed(provider)
        provider.text_from(ANA, "Are you there? By polling.")
        shop.waits_for("Are you there? By polling.")

        at_once = running.told().count("Texts come at once")
        shop.relay.start()
        provider.listing_delay = _HIDDEN
        provider.text_from(ANA, "Once more by webhook.")
        shop.waits_for("Once more by webhook.")
        _wait(lambda: _said(running, "Texts come at once") > at_once, "the channel did not say so again")
        running.stop()
    _let_all_be_listed(provider)
    shop.program("sync", "--once")

    sent = Counter(text.text for text in provider.texts if text.is_inbound)
    assert shop.texts() == sent
    assert {made.status for made in provider.caller.made} == {200, None}
    assert shop.program.here("check", "--json").json["ok"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_links_are_followed_and_counted_and_pictures_go_out(shop: Shop) -> None:
    shop.connect()
    provider = shop.provider
    provider.text_from(ANA, "START", at=provider.now - timedelta(seconds=1))
    provider.text_from(ANA, "Which lamp is it?")
    shop.program("sync", "--once")
    message_id = _answer_with_a_picture(shop, f"This one: {LAMPS}")
    shop.program("sync", "--once")

    sent = provider.sent[-1]
    assert sent.recipient == ANA
    link = sent.text.removeprefix("This one: ")
    assert link.startswith(f"{shop.relay.url}/l/")
    person = {"User-Agent": "Mozilla/5.0 (iPhone)"}
    for _ in range(2):
        answer = httpx.get(link, headers=person, trust_env=False, verify=NO_TLS)
        assert (answer.status_code, answer.headers["location"]) == (302, LAMPS)
    assert shop.clicks(message_id) == [2]
    assert httpx.get(f"{link}x", trust_env=False, verify=NO_TLS).status_code == 404
    (picture,) = sent.pictures
    fetched = httpx.get(picture.content.decode(), trust_env=False, verify=NO_TLS)
    assert (fetched.content, fetched.headers["content-type"]) == (PNG, "image/png")

    shop.relay.stop()
    waiting = _answer_with_a_picture(shop, f"And this one: {LAMPS}/oak")
    shop.program("sync", "--once", code=None)
    assert len(provider.sent) == 1, "it waits for the relay"
    shop.relay.start()
    shop.program("sync", "--once")
    assert provider.sent[-1].text.startswith(f"And this one: {shop.relay.url}/l/")
    assert shop.clicks(waiting) == [0]
    assert shop.program.here("check", "--json").json["ok"]


def _answer_with_a_picture(shop: Shop, text: str) -> str:
    """Answer the only ticket as the window does; returns the message's id."""
    store = open_inbox(Profile(shop.program.profile))
    try:
        with store.read() as reader:
            author, ticket_id = me(reader), reader.scalars(select(Ticket.id)).one()
        assert author is not None
        picture = DraftFile("lamp.png", "image/png", len(PNG), store.attachments.put(PNG))
        reply = Reply(
            actor=agent(author.id), ticket_id=ticket_id, text=text, files=(picture,), seen_message_id=None
        )
        with store.write() as session:
            perform(session, reply)
        return reply.message_id
    finally:
        store.close()


def _let_all_be_listed(provider: TwilioSimulator) -> None:
    provider.listing_delay = timedelta(0)
    for text in provider.texts:
        text.listed_at = text.at


def _said(running: Running, words: str) -> int:
    assert not running.ended, running.told()
    return running.told().count(words)


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
