"""Receiving: threads, duplicates, reopening, history, automatic mail."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inbox_desktop.models.actions import SYSTEM, Outcome, agent, channel, perform_all
from inbox_desktop.models.actions.channels import RemoveChannel
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.inbound import BouncedMessage, FailedRecipient, InboundFile
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.receiving import DUPLICATE, SET_ASIDE, STORED, Receive
from inbox_desktop.models.actions.tickets import Close, Snooze
from inbox_desktop.models.check import check
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, IdentityKind, MessageKind, TicketStatus
from inbox_desktop.models.store import Changed, Store
from inbox_desktop.models.tables import Customer, Delivery, Message, Recipient, Ticket
from tests.models.samples import START, Mailroom, add_channel, done


def ticket(store: Store, ticket_id: str | None) -> Ticket:
    with store.write() as session:
        return session.get_one(Ticket, ticket_id)


def total(store: Store, table: Any) -> int:
    with store.read() as reader:
        return reader.execute(select(func.count()).select_from(table)).scalar_one()


def close(store: Store, julia: str, ticket_id: str | None) -> None:
    seen = ticket(store, ticket_id).last_inbound_id
    done(store, Close(actor=agent(julia), ticket_id=ticket_id or "", seen_inbound_id=seen))


def test_a_first_mail_opens_a_ticket(store: Store, receive: Mailroom) -> None:
    opened = ticket(store, receive(text="Where is it?\n\nAna").ticket_id)
    assert (opened.number, opened.status, opened.unread) == (1, TicketStatus.OPEN, True)
    assert (opened.subject, opened.snippet) == ("My order", "Where is it? Ana")
    assert opened.waiting_since == START + timedelta(minutes=1)


def test_a_reply_joins_and_reopens_however_long_after(store: Store, julia: str, receive: Mailroom) -> None:
    first = receive()
    close(store, julia, first.ticket_id)
    answer = receive.answer(first, sent_at=START + timedelta(days=900))
    reopened = ticket(store, answer.ticket_id)
    assert answer.ticket_id == first.ticket_id
    assert (reopened.status, reopened.unread, reopened.message_count) == (TicketStatus.OPEN, True, 2)


def test_a_new_message_wakes_a_snoozed_ticket(store: Store, julia: str, receive: Mailroom) -> None:
    first = receive()
    until = now() + timedelta(days=3)
    done(store, Snooze(actor=agent(julia), ticket_id=first.ticket_id or "", until=until))
    receive.answer(first)
    woken = ticket(store, first.ticket_id)
    assert (woken.status, woken.snoozed_until) == (TicketStatus.OPEN, None)


def test_receiving_twice_is_harmless(store: Store, receive: Mailroom) -> None:
    message = receive.message()
    with store.write() as session:
        kinds = [
            outcome.detail
            for outcome in perform_all(
                session, [Receive(actor=channel(message.channel_id), message=message) for _ in range(2)]
            )
            if isinstance(outcome, Outcome)
        ]
    again = receive(external_id=message.external_id)
    assert [*kinds, again.detail] == [STORED, DUPLICATE, DUPLICATE]
    assert (total(store, Message), total(store, Ticket)) == (1, 1)


def test_two_mails_of_different_people_under_one_message_id_are_both_kept(
    store: Store, receive: Mailroom
) -> None:
    first = receive(external_id="<same@broken.example>")
    other = {"external_id": "<same@broken.example>", "author_address": "bo@example.com", "text": "Other"}
    assert receive(**other).ticket_id != first.ticket_id
    assert receive(**other).detail == DUPLICATE
    assert total(store, Message) == 2


def test_two_mails_of_one_person_under_one_message_id_are_both_kept(store: Store, receive: Mailroom) -> None:
    first = receive(external_id="<form@broken.example>", subject="Order 1", text="One")
    other = receive.message(external_id="<form@broken.example>", subject="Order 2", text="Two")
    by_list = receive.message(external_id="<form@broken.example>", subject="[shop] Order 1", text="One")
    moments = [first.action.message.sent_at, other.sent_at]  # type: ignore[attr-defined]
    details = [
        done(store, Receive(actor=channel(receive.channel_id), message=message)).detail
        for message in (other, other, replace(by_list, sent_at=moments[0]))
    ]
    assert details == [STORED, DUPLICATE, DUPLICATE]
    assert total(store, Message) == 2


def test_a_stranger_with_the_right_references_gets_a_ticket_of_their_own(
    store: Store, receive: Mailroom
) -> None:
    first = receive()
    forged = receive.answer(first, author_address="eve@evil.example")
    assert forged.ticket_id != first.ticket_id
    assert ticket(store, forged.ticket_id).possibly_ticket_id == first.ticket_id


def test_an_unverified_author_never_joins(store: Store, receive: Mailroom) -> None:
    first = receive()
    assert receive.answer(first, author_verified=False).ticket_id != first.ticket_id


def test_our_signature_lets_any_address_join(store: Store, receive: Mailroom) -> None:
    first = receive()
    other = receive(author_address="ana.work@example.com", signed_ticket_id=first.ticket_id)
    assert other.ticket_id == first.ticket_id


def test_an_answer_to_another_of_our_addresses_joins_and_is_stored_once(
    store: Store, julia: str, receive: Mailroom
) -> None:
    sales = add_channel(store, julia, address="sales@shop.example", name="Sales")
    first = receive()
    values = {"external_id": "<both@example.com>", "signed_ticket_id": first.ticket_id}
    by_sales = receive.answer(first, channel_id=sales, **values)
    by_support = receive.answer(first, **values)
    assert (by_sales.ticket_id, by_support.detail) == (first.ticket_id, DUPLICATE)
    assert receive.answer(by_sales, channel_id=receive.channel_id).ticket_id == first.ticket_id
    assert check(store).problems == ()


def test_an_answer_to_a_ticket_of_a_removed_channel_opens_one_that_can_be_answered(
    store: Store, julia: str, receive: Mailroom
) -> None:
    sales = add_channel(store, julia, address="sales@shop.example", name="Sales")
    first = receive()
    done(store, RemoveChannel(actor=agent(julia), channel_id=receive.channel_id))
    later = receive.answer(first, channel_id=sales, signed_ticket_id=first.ticket_id)
    assert ticket(store, later.ticket_id).channel_id == sales
    assert ticket(store, later.ticket_id).possibly_ticket_id == first.ticket_id


def test_whoever_was_copied_may_answer(store: Store, receive: Mailroom) -> None:
    first = receive(cc=("bo@example.com",))
    assert receive.answer(first, author_address="bo@example.com").ticket_id == first.ticket_id


def test_our_own_address_is_no_participant(store: Store, receive: Mailroom) -> None:
    first = receive()
    assert receive.answer(first, author_address="support@shop.example").ticket_id != first.ticket_id


@pytest.mark.parametrize("backwards", [False, True])
def test_a_thread_is_one_ticket_in_whatever_order_it_comes(
    store: Store, receive: Mailroom, backwards: bool
) -> None:
    ids = [f"<m{n}@example.com>" for n in range(4)]
    mails = [
        receive.message(
            external_id=ids[n], references=tuple(ids[:n]), subject=f"s{n}", history=True, text=f"t{n}"
        )
        for n in range(4)
    ]
    with store.write() as session:
        order = reversed(mails) if backwards else mails
        perform_all(session, [Receive(actor=channel(receive.channel_id), message=m) for m in order])
    assert total(store, Ticket) == 1
    with store.write() as session:
        only = session.scalars(select(Ticket)).one()
        newest = session.scalars(select(Message).where(Message.external_id == ids[3])).one()
        assert (only.message_count, only.subject, only.snippet) == (4, "s0", "t3")
        assert (only.last_message_id, only.last_inbound_id) == (newest.id, newest.id)
        assert only.created_at == mails[0].sent_at == only.waiting_since


def test_older_history_neither_reopens_nor_marks_unread(store: Store, julia: str, receive: Mailroom) -> None:
    old = receive.message(history=True)
    newest = receive(references=(old.external_id,), history=True)
    close(store, julia, newest.ticket_id)
    with store.write() as session:
        perform_all(session, [Receive(actor=channel(receive.channel_id), message=old)])
    after = ticket(store, newest.ticket_id)
    assert (after.status, after.message_count) == (TicketStatus.CLOSED, 2)


def test_history_that_an_answer_did_not_know_of_reopens(store: Store, julia: str, receive: Mailroom) -> None:
    """Of two folders the second may hold what the customer wrote between our first look and our answer."""
    first = receive(history=True)
    reply = Reply(
        actor=agent(julia),
        at=START + timedelta(hours=2),
        ticket_id=str(first.ticket_id),
        text="Done",
        seen_message_id=first.action.message_id,  # type: ignore[attr-defined]
        close=True,
    )
    done(store, reply)
    unknown = receive.answer(first, sent_at=START + timedelta(hours=1), history=True)
    after = ticket(store, first.ticket_id)
    assert (after.status, after.unread) == (TicketStatus.OPEN, True)
    assert after.last_inbound_id == after.last_message_id == unknown.action.message_id  # type: ignore[attr-defined]
    assert check(store).problems == ()


def test_what_had_been_read_elsewhere_comes_in_read(store: Store, receive: Mailroom) -> None:
    assert not ticket(store, receive(history=True, seen=True).ticket_id).unread


def test_a_mail_that_was_long_on_its_way_stands_below_what_was_read(store: Store, receive: Mailroom) -> None:
    first = receive(sent_at=START + timedelta(hours=2))
    late = receive.answer(first, sent_at=START)
    with store.read() as reader:
        query = select(Message.sent_at, Message.order_at).order_by(Message.order_at)
        rows = list(reader.execute(query))
    assert rows[1].sent_at == START < rows[0].order_at < rows[1].order_at
    assert ticket(store, late.ticket_id).last_inbound_id == late.action.message_id  # type: ignore[attr-defined]


def test_new_mail_with_the_date_of_a_wrong_clock_is_not_buried(store: Store, receive: Mailroom) -> None:
    received, wrong = START + timedelta(days=30), START - timedelta(days=20_000)
    new = ticket(store, receive(sent_at=wrong, received_at=received).ticket_id)
    week_ago = received - timedelta(days=7)
    assert new.last_message_at == new.created_at == new.waiting_since == new.last_inbound_at == week_ago
    old = ticket(store, receive(sent_at=wrong, received_at=received, history=True).ticket_id)
    assert old.last_message_at == wrong
    with store.read() as reader:
        assert set(reader.scalars(select(Message.sent_at))) == {wrong}
    assert check(store).problems == ()


def test_a_wrong_clock_does_not_make_an_answer_the_beginning(store: Store, receive: Mailroom) -> None:
    first = receive(received_at=START)
    receive.answer(first, sent_at=START - timedelta(days=20_000), received_at=START + timedelta(days=9))
    after = ticket(store, first.ticket_id)
    assert (after.created_at, after.subject) == (START + timedelta(minutes=1), "My order")


def test_automatic_mail_without_a_ticket_is_set_aside(store: Store, receive: Mailroom) -> None:
    assert receive(kind=MessageKind.AUTO_REPLY).detail == SET_ASIDE
    assert receive(kind=MessageKind.BOUNCE).detail == SET_ASIDE
    assert (total(store, Ticket), total(store, Message)) == (0, 2)


def test_an_auto_reply_joins_without_reopening(store: Store, julia: str, receive: Mailroom) -> None:
    first = receive()
    close(store, julia, first.ticket_id)
    assert receive.answer(first, kind=MessageKind.AUTO_REPLY).ticket_id == first.ticket_id
    assert ticket(store, first.ticket_id).status == TicketStatus.CLOSED


@pytest.mark.parametrize("failed", [(), ("ana@example.com",), ("ana@example.com", "bo@example.com")])
def test_a_bounce_fails_its_recipients_unless_the_server_still_tries(
    store: Store, julia: str, receive: Mailroom, failed: tuple[str, ...]
) -> None:
    first = receive()
    reply = Reply(
        actor=agent(julia),
        ticket_id=first.ticket_id or "",
        text="Hi",
        cc=("bo@example.com", "cy@example.com"),
        seen_message_id=None,
    )
    done(store, reply)
    with store.write() as session:
        delivery = session.scalars(select(Delivery.id)).one()
    done(store, BeginAttempt(actor=SYSTEM, delivery_id=delivery, external_id="<our@shop.example>"))
    done(store, FinishAttempt(actor=SYSTEM, delivery_id=delivery, state=DeliveryState.SENT))
    gone = tuple(FailedRecipient(address, "mailbox full") for address in failed)
    bounced = BouncedMessage("<our@shop.example>", "ana@example.com", gone)
    bounce = receive(kind=MessageKind.BOUNCE, author_address="daemon@mx.example", bounced=bounced)
    assert bounce.ticket_id == first.ticket_id
    with store.write() as session:
        found = session.scalars(select(Recipient).where(Recipient.state == DeliveryState.FAILED))
        assert {one.address: one.detail for one in found} == dict.fromkeys(failed, "mailbox full")


def test_a_forged_bounce_of_a_message_to_somebody_else_is_set_aside(store: Store, receive: Mailroom) -> None:
    receive(external_id="<known@example.com>")
    gone = (FailedRecipient("eve@evil.example", "no such mailbox"),)
    bounced = BouncedMessage("<known@example.com>", "eve@evil.example", gone)
    assert receive(kind=MessageKind.BOUNCE, author_address="", bounced=bounced).detail == SET_ASIDE


def test_one_person_one_customer_and_a_name_that_comes_later(store: Store, receive: Mailroom) -> None:
    receive(author_name="")
    receive(author_name="Ana Souza")
    with store.write() as session:
        assert [c.name for c in session.scalars(select(Customer))] == ["Ana Souza"]


def test_a_text_message_joins_the_persons_one_ticket(store: Store, julia: str, receive: Mailroom) -> None:
    sms = add_channel(store, julia, ChannelKind.SMS, "+14155550100", "Texts")
    values = {"channel_id": sms, "author_kind": IdentityKind.PHONE, "author_address": "+14155550188"}
    first = receive(**values)
    close(store, julia, first.ticket_id)
    second = receive(**values)
    assert second.ticket_id == first.ticket_id
    assert ticket(store, first.ticket_id).status == TicketStatus.OPEN


def test_a_closed_chat_never_reopens(store: Store, julia: str, receive: Mailroom) -> None:
    chat = add_channel(store, julia, ChannelKind.CHAT, "shop.example", "Chat")
    values = {
        "channel_id": chat,
        "author_kind": IdentityKind.VISITOR,
        "author_address": "visitor-1",
        "references": ("conversation-1",),
    }
    first = receive(**values)
    assert receive(**values).ticket_id == first.ticket_id
    close(store, julia, first.ticket_id)
    assert receive(**values).ticket_id != first.ticket_id
    assert ticket(store, first.ticket_id).status == TicketStatus.CLOSED


def test_files_are_kept_with_their_message(store: Store, receive: Mailroom) -> None:
    file = InboundFile("photo.png", "image/png", 3, "0" * 64)
    assert ticket(store, receive(files=(file,)).ticket_id).has_attachments


def test_the_change_feed_names_the_ticket(store: Store, receive: Mailroom) -> None:
    news: list[Changed] = []
    unsubscribe = store.subscribe(news.append)
    first = receive()
    unsubscribe()
    receive()
    assert [(c.kind, c.ids) for c in news if c.kind == "ticket"] == [("ticket", (first.ticket_id,))]
