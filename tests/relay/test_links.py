"""Short links: the same one for the same message and address, followed, counted, expired, never guessed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inbox_desktop.models.clock import now
from inbox_desktop.relay.links import (
    LIVES,
    REMEMBERED,
    clicks_of,
    count_click,
    find_link,
    forget_links,
    is_person,
    location,
    may_shorten,
    shorten,
)
from inbox_desktop.relay.service import Relay
from tests.relay.running import RunningRelay

LAMPS = "https://shop.example/lamps?colour=oak&size=2#top"
PERSON = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}
DAY = timedelta(days=1)


def _shorten(relay: Relay, *urls: str, message: str = "m-1", at: datetime | None = None) -> dict[str, str]:
    return dict(relay.database.write(lambda writing: shorten(writing, message, urls, at or now())))


def test_the_same_message_and_address_have_one_code(relay: Relay) -> None:
    first = _shorten(relay, LAMPS, "https://shop.example/")
    assert _shorten(relay, LAMPS, LAMPS) == {LAMPS: first[LAMPS]}
    other = _shorten(relay, LAMPS, message="m-2")
    codes = {*first.values(), *other.values()}
    assert len(codes) == 3
    assert {len(code) for code in codes} == {8}
    assert all(code.isascii() and code.isalnum() for code in codes)


def test_only_pages_are_shortened(relay: Relay) -> None:
    bad = [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//shop.example/",
        "https://",
        "https://user@shop.example/",
        "https://shop.example:x/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/" + "a" * 2_000,
        "https://" + "ü" * 80 + ".example/",
        "mailto:ana@shop.example",
        "",
    ]
    assert not [url for url in bad if may_shorten(url)]
    assert _shorten(relay, *bad) == {}
    assert may_shorten("HTTP://shop.example:8080/a?b")
    assert may_shorten("https://münchen.example/ü")


def test_clicks_are_counted_for_each_link(relay: Relay) -> None:
    codes = _shorten(relay, LAMPS, "https://shop.example/")
    for _ in range(2):
        relay.database.write(lambda writing: count_click(writing, codes[LAMPS]))
    found = relay.database.read(lambda connection: clicks_of(connection, "m-1"))
    assert {one.url: one.clicks for one in found} == {LAMPS: 2, "https://shop.example/": 0}
    assert relay.database.read(lambda connection: clicks_of(connection, "m-2")) == ()


def test_a_link_lives_ninety_days_and_is_then_remembered_for_a_while(relay: Relay) -> None:
    begun = now()
    code = _shorten(relay, LAMPS, at=begun)[LAMPS]

    def look(age: timedelta) -> str:
        at = begun + age
        relay.database.write(lambda writing: forget_links(writing.connection, at))
        found = relay.database.read(lambda connection: find_link(connection, code, at))
        return "unknown" if found is None else "expired" if found.expired else "leads on"

    ages = (timedelta(0), 89 * DAY, 90 * DAY, LIVES + REMEMBERED - DAY, LIVES + REMEMBERED + DAY)
    assert [look(age) for age in ages] == ["leads on", "leads on", "expired", "expired", "unknown"]


def test_an_expired_link_is_made_anew(relay: Relay) -> None:
    old = _shorten(relay, LAMPS, at=now() - LIVES)[LAMPS]
    assert _shorten(relay, LAMPS)[LAMPS] != old


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (LAMPS, LAMPS),
        ("https://shop.example/ü?q=ñ&r=a%20b", "https://shop.example/%C3%BC?q=%C3%B1&r=a%20b"),
        ("https://münchen.example:8443/a", "https://xn--mnchen-3ya.example:8443/a"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("HTTPS://Shop.example", "https://shop.example"),
    ],
)
def test_an_address_is_sent_in_ascii(url: str, sent: str) -> None:
    assert location(url) == sent


@pytest.mark.parametrize(
    ("method", "headers", "counts"),
    [
        ("GET", PERSON, True),
        ("GET", {}, True),
        ("HEAD", PERSON, False),
        ("GET", {"user-agent": "Googlebot/2.1"}, False),
        ("GET", {"user-agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0"}, False),
        ("GET", {**PERSON, "sec-purpose": "prefetch;prerender"}, False),
        ("GET", {"user-agent": "Mozilla/5.0 Cubot Phone"}, False),
    ],
)
def test_previews_are_no_clicks(method: str, headers: dict[str, str], counts: bool) -> None:
    lower = {name.lower(): value for name, value in headers.items()}
    assert is_person(method, lower) is counts


def test_a_link_is_followed_and_counted_over_http(server: RunningRelay) -> None:
    code = _shorten(server.relay, LAMPS)[LAMPS]
    for method, headers in (("GET", PERSON), ("HEAD", PERSON), ("GET", {"User-Agent": "Slackbot"})):
        answer = server.http.request(method, f"/l/{code}", headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (302, LAMPS)
        assert answer.headers["cache-control"] == "no-store"
    (found,) = server.relay.database.read(lambda connection: clicks_of(connection, "m-1"))
    assert found.clicks == 1


@pytest.mark.parametrize(
    ("language", "expired", "words"),
    [
        ("de-AT, pt-BR;q=0.8", True, "Este link expirou"),
        ("es-ES,en;q=0.5", False, "Este enlace no existe"),
        ("", True, "This link has expired"),
        ("<script>", False, "There is no such link"),
    ],
)
def test_what_leads_nowhere_says_so_in_words(
    server: RunningRelay, language: str, expired: bool, words: str
) -> None:
    code = _shorten(server.relay, LAMPS, at=now() - LIVES)[LAMPS] if expired else "abcdefgh"
    answer = server.get(f"/l/{code}", headers={"Accept-Language": language})
    assert answer.status_code == (410 if expired else 404)
    assert words in answer.text
    assert "<script>" not in answer.text
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "code", ["https:%2F%2Fevil.example", "a", "abcdefg%00", "abcdefgh2", "%20", "..%2f", "abcdefgh/"]
)
def test_a_code_that_was_never_given_leads_nowhere(server: RunningRelay, code: str) -> None:
    answer = server.get(f"/l/{code}")
    assert (answer.status_code, "location" in answer.headers) == (404, False)
