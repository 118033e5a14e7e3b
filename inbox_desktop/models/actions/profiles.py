"""Actions on who a customer is: another address or phone, two profiles that are one person."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Final

from sqlalchemy import Select, or_, select, update

from inbox_desktop.models.actions.base import Action, Effect, RefusedError, ticket_event
from inbox_desktop.models.actions.joining import Joined, join, part, tickets_at_one_number
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, IdentityKind
from inbox_desktop.models.phones import PhoneError, read_phone
from inbox_desktop.models.queries.profiles import apart_key
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Consent, ConsentChange, Customer, Identity, Message, Setting, Ticket

LONGEST_ADDRESS: Final = 320


@dataclass(frozen=True, kw_only=True)
class AddIdentity(Action):
    """Note a further e-mail address, phone or visitor of a customer.

    `value` is an address, a visitor's id, or a phone as people write it; without a country code within
    `region` (ISO 3166).
    """

    name: ClassVar[str] = "customer.add_identity"
    customer_id: str
    kind: IdentityKind
    value: str
    region: str | None = None
    identity_id: str = field(default_factory=new_id)

    def apply(self, session: WriteSession) -> Effect:
        """Refused for what is no address or phone, and for what another profile has already."""
        customer = the_customer(session, self.customer_id)
        value = self._read()
        same = select(Identity).where(Identity.kind == self.kind, Identity.value == value)
        standing = session.scalar(same)
        if standing is not None and standing.customer_id == customer.id:
            return Effect()
        if standing is not None:
            owner = the_customer(session, standing.customer_id)
            raise RefusedError(
                f"{value} belongs to {owner.name or 'another profile'}. Nothing was changed. If both are one "
                "person, merge the two profiles."
            )
        session.add(Identity(id=self.identity_id, customer_id=customer.id, kind=self.kind, value=value))
        return Effect(undo=RemoveIdentity(actor=self.actor, identity_id=self.identity_id))

    def _read(self) -> str:
        if self.kind is IdentityKind.VISITOR:
            return self.value
        if self.kind is IdentityKind.PHONE:
            try:
                return read_phone(self.value, self.region)
            except PhoneError as error:
                raise RefusedError(f"{error} Nothing was added.") from error
        address = self.value.strip().lower()
        name, _, domain = address.rpartition("@")
        if not name or "." not in domain or not address.isprintable() or " " in address:
            raise RefusedError("This is no e-mail address. Nothing was added.")
        if len(address) > LONGEST_ADDRESS:
            raise RefusedError("This address is too long. Nothing was added.")
        return address


@dataclass(frozen=True, kw_only=True)
class RemoveIdentity(Action):
    """Take back an address or phone that was added by mistake."""

    name: ClassVar[str] = "customer.remove_identity"
    identity_id: str

    def apply(self, session: WriteSession) -> Effect:
        """Refused for one that has written, has consents, or is the last one of its customer."""
        identity = session.get(Identity, self.identity_id)
        if identity is None:
            raise RefusedError("This address is not here any more. Nothing was changed.")
        if _is_used(session, identity):
            raise RefusedError(f"{identity.value} has a history here and stays. Nothing was changed.")
        undo = AddIdentity(
            actor=self.actor,
            customer_id=identity.customer_id,
            kind=IdentityKind(identity.kind),
            value=identity.value,
        )
        session.note("customer", identity.customer_id)
        session.delete(identity)
        return Effect(undo=undo)


@dataclass(frozen=True, kw_only=True)
class MergeCustomers(Action):
    """Two profiles are one person: everything of `from_id` moves to `into_id`.

    Nothing is lost: addresses, phones with their consents, tickets and messages move, and the empty
    profile stays as an alias. Two conversations by text with the same number of ours become one, for a
    person has only one there. What moved stands in the journal, and can be taken back.
    """

    name: ClassVar[str] = "customer.merge"
    from_id: str
    into_id: str

    def apply(self, session: WriteSession) -> Effect:
        """Refused for one profile with itself or merged already."""
        gone, kept = the_customer(session, self.from_id), the_customer(session, self.into_id)
        self._check(gone, kept)
        called = _called(session, gone)
        pairs = tickets_at_one_number(session, gone.id, kept.id)
        joined = tuple(join(session, self, theirs, ours) for theirs, ours in pairs)
        identities = _ids(session, select(Identity).where(Identity.customer_id == gone.id))
        standing = select(Ticket).where(
            Ticket.customer_id == gone.id, Ticket.id.not_in([one.from_id for one in joined])
        )
        tickets = _ids(session, standing)
        ticketless = Message.ticket_id.is_(None) & (Message.customer_id == gone.id)
        texts = _ids(session, select(Message).where(ticketless))
        undo = SplitCustomers(
            actor=self.actor,
            from_id=gone.id,
            into_id=kept.id,
            identity_ids=identities,
            ticket_ids=tickets,
            message_ids=texts,
            joined=joined,
            name_before=kept.name,
            blocked_before=kept.blocked,
        )
        _move(session, gone.id, kept.id, identities, tickets, texts)
        for ticket_id in (*tickets, *(one.into_id for one in joined)):
            session.add(ticket_event(self, ticket_id, "profiles_joined", profile=called))
        kept.name = kept.name or gone.name
        kept.blocked = kept.blocked or gone.blocked
        gone.merged_into = kept.id
        found = {"identities": identities, "tickets": tickets, "messages": texts, "joined": joined}
        return Effect(undo=undo, found=found)

    @staticmethod
    def _check(gone: Customer, kept: Customer) -> None:
        if gone.id == kept.id:
            raise RefusedError("This is the same profile. Nothing was changed.")
        if gone.merged_into is not None or kept.merged_into is not None:
            raise RefusedError("One of the two profiles was merged already. Nothing was changed.")


@dataclass(frozen=True, kw_only=True)
class SplitCustomers(Action):
    """The inverse of merging: what came from `from_id` goes back there, with what it has got since.

    `message_ids` are messages without a ticket, `joined` the conversations that became one. `name_before` and
    `blocked_before` are those of `into_id` before the merge.
    """

    name: ClassVar[str] = "customer.split"
    from_id: str
    into_id: str
    identity_ids: tuple[str, ...]
    ticket_ids: tuple[str, ...]
    message_ids: tuple[str, ...]
    joined: tuple[Joined, ...]
    name_before: str
    blocked_before: bool

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the profiles are no longer merged in this way."""
        back, kept = the_customer(session, self.from_id), the_customer(session, self.into_id)
        if back.merged_into != kept.id or kept.merged_into is not None:
            raise RefusedError(
                "The profiles have been merged further or are apart already. Nothing was changed."
            )
        standing = select(Identity).where(Identity.customer_id == kept.id, Identity.id.in_(self.identity_ids))
        identities = list(session.scalars(standing.order_by(Identity.id)))
        values = [identity.value for identity in identities]
        for joined in self.joined:
            part(session, self, joined, values)
        belongs = or_(Ticket.id.in_(self.ticket_ids), Ticket.customer_address.in_(values))
        is_other = Ticket.id.not_in([joined.into_id for joined in self.joined])
        tickets = _ids(session, select(Ticket).where(Ticket.customer_id == kept.id, is_other, belongs))
        wrote = or_(Message.id.in_(self.message_ids), Message.author_address.in_(values))
        ticketless = Message.ticket_id.is_(None) & (Message.customer_id == kept.id)
        texts = _ids(session, select(Message).where(ticketless, wrote))
        _move(session, kept.id, back.id, [one.id for one in identities], tickets, texts)
        self._readdress(session, tickets, identities)
        back.merged_into = None
        if kept.name == (self.name_before or back.name):
            kept.name = self.name_before
        if kept.blocked == (self.blocked_before or back.blocked):
            kept.blocked = self.blocked_before
        for ticket_id in tickets:
            session.add(ticket_event(self, ticket_id, "profiles_parted", profile=_called(session, kept)))
        undo = MergeCustomers(actor=self.actor, from_id=back.id, into_id=kept.id)
        return Effect(undo=undo, found={"tickets": tickets})

    def _readdress(
        self, session: WriteSession, tickets: Collection[str], identities: Iterable[Identity]
    ) -> None:
        """A text from the other one's phone may have come since: the ticket is with its own phone again."""
        phones = [one.value for one in identities if one.kind == IdentityKind.PHONE]
        query = select(Ticket).where(Ticket.id.in_(tickets), Ticket.channel_kind == ChannelKind.SMS)
        for ticket in session.scalars(query):
            if phones and ticket.customer_address not in phones:
                ticket.customer_address = phones[-1]


