"""The outbox lists what has not left and what needs a person."""

from datetime import timedelta

from inbox_desktop.models.actions import SYSTEM, agent
from inbox_desktop.models.actions.deliveries import BeginAttempt, CancelDelivery, FinishAttempt
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.check import check
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, DeliveryState, MessageKind
from inbox_desktop.models.queries.drafts import draft
from inbox_desktop.models.queries.outbox import outbox
from inbox_desktop.models.queries.rows import OutboxRow
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from tests.models.samples import START, Mailroom, done
from tests.models.texting import ANA, Phones


def rows(store: Store) -> tuple[OutboxRow, ...]:
    with store.read() as connection:
        return outbox(connection)


def test_what_is_sent_or_taken_back_is_not_in_the_outbox(store: Store, julia: str, receive: Mailroom) -> None:
    ends = (None, "attempting", DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN, "cancelled")
    for number, end in enumerate(ends):
        received = receive(author_name="" if number == 0 else "Ana", author_address=f"{number}@example.com")
        answer = Reply(
            actor=agent(julia),
            at=START + timedelta(hours=number),
            ticket_id=received.ticket_id or "",
            text="x",
            seen_message_id=None,
            cc=("z@example.com",),
            not_before=START + timedelta(hours=number, seconds=10),
        )
        done(store, answer)
        if end is None:
            continue
        delivery_id = next(row.delivery_id for row in rows(store) if row.message_id == answer.message_id)
        if end == "cancelled":
            cancel = CancelDelivery(
                actor=agent(julia), ticket_id=received.ticket_id or "", message_id=answer.message_id
            )
            done(store, cancel)
            continue
        begin = BeginAttempt(actor=SYSTEM, delivery_id=delivery_id, external_id=f"<{new_id()}@shop.example>")
        done(store, begin)
        if isinstance(end, DeliveryState):
            done(store, FinishAttempt(actor=SYSTEM, delivery_id=delivery_id, state=end, detail="because"))
    found = rows(store)
    assert [row.state for row in found] == [
        DeliveryState.QUEUED,
        DeliveryState.ATTEMPTING,
        DeliveryState.FAILED,
        DeliveryState.UNKNOWN,
    ]
    first = found[0]
    assert (first.ticket_number, first.subject, first.customer_name) == (1, "Re: My order", "0@example.com")
    assert first.recipients == ("0@example.com", "z@example.com")
    assert (first.queued_at, first.not_before) == (START, START + timedelta(seconds=10))
    assert found[1].customer_name == "Ana"
    assert found[2].detail == "because"


def test_automatic_texts_and_notifications_stand_under_the_conversation(
    store: Store, julia: str, email_channel: str
) -> None:
    phones = Phones(store, julia, auto_responder=AutoResponder.ALL, notify_address="julia@home.example")
    opened = phones.text()
    assert {row.recipients for row in rows(store)} == {(ANA,), ("julia@home.example",)}
    assert {row.ticket_id for row in rows(store)} == {opened.ticket_id}


def test_an_automatic_answer_that_did_not_arrive_asks_for_nobody(store: Store, julia: str) -> None:
    phones = Phones(store, julia, auto_responder=AutoResponder.ALL)
    phones.text()
    (row,) = rows(store)
    done(store, BeginAttempt(actor=SYSTEM, delivery_id=row.delivery_id, external_id=None))
    done(store, FinishAttempt(actor=SYSTEM, delivery_id=row.delivery_id, state=DeliveryState.FAILED))
    assert rows(store) == ()


def test_what_is_sent_by_itself_can_be_taken_back_and_becomes_no_draft(store: Store, julia: str) -> None:
    phones = Phones(store, julia, auto_responder=AutoResponder.ALL)
    opened = phones.text()
    (row,) = rows(store)
    cancel = CancelDelivery(actor=agent(julia), ticket_id=row.ticket_id, message_id=row.message_id)
    done(store, cancel)
    assert rows(store) == ()
    with store.read() as connection:
        assert draft(connection, opened.ticket_id or "", is_note=False) is None
    assert check(store).problems == ()


def test_a_text_is_known_by_its_words_and_its_phone(store: Store, julia: str) -> None:
    phones = Phones(store, julia, auto_responder=AutoResponder.OFF, notify=False)
    phones.text("START")
    ticket_id = phones.text("Where is my order?").ticket_id
    done(
        store, Reply(actor=agent(julia), ticket_id=ticket_id or "", text="On its\nway", seen_message_id=None)
    )
    row = next(row for row in rows(store) if row.kind is MessageKind.REPLY)
    assert (row.channel_kind, row.snippet, row.customer_name) == (
        ChannelKind.SMS,
        "On its way",
        "(415) 555-0132",
    )
