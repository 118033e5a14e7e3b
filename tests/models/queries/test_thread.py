"""The thread: which messages, in which order, what happened between them, who may be answered."""

from datetime import datetime, timedelta
from pathlib import Path

from inbox_desktop.models.actions import SYSTEM, Refusal, agent, channel, perform
from inbox_desktop.models.actions.channels import RemoveChannel
from inbox_desktop.models.actions.deliveries import (
    BeginAttempt,
    CancelDelivery,
    FinishAttempt,
    RecipientResult,
)
from inbox_desktop.models.actions.inbound import InboundFile
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.actions.people import SetBlocked
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.actions.tickets import Assign, Close, MarkRead
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, Direction, IdentityKind, MessageKind
from inbox_desktop.models.queries.rows import DraftFile, Thread
from inbox_desktop.models.queries.thread import thread
from inbox_desktop.models.store import Store
from tests.models.samples import START, SUPPORT, Mailroom, add_agent, add_channel, do, done


def thread_of(store: Store, ticket_id: str | None, limit: int = 50) -> Thread:
    with store.read() as connection:
        found = thread(connection, ticket_id or "", store.attachments.folder, limit)
    assert found is not None
    return found


def reply(
    store: Store,
    julia: str,
    found: Thread,
    minutes: int,
    text: str = "It is on its way.",
    *,
    close: bool = False,
) -> str:
    """Julia answers so many minutes after START; returns the message's id."""
    action = Reply(
        actor=agent(julia),
        at=START + timedelta(minutes=minutes),
        ticket_id=found.ticket.id,
        text=text,
        seen_message_id=found.newest_message_id,
        close=close,
    )
    done(store, action)
    return action.message_id


def texts(found: Thread) -> list[str]:
    return [message.text for message in found.messages]


def story(found: Thread) -> list[str]:
    """Messages and events as one list, the events where they stand."""
    told: list[str] = []
    for message in found.messages:
        told += [f"({e.text})" for e in found.events if e.before_message_id == message.id]
        told.append(message.text)
    return told + [f"({e.text})" for e in found.events if e.before_message_id is None]


def test_no_ticket_no_thread(store: Store) -> None:
    with store.read() as connection:
        assert thread(connection, new_id(), Path("x")) is None


def test_messages_stand_in_order_with_everything_a_card_shows(
    store: Store, julia: str, email_channel: str, receive: Mailroom
) -> None:
    sha256 = store.attachments.put(b"picture")
    file = InboundFile("track.png", "image/png", 7, sha256, content_id="c1")
    received = receive(
        text="Hello\n> old",
        visible_text="Hello",
        html="<p>Hello</p>",
        visible_html="<p>Hello</p>",
        cc=("bo@example.com",),
        blocked=("1 image",),
        warnings=("odd charset",),
        files=(file,),
        raw_id=None,
    )
    reply(store, julia, thread_of(store, received.ticket_id), 5)
    found = thread_of(store, received.ticket_id)
    first, second = found.messages
    assert (first.direction, first.kind) == (Direction.INBOUND, MessageKind.MESSAGE)
    assert (first.author_name, first.author_address, first.author_verified) == (
        "Ana Souza",
        "ana@example.com",
        True,
    )
    assert (first.text, first.visible_text, first.html) == ("Hello\n> old", "Hello", "<p>Hello</p>")
    assert (first.to, first.cc) == ((SUPPORT,), ("bo@example.com",))
    assert (first.blocked, first.warnings, first.has_raw) == (("1 image",), ("odd charset",), False)
    assert first.delivery is None
    (attachment,) = first.attachments
    assert (attachment.filename, attachment.size, attachment.active) == ("track.png", 7, False)
    assert Path(attachment.path).read_bytes() == b"picture"
    assert (second.direction, second.author_id, second.author_name) == (Direction.OUTBOUND, julia, "Julia")
    assert (second.subject, second.author_address) == ("Re: My order", SUPPORT)
    assert second.delivery is not None
    assert second.delivery.state is DeliveryState.QUEUED
    assert [r.address for r in second.delivery.recipients] == ["ana@example.com"]
    assert found.newest_message_id == second.id
    assert found.newest_inbound_id == first.id


