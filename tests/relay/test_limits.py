"""How often somebody may do something."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from inbox_desktop.relay.api.errors import ApiError
from inbox_desktop.relay.config import Limits, RelayConfig, RelayError
from inbox_desktop.relay.limits import Buckets, Gate


class Clock:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_what_it_holds_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets(0.5, 3, clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 2.0]
    assert buckets.take("b") == 0
    clock.now += 1.0
    assert buckets.take("a") == 1.0
    clock.now += 1.0
    assert [buckets.take("a"), buckets.take("a")] == [0, 2.0]
    clock.now += 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 2.0]


def test_full_buckets_are_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(1, 1, clock)
    for number in range(10_001):
        buckets.take(str(number))
    clock.now += 10
    buckets.take("one more")
    assert len(buckets._levels) == 1


def test_an_ipv6_customer_counts_once_and_loopback_not_at_all() -> None:
    gate = Gate(Limits(new_visitors_per_minute=1))
    gate.visitor("2001:db8::1")
    with pytest.raises(ApiError) as caught:
        gate.visitor("2001:db8::ffff")
    assert (caught.value.status, caught.value.code) == (429, "rate_limited")
    assert caught.value.retry_after
    gate.visitor("2001:db8:0:1::1")
    gate.visitor("::ffff:192.0.2.1")
    with pytest.raises(ApiError):
        gate.visitor("192.0.2.1")
    for _ in range(5):
        gate.visitor("127.0.0.1")
        gate.visitor("::1")


def test_whoever_becomes_somebody_new_for_each_file_is_known_by_the_address() -> None:
    gate = Gate(Limits(files_per_hour=2, files_per_hour_and_address=3))
    for visitor in ("a", "a", "b"):
        gate.file(visitor, "192.0.2.1")
    with pytest.raises(ApiError):
        gate.file("c", "192.0.2.1")
    gate.file("c", "192.0.2.2")
    gate.file("d", "127.0.0.1")


@pytest.mark.parametrize(
    ("public_url", "is_free"),
    [("", True), ("http://127.0.0.1:8765", True), ("https://localhost", True), ("https://a.example", False)],
)
def test_a_proxy_that_was_not_declared_is_not_free(tmp_path: Path, public_url: str, is_free: bool) -> None:
    config = RelayConfig(tmp_path, public_url=public_url, limits=Limits(new_visitors_per_minute=1)).checked()
    gate = Gate(config.limits_in_force)
    gate.visitor("127.0.0.1")
    with nullcontext() if is_free else pytest.raises(ApiError):
        gate.visitor("127.0.0.1")


def test_limits_are_set_by_their_names() -> None:
    given = Limits.of(["messages-per-minute=60", "sockets-per-address = 7", "messages-per-minute=90"])
    assert given == Limits(messages_per_minute=90, sockets_per_address=7)
    assert Limits.of([]) == Limits()
    assert all(Limits.of([f"{name}=5"]) != Limits() for name in Limits.names())


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("nonsense=1", "no such limit"),
        ("loopback-is-free=1", "no such limit"),
        ("messages-per-minute", "whole number"),
        ("messages-per-minute=0", "whole number"),
        ("messages-per-minute=-1", "whole number"),
        ("messages-per-minute=1e9", "whole number"),
        ("messages-per-minute=٣", "whole number"),
    ],
)
def test_what_is_no_limit_is_said_in_words(setting: str, words: str) -> None:
    with pytest.raises(RelayError, match=words):
        Limits.of([setting])


def test_sockets_are_counted_until_they_end() -> None:
    gate = Gate(Limits(sockets_per_visitor=5, sockets_per_address=2))
    ends = [gate.enter(visitor, "192.0.2.1") for visitor in "ab"]
    with pytest.raises(ApiError):
        gate.enter("c", "192.0.2.1")
    gate.enter("c", "192.0.2.2")
    for end in ends:
        end()
    gate.enter("d", "192.0.2.1")


def test_transcripts_are_limited_by_visitor_and_address() -> None:
    gate = Gate(Limits(transcripts_per_hour=1))
    gate.transcript("a", "192.0.2.1")
    for visitor, address in (("a", "192.0.2.2"), ("b", "192.0.2.1")):
        with pytest.raises(ApiError):
            gate.transcript(visitor, address)
