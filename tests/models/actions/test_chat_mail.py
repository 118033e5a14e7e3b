"""E-mails of chats: once a job, from the support address, and their answers come back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Outcome, Refusal, agent, channel
from inbox_desktop.models.actions.chat_mail import QueueChatMail
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.inbound import BouncedMessage, FailedRecipient
from inbox_desktop.models.actions.tickets import Close
from inbox_desktop.models.check import check
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import (
    ChannelKind,
    DeliveryState,
    IdentityKind,
    MailJobKind,
    MessageKind,
    TicketStatus,
)
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Customer, Delivery, Message, Ticket
from tests.models.chatting import ChatRoom, identities_of, thread_of, ticket_row
from tests.models.samples import SUPPORT, Mailroom, do, done

ANA = "ana@example.com"
OURS = "<our.signed.id@shop.example>"


@pytest.fixture
def room(store: Store, julia: str) -> ChatRoom:
    return ChatRoom(store, julia)


@pytest.fixture(autouse=True)
def _all_is_well(store: Store) -> Iterator[None]:
    yield
    assert check(store).problems == ()


def mail_of(room: ChatRoom, conversation_id: str, **values: object) -> QueueChatMail:
    given = {
        "actor": channel(room.channel_id),
        "at": room.now(),
        "job_id": new_id(),
        "kind": MailJobKind.FOLLOW_UP,
        "conversation_id": conversation_id,
        "support_address": SUPPORT,
        "sender_name": "Acme",
        "address": ANA,
        "subject": "Acme has answered you",
        "text": "Here I am",
    }
    return QueueChatMail(**{**given, **values})  # type: ignore[arg-type]


@pytest.fixture
def followed(store: Store, room: ChatRoom, receive: Mailroom) -> str:
    """A chat's ticket whose visitor has got the follow-up."""
    talk = room.conversation(email=ANA)
    outcome = room.write(talk)
    action = mail_of(room, talk.id)
    done(store, action)
    with store.read() as connection:
        query = select(Delivery.id).where(Delivery.message_id == action.message_id)
        delivery = connection.execute(query).scalar_one()
    actor = channel(room.channel_id)
    done(store, BeginAttempt(actor=actor, delivery_id=delivery, external_id=OURS))
    done(store, FinishAttempt(actor=actor, delivery_id=delivery, state=DeliveryState.SENT))
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def answer(receive: Mailroom, ticket_id: str | None, **values: object) -> Outcome:
    """The visitor's mail in answer to the follow-up; `ticket_id` is what its signature says."""
    given = {
        "author_address": ANA,
        "text": "By mail",
        "in_reply_to": OURS,
        "references": (OURS,),
        "signed_ticket_id": ticket_id,
    }
    return receive(**{**given, **values})


def close(store: Store, julia: str, ticket_id: str) -> None:
    seen = ticket_row(store, ticket_id).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=ticket_id, seen_inbound_id=seen))


def test_it_leaves_from_the_support_address_in_the_chats_ticket(
    store: Store, room: ChatRoom, receive: Mailroom
) -> None:
    talk = room.conversation(email=ANA)
    outcome = room.write(talk)
    done(store, mail_of(room, talk.id))
    with store.write() as session:
        message = session.scalars(select(Message).where(Message.kind == MessageKind.AUTO_REPLY)).one()
        assert message.ticket_id == outcome.ticket_id
        assert message.channel_id == receive.channel_id
        assert (message.author_address, message.author_name, message.to) == (SUPPORT, "Acme", [ANA])
        delivery = session.scalars(select(Delivery)).one()
        assert delivery.channel_id == receive.channel_id
        assert session.get_one(Ticket, outcome.ticket_id).waiting_since is not None


def test_an_alias_is_a_support_address_too(store: Store, room: ChatRoom, receive: Mailroom) -> None:
    talk = room.conversation()
    room.write(talk)
    done(store, mail_of(room, talk.id, support_address="Help@shop.example"))


def test_a_job_is_queued_once(store: Store, room: ChatRoom, receive: Mailroom) -> None:
    talk = room.conversation()
    room.write(talk)
    job = new_id()
    done(store, mail_of(room, talk.id, job_id=job))
    again = do(store, mail_of(room, talk.id, job_id=job))
    assert isinstance(again, Refusal)
    assert "already" in again.reason
    with store.read() as connection:
        assert len(connection.execute(select(Delivery.id)).all()) == 1


