"""Which ticket a mail belongs to, and which it only claims to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threading:
    """The ticket that a mail belongs to, if any, and one that it names without proof."""

    ticket_id: str | None
    possibly: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadClues:
    """What a mail says about where it belongs.

    `signed_ticket_id` comes from a Message-ID of ours whose signature holds: whoever quotes it has
    received our mail. `ids` are the Message-IDs that it has and refers to, the best first. `people` is
    its author, or of what was sent from our own address its recipients. `author_verified` is False when
    it is not clear who wrote.
    """

    signed_ticket_id: str | None
    ids: Sequence[str]
    people: Collection[str]
    author_verified: bool


def find_thread(
    clues: ThreadClues,
    tickets_of: Mapping[str, Sequence[str]],
    participants_of: Mapping[str, Collection[str]],
) -> Threading:
    """Where a mail belongs.

    `tickets_of` maps known Message-IDs to the tickets whose messages have or refer to them;
    `participants_of` maps those tickets to the addresses that took part. References prove nothing by
    themselves (anyone can write them): without our signature one of its people must be a participant.
    """
    if clues.signed_ticket_id is not None:
        return Threading(clues.signed_ticket_id)
    possibly = None
    for message_id in clues.ids:
        for ticket_id in tickets_of.get(message_id, ()):
            participants = participants_of.get(ticket_id, ())
            if clues.author_verified and any(address in participants for address in clues.people):
                return Threading(ticket_id)
            possibly = possibly or ticket_id
    return Threading(None, possibly)
