"""A text on its way out: what is published before it leaves, and where its provider reports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ChannelKind, DeliveryState
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.sync.relay import publisher as publisher_module
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.sending import OutgoingFile, OutgoingMail, SendResult
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms import sender as sender_module
from inbox_desktop.sync.sms.channel import TextChannel, make_provider
from inbox_desktop.sync.sms.hooks import number_id
from inbox_desktop.sync.sms.sender import TextSender
from inbox_desktop.sync.writer import Writer
from tests.models import samples
from tests.sync.sms.desk import CUSTOMER, NUMBER, SECRET

VARIABLE = "INBOX_TEST_SMS_SECRET"
LAMPS = "https://shop.example/lamps"
LAMP = OutgoingFile("lamp.png", "image/png", 5, "0" * 64)


@dataclass
class Address:
    """A public address, or one on this computer."""

    url: str
    is_open: bool = True

    async def publish(self, file: OutgoingFile) -> str:
        return f"{self.url}/p/{file.filename}"

    async def shorten(self, message_id: str, urls: Sequence[str]) -> Mapping[str, str]:
        return dict.fromkeys(urls, f"{self.url}/l/abc")


class Line:
    """Where the number's provider calls."""

    def __init__(self, settings: SmsSettings, webhook_url: str) -> None:
        self.number_id = number_id(settings)
        self.webhook_url = webhook_url


Send = Callable[..., AbstractAsyncContextManager[tuple[SendResult, TwilioSimulator]]]


@pytest.fixture
def send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Sends one text through a relay at `address`, as if to the real provider unless `is_simulated`."""
    monkeypatch.setenv(VARIABLE, SECRET)

    @asynccontextmanager
    async def sending(
        address: str, *, is_simulated: bool, files: tuple[OutgoingFile, ...] = ()
    ) -> AsyncIterator[tuple[SendResult, TwilioSimulator]]:
        store = samples.open_store(tmp_path)
        services = Services(store, Secrets(), Writer(store))
        monkeypatch.setattr(publisher_module, "RelayPublisher", lambda _services: Address(address))
        with TwilioSimulator(SECRET, NUMBER) as sim:
            simulated = SmsSettings(
                Provider.TWILIO, sim.account, NUMBER, base_url=sim.url, secret_env=VARIABLE
            )
            settings = simulated if is_simulated else replace(simulated, base_url=None)
            monkeypatch.setattr(
                sender_module,
                "make_provider",
                lambda _settings, secret, report_to: make_provider(simulated, secret, report_to=report_to),
            )
            services.hooks.enter(Line(settings, f"{address}/hooks/twilio/x"))  # type: ignore[arg-type]
            mail = OutgoingMail(
                delivery_id="d-1",
                message_id="m-1",
                ticket_id="",
                channel_id="c-1",
                channel_kind=ChannelKind.SMS,
                attempts=1,
                queued_at=now(),
                external_id="",
                author_name="Julia",
                from_address=NUMBER,
                to=(CUSTOMER,),
                cc=(),
                recipients=(CUSTOMER,),
                subject="",
                text=f"This one: {LAMPS}",
                html=None,
                sent_at=now(),
                files=files,
            )
            sender = TextSender(services, TextChannel("c-1", "Texts", settings))
            try:
                yield await sender.send(mail, _hand_over), sim
            finally:
                services.close(5.0)
                store.close()

    return sending


async def _hand_over(_recipients: Sequence[str]) -> None:
    return


PUBLIC, HERE = "https://relay.shop.example", "http://127.0.0.1:8765"


async def test_links_and_pictures_leave_by_the_relay_s_public_address(send: Send) -> None:
    async with send(PUBLIC, is_simulated=False, files=(LAMP,)) as (result, sim):
        (text,) = sim.sent
        assert result.state is DeliveryState.SENT
        assert text.text == f"This one: {PUBLIC}/l/abc"
        assert text.pictures[0].content == f"{PUBLIC}/p/lamp.png".encode()
        assert ("StatusCallback", f"{PUBLIC}/hooks/twilio/x") in sim.exchanges[-1].call.form


async def test_nobody_gets_a_link_to_this_computer(send: Send) -> None:
    async with send(HERE, is_simulated=False) as (result, sim):
        (text,) = sim.sent
        assert (result.state, text.text) == (DeliveryState.SENT, f"This one: {LAMPS}")
        assert not [name for name, _ in sim.exchanges[-1].call.form if name == "StatusCallback"]


async def test_a_picture_on_this_computer_is_not_sent_and_says_why(send: Send) -> None:
    async with send(HERE, is_simulated=False, files=(LAMP,)) as (result, sim):
        assert (result.state, sim.sent) == (DeliveryState.FAILED, [])
        assert "no address on the internet" in result.recipients[0].detail


async def test_a_simulated_provider_reaches_this_computer(send: Send) -> None:
    async with send(HERE, is_simulated=True, files=(LAMP,)) as (result, sim):
        (text,) = sim.sent
        assert (result.state, text.text) == (DeliveryState.SENT, f"This one: {HERE}/l/abc")
        assert ("StatusCallback", f"{HERE}/hooks/twilio/x") in sim.exchanges[-1].call.form
