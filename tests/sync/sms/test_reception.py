"""Texts that come by webhook and by polling: each is one row, and the pace follows what arrives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select

from inbox_desktop.demo.providers.simulator import Simulator
from inbox_desktop.demo.providers.telnyx import TelnyxSimulator
from inbox_desktop.demo.providers.texts import SimText
from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.demo.providers.vonage import VonageSimulator
from inbox_desktop.models.actions import SYSTEM, agent
from inbox_desktop.models.actions.channels import AddChannel
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.check import check
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, ChannelState, DeliveryState, MessageKind
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.models.tables import Attachment, Delivery, Message
from inbox_desktop.sync.errors import OutsideError
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.channel import TextChannel, make_provider
from inbox_desktop.sync.sms.hooks import number_id
from inbox_desktop.sync.sms.intake import Intake
from inbox_desktop.sync.sms.polling import TextPolling
from inbox_desktop.sync.sms.reception import Reception
from inbox_desktop.sync.writer import Writer
from tests.models import samples
from tests.models.samples import done
from tests.sync.sms.desk import CUSTOMER, NUMBER, OTHER, SECRET

SECRET_VARIABLE, SIGNATURE_VARIABLE = "INBOX_TEST_SMS_SECRET", "INBOX_TEST_SIGNATURE_SECRET"
HOOK = "https://relay.shop.example/hooks/x/y"
USUAL = timedelta(seconds=10)


class Relay:
    """A relay that takes every number, or says `trouble`."""

    def __init__(self, trouble: OutsideError | None = None) -> None:
        self.trouble = trouble
        self.named: list[tuple[str, str, str, str]] = []

    async def register(self, number_id: str, provider: Provider, number: str, secret: str) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.named.append((number_id, provider.value, number, secret))
        return f"https://relay.shop.example/hooks/{provider.value}/{number_id}"

    async def shorten(self, message_id: str, urls: Iterable[str]) -> Mapping[str, str]:
        return {}

    async def publish(self, sha256: str, filename: str, content_type: str, content: bytes) -> str:
        return ""


class Desk:
    """An inbox with one number at a simulated provider; webhooks are handed in by the test."""

    def __init__(self, folder: Path, sim: Simulator, **more: object) -> None:
        self.sim = sim
        self.store = samples.open_store(folder)
        self.julia = samples.add_agent(self.store)
        self.services = Services(self.store, Secrets(), Writer(self.store))
        self.settings = SmsSettings(
            Provider(sim.name.lower()),
            sim.account,
            NUMBER,
            base_url=sim.url,
            secret_env=SECRET_VARIABLE,
            **more,  # type: ignore[arg-type]
        ).checked()
        self.channel = TextChannel(new_id(), "Texts", self.settings)
        done(
            self.store,
            AddChannel(
                actor=SYSTEM,
                channel_id=self.channel.id,
                kind=ChannelKind.SMS,
                channel_name=self.channel.name,
                address=NUMBER,
                settings=self.settings.to_json(),
            ),
        )
        self.looks = 0
        self.health: list[Health] = []
        self._said = asyncio.Event()
        self.polling = TextPolling(self.services, self.channel, self._hear)

    def close(self) -> None:
        """End the threads; every invariant must hold."""
        self.services.close(5.0)
        assert check(self.store).problems == ()
        self.store.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Reception]:
        """A reception that is signed in."""
        provider = make_provider(self.settings, SECRET)
        reception = Reception(self.services, self.channel, self._look)
        reception.open(Intake(self.services, self.channel, provider), USUAL)
        try:
            yield reception
        finally:
            reception.close()
            await provider.close()

    def _look(self) -> None:
        self.looks += 1

    def _hear(self, health: Health) -> None:
        self.health.append(health)
        self._said.set()

    async def says(self, words: str) -> None:
        """Wait until the channel has said these words."""
        async with asyncio.timeout(30):
            while not any(words in health.reason for health in self.health):
                self._said.clear()
                await self._said.wait()

    async def poll(self) -> None:
        """Look once at what the provider lists."""
        report = await self.polling.sync_once()
        assert report.errors == ()

    async def tell(self, text: SimText) -> None:
        """The provider tells of a text, and the relay's feed brings it."""
        signed = self.sim.webhook(HOOK, text)
        is_json = signed.headers["Content-Type"] == "application/json"
        payload = json.loads(signed.body) if is_json else dict(parse_qsl(signed.body.decode()))
        await self.services.hooks.take(
            {
                "number_id": number_id(self.settings),
                "external_id": text.id,
                "kind": "text",
                "payload": json.dumps(payload),
                "received_at": now().isoformat(),
            }
        )

    def messages(self) -> list[tuple[str, str]]:
        """Kind and text of all messages, in the order of their threads."""
        with self.store.read() as connection:
            query = select(Message.kind, Message.text).order_by(Message.order_at, Message.id)
            return [(MessageKind(row.kind).value, row.text) for row in connection.execute(query)]

    def from_people(self) -> list[str]:
        """The texts that somebody wrote."""
        return [text for kind, text in self.messages() if kind == "message"]

    def reply(self, external_id: str) -> str:
        """Julia answers the only ticket, and the provider took it; returns the delivery's id."""
        with self.store.read() as connection:
            ticket_id = connection.scalars(select(Message.ticket_id)).first()
        assert ticket_id is not None
        reply = Reply(actor=agent(self.julia), ticket_id=ticket_id, text="On its way.", seen_message_id=None)
        done(self.store, reply)
        with self.store.read() as connection:
            found = connection.scalars(
                select(Delivery.id).where(Delivery.message_id == reply.message_id)
            ).one()
        done(self.store, BeginAttempt(actor=SYSTEM, delivery_id=found, external_id=None))
        finish = FinishAttempt(
            actor=SYSTEM, delivery_id=found, state=DeliveryState.SENT, external_id=external_id
        )
        done(self.store, finish)
        return str(found)

    def delivery(self, delivery_id: str) -> DeliveryState:
        """How far it is."""
        with self.store.read() as connection:
            found = connection.scalars(select(Delivery.state).where(Delivery.id == delivery_id)).one()
        return DeliveryState(found)


