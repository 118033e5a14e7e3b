"""Outgoing messages for the tests of sending."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.sync.sending import OutgoingMail

SENT_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

_PLAIN = OutgoingMail(
    delivery_id="01900000-0000-7000-8000-000000000001",
    message_id="01900000-0000-7000-8000-000000000002",
    ticket_id="01900000-0000-7000-8000-000000000003",
    channel_id="01900000-0000-7000-8000-000000000004",
    channel_kind=ChannelKind.EMAIL,
    attempts=1,
    queued_at=SENT_AT,
    external_id="<0190.0190.abcdefghijklmnopqrstuvwxyz@shop.example>",
    author_name="Julia Mendes",
    from_address="support@shop.example",
    to=("ana@customer.example",),
    cc=(),
    recipients=("ana@customer.example",),
    subject="Re: Where is my order?",
    text="It left yesterday.",
    html=None,
    sent_at=SENT_AT,
)


def outgoing(**changes: Any) -> OutgoingMail:
    """A plain reply of Julia's to Ana, with changes."""
    return replace(_PLAIN, **changes)
