"""What the team of the demo does with a ticket, whatever channel it is in: sorting, reading, handling."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from inbox_desktop.demo.papers import paper
from inbox_desktop.demo.story import span
from inbox_desktop.demo.team import Team
from inbox_desktop.models.actions import Action, Refusal, agent, perform
from inbox_desktop.models.actions.base import Actor
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.tickets import AddTag, Assign, Close, MarkRead, Snooze
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.models.tables import Agent, Base, Channel, Customer, Head, Ticket

_HELD: tuple[type[Base], ...] = (Head, Agent, Channel, Customer, Ticket)


def do(session: WriteSession, *actions: Action) -> None:
    """Perform the actions, none of which may be refused."""
    for action in actions:
        outcome = perform(session, action)
        assert not isinstance(outcome, Refusal), f"{outcome.reason} {action}"


def held(session: WriteSession) -> list[Base]:
    """The rows that actions read again and again: a session forgets those that nobody holds."""
    return [row for table in _HELD for row in session.scalars(select(table))]


def sorting(team: Team, ticket_id: str, assignee: str, tags: Sequence[str], at: datetime) -> Iterator[Action]:
    """What the team does with a new ticket: tags, and whose it is ("" for nobody's)."""
    actor = agent(team[assignee or "julia"])
    for tag in tags:
        yield AddTag(actor=actor, at=at, ticket_id=ticket_id, tag=tag)
    if assignee:
        yield Assign(actor=actor, at=at, ticket_id=ticket_id, assignee_id=team[assignee])


def reading(row: Ticket, actor: Actor, at: datetime) -> Iterator[Action]:
    """What comes before everything else that somebody does with a ticket."""
    if row.unread:
        yield MarkRead(actor=actor, at=at, ticket_id=row.id, seen_message_id=row.last_message_id)


def handling(row: Ticket, actor: Actor, text: str, at: datetime) -> Iterator[Action]:
    """The actions behind a step's `do`.

    Raises:
        ValueError: there is no such deed.
    """
    verb, _, rest = text.partition(" ")
    match verb:
        case "close":
            yield Close(actor=actor, at=at, ticket_id=row.id, seen_inbound_id=row.last_inbound_id)
        case "snooze":
            yield Snooze(actor=actor, at=at, ticket_id=row.id, until=at + span(rest))
        case "block":
            yield SetBlocked(actor=actor, at=at, customer_id=row.customer_id, blocked=True)
        case "read":
            return
        case _:
            raise ValueError(f"no such deed: {text!r}")


def stored(store: Store, name: str) -> DraftFile:
    """The file of this name, its content in the attachment store."""
    attached = paper(name)
    sha256 = store.attachments.put(attached.content)
    return DraftFile(attached.filename, attached.content_type, len(attached.content), sha256)
