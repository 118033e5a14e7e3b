"""Changing what a person agreed to be texted about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from inbox_desktop.models.actions.base import Action, Effect, RefusedError, ticket_event
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import (
    ActorKind,
    ChannelKind,
    ConsentKind,
    ConsentSource,
    ConsentState,
    DeliveryState,
    IdentityKind,
    MessageKind,
)
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.rules.consent import may_text
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import (
    Channel,
    Consent,
    ConsentChange,
    Delivery,
    Identity,
    Message,
    Recipient,
    Ticket,
)

_OWN_WORD = (ConsentSource.KEYWORD, ConsentSource.PROVIDER)
_NO_LONGER = "Not sent: this person opted out of texts before it could leave. The text is kept in the ticket."


@dataclass(frozen=True, kw_only=True)
class ChangeConsent(Action):
    """Put on record what the owner of a phone (E.164) agreed to, or no longer agrees to.

    `said_at` is when they said so (UTC), None for now: a text that is received late does not overrule what
    was said after it. `message_id` is the text that said it. Whatever waits to be sent to somebody who may
    no longer be texted is not sent.
    """

    name: ClassVar[str] = "consent.change"
    phone: str
    kinds: tuple[ConsentKind, ...]
    state: ConsentState
    source: ConsentSource
    detail: str = ""
    message_id: str | None = None
    said_at: datetime | None = None

    def apply(self, session: WriteSession) -> Effect:
        """Refused for a phone of nobody, and when an agent would overrule the person's own opt-out."""
        identity = phone_identity(session, self.phone)
        if identity is None:
            raise RefusedError(f"Nobody here has the number {self.phone}. Nothing was changed.")
        if self.source is ConsentSource.AGENT and self.state is ConsentState.GRANTED:
            self._check_own_word(session, identity)
        undo = self._undo({kind: _newest_change(session, identity.id, kind) for kind in self.kinds})
        for kind in self.kinds:
            self._record(session, identity, kind)
        session.flush()
        self._tell_tickets(session, identity)
        if not may_text(consents_of(session.connection(), self.phone)):
            self._hold_back(session)
        return Effect(undo=undo)

    def _check_own_word(self, session: WriteSession, identity: Identity) -> None:
        for kind in self.kinds:
            own = _newest_change(session, identity.id, kind, _OWN_WORD)
            if own is not None and own.state == ConsentState.REVOKED:
                raise RefusedError(
                    "This person opted out of texts, and only they can take that back: ask them to text "
                    "START. Nothing was changed."
                )

    def _record(self, session: WriteSession, identity: Identity, kind: ConsentKind) -> None:
        change = ConsentChange(
            id=new_id(),
            identity_id=identity.id,
            kind=kind,
            state=self.state,
            at=self.said_at or self.at,
            source=self.source,
            detail=self.detail,
            message_id=self.message_id,
            actor_kind=self.actor.kind,
            actor_id=self.actor.id if self.actor.kind is ActorKind.AGENT else None,
        )
        session.add(change)
        session.flush()
        session.note("customer", identity.customer_id)
        newest = _newest_change(session, identity.id, kind)
        assert newest is not None
        standing = session.get(Consent, (identity.id, kind))
        if standing is None:
            values = {"identity_id": identity.id, "kind": kind}
            session.add(Consent(**values, state=newest.state, changed_at=newest.at))
        else:
            standing.state, standing.changed_at = newest.state, newest.at

    def _tell_tickets(self, session: WriteSession, identity: Identity) -> None:
        """Every conversation by text with this phone shows the change in its thread."""
        tickets = select(Ticket.id).where(
            Ticket.customer_id == identity.customer_id,
            Ticket.channel_kind == ChannelKind.SMS,
            Ticket.customer_address == identity.value,
        )
        cause = {"message": self.message_id} if self.message_id else {}
        for ticket_id in session.scalars(tickets):
            what = {"state": self.state, "kinds": self.kinds, "source": self.source}
            session.add(ticket_event(self, ticket_id, "consent_changed", **what, **cause))

    def _hold_back(self, session: WriteSession) -> None:
        """Fail the replies by text that wait for this person: they may no longer be sent."""
        waiting = (
            select(Delivery, Recipient, Message.ticket_id)
            .join(Message, Message.id == Delivery.message_id)
            .join(Recipient, Recipient.delivery_id == Delivery.id)
            .join(Channel, Channel.id == Delivery.channel_id)
            .where(
                Delivery.state == DeliveryState.QUEUED,
                Message.kind == MessageKind.REPLY,
                Channel.kind == ChannelKind.SMS,
                Recipient.address == self.phone,
            )
        )
        for delivery, recipient, ticket_id in session.execute(waiting).all():
            delivery.state, delivery.detail, delivery.finished_at = DeliveryState.FAILED, _NO_LONGER, self.at
            recipient.state, recipient.detail = DeliveryState.FAILED, _NO_LONGER
            if ticket_id is not None:
                about = {"message": delivery.message_id, "detail": _NO_LONGER}
                session.add(ticket_event(self, ticket_id, "delivery_failed", **about))

    def _undo(self, before: Mapping[ConsentKind, ConsentChange | None]) -> Action | None:
        """Only what a person of the team entered can be taken back; the history keeps both.

        What was never asked is not made up: taking back a first "revoked" would invent a consent.
        """
        states = {change.state if change else None for change in before.values()}
        if self.source is not ConsentSource.AGENT or len(states) != 1:
            return None
        earlier = states.pop() or (ConsentState.REVOKED if self.state is ConsentState.GRANTED else self.state)
        if earlier == self.state:
            return None
        return ChangeConsent(
            actor=self.actor,
            phone=self.phone,
            kinds=self.kinds,
            state=ConsentState(earlier),
            source=ConsentSource.AGENT,
            detail="Taken back.",
        )


def phone_identity(session: WriteSession, phone: str) -> Identity | None:
    """Who has this phone (E.164), or None."""
    query = select(Identity).where(Identity.kind == IdentityKind.PHONE, Identity.value == phone)
    return session.scalar(query)


def _newest_change(
    session: WriteSession,
    identity_id: str,
    kind: ConsentKind,
    sources: Collection[ConsentSource] = tuple(ConsentSource),
) -> ConsentChange | None:
    query = (
        select(ConsentChange)
        .where(
            ConsentChange.identity_id == identity_id,
            ConsentChange.kind == kind,
            ConsentChange.source.in_(sources),
        )
        .order_by(ConsentChange.at.desc(), ConsentChange.id.desc())
        .limit(1)
    )
    return session.scalar(query)
