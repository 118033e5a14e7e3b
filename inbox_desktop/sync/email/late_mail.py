"""Mail that was set aside and belongs to a ticket after all: attached as soon as that ticket is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import cast

from sqlalchemy import Connection, Table, exists, select, text, update

from inbox_desktop.models.actions import Actor, Outcome, channel, perform_all
from inbox_desktop.models.actions.attaching import AttachSetAside
from inbox_desktop.models.kinds import UidState
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import LedgerEntry, Message, SetAsideKey, ThreadKey
from inbox_desktop.sync.services import Services

MOST_AT_ONCE = 100
"""Mails that are attached in one transaction: an agent's click waits behind one such transaction at most."""

_MOST_PARAMETERS = 500
_LEDGER = cast("Table", LedgerEntry.__table__)
_ANY = select(exists(select(SetAsideKey.message_id)))
_SET_ASIDE = text("uid_ledger.state = 'set_aside'")  # literally as in the index, which is one of these alone


def attach_to(session: WriteSession, actor: Actor, external_ids: Collection[str]) -> int:
    """Attach what was set aside and has or refers to one of these Message-IDs; returns how many.

    What is attached brings Message-IDs of its own, by which more may be found. At most about MOST_AT_ONCE.
    """
    connection, attached, tried = session.connection(), 0, set[str]()
    if not connection.execute(_ANY).scalar_one():
        return 0
    while external_ids and len(tried) < MOST_AT_ONCE:
        found = [one for one in _waiting_for(connection, external_ids) if one not in tried]
        tried.update(found)
        external_ids = _keys_of(connection, found)
        done = _attach(session, actor, found) if found else 0
        attached += done
        if not done:
            break
    return attached


async def attach_all(services: Services, channel_id: str) -> int:
    """Attach whatever was set aside in the channel and belongs to a ticket by now; returns how many.

    Raises:
        StorageError: the store could not be read or written. What was attached stays so.
    """
    attached = 0
    while True:
        waiting = await services.read(partial(_with_ticket, channel_id=channel_id))
        done = 0
        for start in range(0, len(waiting), MOST_AT_ONCE):
            some = waiting[start : start + MOST_AT_ONCE]
            done += await services.write(partial(_attach, actor=channel(channel_id), message_ids=some))
        attached += done
        if not done:
            return attached


def _attach(session: WriteSession, actor: Actor, message_ids: Sequence[str]) -> int:
    actions = [AttachSetAside(actor=actor, message_id=message_id) for message_id in message_ids]
    results = perform_all(session, actions)
    attached = [
        action.message_id
        for action, result in zip(actions, results, strict=True)
        if isinstance(result, Outcome)
    ]
    if attached:
        session.connection().execute(
            update(_LEDGER)
            .where(_SET_ASIDE, LedgerEntry.message_id.in_(attached))
            .values(state=UidState.STORED, reason="")
        )
    return len(attached)


def _waiting_for(connection: Connection, external_ids: Iterable[str]) -> list[str]:
    """What is set aside and has or refers to one of the Message-IDs, the oldest first."""
    wanted = sorted(external_ids)
    found: dict[str, datetime] = {}
    for start in range(0, len(wanted), _MOST_PARAMETERS):
        query = (
            select(SetAsideKey.message_id, Message.order_at)
            .join(Message, Message.id == SetAsideKey.message_id)
            .where(SetAsideKey.external_id.in_(wanted[start : start + _MOST_PARAMETERS]))
            .order_by(Message.order_at)
            .limit(MOST_AT_ONCE)
        )
        found.update((row[0], row[1]) for row in connection.execute(query))
    return sorted(found, key=lambda message_id: (found[message_id], message_id))[:MOST_AT_ONCE]


def _keys_of(connection: Connection, message_ids: Sequence[str]) -> set[str]:
    query = select(SetAsideKey.external_id).where(SetAsideKey.message_id.in_(message_ids))
    return set(connection.scalars(query)) if message_ids else set()


def _with_ticket(connection: Connection, channel_id: str) -> list[str]:
    """What is set aside in the channel and shares a Message-ID with a ticket, the oldest first."""
    shared = (
        select(SetAsideKey.message_id)
        .join(
            ThreadKey,
            (ThreadKey.channel_id == SetAsideKey.channel_id)
            & (ThreadKey.external_id == SetAsideKey.external_id),
        )
        .where(SetAsideKey.channel_id == channel_id)
    )
    query = select(Message.id).where(Message.id.in_(shared)).order_by(Message.order_at, Message.id)
    return list(connection.scalars(query))
