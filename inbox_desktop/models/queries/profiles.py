"""What is known of a customer: phones with consents, campaigns that they answered, likely doubles."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Final

from sqlalchemy import Connection, select, text

from inbox_desktop.models.kinds import ChannelKind, ConsentKind, ConsentState, Direction, IdentityKind
from inbox_desktop.models.phones import PhoneError, read_phone, region_of, show_phone, ways_to_write
from inbox_desktop.models.queries.consents import consent_changes
from inbox_desktop.models.queries.rows import AttributionRow, MergeSuggestion, PhoneRow
from inbox_desktop.models.rules.consent import may_text
from inbox_desktop.models.tables import (
    Attribution,
    Channel,
    ChatConversation,
    Consent,
    Customer,
    Identity,
    Message,
    Setting,
    Ticket,
)
from inbox_desktop.models.texts import snippet_of

MOST_SUGGESTIONS: Final = 3
_MOST_MAILS: Final = 50
_LONGEST_READ: Final = 20_000
_NUMBER: Final = re.compile(r"(?<![\w.])\+?\(?[0-9][0-9 ().\-/\u00a0\u2010-\u2015]{5,24}[0-9](?!\w)")

_NAMING = text(
    "SELECT d.message_id FROM message_search s CROSS JOIN search_documents d ON d.id = s.rowid"
    " WHERE message_search MATCH :words ORDER BY s.rowid DESC LIMIT :most"
)
_MAILS = (
    select(Ticket.customer_id, Customer.name, Message.author_address, Message.text)
    .join(Message, Message.ticket_id == Ticket.id)
    .join(Customer, Customer.id == Message.customer_id)
    .where(
        Ticket.channel_kind == ChannelKind.EMAIL,
        Message.direction == Direction.INBOUND,
        Message.customer_id == Ticket.customer_id,
    )
    .order_by(Message.order_at.desc(), Message.id)
    .limit(_MOST_MAILS)
)
"""What customers themselves wrote by e-mail, the newest first."""


def phone_rows(connection: Connection, customer_id: str) -> tuple[PhoneRow, ...]:
    """The phones of a customer with their consents, as people where our own number is write them."""
    region = _home(connection)
    query = select(Identity.id, Identity.value).where(
        Identity.customer_id == customer_id, Identity.kind == IdentityKind.PHONE
    )
    phones = connection.execute(query.order_by(Identity.id)).all()
    ids = [phone.id for phone in phones]
    standing: dict[str, dict[ConsentKind, ConsentState]] = {phone.id: {} for phone in phones}
    found = select(Consent.identity_id, Consent.kind, Consent.state).where(Consent.identity_id.in_(ids))
    for row in connection.execute(found.order_by(Consent.kind)):
        standing[row.identity_id][ConsentKind(row.kind)] = ConsentState(row.state)
    history = consent_changes(connection, ids)
    return tuple(
        PhoneRow(
            number=phone.value,
            shown=show_phone(phone.value, region),
            consents=tuple(standing[phone.id].items()),
            history=history.get(phone.id, ()),
            may_text=may_text(standing[phone.id]),
        )
        for phone in phones
    )


def attribution(connection: Connection, ticket_id: str) -> AttributionRow | None:
    """The newest campaign or flow message that a text of the ticket answered, or None."""
    answers, campaigns = Message.__table__.alias("answers"), Message.__table__.alias("campaigns")
    query = (
        select(
            campaigns.c.id,
            campaigns.c.subject,
            campaigns.c.text,
            campaigns.c.sent_at,
            answers.c.sent_at.label("answered_at"),
        )
        .join_from(answers, Attribution, Attribution.message_id == answers.c.id)
        .join(campaigns, campaigns.c.id == Attribution.campaign_message_id)
        .where(answers.c.ticket_id == ticket_id)
        .order_by(answers.c.sent_at.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return AttributionRow(row.id, row.subject or snippet_of(row.text), row.sent_at, row.answered_at)


def merge_suggestions(connection: Connection, customer_id: str) -> tuple[MergeSuggestion, ...]:
    """Other profiles that may be the same person as this one.

    Of somebody with a phone: those known only by e-mail whose mails name that phone. Of somebody known only
    by e-mail: those with a phone that their mails name. Of somebody who typed an e-mail address in a chat,
    which proves nothing: whose it is; and the other way round. Who was said to be another person is left out.
    """
    phones = _phones(connection, customer_id)
    by_phone = _who_wrote(connection, phones) if phones else _whose_phone(connection, customer_id)
    find = chain(by_phone, _whose_address(connection, customer_id), _who_typed(connection, customer_id))
    others = {one.customer_id: one for one in find if one.customer_id != customer_id}
    keys = {apart_key(customer_id, other): other for other in others}
    for key in list(connection.scalars(select(Setting.key).where(Setting.key.in_(keys)))):
        del others[keys[key]]
    return tuple(others.values())[:MOST_SUGGESTIONS]


def apart_key(one: str, other: str) -> str:
    """The setting that is there when somebody has said that two profiles are two people."""
    return f"profiles.apart.{min(one, other)}.{max(one, other)}"


def _who_wrote(connection: Connection, phones: Iterable[str]) -> Iterator[MergeSuggestion]:
    home = _home(connection)
    for phone in phones:
        words = " OR ".join(f'"{way}"' for way in ways_to_write(phone))
        if not words:
            continue
        ids = list(connection.scalars(_NAMING, {"words": words, "most": _MOST_MAILS}))
        for mail in connection.execute(_MAILS.where(Message.id.in_(ids))):
            # The search found the digits; they may stand in the middle of a longer number.
            named = phone in _numbers_in(mail.text, region_of(phone))
            if named and not _phones(connection, mail.customer_id):
                reason = f"A mail of theirs names {show_phone(phone, home)}."
                yield MergeSuggestion(mail.customer_id, mail.name, mail.author_address, reason)


def _whose_phone(connection: Connection, customer_id: str) -> Iterator[MergeSuggestion]:
    home = _home(connection)
    mails = connection.execute(_MAILS.where(Ticket.customer_id == customer_id)).all()
    named = {number for mail in mails for number in _numbers_in(mail.text, home)}
    query = (
        select(Identity.customer_id, Identity.value, Customer.name)
        .join(Customer, Customer.id == Identity.customer_id)
        .where(Identity.kind == IdentityKind.PHONE, Identity.value.in_(named))
        .order_by(Identity.id)
    )
    for row in connection.execute(query):
        shown = show_phone(row.value, home)
        yield MergeSuggestion(row.customer_id, row.name, shown, f"A mail of this customer names {shown}.")


def _whose_address(connection: Connection, customer_id: str) -> Iterator[MergeSuggestion]:
    typed = (
        select(ChatConversation.email)
        .join(Ticket, Ticket.id == ChatConversation.ticket_id)
        .where(Ticket.customer_id == customer_id, ChatConversation.email != "")
    )
    query = (
        select(Identity.customer_id, Identity.value, Customer.name)
        .join(Customer, Customer.id == Identity.customer_id)
        .where(Identity.kind == IdentityKind.EMAIL, Identity.value.in_(typed))
        .order_by(Identity.id)
    )
    for row in connection.execute(query):
        reason = f"In a chat, this customer gave the address {row.value}."
        yield MergeSuggestion(row.customer_id, row.name, row.value, reason)


def _who_typed(connection: Connection, customer_id: str) -> Iterator[MergeSuggestion]:
    own = select(Identity.value).where(
        Identity.customer_id == customer_id, Identity.kind == IdentityKind.EMAIL
    )
    query = (
        select(Ticket.customer_id, ChatConversation.email, Customer.name)
        .join(Ticket, Ticket.id == ChatConversation.ticket_id)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(ChatConversation.email.in_(own), Ticket.customer_id != customer_id)
        .order_by(ChatConversation.id.desc())
        .limit(_MOST_MAILS)
    )
    for row in connection.execute(query):
        reason = f"In a chat, they gave the address {row.email}."
        yield MergeSuggestion(row.customer_id, row.name, row.email, reason)


def _phones(connection: Connection, customer_id: str) -> list[str]:
    query = select(Identity.value).where(
        Identity.customer_id == customer_id, Identity.kind == IdentityKind.PHONE
    )
    return list(connection.scalars(query.order_by(Identity.id)))


def _home(connection: Connection) -> str | None:
    """The country of our own number, of the one that was connected first; None without one."""
    query = select(Channel.address).where(Channel.kind == ChannelKind.SMS)
    number = connection.scalar(query.order_by(Channel.created_at, Channel.id).limit(1))
    return region_of(number) if number else None


def _numbers_in(written: str, region: str | None) -> set[str]:
    """The phones (E.164) that a text names, as people within a region write them."""
    found = set()
    for number in _NUMBER.findall(written[:_LONGEST_READ]):
        with suppress(PhoneError):
            found.add(read_phone(number, region))
    return found
