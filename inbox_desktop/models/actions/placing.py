"""Which ticket a message belongs to, as far as a batch's working set can tell, and how it is tied to it."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from sqlalchemy import update

from inbox_desktop.models.actions.arrivals import Arrivals, TicketState
from inbox_desktop.models.actions.inbound import BouncedMessage, InboundMessage
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, MessageKind
from inbox_desktop.models.rules.channels import RULES, Belonging, takes_message
from inbox_desktop.models.rules.threading import ThreadClues, Threading, find_thread
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Delivery, Message, Recipient

_OF_PEOPLE = {MessageKind.MESSAGE, MessageKind.REPLY}


def find_place(
    arrivals: Arrivals,
    message: InboundMessage,
    channel_id: str,
    *,
    signed: TicketState | None = None,
    named: TicketState | None = None,
) -> Threading:
    """The ticket in which the message stands.

    `channel_id` is the channel in which it would stand, `named` the ticket that it names by a Message-ID
    of ours, and `signed` the same one if it may join that.
    """
    tickets_of = arrivals.tickets_of(channel_id)
    if message.bounced is not None:
        return Threading(_bounced_ticket(arrivals, message.bounced, channel_id))
    belonging = RULES[arrivals.channel_kind(channel_id)].belonging
    if belonging is Belonging.CONVERSATION:
        tickets = [t for external_id in message.references for t in tickets_of.get(external_id, ())]
        return Threading(tickets[-1] if tickets else None)
    if belonging is Belonging.PERSON:
        ticket = arrivals.ticket_of(message.author_kind, people_of(message), channel_id)
        return Threading(ticket.id if ticket else None)
    proven = signed or (named if named is not None and _takes_mail(named) else None)
    clues = ThreadClues(
        proven.id if proven else None,
        message.thread_ids,
        people_of(message),
        message.author_verified,
    )
    found = find_thread(clues, _without_ended_chats(arrivals, message, tickets_of), arrivals.participants_of)
    if found.ticket_id is None and found.possibly is None and named is not None:
        return Threading(None, named.id)
    return found


def _takes_mail(ticket: TicketState) -> bool:
    """Whether an answer to an e-mail that a chat sent joins the chat's ticket: while that is not closed."""
    return ticket.channel_kind is ChannelKind.CHAT and takes_message(ticket.channel_kind, ticket.status)


def _without_ended_chats(
    arrivals: Arrivals, message: InboundMessage, tickets_of: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    """The tickets by Message-ID, but for chats that are closed: what answers those is a mail thread."""

    def is_ended(ticket_id: str) -> bool:
        ticket = arrivals.ticket(ticket_id)
        return ticket is not None and ticket.channel_kind is ChannelKind.CHAT and not _takes_mail(ticket)

    found = {external_id: tickets_of.get(external_id, ()) for external_id in message.thread_ids}
    # All ids of a thread mostly lead to one ticket: it is looked at once.
    ended = {ticket_id for ticket_id in set(chain.from_iterable(found.values())) if is_ended(ticket_id)}
    if not ended:
        return found
    return {
        external_id: [ticket_id for ticket_id in tickets if ticket_id not in ended]
        for external_id, tickets in found.items()
    }


def people_of(message: InboundMessage) -> Collection[str]:
    """The addresses one of which must take part in a ticket that the message may join by its references."""
    return message.recipients if message.sent_elsewhere else (message.author_address,)


def bind(arrivals: Arrivals, ticket: TicketState, message: InboundMessage, external_id: str) -> None:
    """Let answers to the message find the ticket: by its ids, and from the people whom it names."""
    # What came by mail and stands in a chat's ticket is found by mails, and not by the chat.
    own_kind = arrivals.channel_kind(message.channel_id)
    channel_id = ticket.channel_id if own_kind is ticket.channel_kind else message.channel_id
    arrivals.link(ticket, (external_id, *message.thread_ids), channel_id)
    if message.author_verified and message.kind in _OF_PEOPLE:
        people = message.recipients | ({message.author_address} - message.own_addresses)
        arrivals.join(ticket, sorted(people))


def fail_recipients(
    session: WriteSession, channel_id: str, bounced: BouncedMessage, participants: Collection[str], seq: int
) -> None:
    """Put on record who did not get the message of ours that was returned, as far as they take part."""
    deliveries = (
        Message.__table__.join(Delivery.__table__, Delivery.message_id == Message.id)
        .select()
        .with_only_columns(Delivery.id)
    ).where(Message.channel_id == channel_id, Message.external_id == bounced.external_id)
    for one in bounced.failed:
        if one.address in participants:
            session.execute(
                update(Recipient)
                .where(Recipient.delivery_id.in_(deliveries), Recipient.address == one.address)
                .values(state=DeliveryState.FAILED, detail=one.reason, seq=seq)
            )


def _bounced_ticket(arrivals: Arrivals, bounced: BouncedMessage, channel_id: str) -> str | None:
    """A bounce belongs to the message that it returns, if that went to somebody whom it names."""
    named = {bounced.recipient, *(one.address for one in bounced.failed)} - {""}
    for ticket_id in arrivals.tickets_of(channel_id).get(bounced.external_id, ()):
        if not named or not named.isdisjoint(arrivals.participants_of[ticket_id]):
            return ticket_id
    return None
