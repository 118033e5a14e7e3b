"""A number in a test's hands: connected at a simulated Twilio, and polled when the test says so."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from inbox_desktop.demo.providers.twilio import TwilioSimulator
from inbox_desktop.models.actions import SYSTEM, agent
from inbox_desktop.models.actions.channels import AddChannel
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.check import check
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, DeliveryState
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.models.tables import Delivery, Message
from inbox_desktop.sync.report import ChannelReport
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.channel import TextChannel
from inbox_desktop.sync.sms.polling import TextPolling
from inbox_desktop.sync.writer import Writer
from tests.models import samples
from tests.models.samples import done
from tests.sync.sms.desk import NUMBER

SECRET_VARIABLE = "INBOX_TEST_SMS_SECRET"


class Line:
    """An inbox with one agent, `julia`, and one number at `provider`. The variable must hold SECRET."""

    def __init__(self, folder: Path, provider: TwilioSimulator) -> None:
        self.provider = provider
        self.store = samples.open_store(folder)
        self.julia = samples.add_agent(self.store)
        self.services = Services(self.store, Secrets(), Writer(self.store))
        settings = SmsSettings(
            Provider.TWILIO,
            provider.account,
            NUMBER,
            base_url=provider.url,
            secret_env=SECRET_VARIABLE,
            brand="Shop",
        )
        self.channel = TextChannel(new_id(), "Texts", settings.checked())
        added = AddChannel(
            actor=SYSTEM,
            channel_id=self.channel.id,
            kind=ChannelKind.SMS,
            channel_name=self.channel.name,
            address=NUMBER,
            settings=settings.to_json(),
        )
        done(self.store, added)
        self.polling = TextPolling(self.services, self.channel, lambda _health: None)

    def close(self) -> None:
        """End the threads; every invariant must hold."""
        self.services.close(5.0)
        assert check(self.store).problems == ()
        self.store.close()

    async def poll(self) -> ChannelReport:
        """Look once at what the provider lists."""
        report = await self.polling.sync_once()
        assert report.errors == ()
        return report

    def reply(self, text: str = "It is on its way.") -> str:
        """Julia answers the only ticket; returns the id of the delivery, which nobody sends."""
        with self.store.write() as session:
            ticket_id = session.scalars(
                select(Message.ticket_id).where(Message.ticket_id.is_not(None))
            ).first()
        assert ticket_id is not None
        reply = Reply(actor=agent(self.julia), ticket_id=ticket_id, text=text, seen_message_id=None)
        done(self.store, reply)
        with self.store.write() as session:
            return session.scalars(select(Delivery.id).where(Delivery.message_id == reply.message_id)).one()

    def attempt(self, delivery_id: str, end: DeliveryState, external_id: str | None = None) -> None:
        """An attempt to send it ends so."""
        done(self.store, BeginAttempt(actor=SYSTEM, delivery_id=delivery_id, external_id=None))
        self.finish(delivery_id, end, external_id)

    def finish(self, delivery_id: str, end: DeliveryState, external_id: str | None = None) -> None:
        """What is known of an attempt's end."""
        finish = FinishAttempt(actor=SYSTEM, delivery_id=delivery_id, state=end, external_id=external_id)
        done(self.store, finish)

    def delivery(self, delivery_id: str) -> DeliveryState:
        """How far it is."""
        with self.store.write() as session:
            return DeliveryState(session.get_one(Delivery, delivery_id).state)

    def kinds(self) -> list[str]:
        """The kinds of all messages, in the order of their threads."""
        with self.store.write() as session:
            return list(session.scalars(select(Message.kind).order_by(Message.order_at, Message.id)))
