"""Long conversations, made of the generated mails as the program reads them."""

from __future__ import annotations

from datetime import timedelta

from inbox_desktop.models.actions import Outcome, agent, channel, perform
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.kinds import IdentityKind, MessageKind
from inbox_desktop.models.store import Store
from inbox_desktop.sync.email.mime import parse_mail
from inbox_desktop.sync.email.parsed import ParsedMail
from tests.bench.mails import SUPPORT, mails
from tests.models.samples import START, add_agent, add_channel

_ANSWERED = 3  # every third message is ours


def build_conversations(store: Store, tickets: int, messages: int) -> tuple[str, ...]:
    """Fill a fresh store with `tickets` tickets of `messages` messages each; returns the tickets' ids."""
    julia = add_agent(store)
    channel_id = add_channel(store, julia, address=SUPPORT)
    made = []
    for number in range(tickets):
        read = [parse_mail(raw) for raw in mails(messages, seed=number + 100)]
        made.append(_conversation(store, julia, channel_id, number, read))
    return tuple(made)


def _conversation(store: Store, julia: str, channel_id: str, number: int, read: list[ParsedMail]) -> str:
    begin = START + timedelta(hours=number)
    address = f"customer{number}@example.com"
    ids: list[str] = []
    ticket_id, newest = "", ""
    for position, mail in enumerate(read):
        at = begin + timedelta(minutes=10 * position)
        with store.write() as session:
            if position % _ANSWERED == _ANSWERED - 1:
                reply = Reply(
                    actor=agent(julia),
                    at=at,
                    ticket_id=ticket_id,
                    text=mail.visible_text,
                    seen_message_id=newest,
                )
                assert isinstance(perform(session, reply), Outcome)
                newest = reply.message_id
                continue
            message = _message(mail, channel_id, address, ids, f"<{number}.{position}@example.com>", position)
            received = Receive(actor=channel(channel_id), at=at, message=message)
            outcome = perform(session, received)
            assert isinstance(outcome, Outcome)
            assert outcome.ticket_id
            ids.append(message.external_id)
            ticket_id, newest = outcome.ticket_id, received.message_id
    return ticket_id


def _message(
    mail: ParsedMail, channel_id: str, address: str, ids: list[str], message_id: str, position: int
) -> InboundMessage:
    at = START + timedelta(minutes=10 * position)
    return InboundMessage(
        channel_id=channel_id,
        external_id=message_id,
        kind=MessageKind.MESSAGE,
        author_kind=IdentityKind.EMAIL,
        author_address=address,
        author_name=mail.sender.name if mail.sender else "",
        sent_at=at,
        text=mail.text,
        visible_text=mail.visible_text,
        html=mail.html,
        visible_html=mail.visible_html,
        blocked=mail.blocked,
        subject=mail.subject,
        to=(SUPPORT,),
        channel_address=SUPPORT,
        in_reply_to=ids[-1] if ids else None,
        references=tuple(ids),
        own_addresses=frozenset({SUPPORT}),
    )
