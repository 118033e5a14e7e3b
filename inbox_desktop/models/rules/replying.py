"""How an answer is addressed: from whom, to whom, under which subject, in which thread."""

from collections.abc import Iterable, Sequence

MOST_REFERENCES = 20
MOST_REPLY_TO = 10
"""A Reply-To that names more people than this is no wish for an answer: it would make us send to a crowd."""


def answer_addresses(
    reply_to: Sequence[str], author: str, customer: str, own: Iterable[str]
) -> tuple[str, ...]:
    """Where an answer goes: Reply-To when the mail has one, else its author (RFC 5322, section 3.6.2).

    `reply_to` and `author` are those of the customer's newest message, empty when there is none; then
    the address by which the ticket knows its `customer` is left. Nobody answers `own` addresses: a forged
    Reply-To, or a colleague's mail from the same mailbox, must not send the answer to ourselves. Nor does a
    Reply-To of more than MOST_REPLY_TO addresses count.
    """
    ours = {address.lower() for address in own}
    others = tuple(address for address in reply_to if address.lower() not in ours)
    if len(others) > MOST_REPLY_TO:
        others = ()
    return others or (author if author and author.lower() not in ours else customer,)


def reply_from(address: str, aliases: Iterable[str], written_to: str) -> str:
    """Which of our addresses answers: the one that the customer wrote to, if it is ours."""
    for own in (address, *aliases):
        if own.lower() == written_to.lower():
            return own
    return address


def reply_subject(subject: str) -> str:
    """The subject of an answer: with one "Re: "."""
    return subject if subject.lower().startswith("re:") else f"Re: {subject}".rstrip()


def references(earlier: Sequence[str], in_reply_to: str | None, external_id: str | None) -> list[str]:
    """References of an answer (RFC 5322, section 3.6.4), the middle left out when they grow long.

    The arguments are what the answered mail has itself; one without a Message-ID gives none.
    """
    if external_id is None:
        return []
    chain = [*(earlier or ([in_reply_to] if in_reply_to else [])), external_id]
    return chain if len(chain) <= MOST_REFERENCES else [chain[0], *chain[1 - MOST_REFERENCES :]]


def removed_channel_refusal(address: str) -> str:
    """Why nobody can be answered through a channel that was removed, and what to do."""
    return f"{address} is no longer connected. The text is kept as a draft; connect the channel again."
