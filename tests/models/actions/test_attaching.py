"""Attaching late: what was set aside joins its ticket when that is there, as if it had come in order."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Outcome, Refusal, agent, channel, perform_all
from inbox_desktop.models.actions.attaching import AttachSetAside
from inbox_desktop.models.actions.inbound import BouncedMessage, FailedRecipient, InboundFile
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.actions.tickets import Close, MarkRead
from inbox_desktop.models.check import check
from inbox_desktop.models.kinds import MessageKind, TicketStatus
from inbox_desktop.models.queries.search import search
from inbox_desktop.models.store import Changed, Store
from inbox_desktop.models.tables import JournalEntry, Message, SetAside, Ticket
from tests.models.samples import START, SUPPORT, Mailroom, do

ANA, DAEMON = "ana@example.com", "daemon@mx.example"


@pytest.fixture(autouse=True)
def _all_is_well(store: Store) -> Any:
    yield
    assert check(store).problems == ()


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def conversation() -> dict[str, dict[str, Any]]:
    """Ana asks, we answer from a phone, her absence and a bounce answer that, she writes again."""
    ours = {"author_address": SUPPORT, "kind": MessageKind.REPLY, "to": (ANA, "bo@example.com")}
    bounced = BouncedMessage("<two@x>", "bo@example.com", (FailedRecipient("bo@example.com", "full"),))
    return {
        "one": {"external_id": "<one@x>", "sent_at": at(1), "subject": "A lamp", "text": "one"},
        "two": {
            **ours,
            "external_id": "<two@x>",
            "sent_at": at(2),
            "references": ("<one@x>",),
            "sent_elsewhere": True,
            "text": "two",
        },
        "absent": {
            "external_id": "<absent@x>",
            "kind": MessageKind.AUTO_REPLY,
            "in_reply_to": "<two@x>",
            "sent_at": at(3),
            "text": "absent",
        },
        "bounce": {
            "external_id": "<bounce@x>",
            "kind": MessageKind.BOUNCE,
            "author_address": DAEMON,
            "bounced": bounced,
            "sent_at": at(4),
            "text": "bounce",
        },
        "three": {
            "external_id": "<three@x>",
            "sent_at": at(5),
            "subject": "Re: A lamp",
            "references": ("<one@x>", "<two@x>"),
            "text": "three",
        },
    }


def attach(store: Store, channel_id: str) -> list[Outcome | Refusal]:
    """Try whatever is set aside, the oldest first."""
    with store.write() as session:
        waiting = select(SetAside.message_id).join(Message, Message.id == SetAside.message_id)
        ids = list(session.scalars(waiting.order_by(Message.order_at)))
        actions = [AttachSetAside(actor=channel(channel_id), message_id=message_id) for message_id in ids]
        return perform_all(session, actions)


def the_ticket(store: Store) -> Ticket:
    with store.write() as session:
        return session.scalars(select(Ticket)).one()


def texts(store: Store) -> list[str]:
    with store.read() as reader:
        query = select(Message.text).where(Message.ticket_id.is_not(None)).order_by(Message.order_at)
        return list(reader.scalars(query))


@pytest.mark.parametrize("order", list(permutations(["one", "two", "absent", "bounce", "three"]))[::7])
def test_in_whatever_order_mails_come_the_ticket_ends_the_same(
    store: Store, receive: Mailroom, order: tuple[str, ...]
) -> None:
    mails = conversation()
    for name in order:
        receive(**mails[name], history=True, seen=True)
        attach(store, receive.channel_id)
    ticket = the_ticket(store)
    assert texts(store) == list(mails)
    assert (ticket.message_count, ticket.snippet) == (5, "three")
    assert (ticket.created_at, ticket.subject) == (at(1), "A lamp")
    assert (ticket.waiting_since, ticket.last_inbound_at) == (at(5), at(5))
    assert (ticket.status, ticket.unread) == (TicketStatus.OPEN, False)
    with store.read() as reader:
        assert reader.scalars(select(SetAside.message_id)).all() == []


def test_our_answer_ends_the_waiting(store: Store, receive: Mailroom) -> None:
    mails = conversation()
    receive(**mails["two"], history=True)
    receive(**mails["one"], history=True)
    assert the_ticket(store).waiting_since == at(1)
    attach(store, receive.channel_id)
    assert the_ticket(store).waiting_since is None
    assert the_ticket(store).snippet == "two"


@pytest.mark.parametrize("name", ["two", "absent", "bounce"])
def test_a_closed_and_read_ticket_stays_so(store: Store, julia: str, receive: Mailroom, name: str) -> None:
    mails = conversation()
    receive(**mails[name])
    receive(**mails["three"])
    ticket = the_ticket(store)
    do(store, MarkRead(actor=agent(julia), ticket_id=ticket.id, seen_message_id=ticket.last_message_id))
    do(store, Close(actor=agent(julia), ticket_id=ticket.id, seen_inbound_id=ticket.last_inbound_id))
    receive(**mails["one"], history=True)
    if name == "absent":  # it answers what is not here: nothing leads it to the ticket before that
        receive(**mails["two"], history=True)
    (result, *_) = attach(store, receive.channel_id)
    after = the_ticket(store)
    assert isinstance(result, Outcome) == (name != "bounce")  # bo takes part through our answer alone
    assert (after.status, after.unread) == (TicketStatus.CLOSED, False)
    assert (after.created_at, after.subject) == (at(1), "A lamp")


def test_it_is_found_by_search_journaled_and_told(store: Store, receive: Mailroom) -> None:
    mails = conversation()
    file = InboundFile("a.pdf", "application/pdf", 3, store.attachments.put(b"PDF"))
    aside = receive(**mails["two"], files=(file,))
    receive(**mails["one"])
    with store.read() as reader:
        assert search(reader, "two") == ()
    news: list[Changed] = []
    store.subscribe(news.append)
    (result,) = attach(store, receive.channel_id)
    ticket = the_ticket(store)
    assert isinstance(result, Outcome)
    assert (result.ticket_id, ticket.has_attachments) == (ticket.id, True)
    assert [changed.ids for changed in news if changed.kind == "ticket"] == [(ticket.id,)]
    with store.read() as reader:
        assert [row.id for row in search(reader, "two")] == [ticket.id]
        entry = reader.execute(select(JournalEntry).where(JournalEntry.seq == result.seq)).one()
    assert isinstance(aside.action, Receive)
    assert (entry.name, entry.arguments) == (
        "message.attach",
        {"message_id": aside.action.message_id, "ticket_id": ticket.id},
    )


@pytest.mark.parametrize(
    "values", [{"to": ("eve@evil.example",)}, {"author_verified": False}, {"references": ("<other@x>",)}]
)
def test_what_only_claims_to_belong_stays_set_aside(
    store: Store, receive: Mailroom, values: dict[str, Any]
) -> None:
    mails = conversation()
    receive(**{**mails["two"], **values})
    receive(**mails["one"])
    (result,) = attach(store, receive.channel_id)
    assert isinstance(result, Refusal)
    assert "belongs to no ticket" in result.reason
    assert the_ticket(store).message_count == 1


def test_a_message_is_attached_once(store: Store, receive: Mailroom) -> None:
    mails = conversation()
    aside = receive(**mails["two"])
    receive(**mails["one"])
    attach(store, receive.channel_id)
    assert isinstance(aside.action, Receive)
    again = do(store, AttachSetAside(actor=channel(receive.channel_id), message_id=aside.action.message_id))
    assert isinstance(again, Refusal)
    assert the_ticket(store).message_count == 2
    assert receive(**mails["two"]).detail == "duplicate"