Open = Callable[..., Desk]


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)


@pytest.fixture
async def desk_at(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens a desk at a simulated provider, which is started."""
    desks: list[Desk] = []

    def open_at(sim: Simulator, **more: object) -> Desk:
        sim.start()
        desks.append(Desk(tmp_path, sim, **more))
        return desks[-1]

    yield open_at
    for desk in desks:
        desk.close()
        desk.sim.stop()
        assert desk.sim.violations == []


SIMS = [TwilioSimulator, VonageSimulator, TelnyxSimulator]


@pytest.mark.parametrize("kind", SIMS)
async def test_a_text_by_webhook_and_by_polling_is_one_row(kind: type[Simulator], desk_at: Open) -> None:
    desk = desk_at(kind(SECRET, NUMBER))  # type: ignore[call-arg]
    async with desk.open():
        first = desk.sim.text_from(CUSTOMER, "by webhook first", at=desk.sim.now - timedelta(seconds=5))
        for _ in range(2):
            await desk.tell(first)
        assert desk.from_people() == ["by webhook first"]
        await desk.poll()
        second = desk.sim.text_from(CUSTOMER, "by polling first")
        await desk.poll()
        for text in (second, first):
            await desk.tell(text)
        await desk.poll()
    assert desk.from_people() == ["by webhook first", "by polling first"]


async def test_what_follows_from_a_text_follows_once(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER), brand="Shop")
    async with desk.open():
        text = desk.sim.text_from(CUSTOMER, "Where is my parcel?")
        await desk.tell(text)
        await desk.poll()
        await desk.tell(text)
    kinds = [kind for kind, _ in desk.messages()]
    assert sorted(kinds) == ["auto_reply", "message"]


@pytest.mark.parametrize("kind", [TwilioSimulator, TelnyxSimulator])
async def test_the_pictures_of_a_webhook_are_fetched(kind: type[Simulator], desk_at: Open) -> None:
    desk = desk_at(kind(SECRET, NUMBER))  # type: ignore[call-arg]
    async with desk.open():
        await desk.tell(desk.sim.text_from(CUSTOMER, "this lamp", [(b"\x89PNG a lamp", "image/png")]))
    with desk.store.read() as connection:
        files = connection.execute(select(Attachment.filename, Attachment.content_type)).all()
    assert [tuple(file) for file in files] == [("picture-1.png", "image/png")]


async def test_a_text_for_another_number_is_not_ours(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER))
    text = desk.sim.text_from(CUSTOMER, "not for you")
    text.recipient = OTHER
    async with desk.open():
        await desk.tell(text)
    assert desk.messages() == []


async def test_a_report_never_takes_a_text_back(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER))
    async with desk.open():
        await desk.tell(desk.sim.text_from(CUSTOMER, "START"))
        await desk.tell(desk.sim.text_from(CUSTOMER, "Hello?"))
        sent = desk.sim.campaign(CUSTOMER, "On its way.")
        delivery_id = desk.reply(sent.id)
        states = []
        for skew in (0.5, 4.0, 1.5, 0.0):
            desk.sim.skew = timedelta(seconds=skew)
            await desk.tell(sent)
            states.append(desk.delivery(delivery_id))
    assert states == [DeliveryState.SENT, *[DeliveryState.DELIVERED] * 3]


async def test_a_report_on_what_is_not_ours_makes_no_row_and_one_poll(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER))
    async with desk.open() as reception:
        reception.polled(0)
        for number in range(20):
            await desk.tell(desk.sim.campaign(f"+1202555{1000 + number}", "20 % off"))
        assert desk.looks == 1, "the first webhook says that they arrive"
        assert reception._later is not None
        assert reception._later.when() <= asyncio.get_running_loop().time() + USUAL.total_seconds()
    assert desk.messages() == []
    assert reception._later is None


async def test_vonages_parts_are_one_text_however_they_are_listed(desk_at: Open) -> None:
    desk = desk_at(VonageSimulator(SECRET, NUMBER))
    said = "".join(f"sentence {n:02}. " for n in range(30))
    assert isinstance(desk.sim, VonageSimulator)
    async with desk.open():
        at = desk.sim.now - timedelta(minutes=10)
        late = [timedelta(0), timedelta(hours=1), timedelta(hours=1)]
        parts = desk.sim.text_in_parts(CUSTOMER, said, late, at=at)
        await desk.tell(parts[2])
        await desk.tell(parts[0])
        assert desk.from_people() == []
        await desk.tell(parts[1])
        assert desk.from_people() == [said]
        await desk.poll()  # lists the first part alone, which looks like a text of its own
        for part in parts[1:]:
            part.listed_at = at
        await desk.poll()
    assert desk.from_people() == [said]


async def test_parts_that_polling_took_alone_are_not_taken_once_more(desk_at: Open) -> None:
    desk = desk_at(VonageSimulator(SECRET, NUMBER))
    said = "".join(f"sentence {n:02}. " for n in range(16))
    assert isinstance(desk.sim, VonageSimulator)
    async with desk.open():
        at = desk.sim.now - timedelta(minutes=10)
        parts = desk.sim.text_in_parts(CUSTOMER, said, [timedelta(0), timedelta(hours=1)], at=at)
        await desk.poll()
        taken = desk.from_people()
        assert len(taken) == 1
        for part in parts:
            await desk.tell(part)
    assert desk.from_people() == taken


@pytest.mark.parametrize(
    ("failing", "states"),
    [
        (False, [DeliveryState.SENT, DeliveryState.DELIVERED]),
        (True, [DeliveryState.SENT, DeliveryState.FAILED]),
    ],
)
async def test_a_text_in_parts_has_arrived_when_all_parts_have(
    failing: bool, states: list[DeliveryState], desk_at: Open
) -> None:
    desk = desk_at(VonageSimulator(SECRET, NUMBER))
    async with desk.open():
        await desk.tell(desk.sim.text_from(CUSTOMER, "START"))
        await desk.tell(desk.sim.text_from(CUSTOMER, "Hello?"))
        parts = [desk.sim.campaign(CUSTOMER, "On its"), desk.sim.campaign(CUSTOMER, "way.")]
        parts[1].failure = "3" if failing else ""
        delivery_id = desk.reply("+".join(sorted(part.id for part in parts)))
        desk.sim.skew = timedelta(seconds=5)
        found = []
        for part in parts:
            await desk.tell(part)
            found.append(desk.delivery(delivery_id))
    assert found == states


async def test_how_often_is_polled_follows_what_arrives(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER))
    hooks, relay = desk.services.hooks, Relay()
    async with desk.open() as reception:
        await reception.register()
        assert (reception.pause, reception.words) == (10.0, "")

        hooks.up(relay)
        await reception.register()
        url = f"https://relay.shop.example/hooks/twilio/{number_id(desk.settings)}"
        assert relay.named == [(number_id(desk.settings), "twilio", NUMBER, SECRET)]
        assert reception.pause == 10.0, "nobody knows yet whether the provider calls"
        assert f"enter {url} as the number's webhook at Twilio" in reception.words
        assert hooks.webhook_url(desk.settings) == url

        await desk.tell(desk.sim.text_from(CUSTOMER, "Hello?"))
        assert (reception.pause, reception.words) == (300.0, "Texts come at once, through the relay.")
        reception.polled(0)
        assert reception.pause == 300.0
        reception.polled(1)
        assert reception.pause == 10.0, "polling brought what no webhook had"

        await desk.tell(desk.sim.text_from(CUSTOMER, "Are you there?"))
        assert reception.pause == 300.0
        looks = desk.looks
        hooks.down()
        assert (reception.pause, desk.looks) == (10.0, looks + 1)
        assert reception.words.startswith("The relay cannot be reached. Texts are fetched every 10 seconds")
        await reception.register()
        assert hooks.webhook_url(desk.settings) == ""
        hooks.up(relay)
        await reception.register()
        assert reception.pause == 300.0
        assert len(relay.named) == 2
        hooks.gone()
        assert (reception.pause, reception.words) == (10.0, "")
    assert hooks.webhook_url(desk.settings) == ""


async def test_a_relay_that_does_not_take_the_number_is_asked_again(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER))
    relay = Relay(OutsideError("The relay can't do it now.", needs_person=False))
    async with desk.open() as reception:
        desk.services.hooks.up(relay)
        await reception.register()
        assert "The relay can't do it now." in reception.words
        relay.trouble = None
        for _ in range(3):
            await reception.register()
    assert len(relay.named) == 1


@pytest.mark.parametrize(
    ("kind", "more", "signed_with"),
    [
        (VonageSimulator, {}, None),
        (VonageSimulator, {"webhook_secret_env": SIGNATURE_VARIABLE}, "a signature secret"),
        (TelnyxSimulator, {}, None),
        (TelnyxSimulator, {"webhook_key": " KEY= "}, "KEY="),
    ],
)
async def test_without_what_webhooks_are_signed_with_it_is_polled_and_says_so(
    kind: type[Simulator],
    more: dict[str, str],
    signed_with: str | None,
    desk_at: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SIGNATURE_VARIABLE, "a signature secret")
    desk = desk_at(kind(SECRET, NUMBER), **more)  # type: ignore[call-arg]
    relay = Relay()
    async with desk.open() as reception:
        desk.services.hooks.up(relay)
        await reception.register()
        await reception.register()
        assert [named[3] for named in relay.named] == ([] if signed_with is None else [signed_with])
        if signed_with is None:
            what = "signature secret" if kind is VonageSimulator else "public key"
            assert what in reception.words


@pytest.mark.expects_log("cannot be read")
async def test_what_the_relay_tells_in_another_form_is_left_to_polling(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER))
    good = {"number_id": number_id(desk.settings), "external_id": "SM1", "kind": "text"}
    async with desk.open():
        for data in (
            {},
            {**good, "payload": "[1]", "received_at": now().isoformat()},
            {**good, "payload": "{"},
        ):
            await desk.services.hooks.take(data)
        elsewhere = {**good, "number_id": "another", "payload": "{}", "received_at": now().isoformat()}
        await desk.services.hooks.take(elsewhere)
    assert desk.messages() == []


async def test_the_channel_says_how_its_texts_come(desk_at: Open) -> None:
    desk = desk_at(TwilioSimulator(SECRET, NUMBER))
    desk.services.hooks.up(Relay())
    running = asyncio.create_task(desk.polling.run())
    try:
        await desk.says("as the number's webhook at Twilio")
        await desk.tell(desk.sim.text_from(CUSTOMER, "Hello?"))
        await desk.says("at once, through")
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    assert not {health.state for health in desk.health} & {ChannelState.OFFLINE, ChannelState.FAILED}
    assert desk.from_people() == ["Hello?"]
