"""What the inbox knows of the texts that a provider lists: which are here, and which are ours."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, exists, select

from inbox_desktop.models.kinds import DeliveryState, IdentityKind
from inbox_desktop.models.rules.links import web_links, with_links
from inbox_desktop.models.store import Reader
from inbox_desktop.models.tables import Delivery, Identity, Message, Recipient, ThreadKey, Ticket, TicketEvent
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.provider import ProviderText

LISTED_WITHIN: Final = timedelta(days=7)
"""So long after it was written a text of ours is recognised that was settled before it was listed."""

_OPEN = (DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)
_SETTLED = (DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED)
_A_LINK: Final = "https://link"


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text of ours that the provider may know under an id which we do not: no answer came to an attempt.

    Afterwards a person may have settled it (SENT without an id), or have it sent once more.
    """

    delivery_id: str
    message_id: str
    recipient: str
    text: str
    state: DeliveryState

    def is_listed_as(self, text: ProviderText) -> bool:
        """Whether it is this one: by our reference if the provider kept it, else by what it says."""
        if text.reference:
            return text.reference == self.message_id
        return self.recipient == text.recipient and _shape(self.text) == _shape(text.text)


class OwnTexts:
    """Asks for what is known of one channel's texts, on a thread that may wait for the disk."""

    def __init__(self, services: Services, channel_id: str) -> None:
        self._services = services
        self._channel_id = channel_id

    async def known(self, external_ids: Collection[str]) -> frozenset[str]:
        """Those of these provider's ids of which the inbox has the text."""
        find = partial(known_ids, channel_id=self._channel_id, external_ids=external_ids)
        return await self._services.read(find)

    async def knows(self, external_id: str) -> bool:
        """Whether the inbox has the text of this provider's id."""
        return external_id in await self.known([external_id])

    async def states(self, external_ids: Collection[str]) -> dict[str, DeliveryState]:
        """How far those of these provider's ids are that are texts of ours."""
        find = partial(delivery_states, channel_id=self._channel_id, external_ids=external_ids)
        return await self._services.read(find)

    async def with_ticket(self, phones: Collection[str]) -> frozenset[str]:
        """Those of these phones whose owners have a conversation with the channel."""
        find = partial(phones_with_ticket, channel_id=self._channel_id, phones=phones)
        return await self._services.read(find) if phones else frozenset()

    async def like(self, texts: Sequence[ProviderText]) -> dict[str, OwnText]:
        """Those of these texts, none of which is known by its id, that are ours; by the provider's id."""
        if not texts:
            return {}
        ours = await self._services.read(partial(nameless, channel_id=self._channel_id, texts=texts))
        found = ((text, next((own for own in ours if own.is_listed_as(text)), None)) for text in texts)
        return {text.external_id: own for text, own in found if own is not None}


def known_ids(connection: Reader, channel_id: str, external_ids: Collection[str]) -> frozenset[str]:
    """Those of these provider's ids that a text of the channel has, or had before its last attempt."""
    named = select(Message.external_id).where(
        Message.channel_id == channel_id, Message.external_id.in_(external_ids)
    )
    before = select(ThreadKey.external_id).where(
        ThreadKey.channel_id == channel_id, ThreadKey.external_id.in_(external_ids)
    )
    return frozenset(found for query in (named, before) for found in connection.scalars(query) if found)


def delivery_states(
    connection: Reader, channel_id: str, external_ids: Collection[str]
) -> dict[str, DeliveryState]:
    """The states of the channel's deliveries, by the provider's id."""
    query = (
        select(Message.external_id, Delivery.state)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Message.channel_id == channel_id, Message.external_id.in_(external_ids))
    )
    return {name: DeliveryState(state) for name, state in connection.execute(query) if name is not None}


def phones_with_ticket(connection: Reader, channel_id: str, phones: Collection[str]) -> frozenset[str]:
    """Those of these phones whose owners have a ticket in the channel."""
    query = (
        select(Identity.value)
        .join(Ticket, Ticket.customer_id == Identity.customer_id)
        .where(
            Identity.kind == IdentityKind.PHONE, Identity.value.in_(phones), Ticket.channel_id == channel_id
        )
    )
    return frozenset(connection.scalars(query))


def nameless(connection: Reader, channel_id: str, texts: Sequence[ProviderText]) -> list[OwnText]:
    """What of ours these texts (at least one) may be: what is open, then what was settled without an id.

    Or with the id of another attempt, for a person wanted it sent once more.
    """
    phones = {text.recipient for text in texts}
    people = select(Identity.customer_id).where(
        Identity.kind == IdentityKind.PHONE, Identity.value.in_(phones)
    )
    tickets = select(Ticket.id).where(Ticket.channel_id == channel_id, Ticket.customer_id.in_(people))
    was_retried = exists().where(
        TicketEvent.ticket_id == Message.ticket_id,
        TicketEvent.name == "delivery_retried",
        TicketEvent.detail["message"].as_string() == Message.id,
    )
    settled = (
        Delivery.state.in_(_SETTLED),
        Delivery.begun_at.is_not(None),
        Message.order_at > min(text.at for text in texts) - LISTED_WITHIN,
        Message.external_id.is_(None) | was_retried,
    )
    without_ticket = Message.ticket_id.is_(None) & Message.customer_id.in_(people)
    return [
        *_sent(connection, channel_id, Delivery.state.in_(_OPEN)),
        *_sent(connection, channel_id, *settled, Message.ticket_id.in_(tickets)),
        *_sent(connection, channel_id, *settled, without_ticket),
    ]


def waiting_in_parts(connection: Reader, channel_id: str, at: datetime) -> list[str]:
    """The ids of our texts that were sent in parts and of whose arrival nothing is known yet, at `at` (UTC).

    Such an id is made of those of the parts (`vonage_parts.join_ids`).
    """
    query = (
        select(Message.external_id)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(
            Delivery.channel_id == channel_id,
            Delivery.state == DeliveryState.SENT,
            Delivery.finished_at > at - LISTED_WITHIN,
            Message.external_id.contains("+"),
        )
    )
    return [found for found in connection.scalars(query) if found]


def _sent(connection: Reader, channel_id: str, *which: ColumnElement[bool]) -> Iterator[OwnText]:
    query = (
        select(Delivery.id, Message.id, Recipient.address, Message.text, Delivery.state)
        .join(Message, Message.id == Delivery.message_id)
        .join(Recipient, Recipient.delivery_id == Delivery.id)
        .where(Delivery.channel_id == channel_id, *which)
        .order_by(Delivery.queued_at)
    )
    for delivery_id, message_id, recipient, text, state in connection.execute(query):
        yield OwnText(delivery_id, message_id, recipient, text, DeliveryState(state))


def _shape(text: str) -> str:
    """A text as it can be compared: its links may have left as short ones."""
    return with_links(text, dict.fromkeys(web_links(text), _A_LINK)).strip()
