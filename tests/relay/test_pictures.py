"""Pictures of texts: at one address while they are needed, harmless, and gone afterwards."""

from __future__ import annotations

from datetime import timedelta

from inbox_desktop.models.clock import now
from inbox_desktop.relay.pictures import LIVES, Published, find_picture, forget_pictures, put_picture
from inbox_desktop.relay.service import Relay
from tests.relay.running import RunningRelay

PNG = Published("oak lamp.png", "image/png", b"\x89PNG\r\n\x1a\n a lamp")
DAY = timedelta(days=1)


def _put(relay: Relay, file: Published = PNG, age: timedelta = timedelta(0)) -> str:
    return relay.database.write(lambda writing: put_picture(writing, file, now() - age))


def test_the_same_picture_has_one_address_while_it_lives(relay: Relay) -> None:
    token = _put(relay, age=LIVES - DAY)
    assert len(token) == 43
    assert _put(relay) == token
    assert _put(relay, Published("b.png", "image/png", PNG.content)) != token
    found = relay.database.read(lambda connection: find_picture(connection, token, now() + LIVES - DAY))
    assert found == PNG, "sent again, it lives longer"


def test_a_picture_expires_and_is_forgotten(relay: Relay) -> None:
    token = _put(relay, age=LIVES + DAY)
    assert relay.database.read(lambda connection: find_picture(connection, token, now())) is None
    assert _put(relay) != token
    assert relay.database.write(lambda writing: forget_pictures(writing.connection, now())) == 1


def test_a_picture_is_fetched_as_it_is(server: RunningRelay) -> None:
    token = _put(server.relay)
    for method in ("GET", "HEAD"):
        answer = server.http.request(method, f"/p/{token}/oak%20lamp.png")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.headers["content-length"] == str(len(PNG.content))
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.content == (PNG.content if method == "GET" else b"")


def test_what_is_no_picture_is_only_downloaded(server: RunningRelay) -> None:
    token = _put(server.relay, Published("card.vcf", "text/vcard", b"BEGIN:VCARD"))
    assert server.get(f"/p/{token}/card.vcf").headers["content-disposition"] == "attachment"


def test_a_guess_finds_nothing(server: RunningRelay) -> None:
    _put(server.relay)
    for token in ("a" * 43, "..", "%00", "x" * 500):
        assert server.get(f"/p/{token}/oak.png").status_code == 404
