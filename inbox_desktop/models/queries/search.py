"""Search over everything: messages, names, addresses, subjects, ticket numbers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, select, text

from inbox_desktop.models import fulltext
from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.kinds import DeliveryState, IdentityKind
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.models.queries.tickets import number_in, rows_by_id, ticket_by_number
from inbox_desktop.models.tables import Identity, Message, SearchDocument, Ticket
from inbox_desktop.models.texts import snippet_of

LONGEST_QUERY = 200
SHORTEST_ADDRESS = 3
SHORTEST_PHONE = 4
RECENT_TICKETS = 2_500
COMMON = 2_000
"""A word that stands in so many messages says little about where to look."""
MOST_SPREAD = 8
"""Of more words than this, all must stand in one message."""
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./\-\u00a0\u2010-\u2015]*")
_MOST_IDENTITIES = 50
_EXCERPT_FROM = 20_000
_LEAD = 10  # little: a list has room for a few words, and the one that was found must be among them
_HIGHEST = "\U0010ffff"

_NOT_TAKEN_BACK = "d.message_id NOT IN (SELECT message_id FROM deliveries WHERE state = :cancelled)"
_NEWEST_FIRST = "GROUP BY d.ticket_id ORDER BY d.last_message_at DESC, d.ticket_id DESC LIMIT :most"
# A word that is in every other message is in enough of the newest tickets: nothing older is looked at.
# CROSS JOIN keeps the planner to this order (https://sqlite.org/optoverview.html#manual_control).
_AMONG_RECENT = text(f"""
    WITH recent AS MATERIALIZED (
        SELECT id, last_message_at FROM tickets ORDER BY last_message_at DESC, id DESC LIMIT :recent
    ), d AS MATERIALIZED (
        SELECT d.id, d.ticket_id, recent.last_message_at
        FROM recent CROSS JOIN search_documents d ON d.ticket_id = recent.id WHERE {_NOT_TAKEN_BACK}
    )
    SELECT d.ticket_id, max(d.id) AS document_id, d.last_message_at
    FROM message_search s CROSS JOIN d ON d.id = s.rowid
    WHERE message_search MATCH :words {_NEWEST_FIRST}
""")  # noqa: S608 - constants above
_AMONG_ALL = text(f"""
    SELECT d.ticket_id, max(d.id) AS document_id, d.last_message_at FROM (
        SELECT d.id, d.ticket_id, t.last_message_at
        FROM message_search s CROSS JOIN search_documents d ON d.id = s.rowid
        CROSS JOIN tickets t ON t.id = d.ticket_id
        WHERE message_search MATCH :words AND {_NOT_TAKEN_BACK}
    ) d {_NEWEST_FIRST}
""")  # noqa: S608
# Words that stand in different messages of a ticket: looked for in the tickets that hold the rarest of them,
# or when all are common in the newest tickets.
_WITH_RAREST = """
    SELECT DISTINCT t.id, t.last_message_at FROM message_search s
    CROSS JOIN search_documents d ON d.id = s.rowid CROSS JOIN tickets t ON t.id = d.ticket_id
    WHERE message_search MATCH :rarest
"""
_NEWEST = "SELECT id, last_message_at FROM tickets ORDER BY last_message_at DESC, id DESC LIMIT :recent"
_ONE_WORD = """
    SELECT {number} AS word, d.id, d.ticket_id, d.last_message_at
    FROM message_search s CROSS JOIN d ON d.id = s.rowid WHERE message_search MATCH :word_{number}
