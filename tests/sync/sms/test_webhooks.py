"""Webhooks as the providers' pages show them, and as the simulators send them: what is read of each."""

from __future__ import annotations

import json
import queue
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from starlette.responses import Response

from inbox_desktop.demo.providers.caller import Signed
from inbox_desktop.demo.providers.simulator import Call, Route, Simulator
from inbox_desktop.demo.providers.telnyx import TelnyxSimulator
from inbox_desktop.demo.providers.texts import SimText
from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.demo.providers.vonage import VonageSimulator
from inbox_desktop.models.kinds import DeliveryState, Direction
from inbox_desktop.models.sms_settings import Provider as Name
from inbox_desktop.models.sms_settings import SmsSettings
from inbox_desktop.relay.signatures import SignedRequest, check_signature
from inbox_desktop.relay.webhooks import read_webhook
from inbox_desktop.sync.sms import telnyx, twilio, vonage
from inbox_desktop.sync.sms.channel import make_provider
from inbox_desktop.sync.sms.provider import Picture, ProviderText
from inbox_desktop.sync.sms.vonage_parts import Puzzle, TextPart, join_ids
from tests.sync.sms.desk import CUSTOMER, NUMBER, SECRET, SetClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=7)
HOOK = "https://relay.shop.example/hooks/x/y"
PNG = (b"\x89PNG", "image/png")


def _payload(signed: Signed) -> dict[str, object]:
    """As the relay hands it on."""
    if signed.headers["Content-Type"] == "application/json":
        values: dict[str, object] = json.loads(signed.body)
        return values
    return dict(parse_qsl(signed.body.decode(), keep_blank_values=True))


def _told(sim: Simulator, text: SimText) -> dict[str, object]:
    return _payload(sim.webhook(HOOK, text))


def _received(external_id: str, text: str, **more: object) -> ProviderText:
    values: dict[str, object] = {"at": LATER, **more}
    return ProviderText(external_id, Direction.INBOUND, CUSTOMER, NUMBER, text, **values)  # type: ignore[arg-type]


def test_what_twilio_tells_of_a_text_that_came() -> None:
    with TwilioSimulator(SECRET, NUMBER) as sim:
        text = sim.text_from(CUSTOMER, "Olá & 🙂", [PNG, PNG])
        read = twilio.read_webhook(_told(sim, text), LATER)
        plain = twilio.read_webhook(_told(sim, sim.text_from(CUSTOMER, "plain")), LATER)
    pictures = (Picture(f"{text.id}/0"), Picture(f"{text.id}/1"))
    assert read == _received(text.id, "Olá & 🙂", pictures=pictures)
    assert plain is not None
    assert plain.pictures == ()


def test_what_telnyx_tells_of_a_text_that_came() -> None:
    clock = SetClock(NOON)
    with TelnyxSimulator(SECRET, NUMBER, clock=clock) as sim:
        text = sim.text_from(CUSTOMER, "Olá & 🙂", [PNG])
        read = telnyx.read_webhook(_told(sim, text), LATER)
        url = f"{sim.url.replace('127.0.0.1', 'localhost')}/media/{text.pictures[0].id}"
    assert read == _received(text.id, "Olá & 🙂", at=NOON, pictures=(Picture(url, "image/png"),))


def test_what_vonage_tells_of_a_text_that_came() -> None:
    sim = VonageSimulator(SECRET, NUMBER, clock=SetClock(NOON))
    text = sim.text_from(CUSTOMER, "Olá & = 🙂")
    assert vonage.read_webhook(_told(sim, text), LATER) == _received(text.id, "Olá & = 🙂", at=NOON)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_parts_are_put_together_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    sim = VonageSimulator(SECRET, NUMBER, clock=SetClock(NOON))
    said = "".join(f"sentence {n:02}. " for n in range(30))
    parts = sim.text_in_parts(CUSTOMER, said)
    assert len(parts) == 3
    puzzle = Puzzle()
    read = [vonage.read_webhook(_told(sim, parts[place]), LATER) for place in order]
    whole = [puzzle.add(part) for part in read if isinstance(part, TextPart)]
    assert whole[:-1] == [None, None]
    assert whole[-1] == _received(join_ids(part.id for part in parts), said, at=NOON)


