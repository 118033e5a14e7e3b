"""The rules of the channels, as the product's table has them."""

import pytest

from inbox_desktop.models.kinds import ChannelKind, ConsentKind, ConsentState, MessageKind, TicketStatus
from inbox_desktop.models.rules.channels import (
    RULES,
    Belonging,
    Recipient,
    marks_unread,
    opens_ticket,
    reply_refusal,
    status_after_inbound,
    takes_message,
)

EMAIL, SMS, CHAT = ChannelKind.EMAIL, ChannelKind.SMS, ChannelKind.CHAT
MARKETING = {ConsentKind.MARKETING: ConsentState.GRANTED}
NO_MARKETING = {ConsentKind.MARKETING: ConsentState.REVOKED}
OPEN, SNOOZED, CLOSED = TicketStatus.OPEN, TicketStatus.SNOOZED, TicketStatus.CLOSED


@pytest.mark.parametrize(
    ("kind", "belonging"),
    [(EMAIL, Belonging.THREAD), (SMS, Belonging.PERSON), (CHAT, Belonging.CONVERSATION)],
)
def test_what_a_ticket_is_made_of(kind: ChannelKind, belonging: Belonging) -> None:
    assert RULES[kind].belonging is belonging


@pytest.mark.parametrize(
    ("kind", "status", "takes"),
    [
        (EMAIL, OPEN, True),
        (EMAIL, SNOOZED, True),
        (EMAIL, CLOSED, True),
        (SMS, CLOSED, True),
        (CHAT, OPEN, True),
        (CHAT, SNOOZED, True),
        (CHAT, CLOSED, False),
    ],
)
def test_only_a_closed_chat_takes_no_further_message(
    kind: ChannelKind, status: TicketStatus, takes: bool
) -> None:
    assert takes_message(kind, status) is takes


@pytest.mark.parametrize("status", list(TicketStatus))
def test_a_person_opens_whatever_the_status_was(status: TicketStatus) -> None:
    assert status_after_inbound(status, MessageKind.MESSAGE) is OPEN


@pytest.mark.parametrize("status", list(TicketStatus))
@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind is not MessageKind.MESSAGE])
def test_nothing_but_a_persons_message_changes_a_status(status: TicketStatus, kind: MessageKind) -> None:
    assert status_after_inbound(status, kind) is status


def test_older_history_does_not_reopen() -> None:
    assert status_after_inbound(CLOSED, MessageKind.MESSAGE, is_older_history=True) is CLOSED


@pytest.mark.parametrize("kind", list(MessageKind))
def test_only_a_persons_message_opens_a_ticket(kind: MessageKind) -> None:
    assert opens_ticket(kind) is (kind is MessageKind.MESSAGE)


@pytest.mark.parametrize(
    ("kind", "unread"),
    [
        (MessageKind.MESSAGE, True),
        (MessageKind.BOUNCE, True),
        (MessageKind.AUTO_REPLY, False),
        (MessageKind.KEYWORD, False),
    ],
)
def test_what_asks_for_attention(kind: MessageKind, unread: bool) -> None:
    assert marks_unread(kind) is unread


@pytest.mark.parametrize(
    ("kind", "recipient", "has_inbound", "word"),
    [
        (EMAIL, Recipient(blocked=False), True, None),
        (CHAT, Recipient(blocked=False), True, None),
        (EMAIL, Recipient(blocked=False, consents=NO_MARKETING), True, None),
        (SMS, Recipient(blocked=False), True, "not subscribed"),
        (SMS, Recipient(blocked=False, consents=NO_MARKETING), True, "opted out"),
        (SMS, Recipient(blocked=False, consents=MARKETING), True, None),
        (EMAIL, Recipient(blocked=True), True, "blocked"),
        (SMS, Recipient(blocked=True, consents=MARKETING), True, "blocked"),
        (SMS, Recipient(blocked=True), True, "blocked"),
        (EMAIL, Recipient(blocked=False), False, "has not written first"),
        (SMS, Recipient(blocked=False, consents=MARKETING), False, "has not written first"),
    ],
)
def test_who_may_be_answered(
    kind: ChannelKind, recipient: Recipient, has_inbound: bool, word: str | None
) -> None:
    refusal = reply_refusal(kind, recipient, has_inbound=has_inbound)
    assert (refusal is None) if word is None else (refusal is not None and word in refusal)
