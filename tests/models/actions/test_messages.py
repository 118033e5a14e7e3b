"""Replies and notes: what they queue, refuse, and take back."""

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.channels import RemoveChannel
from inbox_desktop.models.actions.deliveries import BeginAttempt, CancelDelivery, FinishAttempt
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.kinds import DeliveryState, TicketStatus
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Attachment, Delivery, DraftRow, Message, Recipient, Ticket
from tests.models.samples import Mailroom, add_agent, do, done


def ticket(store: Store, ticket_id: str | None) -> Ticket:
    with store.write() as session:
        return session.get_one(Ticket, ticket_id)


def answer(julia: str, received: Outcome, text: str = "On its way.", **values: object) -> Reply:
    given = {"seen_message_id": received.action.message_id, **values}  # type: ignore[attr-defined]
    return Reply(actor=agent(julia), ticket_id=received.ticket_id or "", text=text, **given)


def reason(store: Store, action: Action) -> str:
    result = do(store, action)
    assert isinstance(result, Refusal), result
    return result.reason


def stored(store: Store, message_id: str) -> Message:
    with store.write() as session:
        return session.get_one(Message, message_id)


def test_a_reply_is_queued_to_whoever_wrote(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive(references=("<root@example.com>",))
    action = answer(julia, received)
    done(store, action)
    message = stored(store, action.message_id)
    mail = received.action.message  # type: ignore[attr-defined]
    assert (message.to, message.subject) == (["ana@example.com"], "Re: My order")
    assert message.in_reply_to == mail.external_id
    assert message.references == ["<root@example.com>", mail.external_id]
    with store.write() as session:
        delivery = session.scalars(select(Delivery)).one()
        assert (delivery.message_id, delivery.state) == (message.id, DeliveryState.QUEUED)
        assert [r.address for r in session.scalars(select(Recipient))] == ["ana@example.com"]
    after = ticket(store, received.ticket_id)
    assert (after.unread, after.waiting_since, after.last_message_id) == (False, None, message.id)


def test_a_reply_goes_to_reply_to_and_leaves_from_the_address_written_to(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = receive(reply_to=("orders@ana.example",), channel_address="Help@shop.example")
    action = answer(julia, received)
    done(store, action)
    message = stored(store, action.message_id)
    assert (message.to, message.author_address) == (["orders@ana.example"], "help@shop.example")


def test_a_newer_mail_stops_the_reply(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    receive.answer(received)
    assert reason(store, answer(julia, received)).startswith("The customer has written since")


def test_a_colleagues_answer_stops_the_second_one(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    done(store, answer(add_agent(store, "Tom"), received))
    assert reason(store, answer(julia, received)).startswith("Tom has written since")


def test_a_note_does_not_stop_a_reply(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    done(store, AddNote(actor=agent(julia), ticket_id=received.ticket_id or "", text="Ask the carrier."))
    done(store, answer(julia, received))
    assert ticket(store, received.ticket_id).message_count == 3


def test_a_note_is_not_sent_and_keeps_the_customer_waiting(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = receive()
    done(store, AddNote(actor=agent(julia), ticket_id=received.ticket_id or "", text="Ask the carrier."))
    assert ticket(store, received.ticket_id).waiting_since is not None
    with store.write() as session:
        assert session.scalar(select(Delivery)) is None


def test_a_blocked_customer_is_not_answered(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    customer = ticket(store, received.ticket_id).customer_id
    blocking = done(store, SetBlocked(actor=agent(julia), customer_id=customer, blocked=True))
    assert "blocked" in reason(store, answer(julia, received))
    assert blocking.undo is not None
    done(store, blocking.undo)
    done(store, answer(julia, received))


def test_a_removed_channel_sends_nothing(
    store: Store, julia: str, receive: Mailroom, email_channel: str
) -> None:
    received = receive()
    done(store, RemoveChannel(actor=agent(julia), channel_id=email_channel))
    assert "no longer connected" in reason(store, answer(julia, received))


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_reply_is_refused_unless_a_file_says_it(
    store: Store, julia: str, receive: Mailroom, text: str
) -> None:
    received = receive()
    assert "nothing to send" in reason(store, answer(julia, received, text=text))
    file = DraftFile("label.pdf", "application/pdf", 3, "0" * 64)
    done(store, answer(julia, received, text=text, files=(file,)))
    with store.write() as session:
        assert session.scalars(select(Attachment)).one().filename == "label.pdf"


def test_send_and_close_and_taking_it_back(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    before = ticket(store, received.ticket_id)
    outcome = done(store, answer(julia, received, close=True))
    assert ticket(store, received.ticket_id).status == TicketStatus.CLOSED
    assert isinstance(outcome.undo, CancelDelivery)
    done(store, outcome.undo)
    after = ticket(store, received.ticket_id)
    assert (after.status, after.snippet, after.message_count) == (TicketStatus.OPEN, before.snippet, 1)
    assert (after.waiting_since, after.last_message_id) == (before.waiting_since, before.last_message_id)
    with store.write() as session:
        draft = session.scalars(select(DraftRow)).one()
        assert draft.text == "On its way."


def test_what_is_being_sent_cannot_be_taken_back(store: Store, julia: str, receive: Mailroom) -> None:
    outcome = done(store, answer(julia, receive()))
    with store.write() as session:
        delivery_id = session.scalars(select(Delivery.id)).one()
    done(store, BeginAttempt(actor=agent(julia), delivery_id=delivery_id, external_id="<r@shop.example>"))
    assert outcome.undo is not None
    assert "too late" in reason(store, outcome.undo)


def test_what_may_have_arrived_cannot_be_taken_back(store: Store, julia: str, receive: Mailroom) -> None:
    outcome = done(store, answer(julia, receive()))
    with store.write() as session:
        delivery_id = session.scalars(select(Delivery.id)).one()
    done(store, BeginAttempt(actor=agent(julia), delivery_id=delivery_id, external_id="<r@shop.example>"))
    done(store, FinishAttempt(actor=agent(julia), delivery_id=delivery_id, state=DeliveryState.UNKNOWN))
    assert outcome.undo is not None
    assert "may have arrived" in reason(store, outcome.undo)


def test_a_reply_reopens_a_closed_ticket(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    first = answer(julia, received, close=True)
    done(store, first)
    done(store, answer(julia, received, seen_message_id=first.message_id))
    assert ticket(store, received.ticket_id).status == TicketStatus.OPEN