def test_a_delivery_shows_each_recipients_end(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    reply(store, julia, thread_of(store, received.ticket_id), 5)
    delivery = thread_of(store, received.ticket_id).messages[-1].delivery
    assert delivery is not None
    done(store, BeginAttempt(actor=SYSTEM, delivery_id=delivery.id, external_id="<a@shop.example>"))
    refused = RecipientResult("ana@example.com", DeliveryState.FAILED, "no such mailbox")
    end = FinishAttempt(
        actor=SYSTEM, delivery_id=delivery.id, state=DeliveryState.FAILED, recipients=(refused,)
    )
    done(store, end)
    message = thread_of(store, received.ticket_id).messages[-1]
    assert message.external_id == "<a@shop.example>"
    assert message.delivery is not None
    assert (message.delivery.state, message.delivery.attempts) == (DeliveryState.FAILED, 1)
    assert message.delivery.recipients[0].detail == "no such mailbox"


def test_only_the_newest_and_how_many_are_older(store: Store, receive: Mailroom) -> None:
    received = receive(text="0")
    for number in range(1, 8):
        received = receive.answer(received, text=str(number))
    found = thread_of(store, received.ticket_id, limit=3)
    assert texts(found) == ["5", "6", "7"]
    assert found.older == 5
    whole = thread_of(store, received.ticket_id)
    assert (len(whole.messages), whole.older) == (8, 0)


def test_a_reply_taken_back_never_was(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    message_id = reply(store, julia, thread_of(store, received.ticket_id), 5)
    cancel = CancelDelivery(actor=agent(julia), ticket_id=received.ticket_id or "", message_id=message_id)
    done(store, cancel)
    found = thread_of(store, received.ticket_id)
    assert len(found.messages) == 1
    assert found.older == 0
    assert found.newest_message_id == found.messages[0].id
    reply(store, julia, found, 6, "Second try")  # what is on the screen is a good precondition
    assert texts(thread_of(store, received.ticket_id))[-1] == "Second try"


def test_what_a_thread_shows_is_a_good_precondition_also_after_a_note(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = receive()
    note = AddNote(
        actor=agent(julia), at=START + timedelta(minutes=3), ticket_id=received.ticket_id or "", text="psst"
    )
    done(store, note)
    found = thread_of(store, received.ticket_id)
    assert found.newest_message_id == note.message_id
    done(
        store,
        MarkRead(actor=agent(julia), ticket_id=found.ticket.id, seen_message_id=found.newest_message_id),
    )
    reply(store, julia, found, 5)
    receive.answer(received)
    late = Reply(
        actor=agent(julia), ticket_id=found.ticket.id, text="late", seen_message_id=found.newest_message_id
    )
    refused = do(store, late)
    assert isinstance(refused, Refusal)
    assert "The customer has written" in refused.reason


# What happened


def test_events_stand_where_they_happened(store: Store, julia: str, receive: Mailroom) -> None:
    tom = add_agent(store, "Tom")
    received = receive(text="question")
    ticket_id = received.ticket_id or ""
    at = START + timedelta(minutes=1, seconds=30)
    done(store, Assign(actor=agent(julia), at=at, ticket_id=ticket_id, assignee_id=tom))
    reply(store, julia, thread_of(store, ticket_id), 1, "answer", close=True)
    receive.answer(received, text="thanks", sent_at=START + timedelta(minutes=9))
    seen = thread_of(store, ticket_id).newest_inbound_id
    later = START + timedelta(minutes=10)
    done(store, Close(actor=agent(tom), at=later, ticket_id=ticket_id, seen_inbound_id=seen))
    assert story(thread_of(store, ticket_id)) == [
        "question",
        "answer",
        "(Julia closed the ticket)",
        "(Julia assigned the ticket to Tom)",
        "(Reopened by a reply)",
        "thanks",
        "(Tom closed the ticket)",
    ]


def test_a_mail_that_was_long_on_its_way_stands_behind_what_happened_before_it_came(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = receive(text="question")
    ticket_id = received.ticket_id or ""
    seen = thread_of(store, ticket_id).newest_inbound_id
    closing = Close(
        actor=agent(julia), at=START + timedelta(minutes=30), ticket_id=ticket_id, seen_inbound_id=seen
    )
    done(store, closing)
    sent_at = START + timedelta(minutes=10)
    first = received.action.message.external_id  # type: ignore[attr-defined]
    message = receive.message(text="late", subject="Re: My order", references=(first,), sent_at=sent_at)
    arrival = Receive(actor=channel(receive.channel_id), at=START + timedelta(minutes=40), message=message)
    done(store, arrival)
    found = thread_of(store, ticket_id)
    assert story(found) == ["question", "(Julia closed the ticket)", "(Reopened by a reply)", "late"]
    assert found.events[1].at == sent_at
    assert (found.events[0].actor_name, found.events[1].actor_name) == ("Julia", "")


def test_events_before_the_first_message_shown_are_left_to_the_older_ones(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = receive(text="0")
    ticket_id = received.ticket_id or ""
    done(store, closing(store, julia, ticket_id, START + timedelta(minutes=1, seconds=10)))
    receive.answer(received, text="1")
    receive.answer(received, text="2")
    assert story(thread_of(store, ticket_id, limit=1)) == ["2"]
    assert story(thread_of(store, ticket_id, limit=2)) == ["(Reopened by a reply)", "1", "2"]
    assert len(story(thread_of(store, ticket_id))) == 5


def closing(store: Store, julia: str, ticket_id: str, at: datetime) -> Close:
    seen = thread_of(store, ticket_id).newest_inbound_id
    return Close(actor=agent(julia), at=at, ticket_id=ticket_id, seen_inbound_id=seen)


def test_a_batch_of_history_keeps_its_events_at_their_messages(
    store: Store, julia: str, receive: Mailroom
) -> None:
    received = receive(text="0")
    done(store, closing(store, julia, received.ticket_id or "", START + timedelta(minutes=2)))
    first = received.action.message.external_id  # type: ignore[attr-defined]
    messages = [receive.message(text=text, in_reply_to=first, subject="Re: My order") for text in ("1", "2")]
    at = START + timedelta(hours=1)
    with store.write() as session:
        for message in messages:
            perform(session, Receive(actor=channel(receive.channel_id), at=at, message=message))
    assert story(thread_of(store, received.ticket_id)) == [
        "0",
        "(Julia closed the ticket)",
        "(Reopened by a reply)",
        "1",
        "2",
    ]


# Answering


def test_an_answer_goes_to_reply_to_from_the_address_that_was_written_to(
    store: Store, receive: Mailroom
) -> None:
    received = receive(reply_to=("desk@example.com",), channel_address="HELP@shop.example")
    found = thread_of(store, received.ticket_id)
    assert found.reply_to == ("desk@example.com",)
    assert found.reply_from == "help@shop.example"
    assert found.reply_refusal is None


def test_what_the_thread_promises_is_what_a_reply_does(store: Store, julia: str, receive: Mailroom) -> None:
    for values in (
        {},
        {"reply_to": ("x@example.com", "y@example.com")},
        {"channel_address": "help@shop.example"},
    ):
        received = receive(**values)
        promised = thread_of(store, received.ticket_id)
        reply(store, julia, promised, receive.arrived + 1)
        sent = thread_of(store, received.ticket_id).messages[-1]
        assert (sent.to, sent.author_address) == (promised.reply_to, promised.reply_from)


def test_a_blocked_customer_is_not_answered(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    found = thread_of(store, received.ticket_id)
    done(store, SetBlocked(actor=agent(julia), customer_id=found.ticket.customer_id, blocked=True))
    refusal = thread_of(store, received.ticket_id).reply_refusal
    assert refusal is not None
    assert "blocked" in refusal
    refused = do(store, Reply(actor=agent(julia), ticket_id=found.ticket.id, text="x", seen_message_id=None))
    assert isinstance(refused, Refusal)
    assert refused.reason == refusal


def test_nobody_is_answered_through_a_removed_channel(
    store: Store, julia: str, email_channel: str, receive: Mailroom
) -> None:
    received = receive()
    done(store, RemoveChannel(actor=agent(julia), channel_id=email_channel))
    refusal = thread_of(store, received.ticket_id).reply_refusal
    assert refusal is not None
    assert "no longer connected" in refusal
    late = Reply(actor=agent(julia), ticket_id=received.ticket_id or "", text="x", seen_message_id=None)
    refused = do(store, late)
    assert isinstance(refused, Refusal)
    assert refused.reason == refusal


def test_a_person_without_consent_is_not_texted(store: Store, julia: str, receive: Mailroom) -> None:
    sms = add_channel(store, julia, ChannelKind.SMS, "+14155550100", "Texts")
    received = receive(
        channel_id=sms,
        author_kind=IdentityKind.PHONE,
        author_address="+14155550188",
        author_name="",
        subject="",
    )
    found = thread_of(store, received.ticket_id)
    assert found.reply_refusal is not None
    assert found.reply_from == "+14155550100"
    assert found.reply_to == ("+14155550188",)


def test_files_of_a_reply(store: Store, julia: str, receive: Mailroom) -> None:
    received = receive()
    file = DraftFile("run.exe", "application/octet-stream", 3, store.attachments.put(b"abc"))
    action = Reply(
        actor=agent(julia), ticket_id=received.ticket_id or "", text="", files=(file,), seen_message_id=None
    )
    done(store, action)
    (attachment,) = thread_of(store, received.ticket_id).messages[-1].attachments
    assert attachment.active
