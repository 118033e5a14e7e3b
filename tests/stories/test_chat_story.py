"""A shop with a chat on its page: the real relay and the real programs, that come, go and are killed."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from inbox_desktop.models.ids import new_id
from tests.stories.conftest import Shop
from tests.stories.letters import SUPPORT, body, letter
from tests.support.plain_http import NO_TLS
from tests.support.programs import Program
from tests.support.relay_process import RelayProcess
from tests.support.waits import RELAY_ROUND

ORIGIN = "https://harbor.example"
PATIENCE = 120.0
WRITERS, KILLS = 40, 6


@dataclass
class Visitor:
    """A visitor's browser, whose widget keeps what could not be sent and sends it again."""

    url: str
    token: str
    waiting: list[dict[str, str]] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Write; without the relay it waits in the browser."""
        self.waiting.append({"client_id": new_id(), "text": text})
        self.send()

    def send(self) -> bool:
        """Send what waits, in order. Returns whether nothing waits any more."""
        while self.waiting:
            try:
                answer = self._request("POST", "messages", json=self.waiting[0])
            except httpx.TransportError:
                return False
            if answer.status_code in {429, 503}:
                time.sleep(float(answer.headers.get("retry-after", "1")))
                continue
            assert answer.is_success, answer.text
            del self.waiting[0]
        return True

    @property
    def conversation(self) -> dict[str, Any]:
        """What the widget shows."""
        found: dict[str, Any] = self._request("GET", "conversation").json()
        return found

    def agents_words(self) -> list[str]:
        """What agents wrote in the present conversation."""
        return [one["text"] for one in self.conversation["messages"] if one["author"] == "agent"]

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Origin": ORIGIN, "Authorization": f"Bearer {self.token}"}
        return httpx.request(
            method,
            f"{self.url}/{path}",
            headers=headers,
            timeout=30.0,
            trust_env=False,
            verify=NO_TLS,
            **options,
        )


@dataclass
class Harbor:
    """The shop: its relay, its desktop, and the chat on its page."""

    relay: RelayProcess
    desk: Program
    chat_id: str

    def visitor(self, **values: str) -> Visitor:
        """Somebody opens the shop's page."""
        url = f"{self.relay.url}/chat/{self.chat_id}"
        answer = httpx.post(
            f"{url}/visitor", json=values, headers={"Origin": ORIGIN}, trust_env=False, verify=NO_TLS
        )
        assert answer.status_code == 201, answer.text
        return Visitor(url, answer.json()["token"])

    def pass_time(self, minutes: int) -> None:
        """What happened has happened so much earlier."""
        with closing(sqlite3.connect(self.relay.data / "relay.db", timeout=30)) as connection:
            for table, column in (("visitors", "seen_at"), ("conversations", "agent_wrote_at")):
                connection.execute(
                    f"UPDATE {table} SET {column} = {column} - ?",  # noqa: S608 - names of this line
                    (minutes * 60_000_000,),
                )
            connection.commit()


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    served = RelayProcess(tmp_path / "relay")
    served.waits = {RELAY_ROUND: 1.0}
    with served:
        yield served


@pytest.fixture
def new_desk(
    relay: RelayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Program]:
    """Makes desktops that have joined the relay."""

    def make(name: str) -> Program:
        variable = f"INBOX_STORY_RELAY_{name.upper()}"
        token = relay.join(name)
        monkeypatch.setenv(variable, token)
        program = Program(tmp_path / name, {variable: token})
        program.here("relay", "connect", "--url", relay.url, "--token-env", variable)
        return program

    return make


@pytest.fixture
def harbor(relay: RelayProcess, new_desk: Callable[[str], Program]) -> Harbor:
    return open_chat(relay, new_desk("julia"))


def open_chat(relay: RelayProcess, desk: Program, *options: str) -> Harbor:
    """Put the chat on the shop's page."""
    added = desk.here("channel", "add", "chat", "--name", "Harbor", "--origin", ORIGIN, *options)
    return Harbor(relay, desk, added.out.split('data-chat="')[1].split('"')[0])


def answer(desk: Program, number: int, text: str, folder: Path) -> None:
    file = folder / "answer.txt"
    file.write_text(text, encoding="utf-8")
    desk.here("reply", str(number), "--text-file", str(file))


def tickets(desk: Program) -> list[dict[str, Any]]:
    return desk.here("tickets", "--status=any", "--json").lines


def words(desk: Program, number: int) -> list[str]:
    """What people wrote in a ticket, in order."""
    _ticket, *messages = desk.here("show", str(number), "--json").lines
    return [one["text"].strip() for one in messages if one["kind"] in {"message", "reply"}]


def mailed(text: str, answered: EmailMessage) -> bytes:
    """The visitor's answer to a mail, whose id stands on one line as other programs write it."""
    line = f"In-Reply-To: {answered['Message-ID']}\r\n"
    return line.encode() + letter(text, subject=f"Re: {answered['Subject']}")


def all_is_well(*desks: Program) -> None:
    for desk in desks:
        report = desk.here("check", "--json").json
        assert report["ok"], report


def test_a_visitor_writes_is_answered_and_comes_back(harbor: Harbor, tmp_path: Path) -> None:
    visitor = harbor.visitor(name="Ana", email="ana@mail.example")
    visitor.write("Do you ship to Madeira?")
    harbor.desk("sync", "--once")
    (ticket,) = tickets(harbor.desk)
    assert (ticket["customer"]["name"], ticket["unread"], ticket["status"]) == ("Ana", True, "open")

    answer(harbor.desk, 1, "We do!", tmp_path)
    harbor.desk("sync", "--once")
    assert visitor.agents_words() == ["We do!"]
    assert visitor.conversation["agent"]["seen_id"] is not None  # who answers has read

    harbor.desk.here("close", "1")
    harbor.desk("sync", "--once")
    assert visitor.conversation["closed"]
    visitor.write("And to the Azores?")
    harbor.desk("sync", "--once")
    assert words(harbor.desk, 1) == ["Do you ship to Madeira?", "We do!"]
    assert words(harbor.desk, 2) == ["And to the Azores?"]
    assert [one["status"] for one in sorted(tickets(harbor.desk), key=lambda t: t["number"])] == [
        "closed",
        "open",
    ]
    all_is_well(harbor.desk)


