"""Webhooks over HTTP: only what is signed is taken, once, whatever its order, and it is in the feed."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select, update

from inbox_desktop.models.clock import now
from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.numbers import KnownNumber, delete_number, find_number, put_number
from inbox_desktop.relay.tables import Number, Webhook
from inbox_desktop.relay.webhooks import LARGEST_BODY, forget_webhooks
from tests.relay.running import RunningRelay
from tests.relay.signing import FORM, TELNYX_KEY, Signed, by_telnyx, by_twilio, by_vonage, telnyx_event
from tests.support.postgresql import PostgreSql

TOKEN, SECRET = "canary0auth0token0canary", "canary0signature0secret"
TWILIO = KnownNumber("number-1", Provider.TWILIO, "+12025550123", TOKEN)
VONAGE = KnownNumber("number-2", Provider.VONAGE, "+447700900000", SECRET)
TELNYX = KnownNumber("number-3", Provider.TELNYX, "+12025550124", TELNYX_KEY)
RECEIVED = {"MessageSid": "SM1", "From": "+12025550177", "To": "+12025550123", "Body": "Olá 🙂"}


@pytest.fixture
def hooked(server: RunningRelay) -> RunningRelay:
    """A relay that knows a number of each provider."""
    for known in (TWILIO, VONAGE, TELNYX):
        _keep(server, known)
    return server


def _keep(relay: RunningRelay, known: KnownNumber) -> None:
    relay.relay.database.write(lambda writing: put_number(writing, relay.relay.keys, known, now()))


def _forget(relay: RunningRelay, at: datetime) -> int:
    return relay.relay.database.write(lambda writing: forget_webhooks(writing.connection, at))


def _path(known: KnownNumber) -> str:
    return f"/hooks/{known.provider}/{known.id}"


def _post(relay: RunningRelay, known: KnownNumber, signed: Signed) -> int:
    return relay.http.post(_path(known), content=signed.body, headers=signed.headers).status_code


def _twilio(relay: RunningRelay, fields: dict[str, str], token: str = TOKEN) -> Signed:
    return by_twilio(token, relay.relay.config.own_url + _path(TWILIO), fields)


def _stored(relay: RunningRelay) -> list[tuple[int, str, str, str]]:
    columns = (Webhook.seq, Webhook.number_id, Webhook.external_id, Webhook.kind)
    query = select(*columns).order_by(Webhook.seq)
    rows = relay.relay.database.read(lambda connection: list(connection.execute(query)))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def test_what_each_provider_tells_is_stored_in_the_order_of_the_feed(hooked: RunningRelay) -> None:
    before, _ = hooked.relay.database.head()
    status = {"messageId": "0A01", "status": "delivered", "msisdn": "447700900001"}
    assert _post(hooked, TWILIO, _twilio(hooked, RECEIVED)) == 200
    assert _post(hooked, VONAGE, by_vonage(SECRET, status, now())) == 200
    assert _post(hooked, TELNYX, by_telnyx(telnyx_event("message.received", "t-1"), now())) == 200
    assert (
        _post(hooked, TELNYX, by_telnyx(telnyx_event("message.finalized", "t-2", "delivered"), now())) == 200
    )
    assert _stored(hooked) == [
        (before + 1, "number-1", "SM1", "text"),
        (before + 2, "number-2", "0A01", "status/delivered"),
        (before + 3, "number-3", "t-1", "text"),
        (before + 4, "number-3", "t-2", "status/delivered"),
    ]
    payload = hooked.relay.database.read(lambda connection: connection.scalar(select(Webhook.payload)))
    assert json.loads(payload or "") == RECEIVED


def test_twilio_is_told_to_answer_nothing(hooked: RunningRelay) -> None:
    signed = _twilio(hooked, RECEIVED)
    answer = hooked.http.post(_path(TWILIO), content=signed.body, headers=signed.headers)
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.endswith("<Response/>")


def test_the_same_thing_told_again_is_acknowledged_and_stored_once(hooked: RunningRelay) -> None:
    for _ in range(3):
        assert _post(hooked, TWILIO, _twilio(hooked, RECEIVED)) == 200
    head = hooked.relay.database.head()
    assert _post(hooked, TWILIO, _twilio(hooked, {**RECEIVED, "NewField": "a retry says more"})) == 200
    assert len(_stored(hooked)) == 1
    assert hooked.relay.database.head() == head, "desktops are not woken by what they know"


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "queued"]))[:4])
def test_reports_are_stored_in_whatever_order_they_come(hooked: RunningRelay, order: tuple[str, ...]) -> None:
    for status in (*order, *order):
        fields = {"MessageSid": "SM2", "MessageStatus": status}
        assert _post(hooked, TWILIO, _twilio(hooked, fields)) == 200
    assert [kind for *_, kind in _stored(hooked)] == [f"status/{status}" for status in order]


@pytest.mark.expects_log("a webhook .* was refused")
def test_what_is_forged_is_refused_and_not_stored(hooked: RunningRelay) -> None:
    good = _twilio(hooked, RECEIVED)
    elsewhere = by_twilio(TOKEN, hooked.relay.config.own_url + "/hooks/twilio/number-9", RECEIVED)
    forged = [
        (TWILIO, _twilio(hooked, RECEIVED, token="another token")),
        (TWILIO, elsewhere),
        (TWILIO, replace(good, body=good.body.replace(b"SM1", b"SM2"))),
        (TWILIO, Signed(good.body, {"Content-Type": FORM})),
        (TWILIO, Signed(b"", {})),
        (VONAGE, by_vonage("another secret", {"messageId": "0A01"}, now())),
        (VONAGE, by_vonage(SECRET, {"messageId": "0A01"}, now() - timedelta(days=2))),
        (TELNYX, by_telnyx(telnyx_event("message.received", "t-1"), now() - timedelta(minutes=6))),
        (TELNYX, Signed(b"\xff\x00[", {"Content-Type": "application/json"})),
    ]
    assert [_post(hooked, *one) for one in forged] == [403] * len(forged)
    assert _stored(hooked) == []


def test_a_number_that_nobody_named_is_not_there(hooked: RunningRelay) -> None:
    signed = by_twilio(TOKEN, hooked.relay.config.own_url + "/hooks/twilio/number-9", RECEIVED)
    for path in (
        "/hooks/twilio/number-9",
        "/hooks/telnyx/number-1",
        "/hooks/somebody/number-1",
        "/hooks/twilio/%00",
    ):
        answer = hooked.http.post(path, content=signed.body, headers=signed.headers)
        assert answer.status_code == 404, path
    assert hooked.http.get(_path(TWILIO)).status_code == 405


def test_a_body_that_is_too_large_is_not_read(hooked: RunningRelay) -> None:
    body = b"Body=" + b"a" * LARGEST_BODY
    assert _post(hooked, TWILIO, Signed(body, {"Content-Type": FORM})) == 413


def test_what_is_about_no_text_is_acknowledged_and_left_out(hooked: RunningRelay) -> None:
    assert _post(hooked, TWILIO, _twilio(hooked, {"AccountSid": "AC1"})) == 200
    assert _post(hooked, TWILIO, _twilio(hooked, {"MessageSid": "S" * 101})) == 200
    event = {"data": {"event_type": "10dlc.campaign.update", "payload": {"id": "c-1"}}}
    assert _post(hooked, TELNYX, by_telnyx(event, now())) == 200
    assert _stored(hooked) == []


def test_a_secret_lies_encrypted_and_can_be_replaced(hooked: RunningRelay) -> None:
    database, keys = hooked.relay.database, hooked.relay.keys
    kept = database.read(lambda connection: list(connection.scalars(select(Number.secret))))
    assert not [secret for secret in kept if TOKEN in secret or SECRET in secret]
    renewed = replace(TWILIO, secret="a new token")
    _keep(hooked, renewed)
    assert database.read(lambda connection: find_number(connection, keys, "number-1")) == renewed
    assert _post(hooked, TWILIO, _twilio(hooked, RECEIVED, "a new token")) == 200
    assert database.write(lambda writing: delete_number(writing, "number-1"))
    assert not database.write(lambda writing: delete_number(writing, "number-1"))
    assert _post(hooked, TWILIO, _twilio(hooked, RECEIVED, "a new token")) == 404


@pytest.mark.expects_log("cannot be decrypted")
def test_a_secret_of_another_key_is_as_if_there_were_none(hooked: RunningRelay) -> None:
    hooked.relay.database.write(lambda writing: writing.connection.execute(update(Number).values(secret="x")))
    assert _post(hooked, TWILIO, _twilio(hooked, RECEIVED)) == 404


def test_webhooks_are_forgotten_when_every_desktop_has_them(hooked: RunningRelay) -> None:
    assert _post(hooked, TWILIO, _twilio(hooked, RECEIVED)) == 200
    forgotten = [_forget(hooked, now() + timedelta(days=days)) for days in (29, 31)]
    assert forgotten == [0, 1]


def test_a_webhook_that_comes_at_several_processes_at_once_is_stored_once(
    tmp_path: Path, postgresql: PostgreSql, start_relay: Callable[[RelayConfig], RunningRelay]
) -> None:
    config = RelayConfig(tmp_path / "relay", postgresql.create())
    relays = [start_relay(config), start_relay(config)]
    _keep(relays[0], TWILIO)
    with ThreadPoolExecutor(8) as pool:
        posted = [
            pool.submit(_post, relay, TWILIO, _twilio(relay, {**RECEIVED, "MessageSid": f"SM{number}"}))
            for number in range(10)
            for relay in relays * 2
        ]
        assert {one.result() for one in posted} == {200}
    stored = _stored(relays[0])
    assert sorted(text for _, _, text, _ in stored) == sorted(f"SM{number}" for number in range(10))
    assert len({seq for seq, *_ in stored}) == 10
