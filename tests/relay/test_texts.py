"""What a desktop asks of the relay for its texts: links with clicks, pictures, numbers. Desktops only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import httpx
import pytest

from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.relay.numbers import KnownNumber, find_number
from tests.relay.running import DesktopClient, RunningRelay
from tests.relay.signing import TELNYX_KEY, by_twilio

PNG = b"\x89PNG\r\n\x1a\n a lamp"
SHA256 = hashlib.sha256(PNG).hexdigest()
LAMPS = "https://shop.example/lamps"
NUMBER = {"provider": "twilio", "number": "+12025550123", "secret": "canary0auth0token0canary"}


@pytest.fixture
def plain(start_relay: Callable[[RelayConfig], RunningRelay], sqlite_config: RelayConfig) -> RunningRelay:
    """A relay with SQLite, for what has nothing to do with the database."""
    return start_relay(sqlite_config)


def _publish(desktop: DesktopClient, sha256: str, kind: str, content: bytes) -> httpx.Response:
    return desktop.server.http.put(
        f"/api/v1/pictures/{sha256}",
        content=content,
        params={"name": "oak lamp.png"},
        headers={**desktop.headers, "Content-Type": kind},
    )


def test_links_are_made_followed_and_counted(server: RunningRelay) -> None:
    desktop = server.desktop()
    body = {"message_id": "m-1", "urls": [LAMPS, "javascript:alert(1)", LAMPS]}
    links = desktop.post("links", body).json()["links"]
    assert desktop.post("links", body).json()["links"] == links
    assert list(links) == [LAMPS]
    assert links[LAMPS].startswith(f"{server.relay.config.own_url}/l/")
    path = links[LAMPS].removeprefix(server.relay.config.own_url)
    for _ in range(2):
        assert server.get(path).headers["location"] == LAMPS
    (told,) = desktop.get("links", message_id="m-1").json()["links"]
    assert (told["url"], told["link"], told["clicks"]) == (LAMPS, links[LAMPS], 2)
    assert desktop.get("links", message_id="m-2").json()["links"] == []


def test_a_picture_is_published_once(server: RunningRelay) -> None:
    desktop = server.desktop()
    answers = [_publish(desktop, SHA256, "image/png", PNG) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    (url,) = {answer.json()["url"] for answer in answers}
    assert url.endswith("/oak%20lamp.png")
    found = server.get(url.removeprefix(server.relay.config.own_url))
    assert (found.content, found.headers["content-type"]) == (PNG, "image/png")


@pytest.mark.parametrize(
    ("sha256", "kind", "content", "status"),
    [
        (SHA256, "text/html", PNG, 415),
        (SHA256, "image/svg+xml", PNG, 415),
        (SHA256, "image/png", b"another", 400),
        ("x", "image/png", PNG, 400),
    ],
)
def test_what_is_no_picture_is_not_published(
    plain: RunningRelay, sha256: str, kind: str, content: bytes, status: int
) -> None:
    assert _publish(plain.desktop(), sha256, kind, content).status_code == status


def test_a_named_number_takes_webhooks_that_the_feed_then_tells(server: RunningRelay) -> None:
    desktop = server.desktop()
    url = desktop.request("PUT", "numbers/number-1", json=NUMBER).json()["webhook_url"]
    assert url == f"{server.relay.config.own_url}/hooks/twilio/number-1"
    signed = by_twilio(NUMBER["secret"], url, {"MessageSid": "SM1", "Body": "Hi"})
    path = url.removeprefix(server.relay.config.own_url)
    assert server.http.post(path, content=signed.body, headers=signed.headers).status_code == 200
    (entry,) = [one for one in desktop.feed() if one["kind"] == "webhook"]
    told = entry["data"]
    assert (told["number_id"], told["external_id"], told["kind"]) == ("number-1", "SM1", "text")
    assert told["payload"] == '{"MessageSid": "SM1", "Body": "Hi"}'
    assert desktop.request("DELETE", "numbers/number-1").status_code == 200
    assert desktop.request("DELETE", "numbers/number-1").status_code == 404
    assert server.http.post(path, content=signed.body, headers=signed.headers).status_code == 404


@pytest.mark.parametrize(
    ("number_id", "change", "status"),
    [
        ("number-1", {"provider": "telnyx", "secret": TELNYX_KEY}, 200),
        ("number-1", {"provider": "telnyx"}, 400),
        ("number-1", {"provider": "somebody"}, 400),
        ("number-1", {"number": "HARBOR"}, 400),
        ("number-1", {"number": 5}, 400),
        ("number-1", {"secret": " "}, 400),
        ("number-1", {"secret": "a\nb"}, 400),
        ("number-1", {"more": 1}, 400),
        ("short", {}, 404),
        ("n%00mber-1", {}, 404),
    ],
)
def test_a_number_is_looked_at_before_it_is_taken(
    plain: RunningRelay, number_id: str, change: dict[str, object], status: int
) -> None:
    answer = plain.desktop().request("PUT", f"numbers/{number_id}", json={**NUMBER, **change})
    assert answer.status_code == status
    assert NUMBER["secret"] not in answer.text


def test_a_number_is_kept_for_the_next_start(server: RunningRelay) -> None:
    server.desktop().request("PUT", "numbers/number-1", json=NUMBER)
    relay = server.relay
    found = relay.database.read(lambda connection: find_number(connection, relay.keys, "number-1"))
    assert found == KnownNumber("number-1", Provider.TWILIO, NUMBER["number"], NUMBER["secret"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message_id": "m-1", "urls": []}, 200),
        ({"message_id": "m-1", "urls": ["x"] * 51}, 400),
        ({"message_id": "m-1", "urls": "x"}, 400),
        ({"message_id": "m-1", "urls": [5]}, 400),
        ({"message_id": "m\x00", "urls": []}, 400),
        ({"message_id": "m-1", "urls": ["https://shop.example/\x00", "https://a.example/\ud800"]}, 200),
    ],
)
def test_links_are_asked_for_in_form(plain: RunningRelay, body: dict[str, object], status: int) -> None:
    answer = plain.desktop().request("POST", "links", content=json.dumps(body))
    assert answer.status_code == status
    assert status != 200 or answer.json()["links"] == {}


def test_nobody_but_a_desktop_may_ask(plain: RunningRelay) -> None:
    for method, path in (
        ("POST", "links"),
        ("GET", "links?message_id=m-1"),
        ("PUT", f"pictures/{SHA256}"),
        ("PUT", "numbers/number-1"),
        ("DELETE", "numbers/number-1"),
    ):
        for headers in ({}, {"Authorization": "Bearer " + "a" * 43}):
            answer = plain.http.request(method, f"/api/v1/{path}", headers=headers)
            assert answer.status_code == 401, path