def _part(name: str, place: int, at: datetime = NOON, total: int = 2) -> TextPart:
    return TextPart(_received(name, name, at=at), "77", place, total)


def test_a_part_that_is_told_twice_is_one() -> None:
    puzzle = Puzzle()
    assert [puzzle.add(_part("a", 1)), puzzle.add(_part("a", 1))] == [None, None]
    whole = puzzle.add(_part("b", 2))
    assert whole is not None
    assert (whole.external_id, whole.text) == ("a+b", "ab")


def test_a_reference_that_is_used_again_does_not_mix_texts() -> None:
    puzzle = Puzzle()
    assert puzzle.add(_part("lost", 1)) is None
    assert puzzle.add(_part("d", 2, NOON + timedelta(hours=1))) is None
    whole = puzzle.add(_part("c", 1, NOON + timedelta(hours=1)))
    assert whole is not None
    assert whole.text == "cd"


def test_parts_without_sense_are_left_to_polling() -> None:
    puzzle = Puzzle()
    assert [puzzle.add(_part("x", place, total=total)) for place, total in ((0, 2), (3, 2), (1, 0))] == [
        None
    ] * 3
    for count in range(3_000):
        assert puzzle.add(TextPart(_received("y", "y"), str(count), 1, 2)) is None
    assert len(puzzle._open) <= 1_001


def _sent(sim: Simulator, failure: str = "") -> SimText:
    text = sim.campaign(CUSTOMER, "On its way.")
    text.failure = failure
    return text


@pytest.mark.parametrize(
    ("sim", "reader", "code"),
    [
        (TwilioSimulator(SECRET, NUMBER, clock=SetClock(NOON)), twilio.read_webhook, "30003"),
        (VonageSimulator(SECRET, NUMBER, clock=SetClock(NOON)), vonage.read_webhook, "3"),
        (TelnyxSimulator(SECRET, NUMBER, clock=SetClock(NOON)), telnyx.read_webhook, "40001"),
    ],
    ids=["twilio", "vonage", "telnyx"],
)
def test_what_is_reported_of_a_text_of_ours(sim: Simulator, reader: object, code: str) -> None:
    assert callable(reader)
    good, bad = _sent(sim), _sent(sim, code)
    for skew, states in (
        (1.5, (DeliveryState.SENT, DeliveryState.FAILED)),
        (4.0, (DeliveryState.DELIVERED, DeliveryState.FAILED)),
    ):
        sim.skew = timedelta(seconds=skew)
        for text, state in zip((good, bad), states, strict=True):
            read = reader(_told(sim, text), LATER)
            assert isinstance(read, ProviderText)
            assert (read.external_id, read.direction, read.state) == (text.id, Direction.OUTBOUND, state)
            assert (read.sender, read.recipient, read.text) == (NUMBER, CUSTOMER, "")
            assert (code in read.error) is (state is DeliveryState.FAILED)


def test_who_has_opted_out_at_the_provider_is_known_by_the_report() -> None:
    failed = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "21610", "To": CUSTOMER}
    read = twilio.read_webhook(failed, LATER)
    assert read is not None
    assert read.opted_out
    told = {"id": "t", "to": [{"phone_number": CUSTOMER, "status": "sending_failed"}]}
    event = {"event_type": "message.finalized", "payload": {**told, "errors": [{"code": "40300"}]}}
    report = telnyx.read_webhook({"data": event}, LATER)
    assert report is not None
    assert report.opted_out


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"MessageSid": 5, "messageId": None, "data": []},
        {"messageId": "0A01", "type": "binary", "data": "00"},
        {"message_uuid": "aaaaaaaa-bbbb", "channel": "sms", "message_type": "text", "text": "Hello"},
        {"data": {"event_type": "message.received", "payload": {"id": "t-1", "to": "+1"}}},
        {"data": {"event_type": "10dlc.campaign.update", "payload": {"id": "t-1"}}},
        {"MessageSid": "SM1", "SmsStatus": "receiving"},
    ],
)
def test_what_is_no_text_is_read_as_nothing(payload: dict[str, object]) -> None:
    for read in (twilio.read_webhook, vonage.read_webhook, telnyx.read_webhook):
        assert read(payload, LATER) is None