"""
_HOW_MANY = text(
    "SELECT count(*) FROM (SELECT 1 FROM message_search WHERE message_search MATCH :word LIMIT :most)"
)


class _Hit(NamedTuple):
    """A ticket that was found; `document_id` is its newest matching message in the full-text index.

    `in_one` says that one message holds all words: such hits come first. Then the newest do.
    """

    in_one: bool
    last_message_at: int
    ticket_id: str
    document_id: int | None = None


def search(connection: Connection, query: str, limit: int = 50) -> tuple[TicketRow, ...]:
    """The tickets that hold every word of the query, those with all of them in one message first.

    Otherwise the newest come first. The last word may be the beginning of one, words in double quotes are
    a phrase. A ticket's number, with or without #, brings that ticket first. The rows' `snippet` is the
    place where the first word was found. Whatever is typed is looked for; nothing of it is syntax that
    could fail.
    """
    typed = query.strip()[:LONGEST_QUERY]
    if not typed or limit <= 0:
        return ()
    hits = {hit.ticket_id: hit for hit in _by_address(connection, typed, limit)}
    terms = fulltext.match_terms(typed)
    if terms:
        hits.update((hit.ticket_id, hit) for hit in _by_words(connection, " ".join(terms), limit))
    if 1 < len(terms) <= MOST_SPREAD and len(hits) < limit:
        for hit in _by_spread_words(connection, terms, limit):
            hits.setdefault(hit.ticket_id, hit)
    newest = sorted(hits.values(), reverse=True)[:limit]
    ids = [hit.ticket_id for hit in newest]
    number = number_in(typed)
    named = ticket_by_number(connection, number) if number is not None else None
    if named is not None:
        ids = [named.id, *(ticket_id for ticket_id in ids if ticket_id != named.id)][:limit]
    excerpts = _excerpts(connection, newest, typed)
    rows = rows_by_id(connection, ids)
    return tuple(replace(row, snippet=excerpts.get(row.id, row.snippet)) for row in rows)


def _by_words(connection: Connection, expression: str, limit: int) -> list[_Hit]:
    values = {"words": expression, "most": limit, "cancelled": DeliveryState.CANCELLED.value}
    found = connection.execute(_AMONG_RECENT, {**values, "recent": RECENT_TICKETS}).all()
    if len(found) < limit:
        found = connection.execute(_AMONG_ALL, values).all()
    return [_Hit(True, row.last_message_at, row.ticket_id, row.document_id) for row in found]


def _by_spread_words(connection: Connection, terms: Sequence[str], limit: int) -> list[_Hit]:
    """Tickets whose messages hold the words between them."""
    numbers = {
        term: connection.execute(_HOW_MANY, {"word": term, "most": COMMON}).scalar_one() for term in terms
    }
    rarest = min(terms, key=lambda term: numbers[term])
    if numbers[rarest] == 0:
        return []
    values: dict[str, Any] = {f"word_{number}": term for number, term in enumerate(terms)}
    values |= {"most": limit, "words": len(terms), "cancelled": DeliveryState.CANCELLED.value}
    values |= {"rarest": rarest} if numbers[rarest] < COMMON else {"recent": RECENT_TICKETS}
    found = connection.execute(_spread(len(terms), has_rare=numbers[rarest] < COMMON), values)
    return [_Hit(False, row.last_message_at, row.ticket_id, row.document_id) for row in found]


@cache
def _spread(words: int, *, has_rare: bool) -> TextClause:
    hits = " UNION ALL ".join(_ONE_WORD.format(number=number) for number in range(words))
    return text(f"""
        WITH t AS MATERIALIZED ({_WITH_RAREST if has_rare else _NEWEST}), d AS MATERIALIZED (
            SELECT d.id, d.ticket_id, t.last_message_at
            FROM t CROSS JOIN search_documents d ON d.ticket_id = t.id WHERE {_NOT_TAKEN_BACK}
        )
        SELECT ticket_id, max(id) AS document_id, last_message_at FROM ({hits})
        GROUP BY ticket_id HAVING count(DISTINCT word) = :words
        ORDER BY last_message_at DESC, ticket_id DESC LIMIT :most
    """)  # noqa: S608 - constants above


def _by_address(connection: Connection, typed: str, limit: int) -> list[_Hit]:
    """Tickets of customers one of whose addresses begins like this, or whose phone holds these digits."""
    start = typed.lower()
    digits = _digits_of_phone(typed)
    if digits:
        which = (Identity.kind == IdentityKind.PHONE) & Identity.value.contains(digits, autoescape=True)
    elif len(start) < SHORTEST_ADDRESS or any(character.isspace() for character in start):
        return []
    else:
        which = Identity.kind.in_(tuple(IdentityKind)) & Identity.value.between(start, start + _HIGHEST)
    customers = select(Identity.customer_id).where(which).limit(_MOST_IDENTITIES)
    query = (
        select(Ticket.last_message_at, Ticket.id)
        .where(Ticket.customer_id.in_(customers))
        .order_by(Ticket.last_message_at.desc(), Ticket.id.desc())
        .limit(limit)
    )
    return [_Hit(True, to_micros(row.last_message_at), row.id) for row in connection.execute(query)]


def _digits_of_phone(typed: str) -> str:
    """The digits of what looks like a phone, or like a part of one, however they are grouped; else ""."""
    if not _PHONE.fullmatch(typed):
        return ""
    digits = "".join(filter(str.isdecimal, typed))
    return digits.lstrip("0") if len(digits) >= SHORTEST_PHONE else ""


def _excerpts(connection: Connection, hits: Sequence[_Hit], typed: str) -> dict[str, str]:
    """The text around the first word by ticket; none where only subject or people hold it."""
    words = fulltext.words_of(typed)
    documents = [hit.document_id for hit in hits if hit.document_id is not None]
    if not words or not documents:
        return {}
    query = (
        select(SearchDocument.ticket_id, Message.visible_text)
        .join(Message, Message.id == SearchDocument.message_id)
        .where(SearchDocument.id.in_(documents))
    )
    found = ((row.ticket_id, excerpt(row.visible_text, words)) for row in connection.execute(query))
    return {ticket_id: part for ticket_id, part in found if part is not None}


def excerpt(content: str, words: Sequence[str]) -> str | None:
    """One line of the text, beginning shortly before the first of the words in it; None if none is there."""
    place = fulltext.first_place_of(words, content[:_EXCERPT_FROM])
    if place is None:
        return None
    if place <= _LEAD:
        return snippet_of(content)
    start = place - _LEAD
    space = content.find(" ", start, place)
    return snippet_of("… " + content[space + 1 if space >= 0 else start :])
