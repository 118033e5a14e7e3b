"""Which of the texts that a provider lists as sent are ours: they are reported on, and are no campaign's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.store import Reader
from inbox_desktop.models.tables import Delivery, Message, Recipient, ThreadKey
from inbox_desktop.sync.sms.provider import ProviderText

_OPEN = (DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class OpenText:
    """A text of ours whose sending has not ended, or has ended ambiguously."""

    delivery_id: str
    message_id: str
    recipient: str
    text: str
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """What the inbox knows of the texts that it sent itself: provider's ids, and what is open."""

    known: frozenset[str]
    open: Sequence[OpenText]

    def open_text(self, text: ProviderText) -> OpenText | None:
        """The open text that this one is: by our reference if the provider kept it, else by what it says."""
        for one in self.open:
            same = (one.recipient, one.text) == (text.recipient, text.text)
            if text.reference == one.message_id or (same and not text.reference):
                return one
        return None


def own_texts(connection: Reader, channel_id: str, external_ids: Collection[str]) -> OwnTexts:
    """What is known of these provider's ids, and what the channel has not finished sending."""
    named = select(Message.external_id).where(
        Message.channel_id == channel_id, Message.external_id.in_(external_ids)
    )
    named_before = select(ThreadKey.external_id).where(  # by attempts before the last one
        ThreadKey.channel_id == channel_id, ThreadKey.external_id.in_(external_ids)
    )
    unfinished = (
        select(Delivery.id, Message.id, Recipient.address, Message.text, Delivery.state)
        .join(Message, Message.id == Delivery.message_id)
        .join(Recipient, Recipient.delivery_id == Delivery.id)
        .where(Delivery.channel_id == channel_id, Delivery.state.in_(_OPEN))
        .order_by(Delivery.queued_at)
    )
    return OwnTexts(
        frozenset(
            found
            for query in (named, named_before)
            for found in connection.scalars(query)
            if found is not None
        ),
        [OpenText(*row[:4], DeliveryState(row[4])) for row in connection.execute(unfinished)],
    )
