"""Phones in a test's hands: texts that people send to our number, and campaigns that it sends them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from inbox_desktop.models.actions import Outcome, Refusal, agent, channel, perform
from inbox_desktop.models.actions.channels import AddChannel
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.actions.texts import RecordCampaign, receive_texts
from inbox_desktop.models.check import check
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, ConsentKind, ConsentState, IdentityKind, MessageKind
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Attribution, Message, Ticket
from tests.models.samples import START, done

NUMBER = "+14155550100"
ANA = "+14155550132"
BO = "+493012345678"
BOTH_REVOKED = dict.fromkeys(ConsentKind, ConsentState.REVOKED)


class Phones:
    """A channel of texts whose clock stands at `at`; every text takes a minute.

    `text("hi")` is Ana's; the outcome says what became of it.
    """

    def __init__(
        self,
        store: Store,
        agent_id: str,
        number: str = NUMBER,
        provider: Provider = Provider.VONAGE,  # who answers no keyword itself
        **settings: Any,
    ) -> None:
        self.store = store
        self.settings = SmsSettings(
            provider, "shop", number, brand="Shop", contact_email="help@shop.example", **settings
        ).checked()
        self.channel_id = new_id()
        self.at = START
        added = AddChannel(
            actor=agent(agent_id),
            channel_id=self.channel_id,
            kind=ChannelKind.SMS,
            channel_name="Texts",
            address=number,
            settings=self.settings.to_json(),
        )
        done(store, added)

    def set(self, **settings: Any) -> None:
        """Change settings of the channel (its row stays as it is)."""
        self.settings = replace(self.settings, **settings)

    def message(self, text: str = "Where is my order?", sender: str = ANA, **values: Any) -> InboundMessage:
        """The next text, without receiving it."""
        self.at += timedelta(minutes=1)
        given = {
            "channel_id": self.channel_id,
            "external_id": f"SM{new_id()}",
            "kind": MessageKind.MESSAGE,
            "author_kind": IdentityKind.PHONE,
            "author_address": sender,
            "author_name": "",
            "sent_at": self.at,
            "text": text,
            "visible_text": text,
            "to": (self.settings.number,),
            "channel_address": self.settings.number,
            "own_addresses": frozenset({self.settings.number}),
        }
        return InboundMessage(**{**given, **values})

    def receive(self, *messages: InboundMessage, at: datetime | None = None) -> list[Outcome | Refusal]:
        """Take messages in, in one transaction."""
        with self.store.write() as session:
            return receive_texts(session, self.channel_id, self.settings, messages, at or self.at)

    def text(self, text: str = "Where is my order?", sender: str = ANA, **values: Any) -> Outcome:
        """Receive the next text."""
        (outcome,) = self.receive(self.message(text, sender, **values))
        assert isinstance(outcome, Outcome), outcome
        return outcome

    def campaign(self, recipient: str = ANA, text: str = "Ten percent off!", **values: Any) -> Outcome:
        """A campaign message leaves from our number, sent by another program, and is listed."""
        self.at += timedelta(minutes=1)
        given: dict[str, Any] = {
            "actor": channel(self.channel_id),
            "at": self.at,
            "channel_id": self.channel_id,
            "external_id": f"SM{new_id()}",
            "recipient": recipient,
            "sender": self.settings.number,
            "text": text,
            "sent_at": self.at,
            "label": "Autumn sale",
        }
        action = RecordCampaign(**{**given, **values})
        with self.store.write() as session:
            outcome = perform(session, action)
        assert isinstance(outcome, Outcome), outcome
        return outcome


def ticket(store: Store, ticket_id: str | None) -> Ticket:
    """A ticket as it stands."""
    with store.write() as session:
        return session.get_one(Ticket, ticket_id)


def messages(store: Store, *kinds: MessageKind) -> list[Message]:
    """The messages of these kinds (of all), in the order of their threads."""
    with store.write() as session:
        query = select(Message).where(Message.kind.in_(kinds or tuple(MessageKind)))
        return list(session.scalars(query.order_by(Message.order_at, Message.id)))


def total(store: Store, table: Any) -> int:
    """How many rows a table has."""
    with store.read() as reader:
        return reader.execute(select(func.count()).select_from(table)).scalar_one()


def consents(store: Store, phone: str = ANA) -> dict[ConsentKind, ConsentState]:
    """What a phone's owner agreed to."""
    with store.read() as reader:
        return dict(consents_of(reader, phone))


def attributions(store: Store) -> dict[str, str]:
    """The texts of the messages: what was answered with what."""
    with store.write() as session:
        found = session.scalars(select(Attribution))
        return {
            session.get_one(Message, one.campaign_message_id).text: session.get_one(
                Message, one.message_id
            ).text
            for one in found
        }


def well(store: Store) -> None:
    """Every invariant holds."""
    assert check(store).problems == ()


def owner_of(store: Store, ticket_id: str | None) -> str:
    """The id of the customer whose ticket it is."""
    return ticket(store, ticket_id).customer_id
