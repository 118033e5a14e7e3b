"""What an action is, and `perform`, the only way in which the inbox changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import groupby
from typing import Any, ClassVar, Self

from sqlalchemy import select

from inbox_desktop.models.clock import iso, now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ActorKind, Role
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Agent, Head, JournalEntry, Ticket, TicketEvent

NOT_JOURNALED = {"journal": False}
"""Field metadata: the value is kept in a row of its own, and would only bloat the journal."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who performs an action: an agent, a channel that received something, or the system's own timers."""

    kind: ActorKind
    id: str | None = None


SYSTEM = Actor(ActorKind.SYSTEM)


def agent(agent_id: str) -> Actor:
    """The agent as an actor."""
    return Actor(ActorKind.AGENT, agent_id)


def channel(channel_id: str) -> Actor:
    """The channel as an actor."""
    return Actor(ActorKind.CHANNEL, channel_id)


class RefusedError(Exception):
    """Raised by an action's `apply` when a domain rule forbids it; the text is for people."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action that did not take effect, and why, in words."""

    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """An action that took effect. `undo` takes it back, where that is possible.

    `ticket_id` is the ticket that it was about or made; `detail` names what became of a received
    message ("stored", "duplicate", "set_aside").
    """

    action: Action
    seq: int
    ticket_id: str | None = None
    undo: Action | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Action:
    """A change to the inbox, as data. Subclasses add arguments, among them what the author had seen.

    `id` makes a repeat harmless: what is in the journal already is not applied again.
    """

    name: ClassVar[str]
    roles: ClassVar[frozenset[Role]] = frozenset(Role)

    actor: Actor
    id: str = field(default_factory=new_id)
    at: datetime = field(default_factory=now)

    def apply(self, session: WriteSession) -> Effect:
        """Change the rows. Raises RefusedError, before or after changes: they are taken back."""
        raise NotImplementedError

    @classmethod
    def apply_all(cls, session: WriteSession, actions: Sequence[Self]) -> list[Outcome | Refusal]:
        """Apply consecutive actions of this kind. Kinds that come in thousands override it."""
        return [_perform_one(session, action) for action in actions]

    def arguments(self) -> dict[str, Any]:
        """The arguments as JSON values, for the journal."""
        return {
            item.name: _plain(getattr(self, item.name))
            for item in dataclasses.fields(self)
            if item.name not in {"actor", "id", "at"} and item.metadata.get("journal", True)
        }


@dataclass(frozen=True, slots=True)
class Effect:
    """What `apply` returns: see `Outcome`. `found` is what only applying it brought out, for the journal."""

    ticket_id: str | None = None
    undo: Action | None = None
    detail: str = ""
    found: Mapping[str, Any] = field(default_factory=dict)


def perform(session: WriteSession, action: Action) -> Outcome | Refusal:
    """Check rights and preconditions, apply the action, and append it to the journal.

    All of it happens in the caller's transaction. A refused action leaves no trace there.
    """
    return perform_all(session, [action])[0]


def perform_all(session: WriteSession, actions: Sequence[Action]) -> list[Outcome | Refusal]:
    """`perform` for each action in order; a refused one does not stop the others."""
    results: list[Outcome | Refusal] = []
    for kind, group in groupby(actions, key=lambda action: action.__class__):
        results.extend(kind.apply_all(session, list(group)))
    return results


def _perform_one(session: WriteSession, action: Action) -> Outcome | Refusal:
    earlier = session.scalar(select(JournalEntry.seq).where(JournalEntry.id == action.id))
    if earlier is not None:
        return Outcome(action, earlier)
    if reason := _rights_refusal(session, action):
        return Refusal(action, reason)
    try:
        with session.begin_nested():
            seq = take_seq(session, 1)
            effect = action.apply(session)
            session.add(journal_entry(action, seq, effect.found))
    except RefusedError as refused:
        return Refusal(action, str(refused))
    return Outcome(action, seq, effect.ticket_id, effect.undo, effect.detail)


def _rights_refusal(session: WriteSession, action: Action) -> str | None:
    if action.actor.kind is not ActorKind.AGENT or action.roles == frozenset(Role):
        return None
    author = session.get(Agent, action.actor.id)
    if author is not None and Role(author.role) in action.roles:
        return None
    allowed = " or ".join(sorted(role.value for role in action.roles))
    return f"Your role does not allow this. Ask somebody who is {allowed}."


def take_seq(session: WriteSession, count: int) -> int:
    """Take the next `count` numbers of the journal; returns the first and stamps the session with it."""
    head = _head(session)
    first = head.seq + 1
    head.seq += count
    session.seq = first
    return first


def take_ticket_numbers(session: WriteSession, count: int) -> int:
    """Take the next `count` ticket numbers; returns the first."""
    head = _head(session)
    first = head.ticket_number + 1
    head.ticket_number += count
    return first


def _head(session: WriteSession) -> Head:
    """The row of counters. Held by the session: looking it up for each of a thousand messages would cost."""
    head = session.info.get("head")
    if not isinstance(head, Head):
        session.info["head"] = head = session.get_one(Head, 1)
    return head


def journal_entry(action: Action, seq: int, found: Mapping[str, Any]) -> JournalEntry:
    """The action as an entry of the journal, with what applying it brought out."""
    return JournalEntry(
        seq=seq,
        id=action.id,
        name=action.name,
        actor_kind=action.actor.kind,
        actor_id=action.actor.id,
        at=action.at,
        arguments={**action.arguments(), **_plain(dict(found))},
    )


def ticket_event(action: Action, ticket_id: str, name: str, **detail: Any) -> TicketEvent:
    """An entry for the ticket's timeline and the reports."""
    return TicketEvent(
        id=new_id(),
        ticket_id=ticket_id,
        at=action.at,
        name=name,
        actor_kind=action.actor.kind,
        actor_id=action.actor.id,
        detail=_plain(detail),
    )


def the_ticket(session: WriteSession, ticket_id: str) -> Ticket:
    """The ticket, or a refusal."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise RefusedError("This ticket no longer exists here. Nothing was changed.")
    return ticket


def _plain(value: Any) -> Any:
    """The value as JSON knows it."""
    match value:
        case datetime():
            return iso(value)
        case Enum():
            return value.value
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case tuple() | list() | frozenset():
            return [_plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _plain(dataclasses.asdict(value))
        case _:
            return value
