"""The hostile corpus through the real parser process: nothing crashes, hangs, leaks or escapes."""

import pytest

from inbox_desktop.sync.email.parsed import ParsedMail
from inbox_desktop.sync.email.parser_pool import ParserPool
from tests.hostile.corpus import build
from tests.hostile.invariants import check

CORPUS = build()
_SECONDS = 40.0  # each takes under 2 s; the rest is for a machine that is busy with other things


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_hostile_mail_is_read_and_keeps_the_promises() -> None:
    names = sorted(CORPUS)
    with ParserPool(seconds_per_mail=_SECONDS) as pool:
        results = dict(zip(names, pool.parse([CORPUS[name] for name in names]), strict=True))
        assert pool.pid is not None
    assert len(CORPUS) >= 300
    failed = [(name, found) for name, found in results.items() if not isinstance(found, ParsedMail)]
    assert failed == []
    broken = []
    for name, found in results.items():
        assert isinstance(found, ParsedMail)
        try:
            check(found)
        except AssertionError as error:
            broken.append((name, str(error)))
    assert broken == []


def test_no_hostile_sender_is_verified() -> None:
    with ParserPool(seconds_per_mail=_SECONDS) as pool:
        senders = [CORPUS[name] for name in sorted(CORPUS) if name.startswith("senders-")]
        results = pool.parse(senders)
    assert not [found.sender for found in results if isinstance(found, ParsedMail) and found.from_verified]


def test_a_poisonous_neighbour_costs_nobody_else() -> None:
    good = b"From: ana@example.com\r\nMessage-ID: <good@example.com>\r\n\r\nHello"
    names = ["heavy_html-div-80k", "structures-depth-2000", "structures-parts-100000", "garbage-nul"]
    batch = [mail for name in names for mail in (CORPUS[name], good)]
    with ParserPool(seconds_per_mail=_SECONDS) as pool:
        results = pool.parse(batch)
    assert [found.message_id for found in results[1::2] if isinstance(found, ParsedMail)] == [
        "<good@example.com>"
    ] * 4