def test_vonages_own_example_is_read() -> None:
    """From developer.vonage.com/en/messaging/sms/guides/inbound-sms."""
    example = {
        "api-key": "abcd1234",
        "msisdn": "447700900001",
        "to": "447700900000",
        "messageId": "0A0000000123ABCD1",
        "text": "Hello world",
        "type": "text",
        "keyword": "HELLO",
        "message-timestamp": "2020-01-01 12:00:00",
    }
    read = vonage.read_webhook(example, LATER)
    assert isinstance(read, ProviderText)
    assert (read.sender, read.recipient) == ("+447700900001", "+447700900000")
    assert (read.text, read.at) == ("Hello world", datetime(2020, 1, 1, 12, tzinfo=UTC))


def test_vonages_webhooks_keep_to_its_description(shared_data: Path) -> None:
    description = yaml.safe_load((shared_data / "specs" / "vonage_sms.yml").read_text("utf-8"))
    schemas: Mapping[str, Mapping[str, object]] = description["components"]["schemas"]
    sim = VonageSimulator(SECRET, NUMBER, clock=SetClock(NOON))
    received = [sim.text_from(CUSTOMER, "Hi"), *sim.text_in_parts(CUSTOMER, "a" * 200)]
    for schema, texts in (("InboundMessage", received), ("DeliveryReceipt", [_sent(sim), _sent(sim, "3")])):
        known: dict[str, Mapping[str, str]] = schemas[schema]["properties"]  # type: ignore[assignment]
        needed = set(schemas[schema].get("required", ()))  # type: ignore[call-overload]
        for text in texts:
            told = _told(sim, text)
            assert needed <= told.keys()
            assert told.keys() <= known.keys() | {"sig"}, "a signed one has its signature, too"
            assert {known[name]["type"] for name in told.keys() - {"sig"}} == {"string"}
            assert {type(value) for value in told.values()} == {str}


@pytest.mark.parametrize(
    ("sim", "signed_with"),
    [
        (TwilioSimulator(SECRET, NUMBER), lambda sim: sim.secret),
        (VonageSimulator(SECRET, NUMBER), lambda sim: sim.signature_secret),
        (TelnyxSimulator(SECRET, NUMBER), lambda sim: sim.public_key),
    ],
    ids=["twilio", "vonage", "telnyx"],
)
async def test_what_becomes_of_a_text_is_told_to_the_address_that_went_with_it(
    sim: Simulator, signed_with: Callable[[Any], str]
) -> None:
    provider = Name(sim.name.lower())
    sim.pace.sent = sim.pace.delivered = timedelta(0)
    with sim, Mailbox() as mailbox:
        settings = SmsSettings(provider, sim.account, NUMBER, base_url=sim.url)
        sender = make_provider(settings, SECRET, report_to=f"{mailbox.url}/hooks/x")
        sent = await sender.send(CUSTOMER, "On its way.", "ours")
        await sender.close()
        requests = [mailbox.next() for _ in range(2)]
    assert sim.violations == []
    for request in requests:
        check_signature(provider, signed_with(sim), request, datetime.now(UTC))
        told = read_webhook(provider, request)
        assert told is not None
        assert (told.external_id, told.kind) == (sent.external_id, "status/delivered")


class Mailbox(Simulator):
    """Takes what is posted to it."""

    name = "Mailbox"

    def __init__(self) -> None:
        super().__init__("", "", "")
        self._posted: queue.Queue[SignedRequest] = queue.Queue()

    def next(self) -> SignedRequest:
        """The next request that comes."""
        return self._posted.get(timeout=30)

    def routes(self) -> list[Route]:
        return [("POST", re.compile("/hooks/x"), self._take)]

    def _take(self, call: Call) -> Response:
        self._posted.put(SignedRequest(f"{self.url}{call.path}", call.headers, call.content))
        return Response(b"")
