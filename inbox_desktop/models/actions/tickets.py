"""Actions on a ticket: assign, snooze, wake, close, reopen, read, unread, tag."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from inbox_desktop.models.actions.base import (
    Action,
    Effect,
    RefusedError,
    the_ticket,
    ticket_event,
)
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Agent, Ticket, TicketTag

LONGEST_TAG = 60


@dataclass(frozen=True, kw_only=True)
class TicketAction(Action):
    """An action on one ticket."""

    ticket_id: str


@dataclass(frozen=True, kw_only=True)
class Assign(TicketAction):
    """Give the ticket to an agent, or to nobody (None)."""

    name: ClassVar[str] = "ticket.assign"
    assignee_id: str | None

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the agent does not exist."""
        ticket = the_ticket(session, self.ticket_id)
        if self.assignee_id is not None and session.get(Agent, self.assignee_id) is None:
            raise RefusedError("This person is no longer part of the team. The ticket was not assigned.")
        undo = Assign(actor=self.actor, ticket_id=ticket.id, assignee_id=ticket.assignee_id)
        if ticket.assignee_id != self.assignee_id:
            session.add(
                ticket_event(self, ticket.id, "assigned", to=self.assignee_id, before=ticket.assignee_id)
            )
            ticket.assignee_id = self.assignee_id
        return Effect(ticket.id, undo)


@dataclass(frozen=True, kw_only=True)
class Claim(TicketAction):
    """Take the ticket oneself, if it is still whose its author saw it to be (compare and set)."""

    name: ClassVar[str] = "ticket.claim"
    seen_assignee_id: str | None

    def apply(self, session: WriteSession) -> Effect:
        """Refused when somebody else has taken it meanwhile."""
        ticket = the_ticket(session, self.ticket_id)
        if ticket.assignee_id not in {self.seen_assignee_id, self.actor.id}:
            holder = session.get(Agent, ticket.assignee_id) if ticket.assignee_id else None
            raise RefusedError(
                f"{holder.name if holder else 'Nobody'} has this ticket now. It was not assigned to you."
            )
        return Assign(
            actor=self.actor, at=self.at, ticket_id=self.ticket_id, assignee_id=self.actor.id
        ).apply(session)


@dataclass(frozen=True, kw_only=True)
class Snooze(TicketAction):
    """Hide the ticket until a time (UTC)."""

    name: ClassVar[str] = "ticket.snooze"
    until: datetime

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the time has passed."""
        if self.until <= self.at:
            raise RefusedError("This time has already passed. Choose a later one; the ticket stays as it is.")
        ticket = the_ticket(session, self.ticket_id)
        undo = restore(self, ticket)
        session.add(ticket_event(self, ticket.id, "snoozed", until=self.until))
        set_status(ticket, TicketStatus.SNOOZED)
        ticket.snoozed_until = self.until
        return Effect(ticket.id, undo)


@dataclass(frozen=True, kw_only=True)
class Wake(TicketAction):
    """End a snooze whose time has come: the ticket is open again, and unread."""

    name: ClassVar[str] = "ticket.wake"
    due: datetime

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the ticket is no longer snoozed until `due`."""
        ticket = the_ticket(session, self.ticket_id)
        if ticket.status != TicketStatus.SNOOZED or ticket.snoozed_until != self.due:
            raise RefusedError("The ticket is no longer snoozed until then.")
        session.add(ticket_event(self, ticket.id, "woke"))
        set_status(ticket, TicketStatus.OPEN)
        ticket.unread = True
        return Effect(ticket.id)