@dataclass(frozen=True, kw_only=True)
class KeepApart(Action):
    """Two profiles are two people: merging them is suggested no more. Not `apart` takes that back."""

    name: ClassVar[str] = "customer.keep_apart"
    one_id: str
    other_id: str
    apart: bool = True

    def apply(self, session: WriteSession) -> Effect:
        """Refused for a profile that is gone."""
        key = apart_key(the_customer(session, self.one_id).id, the_customer(session, self.other_id).id)
        standing = session.get(Setting, key)
        if self.apart and standing is None:
            session.add(Setting(key=key, value=True))
        elif not self.apart and standing is not None:
            session.delete(standing)
        for customer_id in (self.one_id, self.other_id):
            session.note("customer", customer_id)
        undo = KeepApart(
            actor=self.actor, one_id=self.one_id, other_id=self.other_id, apart=standing is not None
        )
        return Effect(undo=undo)


def the_customer(session: WriteSession, customer_id: str) -> Customer:
    """The customer, or a refusal."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise RefusedError("This profile no longer exists here. Nothing was changed.")
    return customer


def _move(
    session: WriteSession,
    from_id: str,
    into_id: str,
    identities: Collection[str],
    tickets: Collection[str],
    texts: Collection[str],
) -> None:
    """Give identities, tickets with all their messages, and texts without a ticket to another customer."""
    for identity in session.scalars(select(Identity).where(Identity.id.in_(identities))):
        identity.customer_id = into_id
    for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(tickets))):
        ticket.customer_id = into_id
    session.flush()
    for which in (Message.ticket_id.in_(tickets), Message.id.in_(texts)):
        session.execute(
            update(Message)
            .where(which, Message.customer_id == from_id)
            .values(customer_id=into_id, seq=session.seq)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()
    session.note("customer", from_id)
    session.note("customer", into_id)


def _ids(
    session: WriteSession, query: Select[Identity] | Select[Ticket] | Select[Message]
) -> tuple[str, ...]:
    return tuple(sorted(row.id for row in session.scalars(query)))


def _called(session: WriteSession, customer: Customer) -> str:
    """What people know a profile by: its name, else an address."""
    if customer.name:
        return customer.name
    query = select(Identity.value).where(Identity.customer_id == customer.id).order_by(Identity.id)
    return session.scalar(query.limit(1)) or "without a name"


def _is_used(session: WriteSession, identity: Identity) -> bool:
    others = select(Identity.id).where(
        Identity.customer_id == identity.customer_id, Identity.id != identity.id
    )
    queries = (
        select(Ticket.id).where(
            Ticket.customer_id == identity.customer_id, Ticket.customer_address == identity.value
        ),
        select(Consent.identity_id).where(Consent.identity_id == identity.id),
        select(ConsentChange.id).where(ConsentChange.identity_id == identity.id),
    )
    is_last = session.scalar(others.limit(1)) is None
    return is_last or any(session.scalar(query.limit(1)) is not None for query in queries)
