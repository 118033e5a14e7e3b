"""A shop that is texted: the whole program against a provider that pages, delays, throttles and drops."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.demo.providers.faults import Fate, Fault
from inbox_desktop.demo.providers.twilio import ACCOUNT, TwilioSimulator
from inbox_desktop.models import sqlite
from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.kinds import MessageKind
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Message
from tests.support.programs import Program

OURS = "+12025550123"
ANA = "+12025550177"
SECRET_VARIABLE = "INBOX_STORY_SMS_SECRET"
SECRET = "the provider's token"
PEOPLE = 400
TEXTS = 4_800
CAMPAIGNS = 200
KILLS = 6


@dataclass
class Texting:
    """A number at a provider, and the program of those who answer."""

    provider: TwilioSimulator
    program: Program

    def connect(self, *options: str) -> None:
        """Add the number as a person does on the command line, and look for texts once."""
        self.program.here(
            *("channel", "add", "sms", "--provider", "twilio", "--number", OURS, "--account", ACCOUNT),
            *("--secret-env", SECRET_VARIABLE, "--base-url", self.provider.url, *options),
        )
        self.program("sync", "--once")

    def answer(self, number: str, text: str, folder: Path) -> None:
        """Answer a ticket; it leaves with the next synchronisation."""
        file = folder / "answer.txt"
        file.write_text(text, encoding="utf-8")
        self.program.here("reply", number, "--text-file", str(file))


@pytest.fixture
def texting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Texting]:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    with TwilioSimulator(SECRET, OURS) as provider:
        yield Texting(provider, Program(tmp_path / "profile"))
        assert provider.violations == []


def test_a_subscriber_asks_is_answered_and_sees_one_ticket_for_ever(texting: Texting, tmp_path: Path) -> None:
    texting.connect("--brand", "Harbor", "--contact", "help@harbor.example")
    now = texting.provider.now
    texting.provider.text_from(ANA, "START", at=now - timedelta(seconds=60))
    texting.provider.campaign(ANA, "20 % off all lamps", at=now - timedelta(seconds=40))
    texting.provider.text_from(ANA, "Also the oak one?", at=now - timedelta(seconds=20))
    texting.program("sync", "--once")
    (ticket,) = texting.program.here("tickets", "--json").lines
    assert (ticket["customer"]["address"], ticket["unread"]) == (ANA, True)

    texting.answer("1", "Yes, that one, too.", tmp_path)
    texting.program("sync", "--once")
    texting.program.here("close", "1")
    texting.provider.text_from(ANA, "Great, thanks!")
    texting.program("sync", "--once")

    (ticket,) = texting.program.here("tickets", "--status", "any", "--json").lines
    assert ticket["status"] == "open"
    kinds = [m["kind"] for m in texting.program.here("show", "1", "--json").lines[1:]]
    assert kinds == ["keyword", "campaign", "message", "reply", "message"]
    assert texting.program.here("check", "--json").json["ok"]


def test_who_has_not_agreed_is_not_answered_but_told_how_to_get_help(
    texting: Texting, tmp_path: Path
) -> None:
    texting.connect("--brand", "Harbor", "--contact", "help@harbor.example")
    texting.provider.text_from(ANA, "Where is my parcel?")
    texting.program("sync", "--once")
    texting.program("sync", "--once")
    (told,) = texting.provider.sent
    assert told.text.startswith("Harbor: We can't reply because you have not consented to SMS.")

    file = tmp_path / "answer.txt"
    file.write_text("On its way.", encoding="utf-8")
    refused = texting.program.here("reply", "1", "--text-file", str(file), code=1)
    assert "START" in refused.err
    assert len(texting.provider.sent) == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_week_offline_is_caught_up_with_nothing_lost_or_doubled(texting: Texting) -> None:
    chance = random.Random(5)
    texting.connect()
    week_ago = datetime.now(UTC) - timedelta(days=7)
    _last_on(texting, week_ago)
    texting.provider.page_size = 137
    texting.provider.skew = timedelta(minutes=3)
    expected = Counter(_live_through_a_week(texting.provider, week_ago, chance))
    texting.provider.meet(
        Fault(Fate.ANSWERED, method="GET", status=429, headers=(("Retry-After", "1"),)),
        Fault(Fate.DROPPED_BEFORE, method="GET"),
    )

    for _ in range(3):
        texting.program("sync", "--once", code=None)
    texting.program("sync", "--once")

    assert _stored(texting) == expected
    assert texting.provider.sent[CAMPAIGNS:] == [], "nobody is answered by itself after days"
    report = texting.program.here("check", "--json").json
    assert report["ok"], report


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_any_moment_while_it_sends_nobody_gets_a_text_twice(
    texting: Texting, tmp_path: Path
) -> None:
    chance = random.Random(3)
    texting.connect()
    people = [f"+1202555{1000 + n}" for n in range(KILLS)]
    for person in people:
        texting.provider.text_from(person, "START", at=texting.provider.now - timedelta(seconds=60))
        texting.provider.text_from(person, "Hello?", at=texting.provider.now - timedelta(seconds=30))
    texting.program("sync", "--once")
    numbers = [str(t["number"]) for t in texting.program.here("tickets", "--json").lines]
    assert len(numbers) == KILLS

    for number in numbers:
        texting.answer(number, f"Answer to {number}", tmp_path)
        if chance.random() < 0.3:
            texting.provider.meet(Fault(Fate.DROPPED_AFTER, method="POST"))
        sent = len(texting.provider.exchanges)
        with texting.program.start("sync", "--once") as running:
            while len(texting.provider.exchanges) == sent and not running.ended:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.25))
            running.kill()
    for _ in range(2):
        texting.program("sync", "--once", code=None)

    left = Counter(text.text for text in texting.provider.sent)
    assert set(left.values()) <= {1}
    for number in numbers:
        reply = texting.program.here("show", number, "--json").lines[-1]
        times = left[f"Answer to {number}"]
        # Where it cannot be known whether it left, a person is asked; it is never tried again by itself.
        assert (reply["delivery"], times) in {
            ("sent", 1),
            ("delivered", 1),
            ("unknown", 0),
        }, f"#{number}: {reply['delivery']}, and it left {times} times"
    assert texting.program.here("check", "--json").json["ok"]


def _last_on(texting: Texting, at: datetime) -> None:
    """Let the program have looked for texts at this moment and not since."""
    connection = sqlite.driver.connect(str(Profile(texting.program.profile).database))
    with connection:
        connection.execute("UPDATE poll_cursors SET at = ?", (to_micros(at),))
    connection.close()


def _live_through_a_week(provider: TwilioSimulator, start: datetime, chance: random.Random) -> Iterator[str]:
    """People and campaigns text: often several in one second, some listed late. Yields the texts' ids."""
    people = [f"+1303555{1000 + n}" for n in range(PEOPLE)]
    seconds = sorted(chance.randrange(600, 7 * 86_400 - 1_800) for _ in range(TEXTS // 2))
    for second in seconds:
        at = (start + timedelta(seconds=second)).replace(microsecond=0)
        for person in chance.sample(people, 2):
            late = timedelta(seconds=2) if chance.random() < 0.01 else timedelta(0)
            yield provider.text_from(person, f"Text at {second}", at=at, listed_after=late).id
    for number in range(CAMPAIGNS):
        at = (start + timedelta(seconds=chance.randrange(600, 6 * 86_400))).replace(microsecond=0)
        yield provider.campaign(chance.choice(people), f"Offer {number}", at=at).id


def _stored(texting: Texting) -> Counter[str]:
    store = Store.open_read_only(Profile(texting.program.profile))
    try:
        with store.read() as reader:
            kinds = (MessageKind.MESSAGE, MessageKind.CAMPAIGN)
            ids = select(Message.external_id).where(Message.kind.in_(kinds))
            return Counter(row.external_id for row in reader.execute(ids))
    finally:
        store.close()