@dataclass(frozen=True, kw_only=True)
class Close(TicketAction):
    """Close the ticket. `seen_inbound_id` is the newest inbound message that the closer had seen."""

    name: ClassVar[str] = "ticket.close"
    seen_inbound_id: str | None

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the customer has written since (invariant I11)."""
        ticket = the_ticket(session, self.ticket_id)
        if ticket.last_inbound_id != self.seen_inbound_id:
            raise RefusedError(
                "The customer has written since. The ticket stays open; read the new message first."
            )
        undo = restore(self, ticket)
        if ticket.status != TicketStatus.CLOSED:
            session.add(ticket_event(self, ticket.id, "closed"))
            set_status(ticket, TicketStatus.CLOSED)
            ticket.closed_at = self.at
            ticket.closed_seen_id = self.seen_inbound_id
        return Effect(ticket.id, undo)


@dataclass(frozen=True, kw_only=True)
class Reopen(TicketAction):
    """Open a closed or snoozed ticket."""

    name: ClassVar[str] = "ticket.reopen"

    def apply(self, session: WriteSession) -> Effect:
        """Never refused."""
        ticket = the_ticket(session, self.ticket_id)
        undo = restore(self, ticket)
        if ticket.status != TicketStatus.OPEN:
            session.add(ticket_event(self, ticket.id, "reopened"))
            set_status(ticket, TicketStatus.OPEN)
        return Effect(ticket.id, undo)


@dataclass(frozen=True, kw_only=True)
class MarkRead(TicketAction):
    """Mark the ticket read. `seen_message_id` is the newest message on the screen."""

    name: ClassVar[str] = "ticket.read"
    seen_message_id: str | None

    def apply(self, session: WriteSession) -> Effect:
        """Refused when a newer message has come, which nobody has read."""
        ticket = the_ticket(session, self.ticket_id)
        if ticket.last_message_id != self.seen_message_id:
            raise RefusedError("A newer message has arrived. The ticket stays unread.")
        undo = MarkUnread(actor=self.actor, ticket_id=ticket.id) if ticket.unread else None
        ticket.unread = False
        return Effect(ticket.id, undo)


@dataclass(frozen=True, kw_only=True)
class MarkUnread(TicketAction):
    """Mark the ticket unread."""

    name: ClassVar[str] = "ticket.unread"

    def apply(self, session: WriteSession) -> Effect:
        """Never refused."""
        ticket = the_ticket(session, self.ticket_id)
        undo = MarkRead(actor=self.actor, ticket_id=ticket.id, seen_message_id=ticket.last_message_id)
        ticket.unread = True
        return Effect(ticket.id, undo)


@dataclass(frozen=True, kw_only=True)
class AddTag(TicketAction):
    """Put a tag on the ticket."""

    name: ClassVar[str] = "ticket.tag"
    tag: str

    def apply(self, session: WriteSession) -> Effect:
        """Refused for a blank or overlong tag; a tag that stands already stays as it is."""
        tag = " ".join(self.tag.split())
        if not tag or len(tag) > LONGEST_TAG:
            raise RefusedError(f"A tag has 1 to {LONGEST_TAG} characters. No tag was added.")
        ticket = the_ticket(session, self.ticket_id)
        if standing_tags(session, ticket.id, tag):
            return Effect(ticket.id)
        adding = TicketTag(id=new_id(), ticket_id=ticket.id, tag=tag)
        session.add_all((adding, ticket_event(self, ticket.id, "tagged", tag=tag)))
        undo = RemoveTag(actor=self.actor, ticket_id=ticket.id, tag=tag, seen_addings=(adding.id,))
        return Effect(ticket.id, undo)


@dataclass(frozen=True, kw_only=True)
class RemoveTag(TicketAction):
    """Take a tag off the ticket: the addings of it that the author had seen, never a newer one.

    `seen_addings` empty means all that stand now.
    """

    name: ClassVar[str] = "ticket.untag"
    tag: str
    seen_addings: tuple[str, ...] = ()

    def apply(self, session: WriteSession) -> Effect:
        """Never refused."""
        ticket = the_ticket(session, self.ticket_id)
        for adding in standing_tags(session, ticket.id, self.tag):
            if not self.seen_addings or adding.id in self.seen_addings:
                adding.removed = True
        session.add(ticket_event(self, ticket.id, "untagged", tag=self.tag))
        return Effect(ticket.id, AddTag(actor=self.actor, ticket_id=ticket.id, tag=self.tag))


@dataclass(frozen=True, kw_only=True)
class RestoreStatus(TicketAction):
    """The inverse of closing, snoozing and reopening: put a ticket's status back as it was.

    `seen_inbound_id` as in `Close`: undoing a reopening must not bury a newer message either.
    """

    name: ClassVar[str] = "ticket.restore"
    status: TicketStatus
    snoozed_until: datetime | None
    unread: bool
    seen_inbound_id: str | None

    def apply(self, session: WriteSession) -> Effect:
        """Refused when it would close or hide a message that came since."""
        ticket = the_ticket(session, self.ticket_id)
        if self.status is not TicketStatus.OPEN and ticket.last_inbound_id != self.seen_inbound_id:
            raise RefusedError(
                "The customer has written since. The ticket stays open; read the new message first."
            )
        undo = restore(self, ticket)
        session.add(ticket_event(self, ticket.id, "restored", status=self.status))
        set_status(ticket, self.status)
        ticket.snoozed_until = self.snoozed_until
        ticket.unread = self.unread
        if self.status is TicketStatus.CLOSED:
            ticket.closed_at = self.at
            ticket.closed_seen_id = self.seen_inbound_id
        return Effect(ticket.id, undo)


def restore(action: Action, ticket: Ticket) -> RestoreStatus:
    """The action that brings the ticket's status back to what it is now."""
    return RestoreStatus(
        actor=action.actor,
        ticket_id=ticket.id,
        status=TicketStatus(ticket.status),
        snoozed_until=ticket.snoozed_until,
        unread=ticket.unread,
        seen_inbound_id=ticket.last_inbound_id,
    )


def set_status(ticket: Ticket, status: TicketStatus) -> None:
    """Change the status and forget what belonged to the earlier one."""
    ticket.status = status
    ticket.snoozed_until = None
    if status is not TicketStatus.CLOSED:
        ticket.closed_at = None
        ticket.closed_seen_id = None


def standing_tags(session: WriteSession, ticket_id: str, tag: str) -> list[TicketTag]:
    """The addings of this tag that stand."""
    query = select(TicketTag).where(
        TicketTag.ticket_id == ticket_id, TicketTag.tag == tag, TicketTag.removed.is_(False)
    )
    return list(session.scalars(query))