def test_two_desktops_work_in_one_chat(
    harbor: Harbor, new_desk: Callable[[str], Program], tmp_path: Path
) -> None:
    tom = new_desk("tom")
    visitor = harbor.visitor(name="Ana")
    visitor.write("Hello?")
    for desk in (harbor.desk, tom):
        desk("sync", "--once")
    answer(harbor.desk, 1, "Julia here", tmp_path)
    answer(tom, 1, "Tom here", tmp_path)
    for desk in (harbor.desk, tom, harbor.desk):
        desk("sync", "--once")
    assert visitor.agents_words() == ["Julia here", "Tom here"]
    for desk in (harbor.desk, tom):
        assert sorted(words(desk, 1)) == ["Hello?", "Julia here", "Tom here"]
    tom.here("close", "1")
    for desk in (tom, harbor.desk):
        desk("sync", "--once")
        assert [one["status"] for one in tickets(desk)] == ["closed"]
    all_is_well(harbor.desk, tom)


def test_the_relay_is_killed_and_comes_back(harbor: Harbor, tmp_path: Path) -> None:
    visitor = harbor.visitor(name="Ana")
    visitor.write("Before")
    harbor.desk("sync", "--once")
    harbor.relay.kill()
    visitor.write("While it was gone")
    answer(harbor.desk, 1, "Written offline", tmp_path)
    result = harbor.desk("sync", "--once", code=1)
    assert "can't be reached" in result.err
    assert "your answers wait in the outbox" in result.err

    harbor.relay.start()
    assert visitor.send()
    harbor.desk("sync", "--once")
    assert sorted(words(harbor.desk, 1)) == ["Before", "While it was gone", "Written offline"]
    assert visitor.agents_words() == ["Written offline"]
    harbor.desk("sync", "--once")
    assert visitor.agents_words() == ["Written offline"]
    all_is_well(harbor.desk)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_desktop_and_the_relay_are_killed_while_visitors_write(harbor: Harbor, tmp_path: Path) -> None:
    chance = random.Random(3)
    visitors = [harbor.visitor(name=f"Visitor {n}") for n in range(4)]
    written: list[str] = []
    answered: list[str] = []
    for round_ in range(KILLS):
        with harbor.desk.start("sync") as running:
            for n in range(WRITERS // KILLS):
                written.append(f"Message {round_}.{n}")
                chance.choice(visitors).write(written[-1])
                time.sleep(chance.uniform(0.02, 0.1))
            time.sleep(chance.uniform(0.1, 1.2))
            if round_ % 2:
                harbor.relay.kill()
            running.kill()
        if round_ % 2:
            harbor.relay.start()
        for ticket in tickets(harbor.desk):
            answered.append(f"Answer {round_} in {ticket['number']}")
            answer(harbor.desk, ticket["number"], answered[-1], tmp_path)
    assert all(visitor.send() for visitor in visitors)
    harbor.desk("sync", "--once")
    found = Counter(text for ticket in tickets(harbor.desk) for text in words(harbor.desk, ticket["number"]))
    assert found == Counter(written + answered)
    assert Counter(text for visitor in visitors for text in visitor.agents_words()) == Counter(answered)
    all_is_well(harbor.desk)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_who_left_is_answered_by_mail_once_and_their_mail_comes_back(
    shop: Shop, relay: RelayProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INBOX_STORY_RELAY", token := relay.join("julia"))
    desk = shop.program
    desk.environment["INBOX_STORY_RELAY"] = token
    shop.connect()
    desk.here("relay", "connect", "--url", relay.url, "--token-env", "INBOX_STORY_RELAY")
    harbor = open_chat(relay, desk, "--support-address", SUPPORT)
    visitor = harbor.visitor(name="Ana", email="ana@mail.example", locale="en")
    visitor.write("Do you ship to Madeira?")
    desk("sync", "--once")
    answer(desk, 1, "We do!", tmp_path)
    desk("sync", "--once")

    harbor.pass_time(minutes=10)
    with desk.start("sync") as running:
        deadline = time.monotonic() + PATIENCE
        while not shop.sent():
            assert time.monotonic() < deadline, "the follow-up was not sent"
            time.sleep(0.1)
        running.stop()
    desk("sync", "--once")
    (followed,) = shop.sent()
    assert (followed["To"], followed["Subject"]) == ("ana@mail.example", "Harbor has answered you")
    assert SUPPORT in followed["From"]
    assert "We do!" in body(followed)

    shop.receives(mailed("Great, by mail now", followed))
    harbor.pass_time(minutes=10)
    for _ in range(3):
        desk("sync", "--once")
    assert len(shop.sent()) == 1, "one departure, one mail"
    assert words(desk, 1)[-1].startswith("Great, by mail now")

    desk.here("close", "1")
    desk("sync", "--once")
    shop.receives(mailed("One more thing", followed))
    desk("sync", "--once")
    by_number = {one["number"]: one for one in tickets(desk)}
    assert by_number[1]["status"] == "closed"
    assert by_number[2]["channel"]["kind"] == "email"
    assert words(desk, 2)[0].startswith("One more thing")
    visitor.write("Back in the chat")
    desk("sync", "--once")
    assert words(desk, 3) == ["Back in the chat"]
    all_is_well(desk)
