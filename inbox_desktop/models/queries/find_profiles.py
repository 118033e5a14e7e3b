"""Finding customers by name, address or phone, to choose one of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select

from inbox_desktop.models.kinds import IdentityKind
from inbox_desktop.models.phones import region_of, show_phone
from inbox_desktop.models.tables import Customer, Identity, Ticket

LEAST_DIGITS = 3
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A customer in a few words: the name, addresses and phones as people read them, how many tickets."""

    id: str
    name: str
    reachable_at: tuple[str, ...]
    tickets: int


def find_profiles(
    connection: Connection, query: str, without: Sequence[str] = (), limit: int = 20
) -> tuple[ProfileRow, ...]:
    """The customers who have every word of the query in their name, an address or a phone; by name.

    Phones are found by their digits, however these are grouped. Merged profiles, and those `without`, are
    left out. Nothing is found by an empty query.
    """
    words = query.casefold().split()[:MOST_WORDS]
    if not words or limit <= 0:
        return ()
    found = connection.execute(
        select(Customer.id, Customer.name)
        .where(Customer.merged_into.is_(None), Customer.id.not_in(without), *map(_holds, _grouped(words)))
        .order_by(Customer.name == "", func.lower(Customer.name), Customer.id)
        .limit(limit)
    ).all()
    ids = [row.id for row in found]
    reachable, tickets = _reachable_at(connection, ids), _tickets(connection, ids)
    return tuple(
        ProfileRow(row.id, row.name, tuple(reachable[row.id]), tickets.get(row.id, 0)) for row in found
    )


def _grouped(words: list[str]) -> list[str]:
    """The words with the groups of one phone number as one: "(415) 555-0132" is what one looks for."""
    joined: list[str] = []
    for word in words:
        both = bool(joined) and _is_number(word) and _is_number(joined[-1])
        joined[-1:] = [joined[-1] + word] if both else [*joined[-1:], word]
    return joined


def _is_number(word: str) -> bool:
    return (
        any(character.isdigit() for character in word) and not any(map(str.isalpha, word)) and "@" not in word
    )


def _holds(word: str) -> ColumnElement[bool]:
    """Whether a customer's name, or one of the addresses and phones, holds a word."""
    parts = [Identity.value.contains(word, autoescape=True)]
    digits = "".join(filter(str.isdecimal, word)).lstrip("0")
    if _is_number(word) and len(digits) >= LEAST_DIGITS:
        is_phone = Identity.kind == IdentityKind.PHONE
        parts.append(is_phone & Identity.value.contains(digits, autoescape=True))
    known = select(Identity.id).where(Identity.customer_id == Customer.id, or_(*parts)).exists()
    return func.lower(Customer.name).contains(word, autoescape=True) | known


def _reachable_at(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(Identity.customer_id, Identity.kind, Identity.value).where(Identity.customer_id.in_(ids))
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query.order_by(Identity.id)):
        is_phone = row.kind == IdentityKind.PHONE
        found[row.customer_id].append(show_phone(row.value, region_of(row.value)) if is_phone else row.value)
    return found


def _tickets(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    query = select(Ticket.customer_id, func.count()).where(Ticket.customer_id.in_(ids))
    return {row[0]: row[1] for row in connection.execute(query.group_by(Ticket.customer_id))}
