"""What people agreed to be texted about, and how that came about."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, select

from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState, IdentityKind
from inbox_desktop.models.queries.rows import ConsentChangeRow
from inbox_desktop.models.rules.consent import Consents
from inbox_desktop.models.tables import Agent, Consent, ConsentChange, Identity


def consents_of(connection: Connection, phone: str) -> Consents:
    """What the owner of a phone (E.164) agreed to at present; empty for one who was never asked."""
    query = (
        select(Consent.kind, Consent.state)
        .join(Identity, Identity.id == Consent.identity_id)
        .where(Identity.kind == IdentityKind.PHONE, Identity.value == phone)
    )
    return {ConsentKind(row.kind): ConsentState(row.state) for row in connection.execute(query)}


def consent_changes(
    connection: Connection, identity_ids: Sequence[str]
) -> dict[str, tuple[ConsentChangeRow, ...]]:
    """Every change of the consents of these phones, by identity, the newest first."""
    query = (
        select(
            *(ConsentChange.identity_id, ConsentChange.kind, ConsentChange.state, ConsentChange.at),
            *(ConsentChange.source, ConsentChange.detail, Agent.name.label("agent_name")),
        )
        .outerjoin(Agent, Agent.id == ConsentChange.actor_id)
        .where(ConsentChange.identity_id.in_(identity_ids))
        .order_by(ConsentChange.at.desc(), ConsentChange.id.desc())
    )
    found: dict[str, list[ConsentChangeRow]] = defaultdict(list)
    for row in connection.execute(query):
        change = ConsentChangeRow(
            kind=ConsentKind(row.kind),
            state=ConsentState(row.state),
            at=row.at,
            source=ConsentSource(row.source),
            detail=row.detail,
            agent_name=row.agent_name,
        )
        found[row.identity_id].append(change)
    return {identity_id: tuple(changes) for identity_id, changes in found.items()}
