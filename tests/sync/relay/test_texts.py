"""What texts have of a relay: webhooks by its feed, links, pictures; and what they do while it is away."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from inbox_desktop.models.actions import SYSTEM
from inbox_desktop.models.actions.channels import SaveSetting
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.relay.config import RelayConfig
from inbox_desktop.sync.errors import OutsideError
from inbox_desktop.sync.relay.access import RelaySettings
from inbox_desktop.sync.relay.feed import FeedEntry, FeedPage
from inbox_desktop.sync.relay.publisher import RelayPublisher
from inbox_desktop.sync.relay.telling import telling_texts
from inbox_desktop.sync.relay.texts import RelayTexts, TextWebhooks
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.sending import OutgoingFile
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.hooks import Webhook
from inbox_desktop.sync.sms.publishing import PublishingError
from inbox_desktop.sync.writer import Writer
from tests.models import samples
from tests.models.samples import done
from tests.relay.running import RunningRelay

VARIABLE = "INBOX_TEST_RELAY_TOKEN"
LAMPS = "https://shop.example/lamps"
PNG = b"\x89PNG\r\n\x1a\n a lamp"
LAMP = OutgoingFile("oak lamp.png", "image/png", len(PNG), hashlib.sha256(PNG).hexdigest())


@pytest.fixture
def server(tmp_path: Path) -> RunningRelay:
    """A relay on loopback, not yet started."""
    return RunningRelay(RelayConfig(tmp_path / "relay"))


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """What the channels of an inbox without a relay work with."""
    store = samples.open_store(tmp_path)
    made = Services(store, Secrets(), Writer(store))
    yield made
    await made.relay.close()
    made.close(5.0)
    store.close()


@pytest.fixture
def connect(
    services: Services, server: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Starts the relay and connects the inbox to it."""
    with server:

        def join() -> None:
            monkeypatch.setenv(VARIABLE, server.desktop().token)
            value = RelaySettings(server.url, VARIABLE).to_json()
            done(services.store, SaveSetting(actor=SYSTEM, key="relay", value=value))

        yield join


async def test_without_a_relay_nothing_is_published(services: Services) -> None:
    publisher = RelayPublisher(services)
    assert await publisher.shorten("m-1", [LAMPS]) == {}
    assert not publisher.is_open
    with pytest.raises(PublishingError, match="which takes a relay") as caught:
        await publisher.publish(LAMP)
    assert caught.value.is_final


async def test_links_and_pictures_are_published_the_same_way_every_time(
    services: Services, server: RunningRelay, connect: Callable[[], None]
) -> None:
    connect()
    publisher = RelayPublisher(services)
    services.store.attachments.put(PNG)
    links = await publisher.shorten("m-1", [LAMPS, "https://user@shop.example/"])
    assert list(links) == [LAMPS]
    assert await publisher.shorten("m-1", [LAMPS]) == links
    assert await publisher.shorten("m-1", []) == {}
    assert publisher.is_open
    path = links[LAMPS].removeprefix(server.relay.config.own_url)
    assert server.get(path).headers["location"] == LAMPS

    urls = [await publisher.publish(LAMP) for _ in range(2)]
    assert urls[0] == urls[1]
    assert server.get(urls[0].removeprefix(server.relay.config.own_url)).content == PNG


async def test_what_the_relay_never_takes_fails_and_what_is_lost_waits(
    services: Services, connect: Callable[[], None]
) -> None:
    connect()
    publisher = RelayPublisher(services)
    services.store.attachments.put(PNG)
    with pytest.raises(PublishingError, match="text/html are not published") as caught:
        await publisher.publish(OutgoingFile("a.html", "text/html", len(PNG), LAMP.sha256))
    assert caught.value.is_final
    with pytest.raises(PublishingError, match=r"lamp\.png can't be read") as caught:
        await publisher.publish(OutgoingFile("lamp.png", "image/png", 5, "0" * 64))
    assert not caught.value.is_final


async def test_while_the_relay_is_away_the_text_waits(
    services: Services, server: RunningRelay, connect: Callable[[], None], unused_tcp_port: int
) -> None:
    connect()
    settings = RelaySettings(f"http://127.0.0.1:{unused_tcp_port}", VARIABLE)
    done(services.store, SaveSetting(actor=SYSTEM, key="relay", value=settings.to_json()))
    services.store.attachments.put(PNG)
    publisher = RelayPublisher(services)
    for work in (publisher.shorten("m-1", [LAMPS]), publisher.publish(LAMP)):
        with pytest.raises(PublishingError, match="can't be reached") as caught:
            await work
        assert not caught.value.is_final


async def test_a_number_is_named_to_the_relay(services: Services, connect: Callable[[], None]) -> None:
    connect()
    texts = RelayTexts(services)
    url = await texts.register("number-1", Provider.TWILIO, "+12025550123", "a token")
    assert url.endswith("/hooks/twilio/number-1")
    with pytest.raises(OutsideError, match="no public key of Telnyx") as caught:
        await texts.register("number-2", Provider.TELNYX, "+12025550124", "no key")
    assert caught.value.needs_person


class Line:
    """A channel that remembers what it is told."""

    number_id = "number-1"
    webhook_url = ""

    def __init__(self) -> None:
        self.told: list[Webhook] = []
        self.changes = 0

    async def take(self, webhook: Webhook) -> None:
        self.told.append(webhook)

    def relay_changed(self) -> None:
        self.changes += 1


async def test_the_feed_s_webhooks_reach_their_channel_in_order(services: Services) -> None:
    line = Line()
    services.hooks.enter(line)
    at = now() - timedelta(minutes=1)
    entries = tuple(
        FeedEntry(
            seq,
            kind,
            {
                "number_id": number,
                "external_id": f"SM{seq}",
                "kind": "text",
                "payload": f'{{"n": {seq}}}',
                "received_at": at.isoformat(),
            },
        )
        for seq, kind, number in (
            (3, "webhook", "number-1"),
            (5, "webhook", "number-1"),
            (6, "message", "number-1"),
            (7, "webhook", "number-2"),
            (8, "webhook", "number-1"),
        )
    )
    handler = TextWebhooks(services)
    page = FeedPage(entries, next=8, more=False, history_until=4)
    assert await handler.prepare(page, None) is None  # type: ignore[arg-type]
    assert [(one.external_id, one.payload["n"], one.received_at) for one in line.told] == [
        ("SM5", 5, at),
        ("SM8", 8, at),
    ], "what was there before the inbox was connected is polled"


async def test_texts_hear_of_the_link_s_health(services: Services, connect: Callable[[], None]) -> None:
    line, hear = Line(), telling_texts(services)
    services.hooks.enter(line)

    def say(*states: ChannelState) -> tuple[bool, bool, int]:
        for state in states:
            hear(Health("relay", ChannelKind.CHAT, "Relay", state))
        return services.hooks.relay is not None, services.hooks.was_up, line.changes

    assert say(ChannelState.STARTING, ChannelState.FAILED) == (False, False, 0)
    connect()
    await services.relay.settings()
    assert say(ChannelState.CONNECTED, ChannelState.SYNCING, ChannelState.CONNECTED) == (True, True, 1)
    assert say(ChannelState.OFFLINE, ChannelState.OFFLINE) == (False, True, 2)
    assert say(ChannelState.CONNECTED) == (True, True, 3)
    services.relay.is_connected = False
    assert say(ChannelState.FAILED) == (False, False, 4)