def test_what_cannot_be_sent_is_refused_in_words(store: Store, room: ChatRoom, receive: Mailroom) -> None:
    talk = room.conversation()
    ticket_id = room.write(talk).ticket_id
    for action, words in (
        (mail_of(room, talk.id, support_address="other@shop.example"), "is not connected here"),
        (mail_of(room, new_id()), "no such conversation"),
    ):
        refusal = do(store, action)
        assert isinstance(refusal, Refusal)
        assert words in refusal.reason
    with store.write() as session:
        session.get_one(Customer, session.get_one(Ticket, ticket_id).customer_id).blocked = True
    refusal = do(store, mail_of(room, talk.id))
    assert isinstance(refusal, Refusal)
    assert "blocked" in refusal.reason


def test_its_answer_joins_the_chats_ticket(store: Store, receive: Mailroom, followed: str) -> None:
    outcome = answer(receive, followed)
    assert outcome.ticket_id == followed
    assert thread_of(store, followed)[-1] == ("message", "By mail")
    further = receive.answer(outcome, text="And one more", signed_ticket_id=None)
    assert further.ticket_id == followed


def test_its_answer_joins_from_another_address_by_the_signature(receive: Mailroom, followed: str) -> None:
    assert answer(receive, followed, author_address="ana@home.example").ticket_id == followed


def test_without_signature_only_the_recipient_joins(receive: Mailroom, followed: str) -> None:
    assert answer(receive, None).ticket_id == followed
    assert answer(receive, None, author_address="eve@example.com").ticket_id != followed


def test_an_answer_to_a_closed_chat_opens_a_ticket_by_mail(
    store: Store, receive: Mailroom, followed: str, julia: str
) -> None:
    close(store, julia, followed)
    outcome = answer(receive, followed)
    assert outcome.ticket_id != followed
    ticket = ticket_row(store, outcome.ticket_id)
    assert ticket.channel_kind == ChannelKind.EMAIL
    assert ticket.channel_id == receive.channel_id
    assert ticket.possibly_ticket_id == followed
    assert ticket_row(store, followed).status == TicketStatus.CLOSED
    # further answers to the same follow-up, and to that mail, go on in the new ticket
    assert answer(receive, followed, text="Again").ticket_id == outcome.ticket_id
    assert receive.answer(outcome, text="More").ticket_id == outcome.ticket_id
    close(store, julia, outcome.ticket_id or "")
    assert receive.answer(outcome, text="Reopens").ticket_id == outcome.ticket_id


def test_mails_of_a_chat_that_was_closed_since_go_to_one_new_ticket(
    store: Store, receive: Mailroom, followed: str, julia: str
) -> None:
    joined = answer(receive, followed)
    assert joined.ticket_id == followed
    close(store, julia, followed)
    second = receive.answer(joined, text="Two", signed_ticket_id=None)
    third = receive.answer(joined, text="Three", signed_ticket_id=None)
    assert second.ticket_id == third.ticket_id != followed


def test_a_bounce_stands_in_the_chat_and_opens_nothing(
    store: Store, receive: Mailroom, followed: str, julia: str
) -> None:
    close(store, julia, followed)
    bounced = BouncedMessage(OURS, ANA, (FailedRecipient(ANA, "No such mailbox"),))
    outcome = receive(
        kind=MessageKind.BOUNCE, author_address="mailer-daemon@example.com", bounced=bounced, text="Returned"
    )
    assert outcome.ticket_id == followed
    assert ticket_row(store, followed).status == TicketStatus.CLOSED
    assert ticket_row(store, followed).unread


def test_the_one_who_answers_by_mail_is_not_taken_for_the_visitor(
    store: Store, receive: Mailroom, followed: str
) -> None:
    answer(receive, followed)
    with store.write() as session:
        ticket = session.get_one(Ticket, followed)
        mail = session.scalars(select(Message).where(Message.text == "By mail")).one()
        assert mail.customer_id != ticket.customer_id
        assert mail.author_address == ANA
        owner = ticket.customer_id
    assert {kind for kind, _value in identities_of(store, owner)} == {IdentityKind.VISITOR}
